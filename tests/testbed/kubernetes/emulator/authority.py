# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authority of an emulated cluster: what every testbed authority does, and signed requests."""

from __future__ import annotations

import datetime
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.testbed.pki import Authority

YEAR = datetime.timedelta(days=365)


class ClusterAuthority(Authority):
    """Signs the API server's certificate, clients' certificates and approved requests."""

    def __init__(self) -> None:
        super().__init__("kubernetes")

    def server_context(self) -> ssl.SSLContext:
        """A TLS context for 127.0.0.1 that reads client certificates of this authority where there are any."""
        pair = self.server("kube-apiserver")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_verify_locations(cadata=self.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "server.pem")
            path.touch(mode=0o600)
            path.write_text(pair.certificate + pair.key, encoding="ascii")
            context.load_cert_chain(path)
        return context

    def sign(self, request_pem: bytes, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH) -> bytes:
        """PEM of a certificate of one year for a PKCS#10 request, its alternative names kept.

        Raises:
            ValueError: The request cannot be read, or its signature is wrong.
        """
        request = x509.load_pem_x509_csr(request_pem)
        if not request.is_signature_valid:
            raise ValueError("the request's signature is wrong")
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(self._name)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + YEAR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, False, True, *[False] * 6), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for extension in request.extensions:
            if isinstance(extension.value, x509.SubjectAlternativeName):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
