# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
    Observation,
    Probe,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_WEBHOOK,
    LEGACY_SECRET,
    addon,
    cluster,
    config_map,
    disabling,
    legacy,
    legacy_cluster,
    node,
    observed,
    options,
    ready,
    role,
    schema,
    windows_pod,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    KUBE_PROXY_BINDING as BINDING,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import serving

OFF = config_map({"enable-windows-ipam": "false"})
HELM_CONTROLLER = ObjectRef("Deployment", "windows", "windows-vpc-resource-controller")
SCHEMA_BLOCKERS = ["ipam.owner", "ipam.addon_schema"]
NO_POLICY = role("AmazonEKSClusterPolicy")


def result(seen: Observation, **wanted: Any) -> dict[str, Any]:
    return as_result(seen, options(**wanted))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (observed(), True),
        (observed(nodes=(node("a"), node("b"))), True),
        (observed(nodes=(node("a"), node("w", "windows"))), True),
        (observed(vpc_cni=addon("")), True),
        (observed(legacy=legacy(secrets=(LEGACY_SECRET,))), True),
        (observed(legacy=legacy(secrets=DENIED)), True),
        (observed(cluster_version=DENIED), True),
        (observed(cluster=cluster(status="UPDATING")), True),
        (observed(probe=Probe("default", "1")), True),
        (observed(probe=DENIED), True),
        (observed(probe=Probe("default", "")), False),
        (observed(cni_config_map=OFF), False),
        (observed(cni_config_map=DENIED), False),
        (observed(cluster_role=NO_POLICY), False),
        (observed(cluster_role=DENIED), False),
        (observed(cluster=cluster(ip_family="ipv6")), False),
        (observed(cluster=DENIED), False),
        (observed(webhook_configurations=()), False),
        (observed(nodes=()), False),
        (observed(nodes=DENIED), False),
        (observed(nodes=(node("a"), node("b"), node("w", "windows", capacity={}))), False),
        (
            observed(nodes=(node("a"), node("b"), node("w", "windows"), node("new", "windows", capacity={}))),
            True,
        ),
        (observed(legacy=legacy(deployments=(CONTROLLER,))), False),
        (observed(legacy=legacy(deployments=DENIED)), False),
        (observed(legacy=legacy(deployments=(HELM_CONTROLLER,))), False),
        (legacy_cluster(), False),
    ],
)
def test_ready(seen: Observation, expected: bool) -> None:
    assert result(seen)["ready"] is expected


def test_a_waived_error_does_not_count() -> None:
    seen = observed(nodes=(node("a"), node("b"), node("w", "windows", instance_type="m6a.large")))
    assert result(seen)["ready"] is False
    assert result(seen, ignore=["nodes.instance_type"])["ready"] is True


def test_a_waiver_does_not_make_an_ineffective_setting_effective() -> None:
    assert result(observed(cni_config_map=OFF), ignore=["ipam.enabled"])["ready"] is False


@pytest.mark.parametrize(
    ("seen", "wanted", "blockers"),
    [
        (observed(), {}, []),
        (observed(cni_config_map=OFF, cluster_role=NO_POLICY), {}, []),
        (observed(cni_config_map=OFF, nodes=(node("a"), node("b"), node("w", "windows", capacity={}))), {}, []),
        (observed(cluster_role=NO_POLICY), {"cluster_policy": "verify"}, ["iam.cluster_policy"]),
        (observed(cluster_role=NO_POLICY), {"cluster_policy": "ignore"}, []),
        (observed(cluster_role=DENIED), {}, ["iam.cluster_policy"]),
        (observed(cluster_role=role("AmazonEKSClusterPolicy", complete=False)), {}, []),
        (observed(cluster_role=role(complete=False)), {}, ["iam.cluster_policy"]),
        (observed(cni_config_map=DENIED), {}, ["ipam.enabled"]),
        (observed(vpc_cni=addon("")), {}, []),
        (observed(vpc_cni=addon(""), cni_config_map=OFF), {}, []),
        (observed(vpc_cni=addon(""), vpc_cni_schema=schema("enableWindowsIpam")), {}, SCHEMA_BLOCKERS),
        (observed(vpc_cni=addon(""), vpc_cni_schema=DENIED), {}, SCHEMA_BLOCKERS),
        (observed(vpc_cni=addon(""), vpc_cni_schema=DENIED), {"ipam_owner": "config_map"}, []),
        (observed(vpc_cni=addon("", status="UPDATING")), {}, []),
        (observed(vpc_cni=addon("", status="DELETING")), {}, ["addon.health"]),
        (observed(vpc_cni=addon("", status="DELETING")), {"ipam_owner": "config_map"}, []),
        (observed(), {"prefix_delegation": True, "warm_prefix_target": 1}, []),
        (observed(), {"warm_prefix_target": 1}, ["network.address_targets"]),
        (observed(vpc_cni=addon(""), cni_config_map=OFF), {"ipam_owner": "config_map"}, []),
        (observed(vpc_cni=addon('{"enableWindowsIpam": "true"}'), cni_config_map=OFF), {}, []),
        (observed(cni_config_map=OFF), {"ipam_owner": "addon"}, ["ipam.owner"]),
        (observed(vpc_cni=DENIED), {}, ["ipam.owner"]),
        (observed(vpc_cni=addon("[")), {}, ["ipam.owner"]),
        (observed(cluster=cluster(ip_family="ipv6"), cni_config_map=OFF), {}, ["network.ip_family"]),
        (
            observed(legacy=legacy(deployments=(CONTROLLER,)), cni_config_map=OFF),
            {},
            ["legacy.components", "legacy.controller_blocks"],
        ),
        (
            observed(legacy=legacy(deployments=(CONTROLLER,))),
            {"ignore": ["legacy.components"]},
            ["legacy.controller_blocks"],
        ),
        (observed(legacy=legacy(secrets=DENIED)), {}, []),
        (observed(nodes=DENIED), {}, ["capacity.linux", "nodes.instance_type"]),
        (observed(probe=Probe("default", "")), {}, []),
        (observed(cluster=cluster(version="1.18")), {}, ["version.control_plane_support"]),
        (observed(cluster=cluster(ip_family="ipv6")), {"goal": "none"}, []),
        (observed(cluster=cluster(ip_family="ipv6")), {"ignore": ["network.ip_family"]}, []),
    ],
)
def test_what_stops_enable(seen: Observation, wanted: dict[str, Any], blockers: list[str]) -> None:
    assert result(seen, **{"goal": "enable", **wanted})["blockers"] == blockers


@pytest.mark.parametrize(
    ("seen", "wanted", "blockers"),
    [
        (disabling(), {}, []),
        (disabling(cni_config_map=OFF), {}, []),
        (disabling(vpc_cni=addon("enableWindowsIpam: true")), {}, []),
        (disabling(vpc_cni=addon("enableWindowsIpam: true", status="DEGRADED")), {}, []),
        (disabling(vpc_cni=addon("enableWindowsIpam: true", status="DELETE_FAILED")), {}, ["addon.health"]),
        (disabling(vpc_cni=addon("", status="DELETE_FAILED")), {}, []),
        (disabling(vpc_cni=addon("[")), {}, ["ipam.owner"]),
        (disabling(vpc_cni=DENIED), {}, ["ipam.owner"]),
        (disabling(vpc_cni=DENIED), {"ipam_owner": "config_map"}, []),
        (disabling(cni_config_map=DENIED), {}, ["ipam.enabled"]),
        (disabling(nodes=(node("w", "windows"),)), {}, ["usage.windows"]),
        (disabling(nodes=(node("w", "windows"),)), {"ignore": ["usage.windows"]}, []),
        (disabling(nodes=(node("w", "windows"),), cni_config_map=OFF), {}, ["usage.windows"]),
        (disabling(nodes=(node("w", "windows"),), cni_config_map=OFF), {"cluster_policy": "verify"}, []),
        (disabling(nodes=(node("w", "windows"),), cni_config_map=DENIED), {}, ["ipam.enabled"]),
        (disabling(node_groups=DENIED), {}, ["usage.windows"]),
        (disabling(node_groups=DENIED, cni_config_map=OFF), {"cluster_policy": "verify"}, []),
        (disabling(role_users=DENIED, cni_nodes=DENIED), {}, []),
        (disabling(cluster_role=DENIED), {}, []),
        (disabling(cluster=cluster(status="UPDATING")), {}, ["cluster.status"]),
        (disabling(cluster=cluster(endpoint="https://other")), {}, ["cluster.identity"]),
        (disabling(legacy=legacy(deployments=(CONTROLLER,))), {}, []),
        (disabling(probe=Probe("default", "1")), {}, []),
    ],
)
def test_what_stops_disable(seen: Observation, wanted: dict[str, Any], blockers: list[str]) -> None:
    assert result(seen, **{"goal": "disable", **wanted})["blockers"] == blockers


OLD = cluster(version="1.19", platform_version="eks.5")
IDLE = LegacyReferences(deployments=(ready(CONTROLLER), ready(EKSCTL_WEBHOOK, ready=False)))


def by_legacy(days: float = 300, **changes: Any) -> Observation:
    """A cluster below the version table that legacy support runs Windows pods on."""
    parts: dict[str, Any] = {
        "cluster": OLD,
        "webhook_configurations": (EKSCTL_CONFIGURATION,),
        "legacy_webhooks": (serving(days),),
        "cluster_role": NO_POLICY,
    }
    return with_legacy(**{**parts, **changes})


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (by_legacy(), True),
        (by_legacy(10), True),
        (by_legacy(-1), False),
        (by_legacy(legacy_webhooks=DENIED), False),
        (by_legacy(legacy_webhooks=(serving(key_state="differs"),)), False),
        (by_legacy(legacy_webhooks=(serving(managed_by="cert-manager"),)), True),
        (by_legacy(legacy=legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=IDLE)), False),
        (by_legacy(legacy=legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=LegacyReferences())), False),
        (by_legacy(legacy=legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=DENIED)), False),
        (by_legacy(nodes=(node("a"), node("b"), node("w", "windows", capacity={}))), False),
        (by_legacy(nodes=()), False),
        (by_legacy(probe=Probe("default", "")), False),
        (by_legacy(probe=Probe("default", "1")), True),
        # Above the table the setting decides, and what legacy support still does counts for nothing.
        (by_legacy(cluster=cluster()), False),
        (by_legacy(cluster=DENIED), False),
    ],
)
def test_ready_by_legacy_support(seen: Observation, expected: bool) -> None:
    assert result(seen)["ready"] is expected
    assert result(seen, goal="cert_renew")["ready"] is expected


def test_a_waiver_makes_no_pod_of_legacy_support_run() -> None:
    idle = by_legacy(legacy=legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=IDLE))
    assert result(idle, ignore=["legacy.rollout", "legacy.role_binding"])["ready"] is False


def test_the_binding_is_needed_too() -> None:
    whole = by_legacy().legacy
    unbound = legacy(deployments=whole.deployments, references=whole.references)
    assert result(by_legacy(legacy=unbound))["ready"] is False
    bound = legacy(deployments=whole.deployments, references=whole.references, cluster_role_bindings=(BINDING,))
    assert result(by_legacy(legacy=bound))["ready"] is True


@pytest.mark.parametrize(
    ("seen", "wanted", "blockers"),
    [
        (with_legacy(legacy_webhooks=(serving(),)), {}, []),
        (with_legacy(legacy_webhooks=(serving(-1),)), {}, []),
        (with_legacy(cluster=OLD), {}, ["version.control_plane_support"]),
        (with_legacy(cni_config_map=DENIED), {}, ["ipam.enabled"]),
        (with_legacy(vpc_cni=addon("")), {}, []),
        (with_legacy(cluster_role=NO_POLICY), {"cluster_policy": "verify"}, ["iam.cluster_policy"]),
        (with_legacy(webhook_configurations=(EKSCTL_CONFIGURATION,)), {}, ["ipam.controller_webhook"]),
        (with_legacy(), {"warm_prefix_target": 1}, ["network.address_targets"]),
        (
            with_legacy(legacy=legacy(deployments=DENIED)),
            {},
            ["legacy.components", "legacy.controller_blocks", "legacy.second_controller"],
        ),
        (observed(legacy=legacy(deployments=(HELM_CONTROLLER,))), {}, []),
        (observed(), {}, []),
    ],
)
def test_what_stops_migrate(seen: Observation, wanted: dict[str, Any], blockers: list[str]) -> None:
    assert result(seen, **{"goal": "migrate", **wanted})["blockers"] == blockers


@pytest.mark.parametrize(
    ("seen", "wanted", "blockers"),
    [
        (with_legacy(), {}, []),
        (with_legacy(windows_pods=(windows_pod(),)), {}, ["usage.windows"]),
        (with_legacy(windows_pods=(windows_pod(),)), {"ignore": ["usage.windows"]}, []),
        (
            with_legacy(windows_pods=(windows_pod(),), cni_config_map=config_map({"enable-windows-ipam": "true"})),
            {},
            [],
        ),
        (with_legacy(windows_pods=DENIED), {}, ["usage.windows"]),
        (observed(windows_pods=(windows_pod(),), cni_config_map=OFF), {}, []),
    ],
)
def test_what_stops_legacy_remove(seen: Observation, wanted: dict[str, Any], blockers: list[str]) -> None:
    assert result(seen, **{"goal": "legacy_remove", **wanted})["blockers"] == blockers
