# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A private key for a service, made in memory, and the request to sign it. The only maker of keys in the collection."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret

LONGEST_COMMON_NAME = 64
"""X.509's upper bound; API servers don't read the common name."""


@dataclass(frozen=True)
class ServingKey:
    """A private key and its request.

    Attributes:
        private_key: PEM, as ``openssl genrsa`` writes it.
        request: PKCS#10, PEM.
    """

    private_key: Secret = field(repr=False)
    request: str


def names_of(namespace: str, service: str) -> tuple[str, ...]:
    """The names by which a service is called inside the cluster; the last one is what the API server checks."""
    return service, f"{service}.{namespace}", f"{service}.{namespace}.svc"


def new_key(namespace: str, service: str, key_size: int) -> ServingKey:
    """An RSA key of ``key_size`` bits with a request for a service.

    The common name is the longest of :func:`names_of` that fits. Source: the EKS user guide of 2022 and eksctl's
    pkg/addons, which ask for the same names.
    """
    names = names_of(namespace, service)
    common_name = next(name for name in reversed(names) if len(name) <= LONGEST_COMMON_NAME)
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return ServingKey(Secret(text.decode("ascii")), request.public_bytes(serialization.Encoding.PEM).decode("ascii"))
