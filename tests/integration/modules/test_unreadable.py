# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What can't be read is unknown, with the API's own reason and what mends it, and hides nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.fleets import NO_WINDOWS_POLICY, NODES
from tests.support.playbook import run_tasks
from tests.testbed.cluster import TestbedCluster
from tests.testbed.pki import Authority
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed
from tests.testbed.tokens import eks_token

MODULE = "cloudops.eks_windows.eks_windows_preflight"
FROM_KUBERNETES = frozenset(
    {
        "network.custom_networking",
        "network.security_groups_for_pods",
        "network.prefix_blocks",
        "network.network_policy",
        "capacity.linux",
        "capacity.pods",
        "nodes.address_capacity",
        "nodes.ready",
        "nodes.os_build",
        "nodes.linux_ami",
        "nodes.controller_events",
        "nodes.taint",
        "workloads.os_selector",
        "workloads.address_annotation",
        "workloads.node_selector_form",
        "workloads.host_network",
        "workloads.fargate",
        "workloads.service_backends",
        "workloads.stuck",
        "ipam.enabled",
        "ipam.controller_webhook",
        "ipam.controller_role",
        "legacy.components",
        "legacy.controller_blocks",
    }
)
FROM_AWS = frozenset({"cluster.status", "version.control_plane_support", "network.ip_family", "iam.cluster_policy"})


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """A real control plane."""
    require_real_control_plane()
    with Testbed([ClusterSpec("unreadable", policies=NO_WINDOWS_POLICY, nodes=NODES)], control_plane="real") as running:
        yield running


def examine(environment: Mapping[str, str], cluster: TestbedCluster, **options: Any) -> dict[str, Any]:
    arguments = {"cluster_name": cluster.name, "region": cluster.spec.region, "goal": "enable", **options}
    run = run_tasks([{"name": "Examine", MODULE: arguments}], environment)
    (task,) = run.of("localhost")
    assert not task.failed, task.result
    return dict(task.result)


def unknown(result: Mapping[str, Any]) -> dict[str, str]:
    """Ids of the unknown findings, with all that each says."""
    return {
        finding["id"]: f"{finding['summary']} {finding['evidence']} {finding['remedy']}"
        for finding in result["findings"]
        if finding["status"] == "unknown"
    }


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {finding["id"]: finding["status"] for finding in result["findings"]}


def test_no_permission_in_kubernetes(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    role = testbed.aws.add_role("without-rbac")
    testbed.aws.add_access_entry(cluster.eks, role, username="nobody")
    environment = testbed.aws.environment_for(testbed.aws.assume(role))
    result = examine(environment, cluster)
    said = unknown(result)
    assert set(said) >= FROM_KUBERNETES
    assert not FROM_AWS & set(said)
    assert 'User "nobody" cannot list resource "nodes"' in said["capacity.linux"]
    assert "list" in said["capacity.linux"]
    assert "nodes" in said["capacity.linux"]
    assert 'cannot get resource "configmaps"' in said["ipam.enabled"]
    assert result["ready"] is False
    assert "ipam.enabled" in result["blockers"]
    assert result["support"]["windows_ipam"]["live"] is None
    assert "nodes" not in result["examined"]


def test_access_denied_by_iam(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    for action in ("iam:ListAttachedRolePolicies", "eks:DescribeAddon"):
        testbed.aws.deny(action)
    try:
        result = examine(testbed.environment, cluster)
    finally:
        testbed.aws.clear_faults()
    said = unknown(result)
    assert set(said) == {"iam.cluster_policy", "ipam.addon_drift", "ipam.addon_schema", "ipam.owner", "addon.health"}
    assert "is not authorized to perform: iam:ListAttachedRolePolicies" in said["iam.cluster_policy"]
    assert "is not authorized to perform: eks:DescribeAddon" in said["ipam.addon_drift"]
    assert result["blockers"] == ["iam.cluster_policy", "ipam.owner"]
    assert result["support"]["cluster_role"]["policy_attached"] is None
    assert result["support"]["windows_ipam"]["owner"] == "unknown"


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_access_denied_to_the_cluster_itself(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    testbed.aws.deny("eks:DescribeCluster")
    try:
        result = examine(testbed.environment, cluster)
    finally:
        testbed.aws.clear_faults()
    said = unknown(result)
    assert set(said) >= FROM_AWS | FROM_KUBERNETES
    assert "is not authorized to perform: eks:DescribeCluster" in said["cluster.status"]
    assert result["cluster"]["endpoint"] is None
    assert result["plan"] == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_expired_token(testbed: Testbed, tmp_path: Path) -> None:
    cluster = testbed.clusters["unreadable"]
    authority = tmp_path / "ca.pem"
    authority.write_text(cluster.certificate_authority, encoding="utf-8")
    credentials = testbed.aws.assume(testbed.aws.add_role("expired"))
    token = eks_token(cluster.name, cluster.spec.region, credentials)
    testbed.aws.expire(credentials)
    result = examine(testbed.environment, cluster, host=cluster.endpoint, api_key=token, ca_cert=str(authority))
    said = unknown(result)
    assert set(said) >= FROM_KUBERNETES
    assert "Unauthorized" in said["ipam.enabled"]
    assert "token" in said["ipam.enabled"]
    assert token not in str(result)
    assert statuses(result)["cluster.identity"] == "pass"


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_authority_that_did_not_sign_the_server(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    testbed.aws.change_cluster(cluster.eks, ca_pem=Authority("another").pem)
    try:
        result = examine(testbed.environment, cluster)
    finally:
        testbed.aws.change_cluster(cluster.eks, ca_pem=cluster.certificate_authority)
    said = unknown(result)
    assert set(said) >= FROM_KUBERNETES
    assert "certificate verify failed" in said["ipam.enabled"]
    assert not FROM_AWS & set(said)


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_nothing_answers_at_the_endpoint(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    testbed.aws.change_cluster(cluster.eks, endpoint="https://127.0.0.1:9")
    try:
        result = examine(testbed.environment, cluster, request_timeout=3)
    finally:
        testbed.aws.change_cluster(cluster.eks, endpoint=cluster.endpoint)
    said = unknown(result)
    assert set(said) >= FROM_KUBERNETES
    assert "127.0.0.1:9" in said["ipam.enabled"]
    assert "refused" in said["ipam.enabled"]
    assert not FROM_AWS & set(said)


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_the_permissions_that_the_module_names_are_enough(testbed: Testbed) -> None:
    cluster = testbed.clusters["unreadable"]
    role = testbed.aws.add_role("reader")
    testbed.aws.add_access_entry(cluster.eks, role, username="reader")
    listed = {
        "": ["nodes", "pods", "services", "events"],
        "apps": ["deployments", "daemonsets", "statefulsets"],
        "discovery.k8s.io": ["endpointslices"],
        "admissionregistration.k8s.io": ["mutatingwebhookconfigurations"],
        "rbac.authorization.k8s.io": ["clusterrolebindings"],
        "vpcresources.k8s.aws": ["securitygrouppolicies"],
    }
    rules: list[dict[str, Any]] = [
        {"apiGroups": [group], "resources": resources, "verbs": ["list"]} for group, resources in listed.items()
    ]
    rules += [
        {"apiGroups": [group], "resources": [resource], "resourceNames": [name], "verbs": [verb]}
        for group, resource, name, verb in (
            ("", "secrets", "vpc-admission-webhook-certs", "list"),
            ("", "configmaps", "amazon-vpc-cni", "get"),
            ("rbac.authorization.k8s.io", "roles", "eks-vpc-resource-controller-role", "get"),
            ("rbac.authorization.k8s.io", "rolebindings", "eks-vpc-resource-controller-rolebinding", "get"),
        )
    ]
    api = "rbac.authorization.k8s.io"
    metadata = {"name": "preflight-reader"}
    reference = {"apiGroup": api, "kind": "ClusterRole", "name": "preflight-reader"}
    subject = {"apiGroup": api, "kind": "User", "name": "reader"}
    kinds = {"apiVersion": f"{api}/v1", "metadata": metadata}
    cluster.admin.create({**kinds, "kind": "ClusterRole", "rules": rules})
    cluster.admin.create({**kinds, "kind": "ClusterRoleBinding", "roleRef": reference, "subjects": [subject]})
    result = examine(testbed.aws.environment_for(testbed.aws.assume(role)), cluster)
    assert unknown(result) == {}
