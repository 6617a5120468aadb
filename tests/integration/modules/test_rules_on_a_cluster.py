# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on nodes, pods, workloads and Services fail on a real control plane that has the objects which they speak of.

The cluster is examined twice: as it should be, and after its users have made every mistake once. The examination runs
in this process, by the function that the module runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.integration.littered import RUNTIME_CLASS, become_client
from tests.support.cluster_changes import make
from tests.support.examination import Examination, examine
from tests.support.legacy import WINDOWS_BINDING
from tests.support.shown_rules import Shown
from tests.testbed.cluster import TestbedCluster
from tests.testbed.cluster_objects import conditions
from tests.testbed.kubernetes.admin import Json
from tests.testbed.specs import ClusterSpec, FargateProfileSpec, NodeSpec, chart_data
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"
WINDOWS = {"kubernetes.io/os": "windows"}
LINUX_NODE, WINDOWS_NODE = "linux-1", "windows-1"
OLD_BUILD = "10.0.17763.2745"

SPEC = ClusterSpec(
    "used",
    nodes=(
        NodeSpec(LINUX_NODE),
        NodeSpec("linux-2"),
        NodeSpec(
            WINDOWS_NODE,
            os="windows",
            capacity={ADDRESS: "9"},
            taints=({"key": "os", "value": "windows", "effect": "NoSchedule"},),
        ),
    ),
    config_map=chart_data(enable_windows_ipam="true"),
    fargate_profiles=(FargateProfileSpec("serverless", ({"namespace": "jobs-*", "labels": {"run": "nightly"}},)),),
)

FAILURES = (
    Shown("network.prefix_blocks", "warning", (WINDOWS_NODE, "does not have enough free cidr blocks")),
    Shown("network.network_policy", "info", ('enable-network-policy-controller: "true"',)),
    Shown("capacity.pods", "warning", (WINDOWS_NODE, "of 9 addresses")),
    Shown("legacy.role_binding", "warning", (f"ClusterRoleBinding {WINDOWS_BINDING}", "absent")),
    Shown("nodes.ready", "warning", (WINDOWS_NODE, "not ready")),
    Shown("nodes.os_build", "info", (OLD_BUILD, "64 backends")),
    Shown("nodes.linux_ami", "info", (LINUX_NODE, "Amazon Linux 2")),
    Shown(
        "nodes.controller_events",
        "error",
        (WINDOWS_NODE, "not supported yet by the vpc resource controller", "CNINodeDeletionFailed"),
    ),
    Shown("nodes.taint", "warning", (WINDOWS_NODE, "no taint")),
    Shown(
        "workloads.os_selector",
        "warning",
        ("Deployment shop/web", "DaemonSet shop/log-agent", "StatefulSet shop/cache"),
    ),
    Shown("workloads.address_annotation", "error", ("Deployment shop/restored", "10.0.12.34/24")),
    Shown(
        "workloads.node_selector_form",
        "warning",
        ("Pod shop/by-affinity", "Pod shop/by-beta-label", f"did not ask for Windows, and landed on {WINDOWS_NODE}"),
    ),
    Shown("workloads.host_network", "error", ("Pod shop/on-the-host", "Pod shop/exporter-astray")),
    Shown("workloads.fargate", "error", ("Pod jobs-eu/report", "serverless")),
    Shown("workloads.service_backends", "error", ("Service shop/web", "LoadBalancer, 65 backends, 64 on Windows")),
    Shown("workloads.stuck", "error", ("Pod shop/stuck", "no webhook answered", "Pod shop/agent-astray")),
)
COREDNS_PODS = 2
INNOCENT = ("web-linux", "kube-dns", "host-process", "by-selector", "named", "by-class")
"""What no finding names."""


def pod(name: str, namespace: str = "shop", labels: Mapping[str, str] | None = None, **spec: Any) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels or {})},
        "spec": {"containers": [{"name": "main", "image": "example/app:1"}], **spec},
    }


def workload(kind: str, name: str, annotations: Mapping[str, str] | None = None, **spec: Any) -> Json:
    template = pod(name, labels={"app": name}, **spec)
    template["metadata"] = {"labels": {"app": name}, "annotations": dict(annotations or {})}
    further: Json = {"serviceName": name} if kind == "StatefulSet" else {}
    if kind != "DaemonSet":
        further["replicas"] = 0
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": template["metadata"], "spec": template["spec"]},
            **further,
        },
    }


def service(name: str, namespace: str = "shop", kind: str = "LoadBalancer") -> Json:
    """One whose backends are given by hand, so that no controller makes others."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": kind, "ports": [{"port": 80}]},
    }


def endpoint_slice(cluster: TestbedCluster, name: str, places: Mapping[str, str], namespace: str = "shop") -> Json:
    """The backends of a Service, by address its node, in the version of the API that the cluster serves."""
    served = cluster.admin.request("GET", "/apis/discovery.k8s.io/v1").status == 200
    version = "v1" if served else "v1beta1"
    return {
        "apiVersion": f"discovery.k8s.io/{version}",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name}-by-hand",
            "namespace": namespace,
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "endpoints": [
            {
                "addresses": [address],
                "conditions": {"ready": True},
                **({"nodeName": node} if served else {"topology": {"kubernetes.io/hostname": node}}),
            }
            for address, node in places.items()
        ],
        "ports": [{"port": 80}],
    }


def event(name: str, reason: str, message: str, kind: str = "Node", api: str = "v1") -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": "default"},
        "involvedObject": {"apiVersion": api, "kind": kind, "name": WINDOWS_NODE},
        "reason": reason,
        "message": message,
        "type": "Warning",
        "source": {"component": "vpc-resource-controller"},
        "lastTimestamp": "2026-11-24T10:00:00Z",
    }


def affinity(*values: str) -> Json:
    expression = {"key": "kubernetes.io/os", "operator": "In", "values": list(values)}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


TO_THE_NODE = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [WINDOWS_NODE]}]}
            ]
        }
    }
}
"""How the DaemonSet controller sends a pod to a node."""


def knows_host_process(cluster: TestbedCluster) -> bool:
    """Whether the cluster's version has HostProcess pods, which came with 1.22."""
    version = cluster.admin.call("GET", "/version")
    return (int(version["major"]), int(version["minor"].rstrip("+"))) >= (1, 22)


def sound(cluster: TestbedCluster, host_process: bool) -> list[Json]:
    """What a user does right."""
    balanced = {f"10.0.0.{number}": WINDOWS_NODE for number in range(64)}
    options = {"windowsOptions": {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\SYSTEM"}}
    on_node: dict[str, Any] = {"nodeName": WINDOWS_NODE, "nodeSelector": WINDOWS}
    return [
        service("web"),
        endpoint_slice(cluster, "web", balanced),
        service("kube-dns", "kube-system", "ClusterIP"),
        endpoint_slice(cluster, "kube-dns", {"10.0.1.1": LINUX_NODE, "10.0.1.2": "linux-2"}, "kube-system"),
        workload("Deployment", "web-linux", nodeSelector={"kubernetes.io/os": "linux"}),
        workload("Deployment", "named", affinity=affinity("windows")),
        RUNTIME_CLASS,
        workload("Deployment", "by-class", runtimeClassName=RUNTIME_CLASS["metadata"]["name"]),
        pod("by-selector", **on_node),
        pod("on-linux", nodeName=LINUX_NODE),
        *([pod("host-process", hostNetwork=True, securityContext=options, **on_node)] if host_process else []),
    ]


def mistakes(cluster: TestbedCluster) -> list[Json]:
    """What users get wrong."""
    on_node: dict[str, Any] = {"nodeName": WINDOWS_NODE, "nodeSelector": WINDOWS}
    return [
        *(pod(f"full-{number}", **on_node) for number in range(9)),
        workload("Deployment", "web"),
        workload("DaemonSet", "log-agent", tolerations=[{"operator": "Exists"}]),
        workload("StatefulSet", "cache", affinity=affinity("linux", "windows")),
        workload("Deployment", "restored", {ADDRESS: "10.0.12.34/24"}, nodeSelector=WINDOWS),
        pod("by-affinity", affinity=affinity("windows")),
        pod("by-beta-label", nodeSelector={"beta.kubernetes.io/os": "windows"}),
        pod("on-the-host", hostNetwork=True, **on_node),
        pod("report", "jobs-eu", {"run": "nightly"}, nodeSelector=WINDOWS),
        pod("stuck", **on_node),
        pod("agent-astray", affinity=TO_THE_NODE, nodeName=WINDOWS_NODE),
        pod("exporter-astray", affinity=TO_THE_NODE, nodeName=WINDOWS_NODE, hostNetwork=True),
        event(
            "unknown-type",
            "Unsupported",
            "The instance type m9.large is not supported yet by the vpc resource controller",
        ),
        event(
            "no-block",
            "InsufficientCidrBlocks",
            "InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks.",
        ),
        event(
            "replaced",
            "CNINodeDeletionFailed",
            "CNINode delete failed, will be retried",
            "CNINode",
            "vpcresources.k8s.aws/v1alpha1",
        ),
    ]


def neglect(cluster: TestbedCluster) -> None:
    """Change what was right."""
    cluster.admin.patch("nodes", WINDOWS_NODE, {"spec": {"taints": None}})
    for name, info in ((WINDOWS_NODE, {"kernelVersion": OLD_BUILD}), (LINUX_NODE, {"osImage": "Amazon Linux 2"})):
        cluster.admin.patch_status("nodes", name, {"nodeInfo": info})
    cluster.admin.patch_status("nodes", WINDOWS_NODE, {"conditions": conditions(False)})
    data = {"data": {"enable-network-policy-controller": "true"}}
    cluster.admin.patch("configmaps", "amazon-vpc-cni", data, "kube-system")
    make(cluster, endpoint_slice_more(cluster))
    cluster.admin.delete("clusterrolebindings", WINDOWS_BINDING)


def endpoint_slice_more(cluster: TestbedCluster) -> Json:
    """A second slice of Service web, with one backend more."""
    more = endpoint_slice(cluster, "web", {"10.0.2.1": LINUX_NODE})
    more["metadata"]["name"] = "web-by-hand-2"
    return more


def coredns_pods(cluster: TestbedCluster) -> list[Json]:
    """Made by the controller manager, in its own time."""
    return cluster.admin.list("pods", "kube-system", query={"labelSelector": "k8s-app=kube-dns"})


@pytest.fixture(scope="module")
def examined() -> Iterator[tuple[Examination, Examination]]:
    """The cluster as it should be, and as its users left it."""
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real", stand_ins=False) as bed, pytest.MonkeyPatch.context() as patch:
        become_client(bed, patch)
        cluster = bed.clusters[SPEC.name]
        for name in ("shop", "jobs-eu"):
            cluster.admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for manifest in sound(cluster, knows_host_process(cluster)):
            make(cluster, manifest)
        cluster.wait(lambda: len(coredns_pods(cluster)) == COREDNS_PODS, "the pods of CoreDNS are made")
        # Nothing runs the pod, which would else wait for an address.
        cluster.admin.patch_status("pods", "by-selector", {"phase": "Running"}, "shop")
        before = examine(cluster)
        for manifest in mistakes(cluster):
            make(cluster, manifest)
        neglect(cluster)
        yield before, examine(cluster)


@pytest.mark.parametrize("shown", FAILURES, ids=str)
def test_rule(examined: tuple[Examination, Examination], shown: Shown) -> None:
    said = shown.assert_shown(*examined)
    assert [word for word in INNOCENT if f"/{word}'" in said] == []


def test_what_was_looked_at(examined: tuple[Examination, Examination]) -> None:
    before, after = (examination.result["examined"] for examination in examined)
    # Those of CoreDNS, which nothing places here, are looked at as well; the one on a Linux node is not.
    assert before["pods"] == before["windows_pods"] + COREDNS_PODS
    assert before["windows_pods"] in (1, 2)
    assert after["windows_pods"] == before["windows_pods"] + 9 + 7
    assert after["pods"] == after["windows_pods"] + COREDNS_PODS
    assert (after["endpoint_slices"] - before["endpoint_slices"], after["events"]) == (1, 3)
    assert (after["stateful_sets"], after["daemon_sets"]) == (1, before["daemon_sets"] + 1)
