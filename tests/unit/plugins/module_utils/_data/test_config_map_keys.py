# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    PoolTargets,
    deciding_key,
    parse_bool,
    pool_targets,
)

# How long an example takes is the machine's business.
settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")

TRUE = {"1", "t", "T", "TRUE", "true", "True"}
FALSE = {"0", "f", "F", "FALSE", "false", "False"}


@given(st.text(max_size=6) | st.sampled_from(sorted(TRUE | FALSE)))
def test_parse_bool_knows_twelve_spellings(text: str) -> None:
    expected = True if text in TRUE else False if text in FALSE else None
    assert parse_bool(text) is expected


@given(st.sampled_from(sorted(TRUE | FALSE)), st.sampled_from([" ", "\n", "\t", ".", "0", "e"]))
def test_parse_bool_takes_nothing_around_them(spelling: str, more: str) -> None:
    assert parse_bool(spelling + more) is None
    assert parse_bool(more + spelling) is None


def test_absent_is_neither() -> None:
    assert parse_bool(None) is None


@pytest.mark.parametrize(
    ("data", "secondary", "prefix"),
    [
        (None, (3, 3, 0), (1, 3, 0)),
        ({}, (3, 3, 0), (1, 3, 0)),
        ({"warm-ip-target": "1", "minimum-ip-target": "3", "warm-prefix-target": "0"}, (1, 3, 0), (1, 3, 0)),
        ({"warm-ip-target": "5"}, (5, 0, 0), (5, 0, 0)),
        ({"minimum-ip-target": "5"}, (0, 5, 0), (0, 5, 0)),
        ({"warm-ip-target": "0"}, (1, 0, 0), (1, 3, 0)),
        ({"warm-ip-target": "0", "minimum-ip-target": "0"}, (1, 0, 0), (1, 3, 0)),
        ({"warm-ip-target": "x"}, (3, 3, 0), (1, 3, 0)),
        ({"warm-ip-target": "x", "minimum-ip-target": "4"}, (0, 4, 0), (0, 4, 0)),
        ({"warm-ip-target": " 5"}, (3, 3, 0), (1, 3, 0)),
        ({"warm-ip-target": "-2"}, (-2, 0, 0), (-2, 0, 0)),
        ({"warm-prefix-target": "2"}, (3, 3, 0), (0, 0, 2)),
        ({"windows-warm-ip-target": "7"}, (7, 0, 0), (7, 0, 0)),
        ({"windows-warm-ip-target": "7", "warm-ip-target": "1"}, (1, 0, 0), (1, 0, 0)),
        ({"windows-warm-ip-target": "7", "warm-ip-target": "x"}, (3, 3, 0), (1, 3, 0)),
        ({"windows-minimum-ip-target": "9", "windows-warm-prefix-target": "1"}, (0, 9, 0), (0, 9, 1)),
    ],
)
def test_pool_targets(
    data: dict[str, str] | None, secondary: tuple[int, int, int], prefix: tuple[int, int, int]
) -> None:
    assert pool_targets(data, prefix_delegation=False) == PoolTargets(*secondary)
    assert pool_targets(data, prefix_delegation=True) == PoolTargets(*prefix)


def test_the_key_without_prefix_decides_even_where_it_is_invalid() -> None:
    data = {"windows-warm-ip-target": "7", "warm-ip-target": "x"}
    assert deciding_key(data, ("warm-ip-target", "windows-warm-ip-target")) == "warm-ip-target"
    assert deciding_key({}, ("warm-ip-target",)) is None
