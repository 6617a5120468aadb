# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    COREDNS,
    DENIED,
    addon,
    finding,
    observed,
)

FAILURES = {
    "capacity.coredns": Failure(observed(workloads=Workloads()), "warning", goals=ALL_BUT_DISABLE),
}

MANAGED = addon("", name="coredns")
ELSEWHERE = Workload(ObjectRef("Deployment", "dns", "coredns"))
NAMESAKE = replace(COREDNS, ref=ObjectRef("DaemonSet", "kube-system", "coredns"))


@pytest.mark.parametrize(
    ("deployments", "coredns", "status", "words"),
    [
        ((COREDNS,), None, "pass", "Deployment kube-system/coredns is there"),
        ((), MANAGED, "pass", "EKS manages add-on coredns"),
        ((COREDNS,), MANAGED, "pass", "EKS manages add-on coredns"),
        # How it fares is for addon.health to say.
        ((), addon("", name="coredns", status="DEGRADED"), "pass", "EKS manages add-on coredns"),
        ((), None, "fail", "CoreDNS is not installed"),
        ((ELSEWHERE,), None, "fail", "('Deployment kube-system/coredns', 'absent'), ('Add-on coredns', 'not managed"),
        ((NAMESAKE,), None, "fail", "CoreDNS is not installed"),
        # One of both is enough, whatever the other is.
        (DENIED, MANAGED, "pass", "EKS manages add-on coredns"),
        ((COREDNS,), DENIED, "pass", "Deployment kube-system/coredns is there"),
        (DENIED, None, "unknown", "forbidden"),
        (DENIED, DENIED, "unknown", "forbidden"),
        ((ELSEWHERE,), DENIED, "unknown", "whether EKS manages add-on coredns is not known"),
    ],
)
def test_coredns(deployments: Any, coredns: Any, status: str, words: str) -> None:
    found = finding("capacity.coredns", observed(workloads=Workloads(deployments=deployments), coredns=coredns))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "warning", (), False)
    assert words in found.summary + str([(item.object, item.value) for item in found.evidence])
    if status == "unknown":
        assert (found.remedy, found.evidence[-1].object) == (DENIED.remedy, DENIED.source)


def test_it_does_not_matter_to_goal_disable() -> None:
    bare = observed(workloads=Workloads())
    assert finding("capacity.coredns", bare, goal="disable").status == "not_applicable"


def test_the_remedy_names_the_way_for_another_dns() -> None:
    assert "eks_windows_ignore" in finding("capacity.coredns", observed(workloads=Workloads())).remedy
