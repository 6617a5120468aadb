# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is to be said of a webhook's certificate at some time, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    Certificate,
    CertificateUnreadableError,
    bundled,
    covers_name,
    host_of,
    parse,
    renewal_due,
    trusted,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pem import BEGIN
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain


@dataclass(frozen=True)
class CertificateState:
    """The certificate of one chain. Where there is none that can be read, all but problems is None.

    Attributes:
        certificate: What the server shows, without those that only vouch for it.
        not_after: Its end, RFC 3339 in UTC.
        days_left: Whole days until then, rounded down: -1 on the first day after that.
        expired: Whether it is over.
        renewal_due: Whether it is due for renewal, or over.
        key_matches: Whether the Secret has its private key.
        covers_service: Whether it is good for the name by which the API server calls.
        trusted_by_ca_bundle: Whether each webhook's caBundle leads to it. None for a URL without a caBundle: the API
            server then trusts the system's authorities, which are not seen from here.
        problems: All that is wrong, what could not be read included; empty means that the webhook can answer.
    """

    certificate: Certificate | None = None
    not_after: str | None = None
    days_left: int | None = None
    expired: bool | None = None
    renewal_due: bool | None = None
    key_matches: bool | None = None
    covers_service: bool | None = None
    trusted_by_ca_bundle: bool | None = None
    problems: tuple[str, ...] = ()


def certificate_state(chain: WebhookChain, at: datetime, renewal_days: int) -> CertificateState:
    """Judge the certificate of a chain.

    Args:
        chain: What was read of it.
        at: When, aware.
        renewal_days: Days before its end from which on it is due for renewal.
    """
    unread = tuple(f"{part.source} could not be read: {part.reason}. {part.remedy}" for part in chain.unread)
    if chain.certificate_pem is None or chain.key_state == "unknown":
        return CertificateState(problems=(*chain.problems, *unread))
    try:
        certificates = parse(chain.certificate_pem)
    except CertificateUnreadableError as error:
        return CertificateState(problems=(*chain.problems, f"{_place(chain)}: {error}", *unread))
    certificate = certificates[0]
    state = CertificateState(
        certificate=certificate,
        not_after=rfc3339(certificate.not_after),
        days_left=(certificate.not_after - at) // timedelta(days=1),
        expired=at > certificate.not_after,
        renewal_due=renewal_due(certificate, renewal_days, at),
        key_matches=chain.key_state == "matches",
        covers_service=covers_name(certificate, _host(chain)),
        trusted_by_ca_bundle=_trusted(chain, certificates, at),
    )
    return replace(state, problems=(*chain.problems, *_problems(chain, state, certificates, at), *unread))


def rfc3339(time: datetime) -> str:
    """The time in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _problems(
    chain: WebhookChain, state: CertificateState, certificates: tuple[Certificate, ...], at: datetime
) -> Iterator[str]:
    certificate = certificates[0]
    if state.expired:
        yield f"{_place(chain)}: the certificate expired at {state.not_after}"
    if at < certificate.not_before:
        yield f"{_place(chain)}: the certificate is not valid before {rfc3339(certificate.not_before)}"
    if chain.key_state == "differs":
        yield f"{chain.secret}: the private key in {chain.private_key} is not that of the certificate"
    if chain.key_state == "unreadable":
        yield f"{chain.secret}: {chain.private_key} holds no private key that can be read"
    if not state.covers_service:
        names = ", ".join(certificate.subject_alt_name) or "no name at all"
        wanted = _host(chain) or f"{chain.url}, which has no host"
        yield f"{_place(chain)}: the certificate is for {names}, and not for {wanted}"
    for entry in chain.entries:
        if not entry.ca_bundle and chain.service:
            yield f"Webhook {entry.name} has no caBundle, so that the API server trusts public authorities alone"
        elif entry.ca_bundle and not trusted(certificates, entry.ca_bundle, at):
            yield f"The caBundle of webhook {entry.name} does not lead to the certificate{_unread(entry.ca_bundle)}"


def _unread(ca_bundle: str) -> str:
    """What to say of certificates that a person sees in a caBundle, and the API server does not."""
    begun = ca_bundle.count(BEGIN)
    unread = begun - len(bundled(ca_bundle))
    if not unread:
        return ""
    return (
        f": the API server reads {begun - unread} of the {begun} certificates in it, as each has to be without "
        "headers, and BEGIN and END on lines of their own"
    )


def _trusted(chain: WebhookChain, certificates: tuple[Certificate, ...], at: datetime) -> bool | None:
    if chain.service is None and not all(entry.ca_bundle for entry in chain.entries):
        return None
    return all(trusted(certificates, entry.ca_bundle, at) for entry in chain.entries)


def _host(chain: WebhookChain) -> str:
    """The name that the API server checks the certificate for."""
    if chain.service:
        return host_of(chain.service)
    try:
        return urlsplit(chain.url or "").hostname or ""
    except ValueError:
        # Kubernetes lets some URLs pass that have no host, such as https://[abc]/x.
        return ""


def _place(chain: WebhookChain) -> str:
    return f"{chain.secret}, {chain.certificate_key}"
