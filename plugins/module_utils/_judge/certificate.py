# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a certificate says, and whether an API server takes it from a webhook.

The API server judges as Go's crypto/x509 does: the host name has to be among the subject alternative names, the common
name counts for nothing; each certificate of the caBundle is an authority, whoever signed it.

Source: Go, src/crypto/x509: AppendCertsFromPEM of cert_pool.go, which passes over blocks with headers and those that it
can't read, and buildChains of verify.go.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pem import Block, blocks

E = TypeVar("E", bound="x509.ExtensionType")

LONGEST_LIFE_DAYS = 365
"""A certificate of signer beta.eks.amazonaws.com/app-serving lasts a year, by default and at most (EKS user guide,
certificate signing)."""

LAST_PART_OF_LIFE = 3
"""A certificate is due for renewal in the last third of its life, where that is shorter than the days asked for."""

MOST_SIGNATURES = 100
"""So many signatures does Go check for one certificate, and then calls it untrusted: maxChainSignatureChecks."""


class CertificateUnreadableError(ValueError):
    """Text that holds no certificate, or one that can't be read. Says which, and nothing of the text."""


@dataclass(frozen=True)
class Certificate:
    """A certificate, with the names that community.crypto gives its parts.

    Attributes:
        subject: Its parts by their long names, such as ``commonName``, or by OID; the last of those with one name.
        subject_alt_name: Each with its kind: ``DNS:``, ``IP:``, ``email:``, ``URI:`` and so on.
        issuer: As ``subject``.
        serial_number: A positive integer, as a rule.
        fingerprints: Of the whole certificate, hexadecimal with colons, by ``sha256`` and ``sha512``.
        not_before: Valid from, in UTC.
        not_after: Valid until, in UTC.
        encoded: The certificate itself, in DER.
    """

    subject: Mapping[str, str]
    subject_alt_name: tuple[str, ...]
    issuer: Mapping[str, str]
    serial_number: int
    fingerprints: Mapping[str, str]
    not_before: datetime
    not_after: datetime
    encoded: bytes = field(repr=False)


def parse(pem: str) -> tuple[Certificate, ...]:
    """The certificates of PEM text, in its order: a server's own comes first.

    Raises:
        CertificateUnreadableError: No certificate in it, or one that can't be read.
    """
    found = list(blocks(pem))
    if not found:
        raise CertificateUnreadableError("it holds no certificate in PEM (BEGIN and END on lines of their own)")
    return tuple(
        _certificate(block, f"certificate {number} of {len(found)}") for number, block in enumerate(found, start=1)
    )


def bundled(ca_bundle: str) -> list[str]:
    """The certificates that the API server takes from a caBundle, each as PEM without a newline at its end."""
    return [block.text for block in _of_bundle(ca_bundle)]


def covers(certificate: Certificate, service: WebhookService) -> bool:
    """Whether the certificate is good for the name by which the API server calls a service."""
    return covers_name(certificate, host_of(service))


def host_of(service: WebhookService) -> str:
    """The name by which the API server calls a service, and which it checks the certificate for."""
    return f"{service.name}.{service.namespace}.svc"


def covers_name(certificate: Certificate, host: str) -> bool:
    """Whether the certificate is good for a host: a DNS name, or an IP address without brackets."""
    wanted = host.lower().rstrip(".")
    parent = wanted.partition(".")[2]
    good = {f"dns:{wanted}", f"ip:{wanted}"}
    if parent:
        good.add(f"dns:*.{parent}")
    return any(name.lower() in good for name in certificate.subject_alt_name)


def trusted(chain: Sequence[Certificate], ca_bundle: str, at: datetime) -> bool:
    """Whether signatures lead from the first certificate, over the others of the chain, to one of the caBundle.

    Whoever signs has to be an authority and valid at that time, and the first certificate has to be one that a server
    may show. Its own dates don't count here: they have answers of their own.

    Args:
        chain: What the server shows, its own certificate first.
        ca_bundle: PEM text. Blocks that can't be read count for nothing, as for the API server.
        at: When, aware.
    """
    anchors = _readable(ca_bundle)
    leaf = _loaded(chain[0].encoded)
    if not _is_for_servers(leaf):
        return False
    if leaf in anchors:
        return True
    # Each once, as in Go's pools.
    intermediates = list(dict.fromkeys(_loaded(each.encoded) for each in chain[1:]))
    return _leads_to_anchor(leaf, intermediates, list(dict.fromkeys(anchors)), at, iter(range(MOST_SIGNATURES)))


def renewal_due(certificate: Certificate, renewal_days: int, at: datetime) -> bool:
    """Whether so few days are left, or the last third of its life has begun where that is shorter.

    More days than EKS lets a certificate last are asked for by somebody who wants a new one now: always due.
    """
    if renewal_days > LONGEST_LIFE_DAYS:
        return True
    life = certificate.not_after - certificate.not_before
    return certificate.not_after - at <= min(timedelta(days=renewal_days), life / LAST_PART_OF_LIFE)


def _leads_to_anchor(
    child: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
    signatures: Iterator[int],
) -> bool:
    """Whether one of the anchors signed the child, or an intermediate of which this holds. To check a signature takes
    one of ``signatures``."""
    # Who is on the way already is not asked again, nor is a copy: two that signed each other end somewhere.
    others, roots = ([each for each in part if not _is_same(each, child)] for part in (intermediates, anchors))
    candidates = [*((root, True) for root in roots), *((other, False) for other in others)]
    for parent, is_anchor in candidates:
        if not _says_issued_by(child, parent):
            continue
        if next(signatures, None) is None:
            return False
        if _signed(child, parent, at, is_anchor=is_anchor) and (
            is_anchor or _leads_to_anchor(parent, others, roots, at, signatures)
        ):
            return True
    return False


def _is_same(one: x509.Certificate, other: x509.Certificate) -> bool:
    """Whether both are of one subject with one key and the same alternative names, as Go's alreadyInChain asks. What
    was made anew with its key is no authority for itself."""
    with contextlib.suppress(ValueError, UnsupportedAlgorithm):
        return one.subject == other.subject and _key_of(one) == _key_of(other) and _names_of(one) == _names_of(other)
    return one == other


def _names_of(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    return _extension(certificate, x509.SubjectAlternativeName)


def _key_of(certificate: x509.Certificate) -> bytes:
    key = certificate.public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _says_issued_by(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Whether the child says that the parent issued it."""
    with contextlib.suppress(ValueError):
        return child.issuer == parent.subject
    return False


def _signed(child: x509.Certificate, parent: x509.Certificate, at: datetime, *, is_anchor: bool = False) -> bool:
    """Whether the parent signed the child, and was allowed to."""
    if not parent.not_valid_before_utc <= at <= parent.not_valid_after_utc:
        return False
    try:
        child.verify_directly_issued_by(parent)
        return _is_authority(parent) or (is_anchor and parent.version is x509.Version.v1)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False


def _is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign. One of version 1 has no extension to say so: Go takes it as an anchor, and as no other
    (crypto/x509, Certificate.CheckSignatureFrom and isValid)."""
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    return constraints is not None and constraints.ca and (usage is None or usage.key_cert_sign)


def _is_for_servers(certificate: x509.Certificate) -> bool:
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    servers = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    return purposes is None or any(purpose in servers for purpose in purposes)


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """The extension of a kind, where the certificate has it.

    Raises:
        ValueError: The extensions can't be read.
    """
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        # Neither is a ValueError, as all else is that the library can't read.
        raise ValueError(type(error).__name__) from None


def _of_bundle(ca_bundle: str) -> list[Block]:
    return [block for block in blocks(ca_bundle) if not block.has_headers]


def _readable(ca_bundle: str) -> list[x509.Certificate]:
    found = []
    for block in _of_bundle(ca_bundle):
        with contextlib.suppress(ValueError, x509.InvalidVersion):
            found.append(_loaded(block.encoded))
    return found


@lru_cache(maxsize=64)
def _loaded(encoded: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(encoded)


def _certificate(block: Block, which: str) -> Certificate:
    try:
        found = _loaded(block.encoded)
        return Certificate(
            subject=_names(found.subject),
            subject_alt_name=_alternative_names(found),
            issuer=_names(found.issuer),
            serial_number=found.serial_number,
            fingerprints={each.name: found.fingerprint(each).hex(":") for each in (hashes.SHA256(), hashes.SHA512())},
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            encoded=found.public_bytes(serialization.Encoding.DER),
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        # The library's words may quote what it could not read.
        raise CertificateUnreadableError(f"{which} can't be read") from None


def _names(name: x509.Name) -> dict[str, str]:
    known = {
        NameOID.COMMON_NAME: "commonName",
        NameOID.COUNTRY_NAME: "countryName",
        NameOID.DOMAIN_COMPONENT: "domainComponent",
        NameOID.EMAIL_ADDRESS: "emailAddress",
        NameOID.LOCALITY_NAME: "localityName",
        NameOID.ORGANIZATION_NAME: "organizationName",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "organizationalUnitName",
        NameOID.SERIAL_NUMBER: "serialNumber",
        NameOID.STATE_OR_PROVINCE_NAME: "stateOrProvinceName",
    }
    return {
        known.get(part.oid, part.oid.dotted_string): part.value if isinstance(part.value, str) else part.value.hex(":")
        for part in name
    }


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    return tuple(_alternative_name(name) for name in _extension(certificate, x509.SubjectAlternativeName) or ())


def _alternative_name(name: x509.GeneralName) -> str:
    for kind, prefix in ((x509.DNSName, "DNS"), (x509.IPAddress, "IP"), (x509.RFC822Name, "email")):
        if isinstance(name, kind):
            return f"{prefix}:{name.value}"
    if isinstance(name, x509.UniformResourceIdentifier):
        return f"URI:{name.value}"
    if isinstance(name, x509.RegisteredID):
        return f"RID:{name.value.dotted_string}"
    if isinstance(name, x509.DirectoryName):
        return f"dirName:{name.value.rfc4514_string()}"
    return "otherName"
