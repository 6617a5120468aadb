# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The search for planted secrets finds them in each form in which they may be shown, and nothing that is public."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.planted_secrets import PRINTED, Leavings, planted_key, planted_text
from tests.testbed.legacy_objects import pair_of
from tests.testbed.pki import Authority
from tests.testbed.specs import LegacySpec


def der_of(pem: str) -> bytes:
    return base64.b64decode("".join(pem.splitlines()[1:-1]))


def forms_of(pem: str) -> dict[str, bytes]:
    """A key as something may show it."""
    lines = pem.splitlines()
    middle = len(lines) // 2
    return {
        "data of a Secret": base64.b64encode(pem.encode()),
        "PEM": pem.encode(),
        "PEM as JSON in JSON": json.dumps(json.dumps({"key": pem})).encode(),
        "two lines of PEM": "\n".join(lines[middle : middle + 2]).encode(),
        "DER": der_of(pem),
        "DER as base64": base64.b64encode(der_of(pem)),
    }


@pytest.mark.parametrize("form", forms_of("\n" * 4))
def test_a_key_is_found_in_each_form(tmp_path: Path, form: str) -> None:
    pem = pair_of(LegacySpec(), Authority("of a test")).key
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"\0before\n" + forms_of(pem)[form] + b"\nafter")
    found = Leavings(b"printed", tmp_path).leaks([planted_key("key", base64.b64encode(pem.encode()).decode())])
    assert found == ["key: folder/file"]


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_what_is_public_is_no_leak(tmp_path: Path, kind: Literal["rsa", "ec"]) -> None:
    pair = pair_of(LegacySpec(key=kind), Authority("of a test"))
    another = pair_of(LegacySpec(key=kind), Authority("of a test")).key
    certificate = x509.load_pem_x509_certificate(pair.certificate.encode())
    (tmp_path / "certificate.pem").write_text(pair.certificate, encoding="utf-8")
    (tmp_path / "certificate.der").write_bytes(certificate.public_bytes(Encoding.DER))
    (tmp_path / "another.pem").write_text(another, encoding="utf-8")
    (tmp_path / "code.py").write_text('TOKEN_PREFIX = "k8s-aws-v1."', encoding="utf-8")
    planted = [planted_key("key", base64.b64encode(pair.key.encode()).decode()), planted_text("password", "hidden")]
    assert Leavings(pair.certificate.encode(), tmp_path).leaks(planted) == []
    (tmp_path / "key.pem").write_text(pair.key, encoding="utf-8")
    assert Leavings(b"", tmp_path).leaks(planted) == ["key: key.pem"]


def test_texts_and_tokens_are_found_wherever_they_are(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("arguments", "first\n" * 100 + "the password")
    encoded = base64.b64encode(archive.getvalue()).decode()
    (tmp_path / "module").write_text(
        f"ZIPDATA = '{encoded}'\nPARAMS = 'k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1'", encoding="utf-8"
    )
    (tmp_path / "payload.zip").write_bytes(archive.getvalue())
    (tmp_path / "interrupted").write_text(f"ZIPDATA = '{encoded[:-9]}", encoding="utf-8")
    assert Leavings(b"the password", tmp_path).leaks([planted_text("password", "the password")]) == [
        f"password: {PRINTED}",
        "password: module!arguments",
        "password: payload.zip!arguments",
        "a token of EKS: module",
    ]
