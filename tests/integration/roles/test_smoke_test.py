# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role smoke_test: what it deploys and reports, what it refuses, and that nothing is left whatever comes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json
from tests.testbed.specs import ClusterSpec, NodeSpec, chart_data
from tests.testbed.testbed import Testbed

ON = chart_data(enable_windows_ipam="true")
LINUX = (NodeSpec(), NodeSpec())
WINDOWS_2019 = NodeSpec(
    os="windows",
    image="Windows Server 2019 Datacenter",
    build="10.0.17763.6893",
    labels={"node.kubernetes.io/windows-build": "10.0.17763"},
)
WINDOWS_2022 = NodeSpec(os="windows")
TAINT = {"key": "os", "value": "windows", "effect": "NoSchedule"}
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
LABELS = {
    "app.kubernetes.io/name": "eks-windows-smoke-test",
    "app.kubernetes.io/managed-by": "cloudops.eks_windows",
    "app.kubernetes.io/component": "windows-2016",
}
FLEET = (
    ClusterSpec("mixed", nodes=(*LINUX, WINDOWS_2022, WINDOWS_2019), config_map=ON),
    ClusterSpec("tainted", nodes=(*LINUX, NodeSpec(os="windows", taints=(TAINT,))), config_map=ON),
    ClusterSpec("new", policies=("AmazonEKSClusterPolicy",), nodes=(*LINUX, WINDOWS_2022)),
)
EMULATED = (
    ClusterSpec("faulty", nodes=(*LINUX, WINDOWS_2022), config_map=ON),
    ClusterSpec("linux", nodes=LINUX, config_map=ON),
    ClusterSpec("odd", nodes=(*LINUX, WINDOWS_2022, NodeSpec(os="windows", build="10.0.14393.1")), config_map=ON),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    """Real control planes."""
    require_real_control_plane()
    with Testbed(FLEET, "real") as testbed:
        yield testbed


@pytest.fixture(scope="module")
def emulated() -> Iterator[Testbed]:
    """For faults of the API server, and for what the nodes tell."""
    with Testbed(EMULATED, "emulated") as testbed:
        yield testbed


def smoke_test(testbed: Testbed, name: str, *arguments: str, **variables: Any) -> PlaybookRun:
    """The role on a cluster. The role's own variables are given by what follows their common beginning."""
    testbed.forget_requests()
    named = {
        key if key.startswith("eks_windows_") else f"eks_windows_smoke_test_{key}": value
        for key, value in {"start_timeout": 60, **variables}.items()
    }
    return run_role("smoke_test", testbed, testbed.clusters[name], *arguments, **named)


def report(run: PlaybookRun) -> dict[str, Any]:
    found: dict[str, Any] = run.facts("localhost")["eks_windows_smoke_test"]
    return found


def came_up(run: PlaybookRun) -> dict[str, Json]:
    """What came up in a run that succeeded, by component."""
    assert run.returncode == 0, run.stdout[-3000:]
    found = {each["component"]: each for each in report(run)["deployments"]}
    assert all(each["up"] for each in found.values())
    return found


def left(cluster: TestbedCluster) -> list[str]:
    """What there is in any namespace of the role's own, once pods that end have ended."""
    deadline = time.monotonic() + 10
    while True:
        found = [
            f"{each['metadata']['namespace']}/{each['metadata']['name']}"
            for resource in ("deployments", "replicasets", "pods")
            for each in cluster.admin.list(resource)
            if each["metadata"].get("labels", {}).get("app.kubernetes.io/name") == LABELS["app.kubernetes.io/name"]
        ]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def leave(cluster: TestbedCluster, name: str, labels: Mapping[str, str]) -> None:
    """A Deployment whose pod nothing can run, so that only removing it makes it gone."""
    cluster.admin.create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "default", "labels": dict(labels)},
            "spec": {
                "selector": {"matchLabels": {"test": name}},
                "template": {
                    "metadata": {"labels": {**labels, "test": name}},
                    "spec": {
                        "nodeSelector": {"kubernetes.io/os": "none"},
                        "containers": [{"name": "app", "image": "app"}],
                    },
                },
            },
        }
    )


@contextmanager
def namespace(cluster: TestbedCluster, name: str, kind: str, spec: Json, status: Json | None = None) -> Iterator[None]:
    """A namespace with a ResourceQuota or a LimitRange."""
    cluster.admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}/{kind.lower()}s"
    cluster.admin.call("POST", path, {"apiVersion": "v1", "kind": kind, "metadata": {"name": "limit"}, "spec": spec})
    if status is not None:
        header = {"Content-Type": "application/merge-patch+json"}
        cluster.admin.call("PATCH", f"{path}/limit/status", {"status": status}, headers=header)
    cluster.wait(
        lambda: bool(cluster.admin.list("serviceaccounts", name)), f"pods of {name} have their service account"
    )
    try:
        yield
    finally:
        cluster.admin.delete("namespaces", name)


def test_pods_of_each_windows_version_run_and_are_removed(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    nodes = {node["metadata"]["name"]: node for node in cluster.admin.list("nodes")}
    run = smoke_test(fleet, "mixed")
    found = came_up(run)
    assert {
        component: (each["windows_version"], each["image"], len(each["pods"])) for component, each in found.items()
    } == {
        "linux": (None, "public.ecr.aws/nginx/nginx:1.27", 1),
        "windows-2019": ("2019", "mcr.microsoft.com/windows/servercore:ltsc2019", 1),
        "windows-2022": ("2022", "mcr.microsoft.com/windows/servercore:ltsc2022", 1),
    }
    for component, image in (
        ("linux", "Amazon Linux"),
        ("windows-2019", "Windows Server 2019"),
        ("windows-2022", "Windows Server 2022"),
    ):
        (pod,) = found[component]["pods"]
        assert nodes[pod["node"]]["status"]["nodeInfo"]["osImage"].startswith(image)
        assert pod["address"].startswith("10.") and "/" not in pod["address"]
        assert found[component]["seconds"] < 60
        assert pod["address"] in found[component]["summary"]
    assert report(run)["removed"] is True
    assert left(cluster) == []
    names = [found[component]["name"] for component in sorted(found)]
    assert writes(fleet, cluster) == [f"create {DEPLOYMENTS}"] * 3 + [f"delete {DEPLOYMENTS}/{name}" for name in names]

    again = came_up(smoke_test(fleet, "mixed"))
    assert list(again) == list(found)
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_what_a_killed_run_left_is_removed_and_nothing_else(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    foreign = {**LABELS, "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/name": "other"}
    leave(cluster, "eks-windows-smoke-test-windows-2016-killed", LABELS)
    leave(cluster, "eks-windows-smoke-test-foreign", foreign)
    try:
        assert "windows-2016" not in came_up(smoke_test(fleet, "mixed"))
        assert left(cluster) == []
        kept = [each["metadata"]["name"] for each in cluster.admin.list("deployments", "default")]
        assert kept == ["eks-windows-smoke-test-foreign"]
    finally:
        cluster.admin.delete("deployments", "eks-windows-smoke-test-foreign", "default")


def test_check_mode_asks_the_server_and_writes_nothing(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    run = smoke_test(fleet, "mixed", "--check", "--diff")
    assert run.returncode == 0, run.stdout[-3000:]
    predicted = report(run)["deployments"]
    assert [each["component"] for each in predicted] == ["linux", "windows-2019", "windows-2022"]
    assert {each["summary"] for each in predicted} == {"would be deployed"}
    assert [request.verb for request in cluster.requests() if request.dry_run] == ["create"] * 3
    assert writes(fleet, cluster) == []
    assert left(cluster) == []
    real = came_up(smoke_test(fleet, "mixed"))
    assert [set(each) for each in predicted] == [set(each) for each in real.values()], "one shape in both modes"


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_without_windows_support_nothing_is_created(fleet: Testbed) -> None:
    cluster = fleet.clusters["new"]
    run = smoke_test(fleet, "new")
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster new: Windows pods can't run now, nothing was created." in message
    assert "Windows IPAM is off" in message
    assert 'ipam.enabled: enable-windows-ipam is "false"' in message
    assert "iam.cluster_policy" in message
    assert writes(fleet, cluster) == []


def test_enable_followed_by_the_smoke_test(fleet: Testbed) -> None:
    cluster = fleet.clusters["new"]
    predicted = run_role("enable_and_smoke_test", fleet, cluster, "--check")
    assert len(changed_steps(predicted)) == 2
    assert "eks_windows_smoke_test" not in predicted.facts("localhost"), "nothing is enabled that could be tried"
    try:
        run = run_role("enable_and_smoke_test", fleet, cluster)
        assert len(changed_steps(run)) == 2
        assert list(came_up(run)) == ["linux", "windows-2022"]
        assert left(cluster) == []
    finally:
        fleet.aws.detach_policy(cluster.eks, "AmazonEKSVPCResourceController")
        cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": "false"}}, "kube-system")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_tainted_windows_node_needs_a_toleration(fleet: Testbed) -> None:
    cluster = fleet.clusters["tainted"]
    run = smoke_test(fleet, "tainted", start_timeout=4)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster tainted: the smoke test failed on Deployments labelled" in message
    assert "in namespace default" in message
    assert "Not up after 4 s are windows-2022: FailedScheduling: 0/3 nodes are available" in message
    assert "eks_windows_smoke_test_tolerations" in message
    assert "Nothing that this run created is left." in message
    linux, windows = report(run)["deployments"]
    assert (linux["up"], windows["up"]) == (True, False)
    assert report(run)["removed"] is True
    assert left(cluster) == []
    assert list(came_up(smoke_test(fleet, "tainted", tolerations=[TAINT]))) == ["linux", "windows-2022"]
    assert left(cluster) == []


# Another cause in the same message: told alike whichever releases the client has.
@pytest.mark.newest_client
def test_pod_without_an_address_is_explained_and_removed(fleet: Testbed) -> None:
    """Admission does not know the pod, since the controller's webhook is gone; the preflight's finding is waived."""
    cluster = fleet.clusters["tainted"]
    api, webhook = "admissionregistration.k8s.io/v1", "vpc-resource-mutating-webhook"
    kept = cluster.admin.get("mutatingwebhookconfigurations", webhook, api=api)
    cluster.admin.delete("mutatingwebhookconfigurations", webhook, api=api)
    try:
        refused = smoke_test(fleet, "tainted", tolerations=[TAINT])
        assert "ipam.controller_webhook" in refused.failure("localhost")
        assert writes(fleet, cluster) == []
        run = smoke_test(
            fleet, "tainted", tolerations=[TAINT], start_timeout=5, eks_windows_ignore=["ipam.controller_webhook"]
        )
    finally:
        kept["metadata"] = {"name": webhook, "labels": kept["metadata"].get("labels", {})}
        cluster.admin.create(kept)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Not up after 5 s are windows-2022: FailedCreatePodSandBox: Failed to create pod sandbox" in message
    assert "NoAddress: no webhook gave the pod the limit vpc.amazonaws.com/PrivateIPv4Address" in message
    assert "cloudops.eks_windows.preflight" in message
    assert left(cluster) == []


# Another cause in the same message: told alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_pods_that_the_namespace_refuses(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    with namespace(cluster, "small", "LimitRange", {"limits": [{"type": "Container", "min": {"memory": "1Gi"}}]}):
        run = smoke_test(fleet, "mixed", namespace="small", start_timeout=4)
        assert run.returncode == 2
        message = run.failure("localhost")
        assert "in namespace small" in message
        assert "linux: FailedCreate: " in message and "minimum memory usage per Container is 1Gi" in message
        assert "eks_windows_smoke_test_namespace" in message
        assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_creation_that_is_refused_halfway_leaves_nothing(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    # No controller of quotas runs there, which would write the status.
    hard = {"count/deployments.apps": "1"}
    status = {"hard": hard, "used": {"count/deployments.apps": "0"}}
    with namespace(cluster, "one", "ResourceQuota", {"hard": hard}, status):
        run = smoke_test(fleet, "mixed", namespace="one")
        assert run.returncode == 2
        message = run.failure("localhost")
        assert "Cluster mixed: the smoke test failed on Deployments labelled" in message
        assert "in namespace one" in message
        assert '"Create the Deployments" failed' in message
        assert "exceeded quota" in message
        assert "Remedy: see that the namespace exists" in message
        assert len([each for each in writes(fleet, cluster) if each.startswith("delete ")]) == 1
        assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_removal_that_is_forbidden_is_said_and_made_up_for_by_the_next_run(fleet: Testbed) -> None:
    cluster = fleet.clusters["mixed"]
    role = fleet.aws.add_role("without-delete")
    fleet.aws.add_access_entry(cluster.eks, role, username="operator-without-delete")
    api = "rbac.authorization.k8s.io"
    rules = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create"]},
        {"nonResourceURLs": ["*"], "verbs": ["get"]},
    ]
    metadata = {"name": "without-delete"}
    cluster.admin.create({"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules})
    cluster.admin.create(
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": "without-delete"},
            "subjects": [{"apiGroup": api, "kind": "User", "name": "operator-without-delete"}],
        }
    )
    run = smoke_test(fleet, "mixed", eks_windows_kubernetes_role_arn=role)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster mixed: the smoke test failed on Deployments labelled" in message
    assert "They could not be removed and may still be there" in message
    assert 'cannot delete resource "deployments"' in message.replace("\\", "")
    assert "Remedy: let the caller get, list and delete deployments" in message
    assert report(run)["removed"] is False
    assert all(each["up"] for each in report(run)["deployments"]), "what came up is reported all the same"
    assert len(cluster.admin.list("deployments", "default")) == 3
    assert {request.user for request in cluster.requests() if request.write} == {"operator-without-delete"}

    assert len(came_up(smoke_test(fleet, "mixed"))) == 3
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_namespace_that_does_not_exist(emulated: Testbed, arguments: tuple[str, ...]) -> None:
    run = smoke_test(emulated, "faulty", *arguments, namespace="nowhere")
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster faulty: the smoke test failed on" in message
    assert "in namespace nowhere" in message
    assert "not found" in message
    assert "Remedy: see that the namespace exists" in message


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-stored", "after-it-is-stored"])
def test_creation_that_fails_once(emulated: Testbed, applied: bool) -> None:
    cluster = emulated.clusters["faulty"]
    cluster.kubernetes.faults.fail_next("create", DEPLOYMENTS, message="broken on purpose", after_applied=applied)
    run = smoke_test(emulated, "faulty")
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster faulty: the smoke test failed on Deployments labelled" in message
    assert "broken on purpose" in message
    assert "Remedy: " in message
    assert "Nothing that this run created is left." in message
    assert left(cluster) == []
    assert len(came_up(smoke_test(emulated, "faulty"))) == 2
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-stored", "after-it-is-stored"])
def test_removal_that_fails_once_is_tried_again(emulated: Testbed, applied: bool) -> None:
    cluster = emulated.clusters["faulty"]
    cluster.kubernetes.faults.fail_next("delete", DEPLOYMENTS, message="broken on purpose", after_applied=applied)
    assert len(came_up(smoke_test(emulated, "faulty"))) == 2
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_leftovers_that_cannot_be_removed_stop_the_run(emulated: Testbed) -> None:
    cluster = emulated.clusters["faulty"]
    leave(cluster, "eks-windows-smoke-test-windows-2016-killed", LABELS)
    cluster.kubernetes.faults.fail_next("delete", DEPLOYMENTS, status=403, message="broken on purpose", times=3)
    run = smoke_test(emulated, "faulty")
    assert run.returncode == 2
    assert "broken on purpose" in run.failure("localhost")
    assert [each for each in writes(emulated, cluster) if each.startswith("create ")] == []
    assert len(came_up(smoke_test(emulated, "faulty"))) == 2
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_pods_that_cannot_be_read_are_removed(emulated: Testbed) -> None:
    cluster = emulated.clusters["faulty"]
    cluster.kubernetes.faults.fail_next("list", "/namespaces/default/pods", status=403, message="no pods", times=2)
    run = smoke_test(emulated, "faulty")
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "no pods" in message
    assert "list pods and events" in message
    assert left(cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_api_that_is_not_found_is_not_taken_for_a_cluster_without_nodes(emulated: Testbed) -> None:
    """Where its discovery is not answered, k8s_info succeeds without an object (kubernetes.core#508)."""
    cluster = emulated.clusters["faulty"]
    cluster.kubernetes.faults.fail_next("*", "^/api/v1/?$", status=503, message="down", times=50)
    try:
        run = smoke_test(emulated, "faulty")
    finally:
        cluster.kubernetes.faults.clear()
    assert run.returncode == 2
    assert "Cluster faulty: the Windows nodes can't be read, nothing was created." in run.failure("localhost")
    assert writes(emulated, cluster) == []


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_cluster_without_windows_nodes_is_tried_and_said(emulated: Testbed) -> None:
    cluster = emulated.clusters["linux"]
    run = smoke_test(emulated, "linux", "--check", windows_version="2025")
    assert run.returncode == 0, run.stdout[-3000:]
    said = str([task.result.get("msg") for task in run.of("localhost")])
    assert "There is no Windows node. The Windows pod waits for one that an autoscaler may start." in said
    assert [(each["component"], each["image"]) for each in report(run)["deployments"]] == [
        ("linux", "public.ecr.aws/nginx/nginx:1.27"),
        ("windows-2025", "mcr.microsoft.com/windows/servercore:ltsc2025"),
    ]
    assert left(cluster) == []


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_images_and_nodes_that_are_not_used(emulated: Testbed) -> None:
    run = smoke_test(
        emulated, "odd", "--check", windows_images={"2022": "mirror.test/core:2022"}, linux_image="mirror.test/nginx"
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert [each["image"] for each in report(run)["deployments"]] == ["mirror.test/nginx", "mirror.test/core:2022"]
    assert "has the unknown Windows build 14393" in str([task.result.get("msg") for task in run.of("localhost")])

    refused = smoke_test(emulated, "odd", windows_images={"2019": "mirror.test/core:2019"})
    assert refused.returncode == 2
    message = refused.failure("localhost")
    assert "Cluster odd: nothing was created, for eks_windows_smoke_test_windows_images has none for" in message
    assert "windows-2022" in message
    assert writes(emulated, emulated.clusters["odd"]) == []
