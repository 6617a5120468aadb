# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    INTERFACE_ACTIONS,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import PLANS, Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Policy
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    config_map,
    observed,
    options,
    role,
)

NEITHER = {
    "cluster_role": role("AmazonEKSClusterPolicy"),
    "cni_config_map": config_map({"enable-windows-ipam": "false", "other": "x"}),
}


def steps(changes: dict[str, Any], goal: Any = "enable", **wanted: Any) -> tuple[Step, ...]:
    return plan(Subject(observed(**changes), options(goal=goal, **wanted)))


def ids(changes: dict[str, Any], **wanted: Any) -> list[str]:
    return [step.step for step in steps(changes, **wanted)]


def test_a_cluster_that_is_ready_needs_nothing() -> None:
    assert steps({}) == ()


def test_what_enable_does() -> None:
    attach, turn_on = steps(NEITHER)
    assert attach == Step(
        step="attach_cluster_policy",
        reason="AmazonEKSVPCResourceController is not attached to the cluster's role",
        object="IAM role production-cluster",
        before="not attached",
        after="arn:aws:iam::aws:policy/AmazonEKSVPCResourceController",
    )
    assert turn_on == Step(
        step="enable_windows_ipam",
        reason='enable-windows-ipam is "false"',
        object="ConfigMap kube-system/amazon-vpc-cni",
        before="false",
        after="true",
    )


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_policy_is_that_of_the_partition(partition: str) -> None:
    (step,) = steps({"cluster_role": role("AmazonEKSClusterPolicy", partition=partition)})
    assert step.after == f"arn:{partition}:iam::aws:policy/AmazonEKSVPCResourceController"


@pytest.mark.parametrize(
    ("seen", "before", "reason"),
    [
        (None, "absent", "does not exist"),
        (config_map(None), "absent", "enable-windows-ipam is not set"),
        (config_map({"other": "x"}), "absent", "enable-windows-ipam is not set"),
        (config_map({"enable-windows-ipam": "yes"}), "yes", 'is "yes"'),
        (config_map({"enable-windows-ipam": ""}), "", 'is ""'),
    ],
)
def test_turning_on_from(seen: Any, before: str, reason: str) -> None:
    (step,) = steps({"cni_config_map": seen})
    assert (step.step, step.before, step.after) == ("enable_windows_ipam", before, "true")
    assert reason in step.reason


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "True"])
def test_every_true_is_left_as_it_is(value: str) -> None:
    assert steps({"cni_config_map": config_map({"enable-windows-ipam": value})}) == ()


@pytest.mark.parametrize(("policy", "planned"), [("manage", True), ("verify", False), ("ignore", False)])
def test_the_policy_is_attached_where_it_is_managed(policy: str, planned: bool) -> None:
    assert ("attach_cluster_policy" in ids(NEITHER, cluster_policy=policy)) is planned


def test_an_equivalent_needs_no_policy() -> None:
    document = {"Statement": {"Effect": "Allow", "Action": list(INTERFACE_ACTIONS), "Resource": "*"}}
    inline = (Policy("windows", "", document),)
    assert ids({"cluster_role": role("AmazonEKSClusterPolicy", inline=inline)}) == []
    assert ids({"cluster_role": role("AmazonEKSClusterPolicy", complete=False)}) == ["attach_cluster_policy"]


def test_what_could_not_be_read_gives_no_step() -> None:
    assert ids({"cluster_role": DENIED, "cni_config_map": DENIED, "vpc_cni": DENIED}) == []


def test_goal_none_plans_nothing() -> None:
    assert steps(NEITHER, goal="none") == ()


def test_every_goal_has_a_plan() -> None:
    assert set(PLANS) == set(GOALS)
