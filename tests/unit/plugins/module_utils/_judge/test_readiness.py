# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Observation,
    Probe,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    LEGACY_SECRET,
    addon,
    cluster,
    config_map,
    legacy,
    legacy_cluster,
    node,
    observed,
    options,
    role,
)

OFF = config_map({"enable-windows-ipam": "false"})
HELM_CONTROLLER = ObjectRef("Deployment", "windows", "windows-vpc-resource-controller")
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
        (observed(vpc_cni=addon("")), {}, ["ipam.owner"]),
        (observed(vpc_cni=addon(""), cni_config_map=OFF), {}, ["ipam.owner"]),
        (observed(vpc_cni=addon(""), cni_config_map=OFF), {"ipam_owner": "config_map"}, []),
        (observed(vpc_cni=addon('{"enableWindowsIpam": "true"}'), cni_config_map=OFF), {}, []),
        (observed(cni_config_map=OFF), {"ipam_owner": "addon"}, ["ipam.owner"]),
        (observed(vpc_cni=DENIED), {}, ["ipam.owner"]),
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
