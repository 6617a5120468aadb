# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pickle

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.serving_key import names_of, new_key

NAMES = ["webhook", "webhook.kube-system", "webhook.kube-system.svc"]


def subject_of(request: x509.CertificateSigningRequest) -> list[str]:
    return [str(name.value) for name in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def test_key_and_request() -> None:
    made = new_key("kube-system", "webhook", 2048)
    request = x509.load_pem_x509_csr(made.request.encode())
    assert request.is_signature_valid
    assert subject_of(request) == [NAMES[-1]]
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == NAMES == list(names_of("kube-system", "webhook"))
    text = made.private_key.reveal()
    assert text.startswith("-----BEGIN RSA PRIVATE KEY-----")
    key = serialization.load_pem_private_key(text.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    assert key.public_key() == request.public_key()


def test_each_key_is_a_new_one() -> None:
    assert new_key("n", "s", 2048).private_key != new_key("n", "s", 2048).private_key


def test_size_of_the_key() -> None:
    request = x509.load_pem_x509_csr(new_key("n", "s", 3072).request.encode())
    public = request.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 3072


@pytest.mark.parametrize(
    ("namespace", "service", "subject"),
    [("n" * 20, "s" * 39, "s" * 39 + "." + "n" * 20 + ".svc"), ("n" * 63, "s" * 63, "s" * 63)],
)
def test_names_that_are_too_long_for_a_common_name(namespace: str, service: str, subject: str) -> None:
    request = x509.load_pem_x509_csr(new_key(namespace, service, 2048).request.encode())
    assert subject_of(request) == [subject]
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName)[-1] == f"{service}.{namespace}.svc"


def test_the_key_shows_itself_nowhere() -> None:
    made = new_key("n", "s", 2048)
    line = made.private_key.reveal().splitlines()[3]
    assert line not in repr(made)
    assert line not in str(made.private_key)
    with pytest.raises(TypeError):
        pickle.dumps(made)
