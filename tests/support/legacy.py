# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What of legacy Windows support is in a cluster of the testbed, looked at without the collection."""

from __future__ import annotations

import base64

from cryptography import x509

from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json
from tests.testbed.legacy_objects import VARIANTS, Variant, names_of

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
WINDOWS_BINDING = "eks:kube-proxy-windows"
PLACES = (
    ("deployments", "apps"),
    ("services", ""),
    ("secrets", ""),
    ("serviceaccounts", ""),
    ("mutatingwebhookconfigurations", ADMISSION),
    ("clusterroles", RBAC),
    ("clusterrolebindings", RBAC),
)
NAMES = frozenset(
    name
    for variant in VARIANTS.values()
    for name in (
        variant.controller,
        variant.controller_account,
        variant.deployment,
        variant.service,
        variant.configuration,
        variant.secret,
    )
)


def left_of_legacy(cluster: TestbedCluster) -> set[str]:
    """Every object that has a name of legacy support, as "resource namespace/name"."""
    return {
        f"{resource} {'/'.join(filter(None, (found['metadata'].get('namespace'), found['metadata']['name'])))}"
        for resource, group in PLACES
        for found in cluster.admin.list(resource, api=f"{group}/v1" if group else "v1")
        if found["metadata"]["name"] in NAMES
    }


def has_windows_binding(cluster: TestbedCluster) -> bool:
    """Whether ClusterRoleBinding eks:kube-proxy-windows is there."""
    return cluster.admin.find("clusterrolebindings", WINDOWS_BINDING, api=f"{RBAC}/v1") is not None


def variant_of(cluster: TestbedCluster) -> Variant:
    """The names of the legacy support that the cluster was made with."""
    assert cluster.spec.legacy_spec
    return names_of(cluster.spec.legacy_spec)


def secret_of(cluster: TestbedCluster) -> Json | None:
    """The Secret of the cluster's webhook."""
    names = variant_of(cluster)
    return cluster.admin.find("secrets", names.secret, names.namespace)


def serial_number(cluster: TestbedCluster) -> int:
    """Serial number of the certificate in the webhook's Secret."""
    secret = secret_of(cluster)
    assert secret is not None
    pem = base64.b64decode(secret["data"][variant_of(cluster).keys[0]])
    return x509.load_pem_x509_certificate(pem).serial_number


def deployment_of_windows_pods(cluster: TestbedCluster, name: str, replicas: int = 2) -> None:
    """A Deployment of Windows pods in namespace default."""
    labels = {"app": name}
    cluster.admin.create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "nodeSelector": {"kubernetes.io/os": "windows"},
                        "containers": [{"name": "app", "image": "app"}],
                    },
                },
            },
        }
    )


def running_pods(cluster: TestbedCluster, name: str, phase: str = "Running") -> list[str]:
    """Names of the pods of a Deployment in namespace default that are in the phase."""
    return [
        pod["metadata"]["name"]
        for pod in cluster.admin.list("pods", "default", query={"labelSelector": f"app={name}"})
        if pod.get("status", {}).get("phase") == phase and "deletionTimestamp" not in pod["metadata"]
    ]
