# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.wrapping import (
    columns,
    printable,
    printed_columns,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("ｗ", 2)],
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


def test_json_shows_some_characters_by_two() -> None:
    text = 'is "日本" \\'
    assert printed_columns(text) == columns(json.dumps(text, ensure_ascii=False)) - len('""')
    assert wrapped('a "b" "c"', 8) == ['a "b"', '"c"']
    assert wrapped('""""', 4) == ['""', '""']


def test_words_go_to_the_next_line_where_they_do_not_fit() -> None:
    assert wrapped("one two three", 7, first="> ", later="  ") == ["> one", "  two", "  three"]
    assert wrapped("one two three", 9) == ["one two", "three"]


def test_a_word_that_is_too_wide_is_broken() -> None:
    assert wrapped("a " + "x" * 25, 10, later="  ") == ["a xxxxxxxx", "  xxxxxxxx", "  xxxxxxxx", "  x"]
    assert wrapped("日本語日本語", 5) == ["日本", "語日", "本語"]


def test_no_word_no_line() -> None:
    assert wrapped(" \n ", 10, first="> ") == []


def test_nothing_steers_a_terminal() -> None:
    assert printable("a\x1b[31mb\u202ec\nd") == "a [31mb c d"


@given(st.text(), st.integers(4, 40), st.sampled_from(["", "- ", "> "]))
def test_no_line_is_wider_and_nothing_is_lost(text: str, width: int, lead: str) -> None:
    lines = wrapped(text, width, first=lead, later="  " if lead else "")
    assert all(printed_columns(line) <= width for line in lines)
    assert "".join("".join(line[len(lead) :] for line in lines).split()) == "".join(printable(text).split())
