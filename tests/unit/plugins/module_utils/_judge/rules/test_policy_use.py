# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    CniNode,
    RoleUser,
    RoleUsers,
    SecurityGroupPolicy,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    disabling,
    finding,
    role,
)

FAILURES = {
    "iam.cluster_role_shared": Failure(
        disabling(role_users=RoleUsers((RoleUser("eu-west-1", "other"),), ("eu-west-1",))),
        "warning",
        goals=("disable",),
    ),
    "iam.policy_in_use": Failure(disabling(aws_node=AwsNode({"ENABLE_POD_ENI": "true"})), "info", goals=("disable",)),
}

SHARED, IN_USE = "iam.cluster_role_shared", "iam.policy_in_use"
REFUSED = Unknown("eks:ListClusters in ap-east-1", "not\n authorized", "Allow eks:ListClusters in ap-east-1.")


def judged(rule: str, changes: dict[str, Any], **wanted: Any) -> Any:
    return finding(rule, disabling(**changes), **{"goal": "disable", **wanted})


def test_other_clusters_are_named_with_their_region() -> None:
    users = RoleUsers((RoleUser("eu-west-1", "a"), RoleUser("us-east-1", "b")), ("eu-west-1", "us-east-1"))
    found = judged(SHARED, {"role_users": users})
    assert (found.status, found.severity, found.blocks, found.resolved_by) == ("fail", "warning", (), ())
    assert [item.object for item in found.evidence] == ["EKS cluster eu-west-1/a", "EKS cluster us-east-1/b"]
    assert found.summary == ("AmazonEKSVPCResourceController is kept: 2 other clusters have role production-cluster")
    assert "put iam.cluster_role_shared into ignore (role variable eks_windows_ignore)" in found.remedy


@pytest.mark.parametrize(
    ("users", "status", "words"),
    [
        (
            RoleUsers((), ("eu-west-1", "us-east-1")),
            "pass",
            "No other cluster has role production-cluster (regions sea",
        ),
        (RoleUsers((), ("eu-west-1",), (REFUSED,)), "unknown", "is kept, as it is not known whether other clusters"),
        (
            RoleUsers((RoleUser("a", "b"),), (), (REFUSED,)),
            "fail",
            "1 other cluster has role production-cluster; 1 could",
        ),
        (DENIED, "unknown", "forbidden"),
        (None, "unknown", "not asked for"),
    ],
)
def test_the_role_of_the_cluster(users: Any, status: str, words: str) -> None:
    found = judged(SHARED, {"role_users": users})
    assert (found.status, found.severity, found.blocks) == (status, "warning", ())
    assert words in found.summary
    assert "\n" not in found.summary


def test_a_region_that_could_not_be_searched_says_what_is_missing() -> None:
    found = judged(SHARED, {"role_users": RoleUsers((), (), (REFUSED,))})
    assert found.remedy.startswith("Allow eks:ListClusters in ap-east-1. To have it detached all the same")
    assert (found.evidence[0].object, found.evidence[0].value) == ("eks:ListClusters in ap-east-1", "not authorized")


def test_each_kind_of_use_is_evidence() -> None:
    found = judged(
        IN_USE,
        {
            "aws_node": AwsNode({"ENABLE_POD_ENI": "1"}),
            "security_group_policies": (SecurityGroupPolicy("apps", "db", None, None),),
            "cni_nodes": (CniNode("node-1", ("SecurityGroupsForPods",)), CniNode("node-2", ())),
        },
    )
    assert (found.status, found.severity, found.blocks) == ("fail", "info", ())
    assert [(item.object, item.value) for item in found.evidence] == [
        ("DaemonSet kube-system/aws-node", "ENABLE_POD_ENI=1"),
        ("SecurityGroupPolicy apps/db", "present"),
        ("CNINode node-1", "feature SecurityGroupsForPods"),
    ]
    assert "is kept: security groups for pods are in use" in found.summary
    assert "put iam.policy_in_use into ignore (role variable eks_windows_ignore)" in found.remedy


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, "pass", "Nothing but Windows support needs"),
        ({"aws_node": None}, "pass", "Nothing but"),
        ({"aws_node": DENIED}, "unknown", "forbidden"),
        ({"aws_node": AwsNode({}, frozenset({"ENABLE_POD_ENI"}))}, "unknown", "ENABLE_POD_ENI from valueFrom"),
        ({"aws_node": AwsNode({}, frozenset({"*"}))}, "unknown", "ENABLE_POD_ENI from envFrom"),
        ({"security_group_policies": DENIED}, "unknown", "forbidden"),
        ({"cni_nodes": DENIED}, "unknown", "forbidden"),
        ({"cni_nodes": None}, "unknown", "not asked for"),
        ({"cni_nodes": DENIED, "aws_node": AwsNode({"ENABLE_POD_ENI": "true"})}, "fail", "in use"),
    ],
)
def test_security_groups_for_pods(changes: dict[str, Any], status: str, words: str) -> None:
    found = judged(IN_USE, changes)
    assert (found.status, found.severity) == (status, "info")
    assert words in found.summary


@pytest.mark.parametrize("rule", [SHARED, IN_USE])
def test_where_the_policy_would_stay_in_any_case(rule: str) -> None:
    used = {"role_users": DENIED, "cni_nodes": DENIED}
    for goal in GOALS:
        if goal != "disable":
            assert judged(rule, used, goal=goal).status == "not_applicable"
    for policy in ("verify", "ignore"):
        found = judged(rule, used, cluster_policy=policy)
        assert found.summary.endswith(f"left as it is, as cluster_policy is {policy}")
    found = judged(rule, {**used, "cluster_role": role("AmazonEKSClusterPolicy")})
    assert (found.status, found.summary.endswith("is not attached to role production-cluster")) == (
        "not_applicable",
        True,
    )
    assert judged(rule, {**used, "cluster_role": DENIED}).status == "unknown"
