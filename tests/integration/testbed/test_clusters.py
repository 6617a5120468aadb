# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a testbed's clusters do by themselves: access, counting, and Windows support as AWS runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.testbed import Testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.kubernetes.types import KubernetesRequest
from tests.testbed.standins.objects import ADDRESS
from tests.testbed.tokens import eks_token

# The testbed itself never runs with another client's releases.
pytestmark = pytest.mark.newest_client

POLICY = "AmazonEKSVPCResourceController"
LEGACY = "vpc-resource-controller"


@pytest.fixture
def cluster(testbed: Testbed) -> Iterator[TestbedCluster]:
    """Cluster ``off``: policy attached, Windows IPAM false, and so again afterwards."""
    cluster = testbed.clusters["off"]
    cluster.forget_requests()
    yield cluster
    for pod in cluster.admin.list("pods", "default"):
        cluster.admin.delete("pods", pod["metadata"]["name"], "default")
    cluster.wait(lambda: not cluster.admin.list("pods", "default"), "pods are gone")
    set_ipam(cluster, "false")
    if not cluster.policy_attached():
        testbed.aws.attach_policy(cluster.eks, POLICY)


def set_ipam(cluster: TestbedCluster, value: str) -> None:
    cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": value}}, "kube-system")
    assert cluster.stand_ins is not None
    controller = cluster.stand_ins.controller
    assert controller is not None
    expected = value == "true" and not cluster.admin.find("deployments", LEGACY, "kube-system")
    cluster.wait(lambda: controller.windows_ipam is expected, f"the controller holds Windows IPAM to be {expected}")


def windows_pod(name: str, **spec: object) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "nodeSelector": {"kubernetes.io/os": "windows"},
            "containers": [{"name": "web", "image": "iis"}],
            **spec,
        },
    }


def limit(pod: Json) -> str | None:
    limits = pod["spec"]["containers"][0].get("resources", {}).get("limits", {})
    return None if ADDRESS not in limits else str(limits[ADDRESS])


def phase(cluster: TestbedCluster, name: str) -> str:
    return str(cluster.admin.get("pods", name, "default").get("status", {}).get("phase"))


def address(cluster: TestbedCluster, name: str) -> str | None:
    annotations = cluster.admin.get("pods", name, "default")["metadata"].get("annotations", {})
    return None if ADDRESS not in annotations else str(annotations[ADDRESS])


def client(testbed: Testbed, cluster: TestbedCluster, made_for: str = "") -> AdminClient:
    token = eks_token(made_for or cluster.name, cluster.spec.region, testbed.aws.credentials())
    return AdminClient(cluster.endpoint, cluster.certificate_authority, token)


def test_aws_principal_is_administrator(testbed: Testbed, cluster: TestbedCluster) -> None:
    assert len(client(testbed, cluster).list("nodes")) == 3


def test_token_of_another_cluster_is_refused(testbed: Testbed, cluster: TestbedCluster) -> None:
    assert client(testbed, cluster, made_for="legacy").request("GET", "/api/v1/nodes").status == 401


def test_stranger_is_forbidden_what_aws_auth_gives_others(testbed: Testbed, cluster: TestbedCluster) -> None:
    arn = testbed.aws.add_role("stranger", policies=())
    token = eks_token(cluster.name, cluster.spec.region, testbed.aws.assume(arn))
    stranger = AdminClient(cluster.endpoint, cluster.certificate_authority, token)
    assert stranger.request("GET", "/api/v1/nodes").status == 401
    admin = cluster.admin
    before = admin.get("configmaps", "aws-auth", "kube-system")["data"]
    roles = f'[{{"rolearn": "{arn}", "username": "stranger", "groups": ["nobody"]}}]'
    admin.patch("configmaps", "aws-auth", {"data": {"mapRoles": roles}}, "kube-system")
    try:
        answer = stranger.request("GET", "/api/v1/nodes")
        assert (answer.status, 'User "stranger" cannot list resource "nodes"' in answer.body["message"]) == (403, True)
    finally:
        admin.patch("configmaps", "aws-auth", {"data": before}, "kube-system")


def test_only_outside_requests_are_counted(testbed: Testbed, cluster: TestbedCluster) -> None:
    cluster.admin.list("nodes")
    outside = client(testbed, cluster)
    outside.call("GET", "/api/v1/namespaces/kube-system/configmaps", query={"limit": "5"})
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "counted", "namespace": "default"}}
    outside.create(manifest, query={"dryRun": "All"})
    outside.create(manifest)
    outside.delete("configmaps", "counted", "default")
    anonymous = AdminClient(cluster.endpoint, cluster.certificate_authority)
    anonymous.request("GET", "/api/v1/nodes")
    user = testbed.aws.credentials().arn
    path = "/api/v1/namespaces/default/configmaps"
    seen = cluster.requests()
    assert seen == [
        KubernetesRequest("list", "/api/v1/namespaces/kube-system/configmaps", {"limit": "5"}, user, 200),
        KubernetesRequest("create", path, {"dryRun": "All"}, user, 201),
        KubernetesRequest("create", path, {}, user, 201),
        KubernetesRequest("delete", f"{path}/counted", {}, user, 200),
        KubernetesRequest("list", "/api/v1/nodes", {}, "system:anonymous", 403),
    ]
    assert [request.write for request in seen] == [False, False, True, True, False]
    cluster.forget_requests()
    assert cluster.requests() == []


def test_windows_pod_gets_its_address_only_while_ipam_is_on(cluster: TestbedCluster) -> None:
    assert limit(cluster.admin.create(windows_pod("before"))) is None
    cluster.wait(lambda: "ContainerCreating" in str(cluster.admin.get("pods", "before", "default")["status"]), "held")
    cluster.wait(lambda: events(cluster, "before") == {"FailedCreatePodSandBox"}, "an event tells why")

    set_ipam(cluster, "true")
    cluster.wait(lambda: set(cluster.windows_addresses().values()) == {"11"}, "capacity of a t3.large")
    assert limit(cluster.admin.create(windows_pod("after"))) == "1"
    cluster.wait(lambda: phase(cluster, "after") == "Running", "the fresh pod runs")
    assert address(cluster, "after")
    assert (phase(cluster, "before"), address(cluster, "before")) == ("Pending", None)

    set_ipam(cluster, "false")
    assert set(cluster.windows_addresses().values()) == {"11"}
    assert limit(cluster.admin.create(windows_pod("late"))) is None


def events(cluster: TestbedCluster, pod: str) -> set[str]:
    found = cluster.admin.list("events", "default")
    return {event["reason"] for event in found if event["involvedObject"]["name"] == pod}


def test_dry_run_shows_what_admission_does_and_leaves_nothing(cluster: TestbedCluster) -> None:
    set_ipam(cluster, "true")
    assert limit(cluster.admin.create(windows_pod("probe"), query={"dryRun": "All"})) == "1"
    assert cluster.admin.find("pods", "probe", "default") is None


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "True"])
def test_other_spellings_of_true(cluster: TestbedCluster, value: str) -> None:
    set_ipam(cluster, "true")
    cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": value}}, "kube-system")
    assert limit(cluster.admin.create(windows_pod("spelt"), query={"dryRun": "All"})) == "1"


@pytest.mark.parametrize("value", ["yes", "on", "enabled", " true", "tRUE", ""])
def test_spellings_that_are_off(cluster: TestbedCluster, value: str) -> None:
    set_ipam(cluster, "true")
    set_ipam(cluster, value)
    assert limit(cluster.admin.create(windows_pod("spelt"), query={"dryRun": "All"})) is None


def test_pods_that_the_webhook_leaves_alone(cluster: TestbedCluster) -> None:
    set_ipam(cluster, "true")
    fargate = windows_pod("fargate")
    fargate["metadata"]["labels"] = {"eks.amazonaws.com/fargate-profile": "p"}
    linux = windows_pod("linux", nodeSelector={"kubernetes.io/os": "linux"})
    expression = {"key": "kubernetes.io/os", "operator": "In", "values": ["windows"]}
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    for pod in (
        windows_pod("host", hostNetwork=True),
        fargate,
        linux,
        windows_pod("affine", nodeSelector={}, affinity=affinity),
    ):
        assert limit(cluster.admin.create(pod, query={"dryRun": "All"})) is None


def test_annotation_belongs_to_the_controller(cluster: TestbedCluster) -> None:
    set_ipam(cluster, "true")
    annotated = windows_pod("annotated")
    annotated["metadata"]["annotations"] = {ADDRESS: "10.0.0.9/24"}
    with pytest.raises(ApiError, match=ADDRESS):
        cluster.admin.create(annotated)
    cluster.admin.create(windows_pod("plain"))
    with pytest.raises(ApiError, match=ADDRESS):
        cluster.admin.patch("pods", "plain", {"metadata": {"annotations": {ADDRESS: "10.0.0.9/24"}}}, "default")
    set_ipam(cluster, "false")
    assert cluster.admin.create(annotated)["metadata"]["annotations"][ADDRESS] == "10.0.0.9/24"


def test_without_the_policy_nodes_and_pods_wait(testbed: Testbed, cluster: TestbedCluster) -> None:
    node = next(name for name in cluster.windows_addresses()) if cluster.windows_addresses() else ""
    testbed.aws.detach_policy(cluster.eks, POLICY)
    set_ipam(cluster, "true")
    cluster.admin.create(windows_pod("waiting"))
    cluster.wait(lambda: bool(cluster.admin.get("pods", "waiting", "default").get("status")), "seen")
    assert address(cluster, "waiting") is None
    testbed.aws.attach_policy(cluster.eks, POLICY)
    cluster.wait(lambda: address(cluster, "waiting") is not None, "the policy lets the controller go on")
    assert not node or node in cluster.windows_addresses()


def test_legacy_deployment_blocks_even_without_replicas(testbed: Testbed) -> None:
    cluster = testbed.clusters["legacy"]
    assert cluster.stand_ins is not None
    charge = cluster.stand_ins.charge
    assert charge.in_charge == {"legacy"}
    began = time.monotonic()
    cluster.admin.patch("deployments", LEGACY, {"spec": {"replicas": 0}}, "kube-system")
    cluster.wait(lambda: charge.in_charge == frozenset(), "its last pod is gone")
    legacy = cluster.admin.get("deployments", LEGACY, "kube-system")
    try:
        cluster.admin.create(windows_pod("blocked"))
        time.sleep(1)
        assert (address(cluster, "blocked"), charge.in_charge) == (None, frozenset())
        cluster.admin.delete("deployments", LEGACY, "kube-system")
        cluster.wait(lambda: address(cluster, "blocked") is not None, "the controller takes over at once")
        assert charge.in_charge == {"control-plane"}
        assert 1 < charge.seconds_without(began) < 10
        assert charge.seconds_with_two(began) == 0
    finally:
        cluster.admin.delete("pods", "blocked", "default")
        metadata = {"name": LEGACY, "namespace": "kube-system", "labels": legacy["metadata"]["labels"]}
        replicated = {**legacy["spec"], "replicas": 1}
        cluster.admin.create({**legacy, "metadata": metadata, "spec": replicated, "status": {}})


def test_token_of_another_partition_is_for_its_own_clusters(testbed: Testbed) -> None:
    cluster = testbed.clusters["addon"]
    keys = testbed.aws.credentials(partition="aws-cn")
    token = eks_token(cluster.name, cluster.spec.region, keys, "amazonaws.com.cn")
    assert AdminClient(cluster.endpoint, cluster.certificate_authority, token).request("GET", "/api").status == 200
    other = testbed.clusters["off"]
    assert AdminClient(other.endpoint, other.certificate_authority, token).request("GET", "/api").status == 401


def test_updated_addon_writes_its_config_map(testbed: Testbed) -> None:
    cluster = testbed.clusters["addon"]
    keys = testbed.aws.credentials(partition="aws-cn")
    eks = boto3.client(
        "eks",
        region_name=cluster.spec.region,
        endpoint_url=testbed.environment["AWS_ENDPOINT_URL_EKS"],
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )
    cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"of-a-person": "kept"}}, "kube-system")

    def update(values: str, resolve: str) -> str:
        name = {"clusterName": cluster.name, "addonName": "vpc-cni"}
        started = eks.update_addon(**name, configurationValues=values, resolveConflicts=resolve)["update"]["id"]
        status = "InProgress"
        while status == "InProgress":
            answer = eks.describe_update(name=cluster.name, addonName="vpc-cni", updateId=started)
            status = answer["update"]["status"]
        return status

    assert update('{"enableWindowsIpam": "true"}', "PRESERVE") == "Successful"
    data = cluster.config_map() or {}
    assert (data["enable-windows-ipam"], data["warm-ip-target"], data["of-a-person"]) == ("true", "1", "kept")
    cluster.wait(lambda: cluster.windows_addresses() != {}, "the controller sees it")
    assert update("{}", "OVERWRITE") == "Successful"
    assert (cluster.config_map() or {})["enable-windows-ipam"] == "false"


def test_objects_of_karpenter_and_the_controller_are_there(cluster: TestbedCluster) -> None:
    (node_class,) = cluster.admin.list("ec2nodeclasses", api="karpenter.k8s.aws/v1")
    assert node_class["spec"] == {"amiSelectorTerms": [{"alias": "windows2022@latest"}]}
    (cni_node,) = cluster.admin.list("cninodes", api="vpcresources.k8s.aws/v1alpha1")
    assert cni_node["spec"] == {"features": [{"name": "SecurityGroupsForPods"}]}


def test_deployments_roll_out_and_go(cluster: TestbedCluster) -> None:
    selector = {"app": "rolled"}
    container = {"name": "web", "image": "nginx"}
    cluster.admin.create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "rolled", "namespace": "default"},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": selector},
                "template": {
                    "metadata": {"labels": selector},
                    "spec": {"nodeSelector": {"kubernetes.io/os": "linux"}, "containers": [container]},
                },
            },
        }
    )
    cluster.wait(
        lambda: cluster.admin.get("deployments", "rolled", "default")["status"].get("availableReplicas") == 2,
        "rolled out",
    )
    cluster.admin.delete("deployments", "rolled", "default", options={"propagationPolicy": "Background"})
    cluster.wait(lambda: not cluster.admin.list("pods", "default"), "its pods are gone")


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="there is no kubectl on this machine")
def test_kubectl_works_with_the_kubeconfig(testbed: Testbed, cluster: TestbedCluster, tmp_path: Path) -> None:
    options = ["--kubeconfig", str(cluster.kubeconfig), "--cache-dir", str(tmp_path)]
    command = ["kubectl", *options, "get", "nodes", "-o", "name"]
    done = subprocess.run(
        command, env=testbed.client_environment(os.environ), capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 3
    assert cluster.requests() == []
