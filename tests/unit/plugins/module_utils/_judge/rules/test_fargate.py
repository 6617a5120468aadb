# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    FargateProfile,
    FargateSelector,
    ObjectRef,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    observed,
    windows_pod,
)

FAILURES = {
    "workloads.fargate": Failure(
        observed(windows_pods=(windows_pod(labels={"eks.amazonaws.com/fargate-profile": "p"}),)), "error"
    ),
}


def profile(namespace: str, status: str = "ACTIVE", **labels: str) -> FargateProfile:
    return FargateProfile("serverless", status, (FargateSelector(namespace, labels),))


POD = windows_pod(labels={"app": "web", "tier": "front-1"})


@pytest.mark.parametrize(
    ("profiles", "status"),
    [
        ((), "pass"),
        ((profile("shop"),), "fail"),
        ((profile("other"),), "pass"),
        ((profile("SHOP"),), "pass"),
        ((profile("*"),), "fail"),
        ((profile("sh*"),), "fail"),
        ((profile("sho?"),), "fail"),
        ((profile("sho"),), "pass"),
        ((profile("shop?"),), "pass"),
        ((profile("s.op"),), "pass"),
        ((profile("shop", app="web"),), "fail"),
        ((profile("shop", app="web", tier="front-?"),), "fail"),
        ((profile("shop", app="web", tier="back*"),), "pass"),
        ((profile("shop", app="w*", other="*"),), "pass"),
        ((profile("shop", **{"ti*": "*"}),), "fail"),
        ((profile("shop", **{"?pp": "web"}),), "fail"),
        # One label has to match both, key and value.
        ((profile("shop", **{"ti*": "web"}),), "pass"),
        ((profile("shop", **{"team*": "*"}),), "pass"),
        ((profile("shop", "CREATING"),), "pass"),
        ((profile("shop", "DELETING"),), "pass"),
        ((profile("other"), profile("shop")), "fail"),
        (DENIED, "unknown"),
    ],
)
def test_fargate(profiles: Any, status: str) -> None:
    found = finding("workloads.fargate", observed(windows_pods=(POD,), fargate_profiles=profiles))
    assert (found.status, found.severity, found.blocks) == (status, "error", ())
    if status == "fail":
        assert found.evidence[0].value == "selected by profile serverless, once it is made anew"


def test_a_profile_has_several_selectors() -> None:
    both = FargateProfile("p", "ACTIVE", (FargateSelector("other", {}), FargateSelector("shop", {})))
    assert finding("workloads.fargate", observed(windows_pods=(POD,), fargate_profiles=(both,))).status == "fail"


@pytest.mark.parametrize("profiles", [(), DENIED])
@pytest.mark.parametrize(("name", "words"), [("serverless", "serverless"), ("", "without a name")])
def test_a_pod_that_was_taken_says_so(profiles: Any, name: str, words: str) -> None:
    taken = windows_pod(labels={"eks.amazonaws.com/fargate-profile": name})
    found = finding("workloads.fargate", observed(windows_pods=(taken, POD), fargate_profiles=profiles))
    assert found.status == "fail"
    assert found.summary == "Windows pods that a Fargate profile takes: 1 of 2"
    assert found.evidence[0].value == f"taken by profile {words} when it was created"


OF_A_DAEMON_SET = windows_pod("agent", namespace="kube-system", owner=ObjectRef("DaemonSet", "kube-system", "agent"))
DEFAULT = FargateProfile("fp-default", "ACTIVE", (FargateSelector("default", {}), FargateSelector("kube-system", {})))


def test_whether_a_profile_takes_pods_of_a_daemon_set_is_not_said() -> None:
    found = finding("workloads.fargate", observed(windows_pods=(OF_A_DAEMON_SET, POD), fargate_profiles=(DEFAULT,)))
    assert (found.status, found.severity) == ("fail", "warning")
    assert found.summary == "Windows pods of DaemonSets that a Fargate profile selects: 1 of 2"
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Pod kube-system/agent", "selected by profile fp-default, once it is made anew, if at all")
    ]
    assert "see whether the next one has label" in found.remedy


def test_other_pods_and_those_that_were_taken_are_an_error_all_the_same() -> None:
    profiles = (DEFAULT, profile("shop"))
    found = finding("workloads.fargate", observed(windows_pods=(OF_A_DAEMON_SET, POD), fargate_profiles=profiles))
    assert (found.status, found.severity) == ("fail", "error")
    assert found.summary == "Windows pods that a Fargate profile takes: 1 of 2"
    assert [item.object for item in found.evidence] == ["Pod shop/pod", "Pod kube-system/agent"]
    taken = replace(OF_A_DAEMON_SET, labels={"eks.amazonaws.com/fargate-profile": "fp-default"})
    found = finding("workloads.fargate", observed(windows_pods=(taken,), fargate_profiles=(DEFAULT,)))
    assert (found.severity, found.evidence[0].value) == ("error", "taken by profile fp-default when it was created")


@pytest.mark.parametrize(("pods", "status"), [((), "not_applicable"), (DENIED, "unknown")])
def test_without_windows_pods(pods: Any, status: str) -> None:
    assert finding("workloads.fargate", observed(windows_pods=pods, fargate_profiles=(profile("*"),))).status == status


def test_what_landed_on_a_windows_node_without_asking_may_run_on_fargate() -> None:
    stray = windows_pod("astray", selects_windows=False, asks_for_windows=False)
    profiles = (profile("shop"),)
    alone = finding("workloads.fargate", observed(windows_pods=(stray,), fargate_profiles=profiles))
    assert alone.status == "not_applicable"
    found = finding("workloads.fargate", observed(windows_pods=(stray, POD), fargate_profiles=profiles))
    assert [item.object for item in found.evidence] == ["Pod shop/pod"]
