# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import (
    backend,
    examine,
    judge_options,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import PLANS

TODAY = date(2026, 11, 24)


def parameters(**given: Any) -> dict[str, Any]:
    """The module's parameters with its defaults."""
    spec = backend().argument_spec
    return {**{name: option.get("default") for name, option in spec.items()}, "cluster_name": "production", **given}


def test_defaults_leave_addressing_as_it_is() -> None:
    assert judge_options(parameters(), TODAY) == JudgeOptions(today=TODAY)


def test_options_reach_the_judge() -> None:
    given: dict[str, Any] = {
        "goal": "enable",
        "prefix_delegation": False,
        "warm_ip_target": 0,
        "minimum_ip_target": 2,
        "warm_prefix_target": 1,
        "ipam_owner": "addon",
        "cluster_policy": "verify",
    }
    assert judge_options(parameters(**given), TODAY) == JudgeOptions(today=TODAY, **given)


@pytest.mark.parametrize("name", ["warm_ip_target", "minimum_ip_target", "warm_prefix_target", "renewal_days"])
def test_a_negative_number_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(EksWindowsError, match=f"Cluster production: {name} is -1, and can't be negative"):
        examine(parameters(**{name: -1}), False)


def test_the_goals_of_the_module_are_those_with_a_plan() -> None:
    assert backend().argument_spec["goal"]["choices"] == list(PLANS)
