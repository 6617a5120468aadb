# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    CONTROL_PLANE_SUPPORT,
    PREFIX_DELEGATION,
    at_least,
    kubernetes_version,
    minimum,
    platform_number,
)

# How long an example takes is the machine's business.
settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")

NUMBERS = st.integers(0, 9999)


@given(NUMBERS, NUMBERS)
def test_a_version_is_two_numbers(major: int, minor: int) -> None:
    for text in (f"{major}.{minor}", f"v{major}.{minor}", f"{major}.{minor}.7", f"v{major}.{minor}.7-eks-abc"):
        assert kubernetes_version(text) == (major, minor)


@given(st.integers(0, 999_999))
def test_a_platform_version_is_one_number(number: int) -> None:
    assert platform_number(f"eks.{number}") == number
    assert platform_number(f"eks-local-outposts.{number}") is None
    assert platform_number(f"eks.{number}.1") is None


@given(st.text(max_size=12))
def test_any_text_is_a_version_or_none(text: str) -> None:
    version, platform = kubernetes_version(text), platform_number(text)
    assert version is None or (len(version) == 2 and "." in text)
    assert platform is None or text.startswith("eks.")
    assert at_least(CONTROL_PLANE_SUPPORT, text, text) in (True, False, None)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_higher_version_is_never_worse(minor: int, platform: int, more: int) -> None:
    for table in (CONTROL_PLANE_SUPPORT, PREFIX_DELEGATION):
        if at_least(table, f"1.{minor}", f"eks.{platform}"):
            assert at_least(table, f"1.{minor}", f"eks.{platform + more}")


@pytest.mark.parametrize(
    ("version", "platform", "expected"),
    [
        ("1.24", "eks.99", False),
        ("1.25", "eks.4", False),
        ("1.25", "eks.5", True),
        ("1.26", "eks.3", False),
        ("1.26", "eks.4", True),
        ("1.27", "eks.2", False),
        ("1.27", "eks.3", True),
        ("1.28", "eks.1", True),
        ("1.27", "", None),
    ],
)
def test_prefix_delegation(version: str, platform: str, expected: bool | None) -> None:
    assert at_least(PREFIX_DELEGATION, version, platform) is expected


@pytest.mark.parametrize(("version", "words"), [("1.21", "1.21 eks.3"), ("1.10", "1.19 eks.7"), ("x", "1.19 eks.7")])
def test_the_minimum_in_words(version: str, words: str) -> None:
    assert minimum(CONTROL_PLANE_SUPPORT, version) == words
