# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Puts a cluster of the testbed into a state, and looks at the state it is in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

CNI_CONFIG_MAP = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni"
POLICY = "AmazonEKSVPCResourceController"
ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"


def policy_attached(testbed: Testbed, cluster: TestbedCluster) -> bool:
    """Whether the cluster's role has the policy."""
    return any(arn.endswith(f"/{POLICY}") for arn in testbed.aws.attached_policies(cluster.eks))


def detach_policy(testbed: Testbed, cluster: TestbedCluster) -> None:
    """Take the policy from the cluster's role, where it has it."""
    if policy_attached(testbed, cluster):
        testbed.aws.detach_policy(cluster.eks, POLICY)


def attach_policy(testbed: Testbed, cluster: TestbedCluster) -> None:
    """Give the policy to the cluster's role, where it lacks it."""
    if not policy_attached(testbed, cluster):
        testbed.aws.attach_policy(cluster.eks, POLICY)


def set_config_map(cluster: TestbedCluster, data: Mapping[str, str] | None) -> None:
    """Give ConfigMap amazon-vpc-cni exactly this data, as written by EKS: None removes it, an empty mapping leaves it
    without data."""
    if cluster.admin.find("configmaps", "amazon-vpc-cni", "kube-system"):
        cluster.admin.delete("configmaps", "amazon-vpc-cni", "kube-system")
    if data is None:
        return
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
    }
    cluster.admin.create({**manifest, "data": dict(data)} if data else manifest, query={"fieldManager": "eks"})


def live_data(cluster: TestbedCluster) -> dict[str, str]:
    """Data of ConfigMap amazon-vpc-cni."""
    found: dict[str, str] = cluster.admin.get("configmaps", "amazon-vpc-cni", "kube-system").get("data", {})
    return found


def resource_version(cluster: TestbedCluster) -> str:
    """resourceVersion of ConfigMap amazon-vpc-cni."""
    return str(cluster.admin.get("configmaps", "amazon-vpc-cni", "kube-system")["metadata"]["resourceVersion"])


def create_windows_pod(cluster: TestbedCluster, name: str) -> dict[str, Any]:
    """A pod that asks for Windows, as admission stored it."""
    return cluster.admin.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "nodeSelector": {"kubernetes.io/os": "windows"},
                "containers": [{"name": "app", "image": "app"}],
            },
        }
    )


def delete_pod(cluster: TestbedCluster, name: str) -> None:
    """Remove a pod at once, where it exists."""
    if cluster.admin.find("pods", name, "default"):
        cluster.admin.delete("pods", name, "default", options={"gracePeriodSeconds": 0})


def has_address(cluster: TestbedCluster, name: str) -> bool:
    """Whether the controller gave the pod its address."""
    return ADDRESS in cluster.admin.get("pods", name, "default")["metadata"].get("annotations", {})


def wait_for_address(cluster: TestbedCluster, name: str, seconds: float) -> bool:
    """Whether the pod got its address within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if has_address(cluster, name):
            return True
        time.sleep(0.2)
    return has_address(cluster, name)


@contextmanager
def reading_only(cluster: TestbedCluster) -> Iterator[None]:
    """While it lasts, the API server refuses each change of a ConfigMap in kube-system: its webhook is down."""
    name = "refuse-configmaps"
    cluster.admin.create(
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [
                {
                    "name": "refuse.configmaps.test",
                    "clientConfig": {"url": "https://127.0.0.1:9/refuse"},
                    "rules": [
                        {
                            "apiGroups": [""],
                            "apiVersions": ["v1"],
                            "operations": ["CREATE", "UPDATE"],
                            "resources": ["configmaps"],
                            "scope": "Namespaced",
                        }
                    ],
                    "failurePolicy": "Fail",
                    "sideEffects": "None",
                    "timeoutSeconds": 1,
                    "admissionReviewVersions": ["v1"],
                }
            ],
        }
    )
    wait_for_writes(cluster, refused=True)
    try:
        yield
    finally:
        cluster.admin.delete("validatingwebhookconfigurations", name, api="admissionregistration.k8s.io/v1")
        wait_for_writes(cluster, refused=False)


def wait_for_writes(cluster: TestbedCluster, *, refused: bool) -> None:
    """Wait until the API server, which learns of webhooks by a watch of its own, refuses changes or takes them."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        answer = cluster.admin.request(
            "PATCH", CNI_CONFIG_MAP, {"data": {}}, {"dryRun": "All"}, {"Content-Type": "application/merge-patch+json"}
        )
        if (answer.status >= 400) is refused:
            return
        time.sleep(0.2)
    raise AssertionError(f"changes of ConfigMaps are still {'taken' if refused else 'refused'}")


def read_only_user(testbed: Testbed, cluster: TestbedCluster, name: str, *writable: str) -> str:
    """An IAM role whose identity may read everything in the cluster, and create and patch the ``writable`` resources.

    Its user in the cluster is ``operator-<name>``. Returns the role's ARN.
    """
    role = testbed.aws.add_role(name)
    user = f"operator-{name}"
    testbed.aws.add_access_entry(cluster.eks, role, username=user)
    rules: list[dict[str, Any]] = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]},
        {"nonResourceURLs": ["*"], "verbs": ["get"]},
    ]
    if writable:
        rules.append({"apiGroups": [""], "resources": list(writable), "verbs": ["create", "patch"]})
    api = "rbac.authorization.k8s.io"
    cluster.admin.create({"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    cluster.admin.create(
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
            "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
        }
    )
    return role
