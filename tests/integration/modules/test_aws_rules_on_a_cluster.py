# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on roles, subnets, instance types and add-ons fail on a cluster of a real control plane, one mistake at a time.

The examination runs in this process, by the function that the module runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.integration.conftest import require_real_control_plane
from tests.integration.littered import become_client, client
from tests.support.examination import examine
from tests.support.shown_rules import Shown
from tests.testbed.aws import AddonIssue
from tests.testbed.cluster import TestbedCluster
from tests.testbed.cluster_objects import instance_id
from tests.testbed.specs import ClusterSpec, NodeSpec, chart_data
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

WINDOWS_NODE = "managed"
SPEC = ClusterSpec(
    "roles",
    nodes=(NodeSpec(), NodeSpec(), NodeSpec(WINDOWS_NODE, os="windows")),
    config_map=chart_data(enable_windows_ipam="true"),
)
OWN_NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "own",
        "labels": {"kubernetes.io/os": "windows", "node.kubernetes.io/instance-type": "m6a.large"},
    },
    "spec": {"providerID": "aws:///us-east-1a/i-0123456789abcdef0"},
}
GROUP = "eks:kube-proxy-windows"
DEFAULT_RANGE = "172.20.0.0/16"
FREE = 200

Change = Callable[[Testbed, TestbedCluster], None]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real", stand_ins=False) as testbed, pytest.MonkeyPatch.context() as patch:
        become_client(testbed, patch)
        yield testbed


@pytest.fixture(scope="module")
def aws_auth(bed: Testbed) -> dict[str, str]:
    """The data of aws-auth as EKS wrote it."""
    return dict(bed.clusters[SPEC.name].admin.get("configmaps", "aws-auth", "kube-system")["data"])


@pytest.fixture
def cluster(bed: Testbed, aws_auth: dict[str, str]) -> Iterator[tuple[Testbed, TestbedCluster]]:
    """A cluster as it should be, and made so again."""
    found = bed.clusters[SPEC.name]
    yield bed, found
    eks, named = client(bed, "eks"), {"clusterName": found.name, "principalArn": role_arn(found)}
    if named["principalArn"] in found.eks.access_entries:
        eks.delete_access_entry(**named)
    eks.create_access_entry(**named, type="EC2_WINDOWS")
    found.admin.patch("configmaps", "aws-auth", {"data": aws_auth}, "kube-system")
    if found.admin.find("nodes", "own"):
        found.admin.delete("nodes", "own")
    if "linux-too" in eks.list_nodegroups(clusterName=found.name)["nodegroups"]:
        eks.delete_nodegroup(clusterName=found.name, nodegroupName="linux-too")
    metadata_options(HttpTokens="required", HttpPutResponseHopLimit=2)(bed, found)
    bed.aws.set_available_addresses(found.eks, FREE)
    bed.aws.change_cluster(found.eks, kubernetes_network_config=network(DEFAULT_RANGE))
    if "coredns" in found.eks.addons:
        bed.aws.set_addon_status(found.eks, "coredns", "ACTIVE")


def network(service_range: str) -> dict[str, str]:
    return {"ipFamily": "ipv4", "serviceIpv4Cidr": service_range}


def role_arn(cluster: TestbedCluster) -> str:
    return f"arn:aws:iam::{cluster.eks.account}:role/{cluster.name}-windows-node"


def entry_of(entry_type: str) -> Change:
    """The access entry of the Windows nodes' role is deleted, and made anew with a type unless that is empty."""

    def change(bed: Testbed, cluster: TestbedCluster) -> None:
        named = {"clusterName": cluster.name, "principalArn": role_arn(cluster)}
        eks = client(bed, "eks")
        eks.delete_access_entry(**named)
        if entry_type:
            eks.create_access_entry(**named, type=entry_type)

    return change


def map_roles(text: Callable[[list[dict[str, Any]]], str]) -> Change:
    """What somebody makes of mapRoles, where no access entry decides."""

    def change(bed: Testbed, cluster: TestbedCluster) -> None:
        entry_of("")(bed, cluster)
        rows = yaml.safe_load(cluster.admin.get("configmaps", "aws-auth", "kube-system")["data"]["mapRoles"])
        cluster.admin.patch("configmaps", "aws-auth", {"data": {"mapRoles": text(rows)}}, "kube-system")

    return change


def without_group(rows: list[dict[str, Any]]) -> str:
    return yaml.safe_dump([{**row, "groups": [each for each in row["groups"] if each != GROUP]} for row in rows])


def with_path(rows: list[dict[str, Any]]) -> str:
    return yaml.safe_dump([{**row, "rolearn": row["rolearn"].replace(":role/", ":role/path/")} for row in rows])


def malformed(rows: list[dict[str, Any]]) -> str:
    return f"{yaml.safe_dump(rows)}- rolearn: [\n"


def own_node(bed: Testbed, cluster: TestbedCluster) -> None:
    """A Windows node that no managed node group made joins; nothing lets its role in."""
    cluster.admin.create(OWN_NODE)
    bed.aws.add_instance(cluster.eks, OWN_NODE["spec"]["providerID"].rpartition("/")[2], "m6a.large", "own-node")


def metadata_options(**options: Any) -> Change:
    """Somebody changes these of the node that the Windows node group made."""

    def change(bed: Testbed, cluster: TestbedCluster) -> None:
        bed.aws.set_metadata_options(cluster.eks, instance_id(WINDOWS_NODE), **options)

    return change


def shared_role(bed: Testbed, cluster: TestbedCluster) -> None:
    bed.aws.add_nodegroup(cluster.eks, "linux-too", role_name=role_arn(cluster).rpartition("/")[2])


def own_service_range(bed: Testbed, cluster: TestbedCluster) -> None:
    bed.aws.change_cluster(cluster.eks, kubernetes_network_config=network("192.168.0.0/16"))
    own_node(bed, cluster)


def sick_coredns(bed: Testbed, cluster: TestbedCluster) -> None:
    issue = AddonIssue("InsufficientNumberOfReplicas", "The add-on is unhealthy because all deployments have no pods")
    bed.aws.add_addon(cluster.eks, "coredns", "v1.11.4-eksbuild.2", status="DEGRADED", issues=[issue])


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (entry_of("EC2_LINUX"), Shown("iam.node_authorization", "error", ("roles-windows-node", "EC2_LINUX"))),
        (
            map_roles(without_group),
            Shown("iam.node_authorization", "error", ("roles-windows-node", f"lacks group {GROUP}")),
        ),
        (map_roles(with_path), Shown("iam.node_authorization", "error", ("role/path/roles-windows-node",))),
        (map_roles(malformed), Shown("iam.node_authorization", "error", ("is no list in YAML",))),
        (map_roles(lambda rows: "[]"), Shown("iam.node_authorization", "error", ("is not in ConfigMap",))),
        (own_node, Shown("iam.node_authorization", "error", ("own-node", "Node own"))),
        (own_node, Shown("nodes.instance_type", "error", ("Node own", "family M6A is on AWS's list of 2022"))),
        (
            metadata_options(HttpPutResponseHopLimit=1),
            Shown("nodes.instance_metadata", "info", ("Pods get no answer", "HttpPutResponseHopLimit 1")),
        ),
        (
            metadata_options(HttpPutResponseHopLimit=1, HttpTokens="optional"),
            Shown("nodes.instance_metadata", "info", ("Pods get no token", "HttpTokens optional")),
        ),
        (shared_role, Shown("iam.node_role_shared", "info", ("Node group linux-too",))),
        (
            lambda bed, cluster: bed.aws.set_available_addresses(cluster.eks, 9),
            Shown(
                "network.subnet_addresses",
                "warning",
                ("9 addresses free", "fewer than 10 addresses: one more m5.large with 9 pods, by EC2"),
            ),
        ),
        (own_service_range, Shown("network.service_cidr", "warning", ("192.168.0.0/16", "Node own"))),
        (sick_coredns, Shown("addon.health", "warning", ("coredns", "InsufficientNumberOfReplicas"))),
    ],
)
def test_rule(cluster: tuple[Testbed, TestbedCluster], change: Change, shown: Shown) -> None:
    bed, used = cluster
    before = examine(used, **shown.options)
    change(bed, used)
    shown.assert_shown(before, examine(used, **shown.options))


def test_aws_auth_alone_is_enough_and_max_pods_are_what_ec2_tells(cluster: tuple[Testbed, TestbedCluster]) -> None:
    bed, used = cluster
    entry_of("")(bed, used)
    examination = examine(used, planned_instance_types=["m4.16xlarge", "m4.10xlarge", "x99.large"])
    found = examination.findings
    assert found["iam.node_authorization"]["status"] == "pass"
    assert GROUP in str(found["iam.node_authorization"]["evidence"])
    assert found["nodes.instance_type"]["status"] == "fail"
    said = {item["value"] for item in found["nodes.instance_type"]["evidence"]}
    assert said == {
        "m4.10xlarge: family M4 is on AWS's list of 2022",
        "x99.large: not in the controller's list of 2026-03-20, and EC2 has no such type in the region",
    }
    assert examination.result["cluster"]["max_pods"] == [
        {"type": "m4.10xlarge", "secondary": 29, "prefix": None, "source": "ec2"},
        {"type": "m4.16xlarge", "secondary": 29, "prefix": None, "source": "ec2"},
        {"type": "m5.large", "secondary": 9, "prefix": 144, "source": "ec2"},
    ]
