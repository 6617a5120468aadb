# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and their keys, as authorities of any quality issue them."""

from __future__ import annotations

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
