# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What fills a cluster: pods on its nodes, Services before them, and their EndpointSlices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.testbed.cluster import TestbedCluster

THREADS = 8
NAMESPACES = 50
IMAGE = "registry.example.com/shop/storefront-backend:2026-11-27-0fb1c2d"

Json = dict[str, Any]


def fill(cluster: TestbedCluster, *, pods: int, services: int) -> None:
    """Create so many pods, spread evenly over the cluster's nodes, and so many Services.

    Pods have what pods have: labels, environment, volumes and limits. On Windows nodes they ask for Windows and for the
    address that the webhook asks for, and run; of the others only their node is told, which nothing is asked beyond.
    Every tenth Service is one of Windows pods, and all have slices.
    """
    nodes = [
        (node["metadata"]["name"], node["status"]["nodeInfo"]["operatingSystem"])
        for node in cluster.admin.list("nodes")
    ]
    with ThreadPoolExecutor(THREADS, thread_name_prefix="crowd") as pool:
        _all(pool, cluster, (("/api/v1/namespaces", _namespace(number)) for number in range(NAMESPACES)))
        cluster.wait(lambda: _has_accounts(cluster), "every namespace has its service account")
        _all(pool, cluster, (_pod(number, *nodes[number % len(nodes)]) for number in range(pods)))
        on_windows = [number for number in range(pods) if nodes[number % len(nodes)][1] == "windows"]
        list(pool.map(lambda number: _run(cluster, number), on_windows))
        _all(pool, cluster, (_service(number) for number in range(services)))
        windows = [name for name, system in nodes if system == "windows"]
        linux = [name for name, system in nodes if system == "linux"]
        _all(pool, cluster, (_slice(number, windows if _is_windows(number) else linux) for number in range(services)))


def _all(pool: ThreadPoolExecutor, cluster: TestbedCluster, objects: Iterable[tuple[str, Json]]) -> None:
    def create(each: tuple[str, Json]) -> None:
        path, body = each
        answer = cluster.admin.request("POST", path, body)
        if answer.status != 201:
            raise RuntimeError(f"{path} {body['metadata']['name']}: {answer.status} {answer.text}")

    list(pool.map(create, objects))


def _namespace(number: int) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{number}"}}


def _has_accounts(cluster: TestbedCluster) -> bool:
    accounts = {account["metadata"]["namespace"] for account in cluster.admin.list("serviceaccounts")}
    return all(f"team-{number}" in accounts for number in range(NAMESPACES))


def _path(number: int, resource: str, group: str = "/api/v1") -> str:
    return f"{group}/namespaces/team-{number % NAMESPACES}/{resource}"


def _pod(number: int, node: str, system: str) -> tuple[str, Json]:
    resources: Json = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    if system == "windows":
        resources["limits"]["vpc.amazonaws.com/PrivateIPv4Address"] = "1"
        resources["requests"]["vpc.amazonaws.com/PrivateIPv4Address"] = "1"
    container = {
        "name": "app",
        "image": IMAGE,
        "env": [{"name": f"SETTING_{index}", "value": f"value-{index}-of-{number}"} for index in range(10)],
        "resources": resources,
        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"pod-{number}", "labels": {"app": f"app-{number % 300}", "release": "stable"}},
        "spec": {
            "nodeName": node,
            "nodeSelector": {"kubernetes.io/os": system, "kubernetes.io/arch": "amd64"},
            "containers": [container],
            "volumes": [{"name": "scratch", "emptyDir": {}}],
        },
    }
    return _path(number, "pods"), pod


def _run(cluster: TestbedCluster, number: int) -> None:
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    cluster.admin.patch_status("pods", f"pod-{number}", status, f"team-{number % NAMESPACES}")


def _is_windows(number: int) -> bool:
    return number % 10 == 0


def _service(number: int) -> tuple[str, Json]:
    spec = {"type": "LoadBalancer" if _is_windows(number) else "ClusterIP", "ports": [{"port": 80}]}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": f"service-{number}"}, "spec": spec}
    return _path(number, "services"), body


def _slice(number: int, nodes: Sequence[str]) -> tuple[str, Json]:
    """A slice of as many addresses as the control plane puts into one, 100."""
    endpoints = [
        {
            "addresses": [f"10.{number % 200}.{index // 200}.{index % 200}"],
            "conditions": {"ready": True},
            "topology": {"kubernetes.io/hostname": nodes[index % len(nodes)]},
        }
        for index in range(100)
    ]
    body = {
        "apiVersion": "discovery.k8s.io/v1beta1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"service-{number}-a", "labels": {"kubernetes.io/service-name": f"service-{number}"}},
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"port": 80}],
    }
    return _path(number, "endpointslices", "/apis/discovery.k8s.io/v1beta1"), body
