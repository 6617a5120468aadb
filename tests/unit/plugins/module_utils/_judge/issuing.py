# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and their keys, as authorities of any quality issue them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SERVICE = "vpc-admission-webhook-svc"
NAMES = (SERVICE, f"{SERVICE}.kube-system", f"{SERVICE}.kube-system.svc")


@dataclass(frozen=True)
class Issued:
    """A certificate in PEM, its key, and its key in PEM."""

    certificate: str
    key: Key

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ).decode()


def issue(
    common_name: str = NAMES[-1],
    by: Issued | None = None,
    *,
    names: Sequence[str] = NAMES,
    authority: bool = False,
    key: Key | None = None,
    begins: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=300),
    purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH,
    subject: x509.Name | None = None,
    may_sign: bool | None = None,
) -> Issued:
    """A certificate for a server, or an authority's; by itself where nobody else signs.

    Args:
        begins: From when it is valid, from NOW on.
        ends: Until when.
        may_sign: What its key usage says of certificates, None for no key usage.
    """
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer = x509.load_pem_x509_certificate(by.certificate.encode()).subject if by else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(4711)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names and not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
    if purpose and not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), False)
    if may_sign is not None:
        usage = x509.KeyUsage(True, False, False, False, False, may_sign, False, False, False)
        builder = builder.add_extension(usage, True)
    signed = builder.sign(by.key if by else own, hashes.SHA256())
    return Issued(signed.public_bytes(serialization.Encoding.PEM).decode(), own)


def version_1(issued: Issued, by: Issued | None = None) -> Issued:
    """The same certificate as one of X.509 version 1, which has no extensions; by itself where nobody else signs."""
    found = x509.load_pem_x509_certificate(issued.certificate.encode())
    parts = [part for part in _parts(found.tbs_certificate_bytes) if part[0] not in (0xA0, 0xA3)]
    signed = _der(0x30, b"".join(parts))
    algorithm = _parts(found.public_bytes(serialization.Encoding.DER))[1]
    key = (by or issued).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = _der(0x03, b"\0" + key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return Issued(as_pem(_der(0x30, signed + algorithm + signature)), issued.key)


def unreadable(what: str) -> str:
    """PEM of a certificate that the library refuses with an error of its own: ``version`` 10, an extension that is
    there twice (``extensions``), or a ``name`` of a kind that it does not know."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, what)])
    oids = {"name": ("2.5.29.17", "1.2.3.4")}.get(what, ("1.2.3.4", "1.2.3.5"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=300))
    )
    for oid in oids:
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x30\x02\xa3\x00"), False
        )
    encoded = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    changes = {
        "version": (bytes([0xA0, 3, 2, 1, 2]), bytes([0xA0, 3, 2, 1, 9])),
        "extensions": (bytes([6, 3, 0x2A, 3, 5]), bytes([6, 3, 0x2A, 3, 4])),
    }
    return as_pem(encoded.replace(*changes[what]) if what in changes else encoded)


def as_pem(encoded: bytes) -> str:
    """PEM of a certificate in DER."""
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(encoded).decode()}-----END CERTIFICATE-----\n"


def _parts(sequence: bytes) -> list[bytes]:
    """The elements of a sequence in DER."""
    rest, parts = sequence[_header(sequence) :], []
    while rest:
        end = _header(rest) + _length(rest)
        parts.append(rest[:end])
        rest = rest[end:]
    return parts


def _header(element: bytes) -> int:
    return 2 + (element[1] & 0x7F if element[1] & 0x80 else 0)


def _length(element: bytes) -> int:
    return int.from_bytes(element[2 : _header(element)]) if element[1] & 0x80 else element[1]


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body
