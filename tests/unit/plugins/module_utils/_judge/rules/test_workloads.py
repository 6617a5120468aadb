# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ObjectRef
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    observed,
    windows_pod,
)

FAILURES = {
    "workloads.stuck": Failure(observed(windows_pods=(windows_pod(),)), "error"),
}

NEVER = {("workloads.stuck", "not_applicable"): "Where there is no Windows pod, none waits."}

TAKEN = {"eks.amazonaws.com/fargate-profile": "serverless"}
FRESH = "2026-11-24T09:59:00Z"


@pytest.mark.parametrize(
    ("pods", "status", "words"),
    [
        ((), "pass", ""),
        ((windows_pod(),), "fail", "no webhook answered when it was created; ReplicaSet shop/web makes it again"),
        ((windows_pod(created_at=FRESH),), "fail", "no webhook answered"),
        ((windows_pod(address_limit="0"),), "fail", "no webhook answered"),
        ((windows_pod(owner=None),), "fail", "nothing owns it: it is not deleted"),
        ((windows_pod(owner=ObjectRef("Flow", "shop", "f")),), "fail", "Flow shop/f owns it: it is not deleted"),
        ((windows_pod(address_limit="1"),), "fail", "the controller did not act on it"),
        ((windows_pod(address_limit="1", created_at=""),), "fail", "the controller did not act on it"),
        ((windows_pod(address_limit="1", created_at=FRESH),), "pass", ""),
        ((windows_pod(selects_windows=False),), "fail", "by affinity, which no webhook looks at"),
        ((windows_pod(address="10.0.0.1/24"),), "pass", ""),
        ((windows_pod(host_network=True),), "pass", ""),
        # The webhook looks for the label alone, before it looks at the nodeSelector.
        ((windows_pod(labels=TAKEN),), "pass", ""),
        ((windows_pod(labels={"eks.amazonaws.com/fargate-profile": ""}),), "pass", ""),
        ((windows_pod(labels=TAKEN, is_starting=False, waits_for_node=True),), "pass", ""),
        ((windows_pod(labels=TAKEN, address_limit="1"),), "pass", ""),
        ((windows_pod(labels=TAKEN, selects_windows=False),), "pass", ""),
        ((windows_pod(is_starting=False),), "pass", ""),
        ((windows_pod(is_starting=False, waits_for_node=True),), "fail", "no webhook answered"),
        (DENIED, "unknown", ""),
    ],
)
def test_stuck(pods: Any, status: str, words: str) -> None:
    found = finding("workloads.stuck", observed(windows_pods=pods), goal="cert_renew")
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "error", (), False)
    if status == "fail":
        assert [item.object for item in found.evidence] == ["Pod shop/pod"]
        assert words in found.evidence[0].value
        recyclable = pods[0].owner == windows_pod().owner and words.startswith("no webhook")
        assert found.resolved_by == (("recycle_stuck_pods",) if recyclable else ())


def test_a_pod_without_a_node_matters_to_the_goal_that_mends_its_webhook() -> None:
    seen = observed(windows_pods=(windows_pod(is_starting=False, waits_for_node=True),))
    assert finding("workloads.stuck", seen).status == "pass"


def test_those_that_nothing_makes_again_come_first() -> None:
    pods = (windows_pod("a"), windows_pod("z", owner=None), windows_pod("b", address_limit="1"))
    found = finding("workloads.stuck", observed(windows_pods=pods), goal="cert_renew")
    assert [item.object for item in found.evidence] == ["Pod shop/b", "Pod shop/z", "Pod shop/a"]
    assert found.summary == "3 Windows pods wait for an address (without a limit: 2, with a limit: 1)"
    assert found.resolved_by == ()


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_looks_at_pods(goal: Any) -> None:
    assert finding("workloads.stuck", observed(windows_pods=(windows_pod(),)), goal=goal).status == "fail"
