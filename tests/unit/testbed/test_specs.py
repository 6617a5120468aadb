# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a testbed makes of its specs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.testbed import AddonSpec, ClusterSpec, NodegroupSpec, NodeSpec, Testbed, chart_data
from tests.testbed.addon_objects import ROLE_ANNOTATION, foreign_keys

ROLE = "arn:aws:iam::111122223333:role/cni"
ASSOCIATION = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/drift/a-0123456789abcdef0"
NODE_CLASS = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "windows"},
    "spec": {"amiSelectorTerms": [{"alias": "windows2022@latest"}], "role": "karpenter"},
}
CNI_NODE = {
    "apiVersion": "vpcresources.k8s.aws/v1alpha1",
    "kind": "CNINode",
    "metadata": {"name": "ip-10-0-0-1.us-east-1.compute.internal"},
    "spec": {"features": [{"name": "SecurityGroupsForPods"}]},
}
SPECS = (
    ClusterSpec("old", addon=AddonSpec(version="v1.13.4-eksbuild.1")),
    ClusterSpec(
        "drift",
        config_map=chart_data(enable_windows_ipam="true"),
        aws_node_env={"ENABLE_POD_ENI": "true"},
        addon=AddonSpec(
            service_account_role_arn=ROLE,
            pod_identity_associations=(ASSOCIATION,),
            status="DEGRADED",
            issues=(("ConfigurationConflict", "so it is"),),
        ),
    ),
    ClusterSpec(
        "windows-to-be",
        nodes=(NodeSpec(),),
        nodegroups=(NodegroupSpec("empty"), NodegroupSpec("full", "WINDOWS_FULL_2025_x86_64", size=3)),
        objects=(NODE_CLASS, CNI_NODE),
    ),
)


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(SPECS, stand_ins=False) as running:
        yield running


@pytest.fixture(scope="module")
def eks(testbed: Testbed) -> Any:
    keys = testbed.aws.credentials()
    return boto3.client(
        "eks",
        region_name="us-east-1",
        endpoint_url=testbed.aws.endpoint("eks"),
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def test_an_addon_before_1_14_comes_without_config_map(testbed: Testbed) -> None:
    assert testbed.clusters["old"].config_map() is None
    container = testbed.clusters["old"].admin.get("daemonsets", "aws-node", "kube-system")["spec"]["template"]["spec"]
    assert container["containers"][0]["image"].endswith(":v1.13.4")


def test_what_is_not_the_addons_is_somebody_elses(testbed: Testbed) -> None:
    cluster = testbed.clusters["drift"]
    assert cluster.config_map() == chart_data(enable_windows_ipam="true")
    assert foreign_keys(cluster.admin.get("configmaps", "amazon-vpc-cni", "kube-system")) == {"enable-windows-ipam"}
    daemon_set = cluster.admin.get("daemonsets", "aws-node", "kube-system")
    env = {each["name"]: each["value"] for each in daemon_set["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert (env["ENABLE_POD_ENI"], env["WARM_ENI_TARGET"], env["ENABLE_IPv6"]) == ("true", "1", "false")
    account = cluster.admin.get("serviceaccounts", "aws-node", "kube-system")
    assert account["metadata"]["annotations"] == {ROLE_ANNOTATION: ROLE}


def test_the_addon_is_described_as_its_spec_says(eks: Any) -> None:
    addon = eks.describe_addon(clusterName="drift", addonName="vpc-cni")["addon"]
    assert (addon["status"], addon["serviceAccountRoleArn"]) == ("DEGRADED", ROLE)
    assert addon["podIdentityAssociations"] == [ASSOCIATION]
    assert addon["health"]["issues"][0]["code"] == "ConfigurationConflict"


def test_node_groups_without_nodes(testbed: Testbed, eks: Any) -> None:
    assert eks.list_nodegroups(clusterName="windows-to-be")["nodegroups"] == ["empty", "full", "linux"]
    empty = eks.describe_nodegroup(clusterName="windows-to-be", nodegroupName="empty")["nodegroup"]
    assert (empty["amiType"], empty["scalingConfig"]) == (
        "WINDOWS_CORE_2022_x86_64",
        {"minSize": 0, "maxSize": 1, "desiredSize": 0},
    )
    full = eks.describe_nodegroup(clusterName="windows-to-be", nodegroupName="full")["nodegroup"]
    assert (full["amiType"], full["scalingConfig"]["desiredSize"]) == ("WINDOWS_FULL_2025_x86_64", 3)
    assert len(testbed.clusters["windows-to-be"].admin.list("nodes")) == 1


def test_kinds_of_further_objects_come_with_them(testbed: Testbed) -> None:
    admin = testbed.clusters["windows-to-be"].admin
    (node_class,) = admin.list("ec2nodeclasses", api="karpenter.k8s.aws/v1")
    assert node_class["spec"] == NODE_CLASS["spec"]
    (cni_node,) = admin.list("cninodes", api="vpcresources.k8s.aws/v1alpha1")
    assert cni_node["spec"] == CNI_NODE["spec"]
    answer = testbed.clusters["drift"].admin.request("GET", "/apis/karpenter.k8s.aws/v1/ec2nodeclasses")
    assert answer.status == 404
