# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES, RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import PLANS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    ObjectRef,
    Observation,
    Probe,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    addon,
    cluster,
    config_map,
    finding,
    findings,
    legacy,
    node,
    observed,
    role,
)

ALL = ("enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew")
WINDOWS = ("enable", "legacy_install", "migrate")
CONTROL_PLANE = ("enable", "migrate")

# Each rule with an observation in which it fails, its severity there, and the goals that it then stops.
TABLE: dict[str, tuple[Observation, str, tuple[str, ...]]] = {
    "cluster.identity": (observed(cluster=cluster(endpoint="https://other")), "error", ALL),
    "cluster.status": (observed(cluster=cluster(status="UPDATING")), "error", ALL),
    "cluster.auto_mode": (observed(cluster=cluster(auto_mode=True)), "info", ()),
    "cluster.outposts": (observed(cluster=cluster(outpost_arns=("arn",))), "error", WINDOWS),
    "version.control_plane_support": (observed(cluster=cluster(version="1.18")), "error", CONTROL_PLANE),
    "version.legacy_obsolete": (observed(), "error", ("legacy_install",)),
    "version.lifecycle": (observed(cluster_version=None), "warning", ()),
    "network.ip_family": (observed(cluster=cluster(ip_family="ipv6")), "error", WINDOWS),
    "network.custom_networking": (
        observed(aws_node=AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"})),
        "error",
        WINDOWS,
    ),
    "network.security_groups_for_pods": (observed(aws_node=AwsNode({"ENABLE_POD_ENI": "true"})), "info", ()),
    "capacity.linux": (observed(nodes=()), "error", WINDOWS),
    "nodes.instance_type": (observed(nodes=(node("w", "windows", instance_type="c3.large"),)), "error", WINDOWS),
    "nodes.address_capacity": (observed(nodes=(node("w", "windows", capacity={}),)), "error", ()),
    "iam.cluster_policy": (observed(cluster_role=role("AmazonEKSClusterPolicy")), "error", CONTROL_PLANE),
    "ipam.enabled": (observed(cni_config_map=config_map({})), "error", CONTROL_PLANE),
    "ipam.probe": (observed(probe=Probe("default", "")), "error", ()),
    "ipam.owner": (observed(vpc_cni=addon("")), "error", ("enable",)),
    "ipam.addon_drift": (observed(vpc_cni=addon("")), "warning", ()),
    "ipam.controller_webhook": (observed(webhook_configurations=()), "error", CONTROL_PLANE),
    "legacy.components": (
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "kube-system", "vpc-admission-webhook"),))),
        "warning",
        ("enable",),
    ),
    "legacy.controller_blocks": (
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "kube-system", "vpc-resource-controller"),))),
        "error",
        ("enable",),
    ),
}


# Rules that matter to one goal alone.
ONLY = {"version.legacy_obsolete": "legacy_install", "ipam.owner": "enable"}


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", TABLE)
def test_rule_against_goal(name: str, goal: Any) -> None:
    seen, severity, goals = TABLE[name]
    found = finding(name, seen, goal=goal)
    if goal != ONLY.get(name, goal):
        assert found.status == "not_applicable"
        return
    assert (found.status, found.severity) == ("fail", severity)
    assert (goal in found.blocks) is (goal in goals)


# Rules whose failure, as in the table, does not keep Windows pods from running.
HARMLESS = {
    "cluster.identity",
    "cluster.status",
    "cluster.auto_mode",
    "version.legacy_obsolete",
    "version.lifecycle",
    "network.security_groups_for_pods",
    "ipam.owner",
    "ipam.addon_drift",
    "legacy.components",
}


@pytest.mark.parametrize("name", TABLE)
def test_which_failures_stop_pods(name: str) -> None:
    found = finding(name, TABLE[name][0], goal=ONLY.get(name, "none"))
    assert (found.status, found.stops_pods) == ("fail", name not in HARMLESS)


def test_the_table_has_every_rule() -> None:
    assert set(TABLE) == set(RULES_BY_ID)
    assert len(RULES) == len(RULES_BY_ID)


def test_the_catalogue_is_in_the_order_of_the_reference() -> None:
    topics = list(dict.fromkeys(rule.id.partition(".")[0] for rule in RULES))
    assert topics == ["cluster", "version", "network", "capacity", "nodes", "iam", "ipam", "legacy"]
    assert list(findings()) == [rule.id for rule in RULES]


@pytest.mark.parametrize("name", RULES_BY_ID)
def test_a_rule_is_complete(name: str) -> None:
    rule = RULES_BY_ID[name]
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.id)
    assert rule.reference.startswith("https://")
    assert rule.title
    assert rule.remedy
    assert rule.check.__doc__
    assert "none" not in rule.blocks
    assert not rule.blocks or rule.severity != "info"


def test_steps_that_resolve_are_steps_of_a_plan() -> None:
    steps = {make.__name__ for makers in PLANS.values() for make in makers}
    assert {step for rule in RULES for step in rule.resolved_by} == steps


@pytest.mark.parametrize("goal", GOALS)
def test_no_rule_passes_on_what_it_did_not_see(goal: Any) -> None:
    blind = observed(
        cluster=DENIED,
        cluster_version=DENIED,
        cluster_role=DENIED,
        vpc_cni=DENIED,
        fargate_profiles=DENIED,
        nodes=DENIED,
        cni_config_map=DENIED,
        aws_node=DENIED,
        webhook_configurations=DENIED,
        legacy=legacy(
            deployments=DENIED, services=DENIED, secrets=DENIED, cluster_role_bindings=DENIED, details=DENIED
        ),
        security_group_policies=DENIED,
        windows_pods=DENIED,
        service_accounts=DENIED,
        probe=DENIED,
    )
    for found in findings(blind, goal=goal).values():
        if found.id == "ipam.owner" and goal != "enable":
            assert found.status == "not_applicable"
            continue
        assert (found.status, found.remedy) == ("unknown", DENIED.remedy), found.id
        assert "forbidden" in found.summary
        assert "\n" not in found.summary
