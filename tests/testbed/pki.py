# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and certificates that live as long as a testbed."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

KeyKind = Literal["ec", "rsa"]

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, both PEM."""

    certificate: str
    key: str


class Authority:
    """A certificate authority that signs with an elliptic curve key.

    Args:
        name: Common name of the authority.
        days: How long it and what it signs last.
    """

    def __init__(self, name: str, days: int = 3650) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._days = days
        self._name = _name(name)
        usage = x509.KeyUsage(True, False, True, False, False, True, True, False, False)
        builder = self._builder(self._name, self._key.public_key())
        self._certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pair(self) -> KeyPair:
        """The authority's own certificate and key."""
        return KeyPair(_pem(self._certificate), _key_pem(self._key))

    @property
    def pem(self) -> str:
        """The authority's certificate."""
        return _pem(self._certificate)

    def server(self, common_name: str, names: Sequence[str] = LOOPBACK_NAMES) -> KeyPair:
        """A server certificate for host names and IP addresses."""
        return self._issue(_name(common_name), names, ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, user: str, groups: Sequence[str] = ()) -> KeyPair:
        """A client certificate as Kubernetes reads it: the user is the common name, groups are organizations."""
        return self._issue(_name(user, groups), (), ExtendedKeyUsageOID.CLIENT_AUTH)

    def serving(
        self,
        names: Sequence[str],
        not_before: datetime.timedelta,
        not_after: datetime.timedelta,
        key: KeyKind = "rsa",
    ) -> KeyPair:
        """A server certificate whose life begins and ends so long after now. The last of ``names`` is the common
        name, too; ``rsa`` keys have 2048 bits."""
        private = _new_key(key)
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            self._builder(_name(names[-1]), private.public_key(), (now + not_before, now + not_after))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, False, True, *[False] * 6), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(n) for n in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return KeyPair(_pem(certificate), _key_pem(private))

    def sign(
        self,
        request_pem: bytes,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        lifetime: datetime.timedelta = YEAR,
    ) -> bytes:
        """PEM of a certificate for a PKCS#10 request, its alternative names kept.

        Raises:
            ValueError: The request cannot be read, or its signature is wrong.
        """
        request = x509.load_pem_x509_csr(request_pem)
        if not request.is_signature_valid:
            raise ValueError("the request's signature is wrong")
        now = datetime.datetime.now(datetime.UTC)
        public = request.public_key()
        if not isinstance(public, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
            raise ValueError("the request's key is neither RSA nor of an elliptic curve")
        # The control plane's signers date back by five minutes, for clocks that are late.
        period = (now - datetime.timedelta(minutes=5), now + lifetime)
        builder = (
            self._builder(request.subject, public, period)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, False, True, *[False] * 6), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        for extension in request.extensions:
            if isinstance(extension.value, x509.SubjectAlternativeName):
                builder = builder.add_extension(extension.value, critical=False)
        return _pem(builder.sign(self._key, hashes.SHA256())).encode()

    def _issue(self, subject: x509.Name, names: Sequence[str], purpose: x509.ObjectIdentifier) -> KeyPair:
        key = _new_key("ec")
        builder = self._builder(subject, key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_alternative(n) for n in names]), critical=False
            )
        return KeyPair(_pem(builder.sign(self._key, hashes.SHA256())), _key_pem(key))

    def _builder(
        self,
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        period: tuple[datetime.datetime, datetime.datetime] | None = None,
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        not_before, not_after = period or (
            now - datetime.timedelta(minutes=5),
            now + datetime.timedelta(days=self._days),
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def signing_key() -> tuple[str, str]:
    """A new RSA key for service account tokens: private and public part, both PEM."""
    key = _new_key("rsa")
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _key_pem(key), public.decode()


def new_key_pem(kind: KeyKind) -> str:
    """A new private key, PEM."""
    return _key_pem(_new_key(kind))


def request_pem(names: Sequence[str]) -> str:
    """A PKCS#10 request, PEM, with a new RSA key. The last of ``names`` is the common name, too."""
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(names[-1]))
    request = builder.add_extension(alternatives, critical=False).sign(_new_key("rsa"), hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def _new_key(kind: KeyKind) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str, organizations: Sequence[str] = ()) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in organizations]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
