# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pem import PRIVATE_KEY, Block, blocks

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
A, B = f"{BEGIN}\nQUJD\n{END}", f"{BEGIN}\nREVG\n{END}"


@pytest.mark.parametrize(
    ("pem", "held"),
    [
        ("", []),
        ("text", []),
        (A, [b"ABC"]),
        (f"{A}\n", [b"ABC"]),
        (f"{A}\n{B}\n", [b"ABC", b"DEF"]),
        (f"subject=/CN=a\n{A}\n\nsubject=/CN=b\n{B}", [b"ABC", b"DEF"]),
        (f"{A}\r\n{B}\r\n".replace("\n", "\r\n").replace("\r\r", "\r"), [b"ABC", b"DEF"]),
        # Joined without a newline: neither stands on lines of its own.
        (f"{A}{B}", []),
        (f"{A}{B}\n{A}", [b"ABC"]),
        (f"{A}\n{A}{B}\n{B}", [b"ABC", b"DEF"]),
        # BEGIN and END have lines of their own, and white space behind them.
        (f"text {A}", []),
        (f" {A}", []),
        (f"\ufeff{A}", []),
        (f"{A} \t", [b"ABC"]),
        (f"{A} \t\r\n{B}", [b"ABC", b"DEF"]),
        (f"{A}\r", []),
        (f"{A} text", []),
        (A.replace(f"{BEGIN}\n", f"{BEGIN} \t\r\n"), [b"ABC"]),
        (A.replace("\n", "\r"), []),
        (A.replace("\n", " "), []),
        (A.replace("\n", ""), []),
        (f"{BEGIN}\nQUJD{END}", []),
        (f"{BEGIN}\n    QU\n\tJD  \n{END}", [b"ABC"]),
        (f"{BEGIN}\n    QUJD\n    {END}", []),
        (f"{BEGIN}\n{END}", [b""]),
        # What is damaged is passed over.
        (f"{BEGIN}\nQUJD\n{B}", [b"DEF"]),
        (f"{BEGIN}\nQU\u00e9D\n{END}\n{B}", [b"DEF"]),
        (f"{BEGIN}\nQUJ\n{END}\n{B}", [b"DEF"]),
        (f"{BEGIN}\nQU==JD\n{END}\n{B}", [b"DEF"]),
        (f"{BEGIN}\nQUJD\n-----END OTHER-----\n{B}", [b"DEF"]),
        (f"{A[:-1]}\n{B}", [b"DEF"]),
        (f"{A}\n{BEGIN}\nREVG", [b"ABC"]),
        # Blocks of other types are nobody's business.
        (A.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), []),
        (f"{A.replace('CERTIFICATE', 'RSA PRIVATE KEY')}\n{B}", [b"DEF"]),
    ],
)
def test_blocks(pem: str, held: list[bytes]) -> None:
    assert [block.encoded for block in blocks(pem)] == held


@pytest.mark.parametrize(
    ("pem", "held"),
    [
        (f"{BEGIN}\nnote: ours\n\nQUJD\n{END}", [True]),
        (f"{BEGIN}\nnote: ours\nother:\nQUJD\n{END}", [True]),
        (f"{BEGIN}\r\nnote: ours\r\n\r\nQUJD\r\n{END}", [True]),
        (f"{BEGIN}\nnote: ours\n\n{END}", [True]),
        # Between headers and END there has to be a line.
        (f"{BEGIN}\nnote: ours\n{END}", []),
        # Headers come first.
        (f"{BEGIN}\nQUJD\nnote: ours\n{END}", []),
        (f"{BEGIN}\n\nnote: ours\nQUJD\n{END}", []),
        (A, [False]),
    ],
)
def test_headers(pem: str, held: list[bool]) -> None:
    assert [block.has_headers for block in blocks(pem)] == held


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_private_keys(kind: str) -> None:
    key = f"-----BEGIN {kind}-----\nQUJD\n-----END {kind}-----"
    assert list(blocks(f"{A}\n{key}\n", PRIVATE_KEY)) == [Block(key, b"ABC")]
    assert list(blocks(f"{A}{key}\n", PRIVATE_KEY)) == []
    assert list(blocks(key.replace("END ", "END OTHER "), PRIVATE_KEY)) == []


def test_a_block_is_told_as_it_stands_without_what_follows() -> None:
    text = A.replace("\n", " \r\n")
    assert [block.text for block in blocks(f"{text} \r\n{B}\n")] == [text, B]
    assert "QUJD" not in repr(list(blocks(A)))


@pytest.mark.parametrize(
    "part",
    [
        f"{BEGIN}\n",
        f"{BEGIN}\nQUJD\n",
        f"{BEGIN}\nnote: ours\n\nQUJD\n",
        f"{A}",
        "note: ours\n",
        "QUJD\n",
        "-----BEGIN A A ",
    ],
)
def test_the_time_is_linear(part: str) -> None:
    text = f"{BEGIN}\n" + part * (1_500_000 // len(part))
    began = time.process_time()
    for kind in ("CERTIFICATE", PRIVATE_KEY):
        assert list(blocks(text, kind)) == []
    assert time.process_time() - began < 5
