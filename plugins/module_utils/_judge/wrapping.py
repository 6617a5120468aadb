# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Text in lines of a terminal's columns, whatever servers put in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_ESCAPED = ('"', "\\")
"""What JSON puts a backslash before, and a printable text may hold."""


def printable(text: str) -> str:
    """Names and messages come from servers: nothing of theirs may steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def columns(text: str) -> int:
    """How many columns a terminal gives the text: two for a wide character, none for one that joins the one before."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def printed_columns(text: str) -> int:
    """The same where Ansible prints the text as JSON."""
    return columns(text) + sum(map(text.count, _ESCAPED))


def wrapped(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """The words of a text in lines of at most ``width`` columns; a word that is longer is broken.

    ``first`` begins the first line and ``later`` each one below; both leave room for at least two columns. A text
    without a word has no line. Columns are those of JSON, as Ansible prints lines.
    """
    lines: list[str] = []
    lead, line = first, ""
    for word in printable(text).split():
        for piece in _pieces(word, width - max(columns(first), columns(later))):
            joined = f"{line} {piece}" if line else piece
            if line and columns(lead) + printed_columns(joined) > width:
                lines.append(lead + line)
                lead, joined = later, piece
            line = joined
    return [*lines, lead + line] if line else lines


def _columns_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _pieces(word: str, width: int) -> Iterator[str]:
    """The word, or where it is wider than ``width`` its parts."""
    while printed_columns(word) > width:
        end = taken = 0
        while end < len(word) and taken + printed_columns(word[end]) <= width:
            taken += printed_columns(word[end])
            end += 1
        end = max(end, 1)
        yield word[:end]
        word = word[end:]
    if word:
        yield word
