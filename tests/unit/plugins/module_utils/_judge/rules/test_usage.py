# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    KarpenterNodeClass,
    Node,
    NodeGroup,
    WindowsPod,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    EKSCTL_CONFIGURATION,
    cluster,
    config_map,
    disabling,
    finding,
    node,
    role,
    windows_pod,
    with_legacy,
)

FAILURES = {
    "usage.windows": Failure(
        disabling(
            node_groups=(NodeGroup("g", "ACTIVE", "WINDOWS_CORE_2022_x86_64", 0),),
            windows_pods=(windows_pod(),),
            cni_config_map=config_map({}),
        ),
        "error",
        ("disable", "legacy_remove"),
        goals=("disable", "legacy_remove"),
    ),
}

OFF = config_map({"enable-windows-ipam": "false"})
BLOCKS = ("disable", "legacy_remove")


def pod(name: str, phase: str) -> WindowsPod:
    return WindowsPod("apps", name, {}, "", "", phase)


def node_class(family: str, aliases: tuple[str, ...] = (), **changes: Any) -> KarpenterNodeClass:
    return KarpenterNodeClass("k", family, aliases, **changes)


def in_group(name: str, group: str, system: str) -> Node:
    return dataclasses.replace(node(name, system), labels={"eks.amazonaws.com/nodegroup": group})


USERS: dict[str, tuple[dict[str, Any], tuple[str, str], str]] = {
    "node": ({"nodes": (node("w", "windows"),)}, ("Node w", "Windows, m5.large"), "nodes: 1"),
    "running pod": ({"windows_pods": (pod("a", "Running"),)}, ("Pod apps/a", "Running"), "pods: 1"),
    "pending pod": ({"windows_pods": (pod("a", "Pending"),)}, ("Pod apps/a", "Pending"), "pods: 1"),
    "node group": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "WINDOWS_FULL_2025_x86_64", 2),)},
        ("Node group g", "WINDOWS_FULL_2025_x86_64, size 2"),
        "node groups: 1",
    ),
    "node group of size zero": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "WINDOWS_CORE_2019_x86_64", 0),)},
        ("Node group g", "WINDOWS_CORE_2019_x86_64, size 0"),
        "node groups: 1",
    ),
    "Karpenter's family": (
        {"karpenter_node_classes": (KarpenterNodeClass("k", "Windows2022", ()),)},
        ("EC2NodeClass k", "Windows2022"),
        "Karpenter node classes: 1",
    ),
    "Karpenter's alias": (
        {"karpenter_node_classes": (KarpenterNodeClass("k", "", ("al2023@latest", "windows2022@v1")),)},
        ("EC2NodeClass k", "windows2022@v1"),
        "Karpenter node classes: 1",
    ),
    "name of Karpenter's AMI": (
        {
            "karpenter_node_classes": (
                node_class("Custom", ami_names=("al2023-*", "Windows_Server-2022-English-Core-EKS_Optimized-*")),
            )
        },
        ("EC2NodeClass k", "Windows_Server-2022-English-Core-EKS_Optimized-*"),
        "Karpenter node classes: 1",
    ),
    "parameter of Karpenter's AMI": (
        {
            "karpenter_node_classes": (
                node_class("Custom", ssm_parameters=("/aws/service/ami-windows-latest/x/image_id",)),
            )
        },
        ("EC2NodeClass k", "/aws/service/ami-windows-latest/x/image_id"),
        "Karpenter node classes: 1",
    ),
    "AMI that Karpenter found by id": (
        {
            "karpenter_node_classes": (
                node_class("Custom", nameless_terms=("id ami-1",), selected_amis=("golden-WINDOWS-2022",)),
            )
        },
        ("EC2NodeClass k", "golden-WINDOWS-2022"),
        "Karpenter node classes: 1",
    ),
    "AMI of Windows in a family of Linux": (
        {"karpenter_node_classes": (node_class("AL2023", ami_names=("golden-windows",)),)},
        ("EC2NodeClass k", "golden-windows"),
        "Karpenter node classes: 1",
    ),
}


@pytest.mark.parametrize("user", USERS)
def test_each_user_of_windows_stops_disable(user: str) -> None:
    changes, evidence, words = USERS[user]
    found = finding("usage.windows", disabling(**changes), goal="disable")
    assert (found.status, found.severity, found.blocks, found.resolved_by) == ("fail", "error", BLOCKS, ())
    assert [(item.object, item.value) for item in found.evidence] == [evidence]
    assert found.summary == f"Windows is in use ({words})"
    assert "role variable eks_windows_ignore" in found.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"windows_pods": (pod("a", "Succeeded"), pod("b", "Failed"))},
        {"node_groups": (NodeGroup("g", "ACTIVE", "AL2023_x86_64_STANDARD", 3),)},
        {"node_groups": (NodeGroup("g", "ACTIVE", "CUSTOM", 2),), "nodes": (in_group("l", "g", "linux"),)},
        *(
            {"karpenter_node_classes": (each,)}
            for each in (
                node_class("AL2023", aliases=("al2023@latest",)),
                node_class("Custom", aliases=("bottlerocket@latest",)),
                node_class("", aliases=("al2@v20260101",)),
                node_class("AL2023", nameless_terms=("id ami-1",)),
                node_class("AL2"),
                node_class("Bottlerocket", ami_names=("golden-*",)),
                node_class("Ubuntu", nameless_terms=("tags a=b",)),
                node_class("Custom", ami_names=("amazon-eks-node-al2023-x86_64-standard-1.35-v20260101",)),
                node_class("Custom", ami_names=("amazon-eks-arm64-node-1.32-*", "bottlerocket-aws-k8s-1.35-x86_64-*")),
                node_class("Custom", ami_names=("company/al2023-hardened-*",)),
                node_class("Custom", ami_names=("ubuntu-eks/k8s_1.35/images/*",)),
                node_class("Custom", ami_names=("RHEL-9.4_HVM-*",)),
                node_class(
                    "Custom",
                    ssm_parameters=(
                        "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id",
                        "/aws/service/bottlerocket/aws-k8s-1.35/x86_64/latest/image_id",
                        "/aws/service/canonical/ubuntu/eks/24.04/1.35/stable/current/amd64/hvm/ebs-gp3/ami-id",
                    ),
                ),
                node_class("Custom", nameless_terms=("id ami-1",), selected_amis=("amazon-eks-node-al2023-x86_64",)),
                node_class("Custom", ssm_parameters=("/golden/ami",), selected_amis=("bottlerocket-aws-k8s-1.35",)),
            )
        ),
    ],
)
def test_what_does_not_use_windows(changes: dict[str, Any]) -> None:
    found = finding("usage.windows", disabling(**changes), goal="disable")
    assert (found.status, found.summary) == ("pass", "Nothing uses Windows")


SILENT: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "group of size zero with an AMI of its own": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "CUSTOM", 0),)},
        ("Node group g", "CUSTOM, size 0"),
    ),
    "group whose nodes are not there": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "CUSTOM", 2),), "nodes": (in_group("l", "other", "linux"),)},
        ("Node group g", "CUSTOM, size 2"),
    ),
    "group whose node does not tell": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "CUSTOM", 1),), "nodes": (in_group("n", "g", ""),)},
        ("Node group g", "CUSTOM, size 1"),
    ),
    "group without an AMI type": (
        {"node_groups": (NodeGroup("g", "ACTIVE", "", 0),)},
        ("Node group g", "AMI type not given, size 0"),
    ),
    "class that selects by id": (
        {"karpenter_node_classes": (node_class("Custom", nameless_terms=("id ami-1",)),)},
        ("EC2NodeClass k", "amiFamily Custom; id ami-1"),
    ),
    "class of no family that selects by tags": (
        {"karpenter_node_classes": (node_class("", nameless_terms=("tags os=any",)),)},
        ("EC2NodeClass k", "amiFamily not given; tags os=any"),
    ),
    "class that selects nothing": (
        {"karpenter_node_classes": (node_class("Custom"),)},
        ("EC2NodeClass k", "amiFamily Custom"),
    ),
    "class by a name that tells nothing": (
        {"karpenter_node_classes": (node_class("Custom", ami_names=("golden-win2022-*",)),)},
        ("EC2NodeClass k", "amiFamily Custom; golden-win2022-*"),
    ),
    "class by a name that has a Linux word within another": (
        {"karpenter_node_classes": (node_class("Custom", ami_names=("global2023-*",)),)},
        ("EC2NodeClass k", "amiFamily Custom; global2023-*"),
    ),
    "class by a parameter of one's own": (
        {"karpenter_node_classes": (node_class("Custom", ssm_parameters=("/golden/ami",)),)},
        ("EC2NodeClass k", "amiFamily Custom; /golden/ami"),
    ),
    "class of which one term names Linux and another nothing": (
        {"karpenter_node_classes": (node_class("Custom", ami_names=("al2023-*",), nameless_terms=("id ami-1",)),)},
        ("EC2NodeClass k", "amiFamily Custom; al2023-*; id ami-1"),
    ),
    "class of which one AMI names Linux and another nothing": (
        {
            "karpenter_node_classes": (
                node_class("Custom", nameless_terms=("id ami-1", "id ami-2"), selected_amis=("ubuntu-eks", "golden")),
            )
        },
        ("EC2NodeClass k", "amiFamily Custom; id ami-1; id ami-2"),
    ),
}


@pytest.mark.parametrize("case", SILENT)
def test_what_does_not_tell_its_operating_system_stops_disable(case: str) -> None:
    changes, evidence = SILENT[case]
    found = finding("usage.windows", disabling(**changes), goal="disable")
    assert (found.status, found.severity, found.blocks) == ("unknown", "error", BLOCKS)
    assert [(item.object, item.value) for item in found.evidence] == [evidence]
    kind = "node groups" if "node_groups" in changes else "Karpenter node classes"
    assert found.summary == f"Not known: the operating system of {kind}: 1"
    assert "aws ec2 describe-images" in found.remedy
    assert "role variable eks_windows_ignore" in found.remedy

    beside = finding("usage.windows", disabling(**changes, windows_pods=(pod("a", "Running"),)), goal="disable")
    assert beside.status == "fail"
    assert beside.summary == f"Windows is in use (pods: 1); operating system not known of {kind}: 1"
    assert [item.object for item in beside.evidence] == ["Pod apps/a", evidence[0]]


@pytest.mark.parametrize("case", SILENT)
def test_what_could_not_be_read_comes_before_what_does_not_tell(case: str) -> None:
    changes, evidence = SILENT[case]
    found = finding("usage.windows", disabling(**changes, windows_pods=DENIED), goal="disable")
    assert found.status == "unknown"
    assert DENIED.source in found.summary
    assert [item.object for item in found.evidence] == [DENIED.source, evidence[0]]
    assert found.remedy.startswith(f"{DENIED.remedy.rstrip('.')}. ")
    assert "aws ec2 describe-images" in found.remedy


def test_a_group_without_a_type_is_not_told_where_nodes_could_not_be_read() -> None:
    groups = (NodeGroup("g", "ACTIVE", "CUSTOM", 2),)
    found = finding("usage.windows", disabling(node_groups=groups, nodes=DENIED), goal="disable")
    assert (found.status, [item.object for item in found.evidence]) == ("unknown", [DENIED.source, "Node group g"])


@pytest.mark.parametrize("part", ["nodes", "windows_pods", "node_groups", "karpenter_node_classes"])
def test_a_part_that_could_not_be_read(part: str) -> None:
    found = finding("usage.windows", disabling(**{part: DENIED}), goal="disable")
    assert (found.status, found.blocks, found.remedy) == ("unknown", BLOCKS, DENIED.remedy)
    other = "node_groups" if part != "node_groups" else "windows_pods"
    users = {"node_groups": USERS["node group"][0], "windows_pods": USERS["running pod"][0]}[other]
    beside = finding("usage.windows", disabling(**{part: DENIED}, **users), goal="disable")
    assert beside.status == "fail"
    assert beside.summary.endswith(f"; {DENIED.source} could not be read")
    assert beside.evidence_total == 2


@pytest.mark.parametrize("part", ["node_groups", "karpenter_node_classes"])
def test_what_was_not_asked_for_is_not_known(part: str) -> None:
    found = finding("usage.windows", disabling(**{part: None}), goal="disable")
    assert found.status == "unknown"
    assert "not asked for" in found.summary


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal not in BLOCKS])
def test_it_matters_to_two_goals_alone(goal: Any) -> None:
    found = finding("usage.windows", disabling(nodes=(node("w", "windows"),)), goal=goal)
    assert found.status == "not_applicable"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "not_applicable"),
        ({"cni_config_map": OFF}, "fail"),
        ({"cni_config_map": None}, "fail"),
        ({"cni_config_map": OFF, "windows_pods": ()}, "pass"),
        ({"cni_config_map": OFF, "windows_pods": (windows_pod(phase="Succeeded"),)}, "pass"),
        ({"cni_config_map": DENIED}, "unknown"),
        ({"cni_config_map": DENIED, "windows_pods": ()}, "pass"),
        ({"cni_config_map": OFF, "windows_pods": DENIED}, "unknown"),
        ({"cluster": cluster(version="1.19", platform_version="eks.5")}, "fail"),
        ({"cluster": DENIED}, "fail"),
        ({"cluster_role": role("AmazonEKSClusterPolicy")}, "fail"),
        ({"cluster_role": role("AmazonEKSClusterPolicy"), "windows_pods": ()}, "pass"),
        ({"cluster_role": DENIED}, "unknown"),
        ({"cluster_role": DENIED, "webhook_configurations": (EKSCTL_CONFIGURATION,)}, "fail"),
        ({"webhook_configurations": (EKSCTL_CONFIGURATION,)}, "fail"),
        ({"webhook_configurations": DENIED}, "unknown"),
    ],
)
def test_legacy_support_goes_where_the_control_plane_takes_over_or_nothing_runs(
    changes: dict[str, Any], status: str
) -> None:
    seen = with_legacy(
        **{"cni_config_map": config_map({"enable-windows-ipam": "true"}), "windows_pods": (windows_pod(),), **changes}
    )
    found = finding("usage.windows", seen, goal="legacy_remove")
    assert (found.status, found.severity, found.guard) == (status, "error", True)
    if status == "fail":
        assert found.evidence[0].object == "Pod shop/pod"
        assert ("migrate_legacy" in found.remedy) is (changes.get("cluster") in (None, DENIED))
        assert "usage.windows into ignore" in found.remedy


@pytest.mark.parametrize(("address", "status"), [("", "pass"), ("10.0.0.9/24", "fail")])
def test_legacy_support_goes_where_pods_landed_without_asking_and_have_nothing_of_it(address: str, status: str) -> None:
    stray = windows_pod(selects_windows=False, asks_for_windows=False, address=address)
    seen = with_legacy(cni_config_map=config_map({"enable-windows-ipam": "false"}), windows_pods=(stray,))
    assert finding("usage.windows", seen, goal="legacy_remove").status == status


def test_what_the_control_plane_lacks_is_told_and_what_is_waived_of_it_counts_as_there() -> None:
    seen = with_legacy(
        cni_config_map=config_map({"enable-windows-ipam": "true"}),
        windows_pods=(windows_pod(),),
        cluster_role=role("AmazonEKSClusterPolicy"),
    )
    found = finding("usage.windows", seen, goal="legacy_remove")
    assert "AmazonEKSVPCResourceController is not attached" in found.summary
    assert any(item.object.startswith("IAM action") for item in found.evidence)
    waived = finding("usage.windows", seen, goal="legacy_remove", ignore=["iam.cluster_policy"])
    assert waived.status == "not_applicable"
    ended = [{"id": "iam.cluster_policy", "until": "2026-01-01"}]
    assert finding("usage.windows", seen, goal="legacy_remove", ignore=ended).status == "fail"
