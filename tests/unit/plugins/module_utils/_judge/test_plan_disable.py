# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ANY_VARIABLE,
    AwsNode,
    CniNode,
    Policy,
    RoleUser,
    RoleUsers,
    SecurityGroupPolicy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    addon,
    config_map,
    disabling,
    options,
    role,
)

ARN = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"
OFF = config_map({"enable-windows-ipam": "false"})


def steps(changes: dict[str, Any], **wanted: Any) -> tuple[Step, ...]:
    return plan(Subject(disabling(**changes), options(goal="disable", **wanted)))


def ids(changes: dict[str, Any], **wanted: Any) -> list[str]:
    return [step.step for step in steps(changes, **wanted)]


def test_what_disable_does() -> None:
    turn_off, detach = steps({})
    assert turn_off == Step(
        step="disable_windows_ipam",
        reason='enable-windows-ipam is "true"',
        object="ConfigMap kube-system/amazon-vpc-cni",
        before="true",
        after="false",
    )
    assert detach == Step(
        step="detach_cluster_policy",
        reason="Nothing but Windows support needs AmazonEKSVPCResourceController",
        object="IAM role production-cluster",
        before=ARN,
        after="not attached",
    )


def test_the_policy_goes_last() -> None:
    seen = {"vpc_cni": addon('{"enableWindowsIpam": "true"}')}
    assert ids(seen) == ["disable_windows_ipam", "configure_addon", "detach_cluster_policy"]


def test_a_disabled_cluster_needs_nothing() -> None:
    assert ids({"cni_config_map": OFF, "cluster_role": role("AmazonEKSClusterPolicy")}) == []


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "true", "True"])
def test_every_true_is_turned_off(value: str) -> None:
    found = steps({"cni_config_map": config_map({"enable-windows-ipam": value})}, cluster_policy="verify")
    assert [(step.step, step.before, step.after) for step in found] == [("disable_windows_ipam", value, "false")]


@pytest.mark.parametrize(
    "seen",
    [None, config_map(None), config_map({}), *(config_map({"enable-windows-ipam": v}) for v in ("yes", "", "F"))],
)
def test_what_the_controller_takes_for_off_is_off(seen: Any) -> None:
    assert ids({"cni_config_map": seen}) == ["detach_cluster_policy"]


SHARED = RoleUsers((RoleUser("eu-west-1", "other"),), ("eu-west-1",))
UNSEARCHED = RoleUsers((), ("eu-west-1",), (DENIED,))
KEPT: dict[str, dict[str, Any]] = {
    "ENABLE_POD_ENI": {"aws_node": AwsNode({"ENABLE_POD_ENI": "true"})},
    "ENABLE_POD_ENI from elsewhere": {"aws_node": AwsNode({}, frozenset({"ENABLE_POD_ENI"}))},
    "any variable from elsewhere": {"aws_node": AwsNode({}, frozenset({ANY_VARIABLE}))},
    "aws-node unread": {"aws_node": DENIED},
    "SecurityGroupPolicy": {"security_group_policies": (SecurityGroupPolicy("a", "b", None, None),)},
    "SecurityGroupPolicies unread": {"security_group_policies": DENIED},
    "CNINode": {"cni_nodes": (CniNode("n", ("SecurityGroupsForPods",)),)},
    "CNINodes unread": {"cni_nodes": DENIED},
    "CNINodes not asked for": {"cni_nodes": None},
    "shared": {"role_users": SHARED},
    "unsearched": {"role_users": UNSEARCHED},
    "users unread": {"role_users": DENIED},
    "users not asked for": {"role_users": None},
}
ROLE_REASONS = ("shared", "unsearched", "users unread", "users not asked for")


@pytest.mark.parametrize("reason", KEPT)
def test_the_policy_is_kept_where_something_may_need_it(reason: str) -> None:
    assert ids(KEPT[reason]) == ["disable_windows_ipam"]


@pytest.mark.parametrize("reason", KEPT)
def test_a_waiver_lifts_its_own_reason(reason: str) -> None:
    lifting = "iam.cluster_role_shared" if reason in ROLE_REASONS else "iam.policy_in_use"
    other = ({"iam.cluster_role_shared", "iam.policy_in_use"} - {lifting}).pop()
    assert "detach_cluster_policy" in ids(KEPT[reason], ignore=[lifting])
    assert "detach_cluster_policy" in ids(KEPT[reason], ignore=[{"id": lifting, "until": "2026-11-24"}])
    assert "detach_cluster_policy" not in ids(KEPT[reason], ignore=[{"id": lifting, "until": "2026-11-23"}])
    assert "detach_cluster_policy" not in ids(KEPT[reason], ignore=[other])


@pytest.mark.parametrize(
    "changes",
    [
        {"aws_node": None},
        {"aws_node": AwsNode({"ENABLE_POD_ENI": "false"})},
        {"cni_nodes": (CniNode("n", ("WindowsIPAM",)),)},
        {"role_users": RoleUsers((), ("eu-central-1", "eu-west-1"))},
    ],
)
def test_nothing_else_needs_it(changes: dict[str, Any]) -> None:
    assert ids(changes) == ["disable_windows_ipam", "detach_cluster_policy"]


@pytest.mark.parametrize("policy", ["verify", "ignore"])
def test_the_policy_is_detached_only_where_it_is_managed(policy: str) -> None:
    assert ids({}, cluster_policy=policy) == ["disable_windows_ipam"]


def test_only_the_managed_policy_of_the_partition_is_detached() -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}
    inline = role("AmazonEKSClusterPolicy", inline=(Policy("windows", "", document),))
    assert ids({"cluster_role": inline}) == ["disable_windows_ipam"]
    china = steps({"cluster_role": role("AmazonEKSVPCResourceController", partition="aws-cn")})
    assert china[-1].before == ARN.replace("arn:aws:", "arn:aws-cn:")


def test_what_could_not_be_read_gives_no_step() -> None:
    assert ids({"cni_config_map": DENIED}) == []
    assert ids({"cluster_role": DENIED}) == ["disable_windows_ipam"]
