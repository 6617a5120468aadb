# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters to observe, in this process and as it would be done in a worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observe import observe
from tests.testbed import ClusterSpec, FargateProfileSpec, NodeSpec, Testbed, chart_data

GROUP_POLICIES = "securitygrouppolicies.vpcresources.k8s.aws"
WINDOWS = {"kubernetes.io/os": "windows"}


def group_policy(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "vpcresources.k8s.aws/v1beta1",
        "kind": "SecurityGroupPolicy",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {**spec, "securityGroups": {"groupIds": ["sg-0a1b2c3d4e5f60718"]}},
    }


def pod(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": name}},
        "spec": {"containers": [{"name": "c", "image": "example/image:1"}], **spec},
    }


SPECS = (
    ClusterSpec("converged", config_map=chart_data(enable_windows_ipam="true")),
    ClusterSpec(
        "alone",
        nodes=(NodeSpec(),),
        policies=("AmazonEKSClusterPolicy",),
        fargate_profiles=(
            FargateProfileSpec("dns", ({"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},)),
            FargateProfileSpec("shop", ({"namespace": "shop-*"},)),
        ),
    ),
    ClusterSpec(
        "groups",
        objects=(
            group_policy("by-pod", {"podSelector": {"matchLabels": {"app": "shop"}}}),
            group_policy("by-account", {"serviceAccountSelector": {"matchLabels": {"app": "shop"}}}),
            pod("windows", nodeSelector=WINDOWS),
            pod("linux"),
        ),
    ),
)


@pytest.fixture(scope="package")
def fleet() -> Iterator[Testbed]:
    with Testbed(SPECS, control_plane="emulated") as testbed:
        yield testbed


@pytest.fixture
def client_environment(fleet: Testbed, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Sets this process's environment as a client of the testbed has it, for the test alone."""

    def use(environment: dict[str, str]) -> None:
        wanted = fleet.client_environment(os.environ)
        for name in set(os.environ) - set(wanted):
            monkeypatch.delenv(name)
        for name in [name for name in wanted if name.startswith("AWS_") and name not in environment]:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    use(fleet.environment)
    return use


@pytest.fixture
def look(fleet: Testbed, client_environment: object) -> Iterator[Callable[..., Observation]]:
    """Observes a cluster as the testbed's operator, with the options given; faults end with the test."""

    def observed(cluster_name: str, **options: Any) -> Observation:
        fleet.forget_requests()
        given = {"cluster_name": cluster_name, "region": "us-east-1", "validate_certs": True, **options}
        return observe(AwsConnection(given), given)

    yield observed
    fleet.aws.clear_faults()
    fleet.aws.forget_problems()
    for cluster in fleet.clusters.values():
        cluster.kubernetes.faults.clear()  # type: ignore[attr-defined]
