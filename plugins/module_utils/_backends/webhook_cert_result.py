# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What webhook_cert returns: dates, names and fingerprints, and never a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_pair import Pair
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    Certificate,
    CertificateUnreadableError,
    bundled,
    parse,
)


@dataclass(frozen=True)
class Seen:
    """A state of what the module looks after, as a diff shows it.

    Attributes:
        pair: What the Secret holds, None for one that is still to be issued.
        bundles: caBundles by the names of the webhooks, PEM texts; None for one that the issue decides.
        backup: Name of the backup, None for none.
    """

    pair: Pair | None
    bundles: Mapping[str, str | None] = field(default_factory=dict)
    backup: str | None = None


def certificate_told(pair: Pair | None) -> dict[str, Any] | None:
    """The certificate that a server shows of this pair, None where there is none, or none that can be read."""
    chain = pair.chain() if pair else ()
    return _told(chain[0]) if chain else None


def _told(certificate: Certificate) -> dict[str, Any]:
    return {
        "subject": dict(certificate.subject),
        "subject_alt_name": list(certificate.subject_alt_name),
        "issuer": dict(certificate.issuer),
        "serial_number": certificate.serial_number,
        "fingerprints": dict(certificate.fingerprints),
        "not_before": f"{certificate.not_before:%Y-%m-%dT%H:%M:%SZ}",
        "not_after": f"{certificate.not_after:%Y-%m-%dT%H:%M:%SZ}",
    }


def diff(before: Seen, after: Seen) -> dict[str, Any]:
    """Both states as Ansible's diff takes them."""
    return {"before": _shown(before), "after": _shown(after)}


def _shown(seen: Seen) -> dict[str, Any]:
    return {
        "certificate": _certificate_shown(seen.pair),
        "ca_bundle": {name: _bundle_shown(bundle) for name, bundle in seen.bundles.items()},
        "backup": seen.backup,
    }


def _certificate_shown(pair: Pair | None) -> Any:
    if pair is None:
        return "a new one"
    told = certificate_told(pair)
    if told is None:
        return None if pair.is_empty else "one that can't be read"
    return {"sha256": told["fingerprints"]["sha256"], **{key: told[key] for key in ("not_before", "not_after")}}


def _bundle_shown(bundle: str | None) -> Any:
    """Fingerprints of a caBundle's certificates, in its order."""
    if bundle is None:
        return "with the authority of the new certificate"
    return [_fingerprint(block) for block in bundled(bundle)]


def _fingerprint(block: str) -> str:
    try:
        return parse(block)[0].fingerprints["sha256"]
    except CertificateUnreadableError:
        return "one that can't be read"
