# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    FargateProfile,
    FargateSelector,
    ObjectRef,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    WINDOWS_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    legacy_cluster,
    node,
    observed,
)

FAILURES = {
    "capacity.linux": Failure(observed(nodes=()), "error", WINDOWS_GOALS, stops_pods=True),
}

NEVER = {("capacity.linux", "not_applicable"): "Every cluster needs CoreDNS."}
"""What a rule never says, and why."""

WINDOWS = node("windows-1", "windows")


def profile(namespace: str, status: str = "ACTIVE", **labels: str) -> FargateProfile:
    named = {key.replace("_", "-"): value for key, value in labels.items()}
    return FargateProfile("system", status, (FargateSelector(namespace, named),))


COREDNS = profile("kube-system", k8s_app="kube-dns")
TWO = (node("a"), node("b"))


@pytest.mark.parametrize(
    ("nodes", "profiles", "status", "severity", "blocks"),
    [
        ((*TWO, WINDOWS), (), "pass", "error", True),
        (TWO, DENIED, "pass", "error", True),
        ((node("a", auto_mode=True), node("b", auto_mode=True)), (), "pass", "error", True),
        ((node("a"), WINDOWS), (), "fail", "warning", False),
        ((node("a"), node("b", ready=False)), (), "fail", "warning", False),
        ((node("a"),), DENIED, "unknown", "warning", False),
        ((node("a"),), (COREDNS,), "pass", "error", True),
        ((WINDOWS,), (), "fail", "error", True),
        ((), (), "fail", "error", True),
        ((node("a", ready=False),), (), "fail", "error", True),
        ((node("fargate", fargate=True), node("f2", fargate=True)), (), "fail", "error", True),
        ((), (COREDNS,), "pass", "error", True),
        ((), DENIED, "unknown", "error", True),
        (DENIED, (COREDNS,), "unknown", "error", True),
    ],
)
def test_linux(nodes: Any, profiles: Any, status: str, severity: str, blocks: bool) -> None:
    found = finding("capacity.linux", observed(nodes=nodes, fargate_profiles=profiles))
    assert (found.status, found.severity, "enable" in found.blocks) == (status, severity, blocks), found.summary
    if status in ("fail", "unknown"):
        assert found.stops_pods is (severity == "error")


@pytest.mark.parametrize(
    ("profiles", "covered"),
    [
        ((profile("kube-system"),), True),
        ((profile("kube-*"),), True),
        ((profile("*"),), True),
        ((profile("kube-?ystem"),), True),
        ((profile("default"),), False),
        ((profile("kube"),), False),
        ((profile("Kube-System"),), False),
        ((profile("kube-system", k8s_app="kube-*"),), True),
        ((profile("kube-system", k8s_app="metrics-server"),), False),
        ((profile("kube-system", k8s_app="kube-dns", tier="x"),), False),
        ((profile("kube-system", status="CREATING"),), False),
        ((profile("default"), COREDNS), True),
        ((FargateProfile("none", "ACTIVE", ()),), False),
    ],
)
def test_a_profile_counts_where_it_takes_coredns(profiles: Any, covered: bool) -> None:
    found = finding("capacity.linux", observed(nodes=(), fargate_profiles=profiles))
    assert (found.status == "pass") is covered


def deployment(name: str = "coredns", compute_type: str = "ec2", namespace: str = "kube-system") -> Workload:
    return Workload(ObjectRef("Deployment", namespace, name), compute_type=compute_type)


ONE = (node("a"),)


@pytest.mark.parametrize(
    ("nodes", "deployments", "status", "severity"),
    [
        ((), (deployment(),), "fail", "error"),
        (ONE, (deployment(),), "fail", "warning"),
        (TWO, (deployment(),), "pass", "error"),
        ((), (deployment(compute_type=""),), "pass", "error"),
        ((), (deployment(compute_type="fargate"),), "pass", "error"),
        ((), (deployment("web"), deployment(namespace="shop")), "pass", "error"),
        ((), DENIED, "unknown", "error"),
        (ONE, DENIED, "unknown", "warning"),
        (TWO, DENIED, "pass", "error"),
    ],
)
def test_an_annotation_keeps_coredns_off_fargate(nodes: Any, deployments: Any, status: str, severity: str) -> None:
    seen = observed(nodes=nodes, fargate_profiles=(COREDNS,), workloads=Workloads(deployments=deployments))
    found = finding("capacity.linux", seen)
    assert (found.status, found.severity) == (status, severity), found.summary
    if status != "pass":
        assert found.stops_pods is (severity == "error")
        assert ("enable" in found.blocks) is (severity == "error")
    if status == "fail":
        assert "an annotation keeps CoreDNS off Fargate" in found.summary
        assert "set computeType to Fargate" in found.remedy
        assert [(item.object, item.value) for item in found.evidence[-2:]] == [
            ("Fargate profile system", "takes CoreDNS"),
            ("Deployment kube-system/coredns", "eks.amazonaws.com/compute-type: ec2"),
        ]


@pytest.mark.parametrize("deployments", [(deployment(),), DENIED])
def test_the_annotation_matters_only_to_a_profile_that_takes_coredns(deployments: Any) -> None:
    of_others = (profile("shop"),)
    seen = observed(nodes=(), fargate_profiles=of_others, workloads=Workloads(deployments=deployments))
    found = finding("capacity.linux", seen)
    assert (found.status, found.summary) == ("fail", "No Linux node is ready and no Fargate profile takes CoreDNS")
    assert "annotation" not in found.remedy
    legacy = finding("capacity.linux", seen, goal="legacy_install")
    assert legacy.summary == "No Linux node is ready, and with legacy support Fargate does not count"


def test_with_legacy_support_fargate_does_not_count() -> None:
    found = finding("capacity.linux", observed(nodes=(), fargate_profiles=(COREDNS,)), goal="legacy_install")
    assert (found.status, found.severity) == ("fail", "error")
    assert "Fargate does not count" in found.summary
    one = legacy_cluster(nodes=(node("a"),), fargate_profiles=(COREDNS,))
    assert finding("capacity.linux", one).severity == "warning"
    assert finding("capacity.linux", one).status == "fail"
