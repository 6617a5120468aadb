# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on settings, nodes and what uses Windows fail on a real control plane, one change of somebody's at a time.

The stand-in for the control plane's controller runs, so that what its webhook makes of a setting is seen as well. The
cluster has no Windows but what a change brings. The examination runs in this process, by the function that the module
runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.integration.littered import become_client
from tests.support.cluster_changes import Change, Options, aws_node, both, config_map, made, told
from tests.support.examination import examine
from tests.support.shown_rules import Shown
from tests.testbed.cluster import TestbedCluster
from tests.testbed.cluster_objects import SYSTEM, conditions
from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.crds import EC2_NODE_CLASS
from tests.testbed.specs import AddonSpec, ClusterSpec, chart_data
from tests.testbed.standins.pod_webhooks import MUTATING
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

SPEC = ClusterSpec(
    "set", addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}'), objects=(EC2_NODE_CLASS,)
)
ON, OFF = chart_data(enable_windows_ipam="true"), chart_data()
CONFIG_MAP = "ConfigMap kube-system/amazon-vpc-cni"
REGISTRATION, RBAC = "admissionregistration.k8s.io/v1", "rbac.authorization.k8s.io/v1"
ENABLE, DISABLE = {"goal": "enable"}, {"goal": "disable"}


INSTANCE = "i-0123456789abcdef0"


def node(name: str, labels: Mapping[str, str]) -> Json:
    """A node that no managed node group made, as its kubelet registers it."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels)},
        "spec": {"providerID": f"aws:///us-east-1a/{INSTANCE}"},
    }


def windows_node(instance_type: str) -> Change:
    """A Windows node joins."""
    labels = {"kubernetes.io/os": "windows", "node.kubernetes.io/instance-type": instance_type}
    joins = made(node("own", labels))

    @contextmanager
    def change(bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        bed.aws.add_instance(cluster.eks, INSTANCE, instance_type, "own-node")
        with joins(bed, cluster):
            yield

    return change


AUTO_NODE = node("i-0fedcba9876543210", {"kubernetes.io/os": "linux", "eks.amazonaws.com/compute-type": "auto"})
WINDOWS_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shop", "namespace": "default", "labels": {"app": "shop"}},
    "spec": {
        "nodeSelector": {"kubernetes.io/os": "windows"},
        "containers": [{"name": "main", "image": "example/app:1"}],
    },
}
POLICY = {
    "apiVersion": "vpcresources.k8s.aws/v1beta1",
    "kind": "SecurityGroupPolicy",
    "metadata": {"name": "databases", "namespace": "default"},
    "spec": {"podSelector": {"matchLabels": {"app": "shop"}}, "securityGroups": {"groupIds": ["sg-1"]}},
}
ODD_POLICY = {
    **POLICY,
    "metadata": {"name": "odd", "namespace": "default"},
    "spec": {
        "podSelector": {"matchExpressions": [{"key": "app", "operator": "Like", "values": ["shop"]}]},
        "securityGroups": {"groupIds": ["sg-1"]},
    },
}
"""The API server takes it, as the kind leaves it free."""
CNI_NODE = {
    "apiVersion": "vpcresources.k8s.aws/v1alpha1",
    "kind": "CNINode",
    "metadata": {"name": "ip-10-0-0-1"},
    "spec": {"features": [{"name": "SecurityGroupsForPods"}]},
}
NODE_CLASS = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "on-demand"},
    "spec": {"amiSelectorTerms": [{"alias": "windows2022@latest"}]},
}


@contextmanager
def through_a_tunnel(_bed: Testbed, cluster: TestbedCluster) -> Iterator[Options]:
    """Somebody reaches the API server at the end of a tunnel."""
    yield {"host": cluster.endpoint.replace("127.0.0.1", "localhost")}


def lost(count: int) -> Change:
    """So many Linux nodes tell no more that they live."""

    @contextmanager
    def change(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        names = [each["metadata"]["name"] for each in cluster.admin.list("nodes")][:count]
        for name in names:
            cluster.admin.patch_status("nodes", name, {"conditions": conditions(False)})
        try:
            yield
        finally:
            for name in names:
                cluster.admin.patch_status("nodes", name, {"conditions": conditions(True)})

    return change


@contextmanager
def without_coredns(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
    """The cluster was created without EKS's own networking add-ons."""
    original = cluster.admin.get("deployments", "coredns", SYSTEM)
    cluster.admin.delete("deployments", "coredns", SYSTEM)
    try:
        yield
    finally:
        metadata = {key: value for key, value in original["metadata"].items() if key in ("name", "namespace", "labels")}
        cluster.admin.create({**original, "metadata": metadata})


@contextmanager
def without_webhook(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
    """Somebody deletes the webhook of the control plane's controller."""
    original = cluster.admin.get("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)
    cluster.admin.delete("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)
    try:
        yield
    finally:
        cluster.admin.create({**original, "metadata": {"name": MUTATING, "labels": original["metadata"]["labels"]}})


@contextmanager
def emptied_webhook(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
    """Somebody takes the webhook out of its configuration, and leaves that."""
    original = cluster.admin.get("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)["webhooks"]
    cluster.admin.patch("mutatingwebhookconfigurations", MUTATING, {"webhooks": []}, api=REGISTRATION)
    try:
        yield
    finally:
        cluster.admin.patch("mutatingwebhookconfigurations", MUTATING, {"webhooks": original}, api=REGISTRATION)


def without(resource: str, name: str) -> Change:
    """Somebody deletes an object of RBAC in kube-system that EKS made for the controller."""

    @contextmanager
    def change(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        original = cluster.admin.get(resource, name, SYSTEM, api=RBAC)
        cluster.admin.delete(resource, name, SYSTEM, api=RBAC)
        try:
            yield
        finally:
            cluster.admin.create({**original, "metadata": {"name": name, "namespace": SYSTEM}})

    return change


def seen_off(data: Mapping[str, str]) -> Change:
    """The ConfigMap has this data, and the controller has seen that it is off by it."""
    written = config_map(data)

    @contextmanager
    def change(bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        with written(bed, cluster):
            cluster.wait(lambda: not cluster.injects_address(), "the controller has seen the setting")
            yield

    return change


FAILURES: tuple[tuple[Change, Shown], ...] = (
    (
        through_a_tunnel,
        Shown("cluster.identity", "error", ("https://localhost:", "is not the endpoint of cluster set")),
    ),
    (made(AUTO_NODE), Shown("cluster.auto_mode", "info", ("Node i-0fedcba9876543210",))),
    (
        aws_node("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true"),
        Shown("network.custom_networking", "error", ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true",)),
    ),
    (
        made(POLICY, WINDOWS_POD),
        Shown("network.security_groups_for_pods", "error", ("Pod default/shop", "default/databases")),
    ),
    (
        made(ODD_POLICY, POLICY, WINDOWS_POD),
        Shown(
            "network.security_groups_for_pods",
            "error",
            ("Pod default/shop", "default/databases", "default/odd", "operator Like of label app"),
        ),
    ),
    (
        aws_node("ENABLE_POD_ENI", "true"),
        Shown("network.security_groups_for_pods", "info", ("ENABLE_POD_ENI=true", "for Linux pods alone")),
    ),
    (
        both(config_map({**ON, "enable-windows-prefix-delegation": "true"}), windows_node("t2.large")),
        Shown("network.prefix_delegation", "error", ("Node own", "t2.large on Xen")),
    ),
    (
        both(config_map({**ON, "enable-windows-prefix-delegation": "true"}), told("1.25", "eks.4")),
        Shown("network.prefix_delegation", "error", ("1.25 eks.4 is below 1.25 eks.5",)),
    ),
    (
        config_map({**ON, "windows-warm-ip-target": "5"}),
        Shown("network.address_targets", "warning", ('windows-warm-ip-target "5" (warm-ip-target "1" wins over it)',)),
    ),
    (
        config_map({**ON, "warm-ip-target": "five"}),
        Shown("network.address_targets", "warning", ('warm-ip-target "five" (no integer',)),
    ),
    (
        without_coredns,
        Shown("capacity.coredns", "warning", ("CoreDNS is not installed", "Deployment kube-system/coredns", "absent")),
    ),
    (lost(1), Shown("capacity.linux", "warning", ("Only one Linux node is ready", "not ready"))),
    (lost(2), Shown("capacity.linux", "error", ("No Linux node is ready",))),
    (windows_node("c8ib.large"), Shown("nodes.address_capacity", "error", ("Node own", "PrivateIPv4Address: absent"))),
    (made(WINDOWS_POD), Shown("usage.windows", "error", ("Pod default/shop",), DISABLE)),
    (windows_node("m5.large"), Shown("usage.windows", "error", ("Node own",), DISABLE)),
    (made(NODE_CLASS), Shown("usage.windows", "error", ("EC2NodeClass on-demand", "windows2022@latest"), DISABLE)),
    (aws_node("ENABLE_POD_ENI", "true"), Shown("iam.policy_in_use", "info", ("ENABLE_POD_ENI=true",), DISABLE)),
    (made(POLICY), Shown("iam.policy_in_use", "info", ("SecurityGroupPolicy default/databases",), DISABLE)),
    (made(CNI_NODE), Shown("iam.policy_in_use", "info", ("CNINode ip-10-0-0-1",), DISABLE)),
    (config_map(None), Shown("ipam.enabled", "error", (f"{CONFIG_MAP} does not exist",))),
    (config_map({}), Shown("ipam.enabled", "error", (f"{CONFIG_MAP} has no data",))),
    (config_map({"enableWindowsIpam": "true"}), Shown("ipam.enabled", "error", ("has no key enable-windows-ipam",))),
    (config_map(OFF), Shown("ipam.enabled", "error", ('enable-windows-ipam is "false"',))),
    *(
        (
            config_map({**ON, "enable-windows-ipam": value}),
            Shown("ipam.enabled", "error", (f'"{value}", which the controller does not read as true',)),
        )
        for value in ("true ", "True ", "yes", "tRUE")
    ),
    (
        config_map(OFF, immutable=True),
        Shown("ipam.config_map_immutable", "error", ("immutable: true", "enable_windows_ipam"), ENABLE),
    ),
    *(
        (
            seen_off({**ON, "enable-windows-ipam": value}),
            Shown("ipam.probe", "error", ("gave a Windows pod no address",), {"probe": True}),
        )
        for value in ("false", "True ")
    ),
    (without_webhook, Shown("ipam.controller_webhook", "error", (f"{MUTATING} is missing",))),
    (emptied_webhook, Shown("ipam.controller_webhook", "error", (f"{MUTATING} has no webhook",))),
    *(
        (
            without(resource, name),
            Shown("ipam.controller_role", "warning", (f"{kind} kube-system/{name} is missing", "absent"), options),
        )
        for resource, kind, name, options in (
            ("roles", "Role", "eks-vpc-resource-controller-role", ENABLE),
            ("rolebindings", "RoleBinding", "eks-vpc-resource-controller-rolebinding", ENABLE),
        )
    ),
    (
        config_map(OFF),
        Shown("ipam.addon_drift", "warning", ("Windows IPAM is off, though the configuration of add-on vpc-cni",)),
    ),
    (
        config_map({**ON, "enable-windows-prefix-delegation": "true", "warm-ip-target": "9"}),
        Shown("ipam.addon_drift", "warning", ("no enableWindowsPrefixDelegation", "no warmWindowsIPTarget")),
    ),
)


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real") as testbed, pytest.MonkeyPatch.context() as patch:
        become_client(testbed, patch)
        yield testbed


@pytest.fixture
def cluster(bed: Testbed) -> TestbedCluster:
    """A cluster as it should be: the controller has seen that the last change is undone."""
    found = bed.clusters[SPEC.name]
    found.wait(found.injects_address, "the controller gives Windows pods their limit")
    return found


@pytest.mark.parametrize(("change", "shown"), FAILURES, ids=[str(shown) for _change, shown in FAILURES])
def test_rule(bed: Testbed, cluster: TestbedCluster, change: Change, shown: Shown) -> None:
    before = examine(cluster, **shown.options)
    with change(bed, cluster) as wrong:
        after = examine(cluster, **{**shown.options, **(wrong or {})})
    shown.assert_shown(before, after)
