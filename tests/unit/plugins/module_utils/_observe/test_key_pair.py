# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.key_pair import certificates_in, key_state
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import (
    Issued,
    Key,
    issue,
    unreadable,
)

EC = issue()
RSA = issue(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pkcs8(key: Key | ed25519.Ed25519PrivateKey, password: bytes = b"") -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


@pytest.mark.parametrize("pair", [EC, RSA], ids=["ec", "rsa"])
def test_a_pair_matches_in_each_form(pair: Issued) -> None:
    for key in (pair.key_pem, pkcs8(pair.key), f"comment\n{pair.certificate}{pair.key_pem}"):
        assert key_state(pair.certificate, encoded(key)) == "matches"
        assert key_state(pair.certificate + issue().certificate, encoded(key)) == "matches"


@pytest.mark.parametrize(
    ("certificate", "key", "state"),
    [
        (EC.certificate, RSA.key_pem, "differs"),
        (RSA.certificate, EC.key_pem, "differs"),
        (EC.certificate, issue().key_pem, "differs"),
        # The first certificate is the one that is shown, the first key the one that is used.
        (issue().certificate + EC.certificate, EC.key_pem, "differs"),
        (EC.certificate, issue().key_pem + EC.key_pem, "differs"),
        (EC.certificate, pkcs8(ed25519.Ed25519PrivateKey.generate()), "differs"),
        (EC.certificate, pkcs8(EC.key, b"passphrase"), "unreadable"),
        (EC.certificate, "", "unreadable"),
        (EC.certificate, "garbage", "unreadable"),
        (EC.certificate, EC.certificate, "unreadable"),
        (EC.certificate, EC.key_pem.replace("MHc", "AAA", 1), "unreadable"),
        ("garbage", EC.key_pem, "unreadable"),
        (EC.certificate.replace("MII", "AAA", 1), EC.key_pem, "unreadable"),
        (unreadable("version"), EC.key_pem, "unreadable"),
    ],
)
def test_key_state(certificate: str, key: str, state: str) -> None:
    assert key_state(certificate, encoded(key)) == state


def test_what_is_absent_is_missing() -> None:
    assert key_state(None, encoded(EC.key_pem)) == "missing"
    assert key_state(EC.certificate, None) == "missing"
    assert key_state(EC.certificate, "no base64 %") == "unreadable"


def test_certificates_come_without_what_stands_beside_them() -> None:
    beside = f"bag\n{EC.key_pem}{EC.certificate}text\n{RSA.certificate}{RSA.key_pem}"
    assert certificates_in(encoded(beside)) == EC.certificate + RSA.certificate
    assert certificates_in(encoded(EC.key_pem)) == ""
    assert certificates_in("no base64 %") == ""


def test_a_pair_is_read_as_go_reads_it() -> None:
    joined = EC.certificate.strip() + RSA.certificate
    assert certificates_in(encoded(joined)) == ""
    assert key_state(joined, encoded(EC.key_pem)) == "unreadable"
    assert key_state(f"{joined}{RSA.certificate}", encoded(RSA.key_pem)) == "matches"
    # Without a newline at its end, the last stands apart from what is put behind it.
    assert certificates_in(encoded(EC.certificate.strip())) == EC.certificate
    assert certificates_in(encoded(f"{EC.certificate}\n\n{RSA.certificate}")) == EC.certificate + RSA.certificate
    keys = EC.key_pem.strip() + RSA.key_pem
    assert key_state(EC.certificate, encoded(keys)) == "unreadable"
    assert key_state(EC.certificate, encoded(EC.certificate + EC.key_pem)) == "matches"
