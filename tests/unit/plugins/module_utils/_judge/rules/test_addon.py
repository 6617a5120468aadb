# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import AddonIssue
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    addon,
    finding,
    observed,
)

FAILURES = {
    "addon.health": Failure(observed(vpc_cni=addon("", status="DEGRADED")), "warning"),
}

ISSUE = AddonIssue("InsufficientNumberOfReplicas", "aws-node is\n not ready", ("aws-node",))
ON = '{"enableWindowsIpam": "true"}'


@pytest.mark.parametrize(
    ("managed", "status", "words"),
    [
        (None, "not_applicable", "does not manage"),
        (DENIED, "unknown", "forbidden"),
        (addon(""), "pass", "is ACTIVE and has no health issues"),
        (addon("", status="UPDATING"), "fail", "Add-on vpc-cni is UPDATING"),
        (addon("", status="DEGRADED", issues=(ISSUE,)), "fail", "is DEGRADED, with health issues: Insufficient"),
        (addon("", status="UPDATE_FAILED"), "fail", "is UPDATE_FAILED"),
        (addon("", status=""), "fail", "without a status"),
        (addon("", issues=(ISSUE, ISSUE)), "fail", "has health issues: InsufficientNumberOfReplicas"),
        (addon(ON, status="CREATE_FAILED"), "fail", "is CREATE_FAILED"),
    ],
)
def test_what_only_warns(managed: Any, status: str, words: str) -> None:
    for goal in ("none", "enable"):
        found = finding("addon.health", observed(vpc_cni=managed), goal=goal)
        if goal == "enable" and managed == addon("", status=""):
            continue
        assert (found.status, found.severity, found.stops_pods) == (status, "warning", False)
        assert words in found.summary
        assert found.blocks == () or status in ("pass", "not_applicable")


@pytest.mark.parametrize("status", ["DELETING", "CREATE_FAILED", "DELETE_FAILED"])
def test_what_allows_no_update_stops_what_needs_one(status: str) -> None:
    def judged(values: str, goal: Any, **wanted: Any) -> Any:
        return finding("addon.health", observed(vpc_cni=addon(values, status=status)), goal=goal, **wanted)

    for values, goal in (("", "enable"), (ON, "disable")):
        found = judged(values, goal)
        assert (found.status, found.severity, found.blocks) == ("fail", "error", ("enable", "migrate", "disable"))
        assert found.summary == f"Add-on vpc-cni is {status}, so that its configuration can't be changed"
        assert judged(values, goal, ipam_owner="config_map").blocks == ()
    for values, goal in ((ON, "enable"), ("", "disable"), ("", "none")):
        found = judged(values, goal)
        assert (found.status, found.severity, found.blocks) == ("fail", "warning", ())


@pytest.mark.parametrize(
    ("vpc_cni", "coredns", "status", "severity", "words"),
    [
        (None, addon("", name="coredns"), "pass", "warning", "Add-on coredns is ACTIVE and has no health issues"),
        (addon(""), addon("", name="coredns"), "pass", "warning", "no health issues; Add-on coredns is ACTIVE"),
        (addon(""), None, "pass", "warning", "Add-on vpc-cni is ACTIVE"),
        (addon(""), addon("", name="coredns", status="DEGRADED"), "fail", "warning", "Add-on coredns is DEGRADED"),
        (None, addon("", name="coredns", issues=(ISSUE,)), "fail", "warning", "Add-on coredns has health issues"),
        (addon(""), DENIED, "unknown", "warning", "forbidden"),
        (None, DENIED, "unknown", "warning", "forbidden"),
        (DENIED, addon("", name="coredns"), "unknown", "warning", "forbidden"),
        (DENIED, addon("", name="coredns", status="DELETING"), "fail", "warning", "Add-on coredns is DELETING"),
        (addon("", status="DEGRADED"), DENIED, "fail", "warning", "Add-on vpc-cni is DEGRADED"),
        (addon("", status="DELETING"), addon("", name="coredns", status="DEGRADED"), "fail", "error", "can't be"),
    ],
)
def test_coredns_too(vpc_cni: Any, coredns: Any, status: str, severity: str, words: str) -> None:
    found = finding("addon.health", observed(vpc_cni=vpc_cni, coredns=coredns), goal="enable")
    assert (found.status, found.severity, found.stops_pods) == (status, severity, False)
    assert words in found.summary
    assert bool(found.blocks) is (severity == "error" or status == "pass")


def test_both_failures_are_said() -> None:
    seen = observed(vpc_cni=addon("", status="DEGRADED"), coredns=addon("", name="coredns", issues=(ISSUE,)))
    found = finding("addon.health", seen)
    assert found.summary.count("Add-on") == 2
    assert [item.object for item in found.evidence] == [
        "Add-on vpc-cni v1.20.4-eksbuild.1",
        *["Add-on coredns v1.20.4-eksbuild.1"] * 2,
    ]


def test_issues_are_evidence_with_what_they_concern() -> None:
    found = finding("addon.health", observed(vpc_cni=addon("", issues=(ISSUE,))))
    assert [item.value for item in found.evidence] == [
        "ACTIVE",
        "InsufficientNumberOfReplicas: aws-node is not ready (aws-node)",
    ]
