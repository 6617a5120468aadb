# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    addon,
    config_map,
    disabling,
    legacy,
    observed,
    options,
    role,
)

NO_POLICY = role("AmazonEKSClusterPolicy")
FRESH: dict[str, Any] = {"cluster_role": NO_POLICY, "cni_config_map": None}
ASKED = {"prefix_delegation": True, "warm_ip_target": 4, "warm_prefix_target": 1}


def result(seen: Observation, **wanted: Any) -> dict[str, Any]:
    return as_result(seen, options(**wanted))


def test_what_enable_leaves_behind() -> None:
    found = result(observed(**FRESH, vpc_cni=addon("env: {A: b}")), goal="enable", **ASKED)
    now, then = found["support"], found["support_after"]
    assert (now["mode"], then["mode"]) == ("none", "control_plane")
    assert then["windows_ipam"] == {"live": "true", "effective": True, "owner": "addon", "addon_value": "true"}
    assert (now["prefix_delegation"], then["prefix_delegation"]) == (False, True)
    assert (now["cluster_role"]["policy_attached"], then["cluster_role"]["policy_attached"]) == (False, True)


def test_what_disable_leaves_behind() -> None:
    found = result(disabling(vpc_cni=addon("enableWindowsIpam: true")), goal="disable")
    then = found["support_after"]
    assert then["mode"] == "none"
    assert then["windows_ipam"] == {"live": "false", "effective": False, "owner": "addon", "addon_value": "false"}
    assert then["cluster_role"]["policy_attached"] is False


def test_a_legacy_controller_keeps_what_enable_sets_from_having_an_effect() -> None:
    found = result(observed(**FRESH, legacy=legacy(deployments=(CONTROLLER,))), goal="enable")
    then = found["support_after"]
    assert (then["mode"], then["windows_ipam"]["live"], then["windows_ipam"]["effective"]) == ("mixed", "true", False)


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (observed(), {"goal": "enable"}),
        (observed(**FRESH), {"goal": "none"}),
        (observed(cluster_role=DENIED, cni_config_map=DENIED, vpc_cni=DENIED), {"goal": "enable"}),
        (disabling(cni_config_map=config_map({}), cluster_role=NO_POLICY), {"goal": "disable"}),
    ],
)
def test_without_a_plan_nothing_changes(seen: Observation, wanted: dict[str, Any]) -> None:
    found = result(seen, **wanted)
    assert found["plan"] == []
    assert found["support_after"] == found["support"]


@pytest.mark.parametrize("goal", ["enable", "disable"])
@pytest.mark.parametrize(
    "values", [None, "", '{"env": {"enableWindowsIpam": "true", "A": "b"}}', "enableWindowsIpam: T"]
)
@pytest.mark.parametrize(
    "live", [None, config_map(None), config_map({"enable-windows-ipam": "t", "warm-ip-target": "x"})]
)
@pytest.mark.parametrize("status", ["ACTIVE", "UPDATE_FAILED", "UPDATING"])
@pytest.mark.parametrize("policies", [NO_POLICY, role("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")])
def test_a_plan_leaves_nothing_for_a_second_one(goal: Any, values: Any, live: Any, policies: Any, status: str) -> None:
    managed = None if values is None else addon(values, status=status)
    subject = Subject(
        disabling(vpc_cni=managed, cni_config_map=live, cluster_role=policies), options(goal=goal, **ASKED)
    )
    assert plan(after(subject, plan(subject))) == ()
