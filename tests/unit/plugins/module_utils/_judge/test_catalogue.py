# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES, RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import KINDS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    AwsNode,
    NodeEvent,
    NodeGroup,
    ObjectRef,
    Observation,
    Probe,
    RoleUser,
    RoleUsers,
    Service,
    ServiceBackends,
    Subnet,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    WINDOWS_ROLE,
    addon,
    chain,
    cluster,
    config_map,
    disabling,
    finding,
    findings,
    legacy,
    legacy_cluster,
    node,
    node_group,
    observed,
    role,
    schema,
    windows_pod,
    with_legacy,
    workload,
)

SHOP = ObjectRef("Service", "shop", "web")
ALL = ("enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew")
WINDOWS = ("enable", "legacy_install", "migrate")
CONTROL_PLANE = ("enable", "migrate")
IPAM = (*CONTROL_PLANE, "disable")

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
    "network.prefix_delegation": (
        observed(
            cni_config_map=config_map({"enable-windows-prefix-delegation": "true"}),
            nodes=(node("w", "windows", instance_type="m4.large"),),
        ),
        "error",
        (),
    ),
    "network.address_targets": (observed(cni_config_map=config_map({"warm-ip-target": "x"})), "warning", ()),
    "network.prefix_blocks": (
        observed(node_events=(NodeEvent("windows-1", "InsufficientCidrBlocks", "no block"),)),
        "warning",
        (),
    ),
    "network.network_policy": (
        observed(cni_config_map=config_map({"enable-network-policy-controller": "true"})),
        "info",
        (),
    ),
    "capacity.pods": (
        observed(windows_pods=tuple(windows_pod(f"p-{number}", phase="Running") for number in range(9))),
        "warning",
        (),
    ),
    "nodes.os_build": (observed(nodes=(node("w", "windows", kernel_version="10.0.17763.2745"),)), "info", ()),
    "nodes.linux_ami": (observed(nodes=(node(os_image="Amazon Linux 2"),)), "info", ()),
    "nodes.controller_events": (
        observed(
            node_events=(
                NodeEvent(
                    "windows-1",
                    "Unsupported",
                    "The instance type x9.large is not supported yet by the vpc resource controller",
                ),
            )
        ),
        "error",
        (),
    ),
    "nodes.taint": (observed(workloads=Workloads(deployments=(workload(),))), "warning", ()),
    "workloads.os_selector": (observed(workloads=Workloads(daemon_sets=(workload("DaemonSet"),))), "warning", ()),
    "workloads.address_annotation": (
        observed(workloads=Workloads(stateful_sets=(workload("StatefulSet", address="10.0.0.9/24"),))),
        "error",
        (),
    ),
    "workloads.node_selector_form": (observed(windows_pods=(windows_pod(selects_windows=False),)), "warning", ()),
    "workloads.host_network": (observed(windows_pods=(windows_pod(host_network=True),)), "error", ()),
    "workloads.fargate": (
        observed(windows_pods=(windows_pod(labels={"eks.amazonaws.com/fargate-profile": "p"}),)),
        "error",
        (),
    ),
    "workloads.service_backends": (
        observed(
            services=(Service(SHOP, "LoadBalancer", "172.20.0.9"),), service_backends=(ServiceBackends(SHOP, 1025, 1),)
        ),
        "error",
        (),
    ),
    "network.service_cidr": (
        observed(cluster=cluster(service_ipv4_cidr="10.0.0.0/16"), nodes=(node("w", "windows", labels={}),)),
        "warning",
        (),
    ),
    "network.subnet_addresses": (
        observed(subnets=(Subnet("subnet-1", "a", 3), Subnet("subnet-2", "b", 3))),
        "warning",
        (),
    ),
    "workloads.stuck": (observed(windows_pods=(windows_pod(),)), "error", ()),
    "usage.windows": (
        disabling(
            node_groups=(NodeGroup("g", "ACTIVE", "WINDOWS_CORE_2022_x86_64", 0),),
            windows_pods=(windows_pod(),),
            cni_config_map=config_map({}),
        ),
        "error",
        ("disable", "legacy_remove"),
    ),
    "capacity.linux": (observed(nodes=()), "error", WINDOWS),
    "nodes.instance_type": (observed(nodes=(node("w", "windows", instance_type="c3.large"),)), "error", WINDOWS),
    "nodes.address_capacity": (observed(nodes=(node("w", "windows", capacity={}),)), "error", ()),
    "iam.cluster_policy": (observed(cluster_role=role("AmazonEKSClusterPolicy")), "error", CONTROL_PLANE),
    "iam.cluster_role_shared": (
        disabling(role_users=RoleUsers((RoleUser("eu-west-1", "other"),), ("eu-west-1",))),
        "warning",
        (),
    ),
    "iam.policy_in_use": (disabling(aws_node=AwsNode({"ENABLE_POD_ENI": "true"})), "info", ()),
    "iam.node_authorization": (observed(access_entries=(AccessEntry(WINDOWS_ROLE, "EC2_LINUX"),)), "error", ()),
    "iam.node_role_shared": (
        observed(
            node_groups=(node_group("linux", node_role=WINDOWS_ROLE), node_group("windows")),
            access_entries=(),
        ),
        "warning",
        (),
    ),
    "ipam.enabled": (observed(cni_config_map=config_map({})), "error", IPAM),
    "ipam.probe": (observed(probe=Probe("default", "")), "error", ()),
    "ipam.owner": (observed(), "error", IPAM),
    "ipam.addon_schema": (
        observed(vpc_cni=addon('{"enableWindowsIpam": "true", "strange": 1}'), vpc_cni_schema=schema()),
        "error",
        IPAM,
    ),
    "ipam.config_map_immutable": (
        observed(cni_config_map=config_map({"enable-windows-ipam": "true"}, immutable=True)),
        "error",
        IPAM,
    ),
    "addon.health": (observed(vpc_cni=addon("", status="DEGRADED")), "warning", ()),
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
        CONTROL_PLANE,
    ),
    "legacy.rollout": (legacy_cluster(legacy=legacy(deployments=(CONTROLLER,))), "error", ("legacy_install",)),
    "legacy.role_binding": (legacy_cluster(), "error", ("legacy_install",)),
    "legacy.certificate": (with_legacy(), "error", ("cert_renew", "legacy_install")),
    "legacy.certificate_owner": (
        with_legacy(legacy_webhooks=(chain(managed_by="cert-manager"),)),
        "error",
        ("cert_renew",),
    ),
    "legacy.second_controller": (
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "x", "windows-vpc-resource-controller"),))),
        "error",
        CONTROL_PLANE,
    ),
}


# Rules that matter to some goals alone.
ONLY: dict[str, tuple[str, ...]] = {
    "version.legacy_obsolete": ("legacy_install",),
    "usage.windows": ("disable", "legacy_remove"),
    "legacy.certificate_owner": ("cert_renew",),
    "iam.cluster_role_shared": ("disable",),
    "iam.policy_in_use": ("disable",),
    "iam.cluster_policy": tuple(goal for goal in GOALS if goal != "disable"),
    "ipam.enabled": tuple(goal for goal in GOALS if goal != "disable"),
    "ipam.owner": IPAM,
    "ipam.addon_schema": IPAM,
    "ipam.config_map_immutable": IPAM,
    **dict.fromkeys(
        ("network.service_cidr", "network.subnet_addresses", "iam.node_authorization", "iam.node_role_shared"),
        tuple(goal for goal in GOALS if goal != "disable"),
    ),
}
# How the table's observations are judged, where not by the goal alone.
OPTIONS: dict[str, dict[str, Any]] = {
    "ipam.owner": {"ipam_owner": "addon"},
    "ipam.addon_schema": {"warm_ip_target": 5},
    "ipam.config_map_immutable": {"warm_ip_target": 5},
}


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", TABLE)
def test_rule_against_goal(name: str, goal: Any) -> None:
    seen, severity, goals = TABLE[name]
    found = finding(name, seen, goal=goal, **OPTIONS.get(name, {}))
    if goal not in ONLY.get(name, GOALS):
        assert found.status == "not_applicable"
        return
    if (name, goal) == ("ipam.probe", "disable"):
        assert found.status == "pass"
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
    "network.prefix_delegation",
    "network.address_targets",
    "network.service_cidr",
    "network.subnet_addresses",
    "usage.windows",
    "iam.cluster_role_shared",
    "iam.policy_in_use",
    "iam.node_role_shared",
    "ipam.owner",
    "ipam.addon_schema",
    "ipam.config_map_immutable",
    "addon.health",
    "ipam.addon_drift",
    "legacy.components",
    "legacy.certificate_owner",
    "network.prefix_blocks",
    "network.network_policy",
    "capacity.pods",
    "nodes.os_build",
    "nodes.linux_ami",
    "nodes.taint",
    "workloads.os_selector",
    "workloads.address_annotation",
    "workloads.node_selector_form",
    "workloads.host_network",
    "workloads.fargate",
    "workloads.service_backends",
    "workloads.stuck",
}


@pytest.mark.parametrize("name", TABLE)
def test_which_failures_stop_pods(name: str) -> None:
    goal = "none" if "none" in ONLY.get(name, GOALS) else ONLY[name][0]
    found = finding(name, TABLE[name][0], goal=goal, **OPTIONS.get(name, {}))
    assert (found.status, found.stops_pods) == ("fail", name not in HARMLESS)


def test_the_table_has_every_rule() -> None:
    assert set(TABLE) == set(RULES_BY_ID)
    assert len(RULES) == len(RULES_BY_ID)


def test_the_catalogue_is_in_the_order_of_the_reference() -> None:
    topics = list(dict.fromkeys(rule.id.partition(".")[0] for rule in RULES))
    assert topics == [
        "cluster",
        "version",
        "network",
        "capacity",
        "nodes",
        "workloads",
        "usage",
        "iam",
        "ipam",
        "legacy",
        "addon",
    ]
    assert list(findings()) == [rule.id for rule in RULES]


@pytest.mark.parametrize("name", RULES_BY_ID)
def test_a_rule_is_complete(name: str) -> None:
    rule = RULES_BY_ID[name]
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.id)
    assert rule.reference.startswith("https://")
    assert rule.title
    assert rule.remedy
    assert re.fullmatch(r"[A-Z].*\.", rule.evidence), "evidence is one sentence"
    assert re.match(r"[A-Z]", rule.check.__doc__ or ""), "the docstring is what docs/rules tells of the rule"
    assert "none" not in rule.blocks
    assert not rule.blocks or rule.severity != "info"


UNPROVED = {"detach_cluster_policy", "restart_webhook", "drop_certificate_backup"}
"""Steps whose need is no failure of a rule."""


def test_steps_that_resolve_are_steps_of_a_plan() -> None:
    assert {step for rule in RULES for step in rule.resolved_by} | UNPROVED == set(KINDS)


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
        vpc_cni_schema=DENIED,
        node_groups=DENIED,
        karpenter_node_classes=DENIED,
        cni_nodes=DENIED,
        role_users=DENIED,
        legacy_webhooks=DENIED,
        webhook_pods=DENIED,
        workloads=Workloads(DENIED, DENIED, DENIED),
        services=DENIED,
        service_backends=DENIED,
        node_events=DENIED,
        coredns=DENIED,
        instances=DENIED,
        access_entries=DENIED,
        aws_auth=DENIED,
        subnets=DENIED,
        instance_types=DENIED,
    )
    for found in findings(blind, goal=goal).values():
        if goal not in ONLY.get(found.id, GOALS) and found.id not in ("version.legacy_obsolete", "ipam.enabled"):
            assert found.status == "not_applicable"
            continue
        assert (found.status, found.remedy) == ("unknown", DENIED.remedy), found.id
        assert "forbidden" in found.summary
        assert "\n" not in found.summary
