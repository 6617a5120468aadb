# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS clusters, and what moto answers around them."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AwsServer, EksCluster


def test_describe_cluster_says_what_the_test_set(aws: AwsServer, client: Any) -> None:
    cluster = aws.add_cluster(
        "edge",
        endpoint="https://127.0.0.1:7443",
        ca_pem="-----BEGIN CERTIFICATE-----\nAAAA\n",
        version="1.29",
        platform_version="eks.7",
        status="UPDATING",
        ip_family="ipv6",
        authentication_mode="API",
        auto_mode=True,
        outpost_arns=["arn:aws:outposts:us-east-1:111122223333:outpost/op-0123456789abcdef0"],
        tags={"team": "windows"},
    )
    answer = client("eks").describe_cluster(name="edge")["cluster"]
    assert answer["arn"] == cluster.arn == "arn:aws:eks:us-east-1:111122223333:cluster/edge"
    assert answer["endpoint"] == "https://127.0.0.1:7443"
    assert base64.b64decode(answer["certificateAuthority"]["data"]) == b"-----BEGIN CERTIFICATE-----\nAAAA\n"
    assert (answer["version"], answer["platformVersion"], answer["status"]) == ("1.29", "eks.7", "UPDATING")
    assert answer["kubernetesNetworkConfig"]["ipFamily"] == "ipv6"
    assert "serviceIpv4Cidr" not in answer["kubernetesNetworkConfig"]
    assert answer["accessConfig"]["authenticationMode"] == "API"
    assert answer["computeConfig"]["enabled"] is True
    assert answer["outpostConfig"]["outpostArns"] == [
        "arn:aws:outposts:us-east-1:111122223333:outpost/op-0123456789abcdef0"
    ]
    assert answer["id"] == "outpost-edge"
    assert answer["tags"] == {"team": "windows"}
    assert answer["roleArn"] == "arn:aws:iam::111122223333:role/edge-cluster"


def test_parts_that_a_cluster_does_not_have_are_absent(aws: AwsServer, client: Any) -> None:
    aws.add_cluster("old", endpoint="https://127.0.0.1:1", ca_pem="", authentication_mode="")
    answer = client("eks").describe_cluster(name="old")["cluster"]
    assert not {"accessConfig", "computeConfig", "outpostConfig", "id"} & set(answer)


def test_a_cluster_can_change_under_the_client(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.change_cluster(cluster, version="1.32", platformVersion="eks.3", ca_pem="other")
    answer = client("eks").describe_cluster(name="ready")["cluster"]
    assert (answer["version"], answer["platformVersion"]) == ("1.32", "eks.3")
    assert base64.b64decode(answer["certificateAuthority"]["data"]) == b"other"
    with pytest.raises(ValueError, match="colour"):
        aws.change_cluster(cluster, colour="blue")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_cluster", {"name": "none"}),
        ("list_nodegroups", {"clusterName": "none"}),
        ("list_fargate_profiles", {"clusterName": "none"}),
        ("list_addons", {"clusterName": "none"}),
        ("describe_addon", {"clusterName": "none", "addonName": "vpc-cni"}),
        ("list_updates", {"name": "none"}),
    ],
)
def test_an_unknown_cluster_is_not_found(client: Any, operation: str, parameters: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="No cluster found for name: none") as caught:
        getattr(client("eks"), operation)(**parameters)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_accounts_and_regions_are_apart(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.add_cluster("west", region="us-west-2", endpoint="https://127.0.0.1:1", ca_pem="")
    aws.add_cluster("theirs", account="444455556666", endpoint="https://127.0.0.1:1", ca_pem="")
    assert client("eks").list_clusters()["clusters"] == ["ready"]
    assert client("eks", region="us-west-2").list_clusters()["clusters"] == ["west"]
    assert client("eks", aws.credentials("444455556666")).list_clusters()["clusters"] == ["theirs"]


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_managed_policies_are_those_of_the_partition(aws: AwsServer, client: Any, region: str, partition: str) -> None:
    cluster = aws.add_cluster(
        "ready", region=region, endpoint="https://127.0.0.1:1", ca_pem="", policies=["AmazonEKSClusterPolicy"]
    )
    assert cluster.role_arn == f"arn:{partition}:iam::111122223333:role/ready-cluster"
    iam = client("iam", aws.credentials(partition=partition), region)
    wanted = f"arn:{partition}:iam::aws:policy/AmazonEKSVPCResourceController"
    assert iam.get_policy(PolicyArn=wanted)["Policy"]["IsAttachable"]
    aws.forget_requests()
    iam.attach_role_policy(RoleName=cluster.role_name, PolicyArn=wanted)
    attached = iam.list_attached_role_policies(RoleName=cluster.role_name)["AttachedPolicies"]
    assert wanted in {policy["PolicyArn"] for policy in attached}
    assert aws.attached_policies(cluster) == (f"arn:{partition}:iam::aws:policy/AmazonEKSClusterPolicy", wanted)
    assert [(request.operation, request.write) for request in aws.requests()] == [
        ("AttachRolePolicy", True),
        ("ListAttachedRolePolicies", False),
    ]
    iam.detach_role_policy(RoleName=cluster.role_name, PolicyArn=wanted)
    assert wanted not in aws.attached_policies(cluster)
    other = "aws" if partition != "aws" else "aws-cn"
    with pytest.raises(ClientError, match="does not exist"):
        iam.attach_role_policy(RoleName=cluster.role_name, PolicyArn=wanted.replace(partition, other, 1))


def test_policies_of_a_role_can_be_set_in_process(aws: AwsServer, cluster: EksCluster) -> None:
    aws.detach_policy(cluster, "AmazonEKSVPCResourceController")
    assert aws.attached_policies(cluster) == ("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",)
    aws.attach_policy(cluster, "AmazonEKSVPCResourceController")
    assert len(aws.attached_policies(cluster)) == 2
    with pytest.raises(ValueError, match="AmazonNoSuchPolicy"):
        aws.attach_policy(cluster, "AmazonNoSuchPolicy")


def test_roles_can_carry_inline_and_customer_policies(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    iam = client("iam")
    statement = {"Effect": "Allow", "Action": "ec2:DescribeSubnets", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=cluster.role_name, PolicyName="own", PolicyDocument=document)
    assert iam.list_role_policies(RoleName=cluster.role_name)["PolicyNames"] == ["own"]
    assert iam.get_role_policy(RoleName=cluster.role_name, PolicyName="own")["PolicyDocument"]["Statement"] == [
        statement
    ]
    arn = iam.create_policy(PolicyName="mine", PolicyDocument=document)["Policy"]["Arn"]
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]["Statement"] == [
        statement
    ]


def test_clusters_can_share_a_role_across_regions(aws: AwsServer, client: Any) -> None:
    first = aws.add_cluster("a", role_name="shared", policies=["AmazonEKSClusterPolicy"])
    second = aws.add_cluster("b", role_name="shared", region="eu-west-1")
    assert first.role_arn == second.role_arn
    # Sharing a role is no reason to change what is attached to it; asking for policies is one.
    assert len(aws.attached_policies(first)) == 1
    aws.add_cluster("c", role_name="shared", policies=["AmazonEKSVPCResourceController"])
    assert len(aws.attached_policies(first)) == 2
    there = client("eks", region="eu-west-1")
    assert there.list_clusters()["clusters"] == ["b"]
    assert there.describe_cluster(name="b")["cluster"]["roleArn"] == first.role_arn


def test_fargate_profiles(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.add_fargate_profile(cluster, "dns", [{"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}])
    eks = client("eks")
    assert eks.list_fargate_profiles(clusterName="ready")["fargateProfileNames"] == ["dns"]
    profile = eks.describe_fargate_profile(clusterName="ready", fargateProfileName="dns")["fargateProfile"]
    assert profile["selectors"] == [{"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}]
    assert profile["status"] == "ACTIVE"


def test_node_groups_and_their_access_entries(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_nodegroup(cluster, "win", ami_type="WINDOWS_CORE_2022_x86_64", instance_types=["m5.xlarge"])
    eks = client("eks")
    assert eks.list_nodegroups(clusterName="ready")["nodegroups"] == ["win"]
    group = eks.describe_nodegroup(clusterName="ready", nodegroupName="win")["nodegroup"]
    assert (group["amiType"], group["nodeRole"], group["version"]) == ("WINDOWS_CORE_2022_x86_64", role, "1.31")
    entry = eks.describe_access_entry(clusterName="ready", principalArn=role)["accessEntry"]
    assert entry["type"] == "EC2_WINDOWS"


def test_ec2_knows_the_subnets_of_clusters(aws: AwsServer, client: Any) -> None:
    small = aws.add_subnet(prefix=28, available_addresses=2)
    aws.add_cluster("small", endpoint="https://127.0.0.1:1", ca_pem="", subnet_ids=[small])
    ids = client("eks").describe_cluster(name="small")["cluster"]["resourcesVpcConfig"]
    (subnet,) = client("ec2").describe_subnets(SubnetIds=ids["subnetIds"])["Subnets"]
    assert (subnet["SubnetId"], subnet["AvailableIpAddressCount"], subnet["VpcId"]) == (small, 2, ids["vpcId"])


def test_each_cluster_has_a_network_of_its_own(aws: AwsServer, client: Any) -> None:
    for number in range(200):
        aws.add_cluster(f"fleet-{number}", endpoint="https://127.0.0.1:1", ca_pem="")
    vpcs = set()
    for name in ("fleet-0", "fleet-199"):
        vpc = client("eks").describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
        subnets = client("ec2").describe_subnets(SubnetIds=vpc["subnetIds"])["Subnets"]
        assert {subnet["VpcId"] for subnet in subnets} == {vpc["vpcId"]}
        assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 2
        vpcs.add(vpc["vpcId"])
    assert len(vpcs) == 2


def test_subnets_are_told_without_moto_s_ec2(aws: AwsServer, client: Any) -> None:
    cluster = aws.add_cluster("told", endpoint="https://127.0.0.1:1", ca_pem="")
    ids = client("eks").describe_cluster(name="told")["cluster"]["resourcesVpcConfig"]["subnetIds"]
    ec2 = client("ec2")

    def free() -> list[int]:
        wanted = [{"Name": "subnet-id", "Values": ids}]
        return [row["AvailableIpAddressCount"] for row in ec2.describe_subnets(Filters=wanted)["Subnets"]]

    assert free() == [251, 251]
    aws.set_available_addresses(cluster, 3)
    assert free() == [3, 3]


def test_instances_of_no_managed_node_group(aws: AwsServer, client: Any) -> None:
    cluster = aws.add_cluster("own", endpoint="https://127.0.0.1:1", ca_pem="")
    role = aws.add_instance(cluster, "i-0a", "m5.large", "own-node")
    aws.add_instance(cluster, "i-0b", "m5.large")
    wanted = [{"Name": "instance-id", "Values": ["i-0a", "i-0b", "i-0c"]}]
    reservations = client("ec2").describe_instances(Filters=wanted)["Reservations"]
    first, second = [instance for reservation in reservations for instance in reservation["Instances"]]
    assert (first["InstanceId"], second["InstanceId"], second.get("IamInstanceProfile")) == ("i-0a", "i-0b", None)
    profile = first["IamInstanceProfile"]["Arn"].rpartition("/")[2]
    found = client("iam").get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert [each["Arn"] for each in found["Roles"]] == [role]
    assert first["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    aws.set_metadata_options(cluster, "i-0a", HttpPutResponseHopLimit=1)
    (changed,) = client("ec2").describe_instances(InstanceIds=["i-0a"])["Reservations"][0]["Instances"]
    assert changed["MetadataOptions"] == {**first["MetadataOptions"], "HttpPutResponseHopLimit": 1}
    with pytest.raises(ClientError, match="The instance IDs 'i-0c' do not exist"):
        client("ec2").describe_instances(InstanceIds=["i-0a", "i-0c"])


def test_instance_types_are_those_of_aws(client: Any) -> None:
    ec2 = client("ec2")
    wanted = [{"Name": "instance-type", "Values": ["t4g.small", "m5.metal", "m99.large"]}]
    metal, arm = ec2.describe_instance_types(Filters=wanted)["InstanceTypes"]
    assert (metal["InstanceType"], metal["NetworkInfo"]["Ipv4AddressesPerInterface"]) == ("m5.metal", 50)
    assert ("Hypervisor" in metal, arm["ProcessorInfo"]["SupportedArchitectures"]) == (False, ["arm64"])
    with pytest.raises(ClientError, match=re.escape("do not exist: [cc1.4xlarge]")):
        ec2.describe_instance_types(InstanceTypes=["m5.large", "cc1.4xlarge"])


def test_ec2_knows_instance_types_and_regions(client: Any) -> None:
    ec2 = client("ec2")
    (kind,) = ec2.describe_instance_types(InstanceTypes=["m5.large"])["InstanceTypes"]
    assert kind["Hypervisor"] == "nitro"
    assert "us-east-1" in {region["RegionName"] for region in ec2.describe_regions()["Regions"]}


def test_ssm_answers_on_its_port(client: Any) -> None:
    assert client("ssm").get_parameters_by_path(Path="/own")["Parameters"] == []


def test_cluster_versions(aws: AwsServer, client: Any) -> None:
    eks = client("eks")
    rows = {row["clusterVersion"]: row for row in eks.describe_cluster_versions()["clusterVersions"]}
    assert "1.30" not in rows
    assert rows["1.31"]["versionStatus"] == "EXTENDED_SUPPORT"
    assert rows["1.31"]["endOfExtendedSupportDate"].date().isoformat() == "2026-11-26"
    assert rows["1.34"]["versionStatus"] == "STANDARD_SUPPORT"
    (old,) = eks.describe_cluster_versions(clusterVersions=["1.30"])["clusterVersions"]
    assert old["versionStatus"] == "UNSUPPORTED"
    assert len(eks.describe_cluster_versions(includeAll=True)["clusterVersions"]) > len(rows)
    extended = eks.describe_cluster_versions(versionStatus="EXTENDED_SUPPORT")["clusterVersions"]
    assert {row["versionStatus"] for row in extended} == {"EXTENDED_SUPPORT"}
    aws.cluster_versions = [dict(row, versionStatus="UNSUPPORTED") for row in aws.cluster_versions]
    assert eks.describe_cluster_versions()["clusterVersions"] == []


def test_cluster_versions_come_in_pages(client: Any) -> None:
    pages = list(client("eks").get_paginator("describe_cluster_versions").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["clusterVersions"]) for page in pages] == [2, 2, 1]
