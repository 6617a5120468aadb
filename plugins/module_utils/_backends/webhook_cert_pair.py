# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A certificate with its key, as a Secret holds them, and what is wrong with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    Certificate,
    CertificateUnreadableError,
    bundled,
    covers,
    host_of,
    parse,
    renewal_due,
    trusted,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.key_pair import key_state
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService

KEY_FAULTS = {
    "differs": ["its key is not that of the certificate"],
    "missing": ["its key is missing"],
    "unreadable": ["its key can't be read"],
}
"""What to say of a key by its state."""


@dataclass(frozen=True)
class PairKeys:
    """The keys of a Secret's data that hold the pair."""

    certificate: str
    private_key: str


@dataclass(frozen=True)
class Pair:
    """A certificate and its key. Neither is shown: people also keep both in one text.

    Attributes:
        certificate: PEM, with what the server shows besides; empty where there is none.
        private_key: PEM, empty where there is none.
    """

    certificate: str = field(default="", repr=False)
    private_key: Secret = field(default=Secret(""), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither."""
        return not self.certificate and not self.private_key

    def chain(self) -> tuple[Certificate, ...]:
        """The certificates, none where they can't be read."""
        try:
            return parse(self.certificate)
        except CertificateUnreadableError:
            return ()


def pair_of(secret: Mapping[str, Any] | None, keys: PairKeys) -> Pair:
    """The pair in a Secret as the API tells it; None is a Secret that is not there."""
    data = (secret or {}).get("data") or {}
    return Pair(decoded(data.get(keys.certificate)), Secret(decoded(data.get(keys.private_key))))


def data_of(pair: Pair, keys: PairKeys) -> dict[str, str | None]:
    """The pair as a Secret's data holds it; what is empty is None, which takes the key away."""
    texts = {keys.certificate: pair.certificate, keys.private_key: pair.private_key.reveal()}
    return {key: encoded(text) if text else None for key, text in texts.items()}


def decoded(value: Any) -> str:
    """The text of a value in a Secret's data or a caBundle, empty for none."""
    try:
        return base64.b64decode(str(value or ""), validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        return ""


def encoded(text: str) -> str:
    """The opposite of :func:`decoded`."""
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def faults(pair: Pair, service: WebhookService, anchors: Sequence[str], at: datetime) -> list[str]:
    """Why the pair can't serve the webhook, in words; none where it can.

    Args:
        pair: The pair.
        service: The service that the webhook calls.
        anchors: What the API server trusts, or may be told to: PEM texts.
        at: When, aware.
    """
    if pair.is_empty:
        return ["there is no certificate"]
    chain = pair.chain()
    if not chain:
        return ["its certificate can't be read" if pair.certificate else "its certificate is missing"]
    leaf = chain[0]
    found: list[str] = []
    key = encoded(pair.private_key.reveal()) if pair.private_key else None
    found += KEY_FAULTS.get(key_state(pair.certificate, key), [])
    if not covers(leaf, service):
        found.append(f"the certificate is not for {host_of(service)}")
    if at < leaf.not_before:
        found.append(f"the certificate is valid from {leaf.not_before:%Y-%m-%dT%H:%M:%SZ} on")
    if at > leaf.not_after:
        found.append(f"the certificate expired at {leaf.not_after:%Y-%m-%dT%H:%M:%SZ}")
    if not authority_of(chain, anchors, at):
        found.append("neither the cluster's authority nor one of the caBundle has signed the certificate")
    return found


def dues(pair: Pair, renewal_days: int, at: datetime) -> list[str]:
    """Why a pair without :func:`faults` is to be renewed, in words; none where it is not."""
    leaf = pair.chain()[0]
    if not renewal_due(leaf, renewal_days, at):
        return []
    return [f"the certificate ends at {leaf.not_after:%Y-%m-%dT%H:%M:%SZ}"]


def authority_of(chain: Sequence[Certificate], anchors: Sequence[str], at: datetime) -> str:
    """The one certificate among the anchors that makes the chain trusted, PEM; empty where none does."""
    candidates = (block for anchor in anchors for block in bundled(anchor))
    return next((block for block in candidates if trusted(chain, block, at)), "")
