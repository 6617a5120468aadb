# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.windows_builds import (
    MANY_BACKENDS,
    WindowsBuild,
    windows_build,
)


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("10.0.17763.2746", (17763, 2746)),
        ("17763.2746", (17763, 2746)),
        (" 10.0.20348.1 ", (20348, 1)),
        ("10.0.17763", None),
        ("10.0.17763.", None),
        ("6.1.0-amzn2023", None),
        ("10.0.17763.2746.1", None),
        ("10.0.١٧٧٦٣.1", None),
        ("", None),
    ],
)
def test_builds(text: str, build: Any) -> None:
    assert windows_build(text) == build


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_every_build_is_read_back_and_sorts_by_age(release: int, revision: int) -> None:
    found = windows_build(f"10.0.{release}.{revision}")
    assert found == WindowsBuild(release, revision)
    assert windows_build(str(found)) == found
    assert (found < MANY_BACKENDS) == (release * 100000 + revision < 1776302746)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    found = windows_build(text)
    assert found is None or windows_build(str(found)) == found
