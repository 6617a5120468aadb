# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from datetime import UTC, datetime
from threading import Barrier

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import aws_reads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_attempt
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    AddonIssue,
    ClusterVersion,
    FargateProfile,
    FargateSelector,
    Policy,
    Unknown,
)

ROLE = "arn:aws-cn:iam::111122223333:role/some/path/production-cluster"


def managed(name: str, partition: str = "aws-cn") -> dict[str, str]:
    return {"PolicyName": name, "PolicyArn": f"arn:{partition}:iam::aws:policy/{name}"}


def test_cluster_with_everything() -> None:
    cluster = aws_reads.cluster_of(
        {
            "name": "production",
            "arn": "arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/production",
            "version": "1.35",
            "platformVersion": "eks.9",
            "status": "ACTIVE",
            "endpoint": "https://abc.example",
            "certificateAuthority": {"data": base64.b64encode(b"authority").decode()},
            "roleArn": ROLE,
            "kubernetesNetworkConfig": {"ipFamily": "ipv6", "serviceIpv4Cidr": "10.0.0.0/16"},
            "accessConfig": {"authenticationMode": "API"},
            "resourcesVpcConfig": {"subnetIds": ["a", "b"]},
            "outpostConfig": {"outpostArns": ["o"]},
            "computeConfig": {"enabled": True},
        }
    )
    assert (cluster.partition, cluster.region, cluster.account) == ("aws-us-gov", "us-gov-west-1", "111122223333")
    assert (cluster.version, cluster.platform_version, cluster.status) == ("1.35", "eks.9", "ACTIVE")
    assert (cluster.ip_family, cluster.service_ipv4_cidr) == ("ipv6", "10.0.0.0/16")
    assert (cluster.certificate_authority, cluster.endpoint) == ("authority", "https://abc.example")
    assert (cluster.authentication_mode, cluster.subnet_ids) == ("API", ("a", "b"))
    assert (cluster.outpost_arns, cluster.auto_mode) == (("o",), True)


def test_cluster_with_next_to_nothing() -> None:
    cluster = aws_reads.cluster_of({"name": "production", "kubernetesNetworkConfig": None, "computeConfig": None})
    assert (cluster.name, cluster.arn, cluster.endpoint, cluster.ip_family) == ("production", "", "", "")
    assert (cluster.auto_mode, cluster.outpost_arns, cluster.authentication_mode) == (False, (), "")


@pytest.mark.parametrize(
    ("answer", "identifier"),
    [
        ({"name": "n"}, "n"),
        ({"name": "n", "id": "i"}, "n"),
        ({"name": "n", "id": "i", "outpostConfig": {"outpostArns": ["o"]}}, "i"),
        ({"name": "n", "outpostConfig": {"outpostArns": ["o"]}}, "n"),
    ],
)
def test_what_a_token_is_made_for(answer, identifier: str) -> None:
    assert aws_reads.token_id_of(answer) == identifier
    assert aws_reads.cluster_of(answer).token_id == identifier


ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([1, None]), st.just({"x": "y"}))
FIELDS = {
    "": (
        "name",
        "id",
        "arn",
        "version",
        "platformVersion",
        "status",
        "endpoint",
        "roleArn",
    ),
    "certificateAuthority": ("data",),
    "kubernetesNetworkConfig": ("ipFamily", "serviceIpv4Cidr"),
    "accessConfig": ("authenticationMode",),
    "resourcesVpcConfig": ("subnetIds",),
    "outpostConfig": ("outpostArns",),
    "computeConfig": ("enabled",),
}
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS[""], ODD),
        **{
            part: st.one_of(ODD, st.fixed_dictionaries({}, optional=dict.fromkeys(names, ODD)))
            for part, names in FIELDS.items()
            if part
        },
    },
)


@given(ANSWERS)
def test_no_description_is_too_odd(answer) -> None:
    cluster = aws_reads.cluster_of(answer)
    assert all(isinstance(getattr(cluster, name), str) for name in ("name", "region", "ip_family", "token_id"))
    assert all(isinstance(each, str) for each in (*cluster.subnet_ids, *cluster.outpost_arns))


@pytest.mark.parametrize("answer", [{}, {"cluster": None}, {"cluster": []}])
def test_an_answer_without_a_cluster_is_unknown(aws, answer) -> None:
    aws.answers = {"describe_cluster": answer}
    unknown = aws_reads.describe_cluster(aws, "production")
    assert isinstance(unknown, Unknown)
    assert unknown.reason == "the answer tells of no cluster"


def test_a_description_without_name_and_arn_is_of_the_cluster_that_was_asked_for(aws) -> None:
    aws.answers = {"describe_cluster": {"cluster": {"endpoint": "https://abc.example"}}}
    cluster = aws_reads.existing_cluster(aws, "production")
    assert (cluster.name, cluster.region) == ("production", "eu-central-1")


def test_no_such_cluster_names_where_who_and_what_is_near(aws) -> None:
    aws.answers = {
        "describe_cluster": aws.refusal("ResourceNotFoundException"),
        "get_caller_identity": {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/jane"},
        "list_clusters": ["staging", "production", "test"],
    }
    with pytest.raises(EksWindowsError) as failure:
        aws_reads.describe_cluster(aws, "prodction")
    assert str(failure.value) == (
        "There is no cluster prodction in region eu-central-1 of account 111122223333, asked as "
        "arn:aws:iam::111122223333:user/jane. Check the name, the region and the account. The region has: production"
    )


@pytest.mark.parametrize(
    ("names", "words"), [([], "The region has no cluster"), (["b", "a"], "The region has: a, b"), (None, "account")]
)
def test_no_such_cluster_with_less_to_tell(aws, names, words: str) -> None:
    aws.answers = {"describe_cluster": aws.refusal("ResourceNotFoundException")}
    if names is not None:
        aws.answers["list_clusters"] = names
    with pytest.raises(EksWindowsError) as failure:
        aws_reads.describe_cluster(aws, "x" * 9)
    assert failure.value.remedy.endswith(words)


def test_a_cluster_that_may_not_be_described_is_unknown(aws) -> None:
    aws.answers = {"describe_cluster": aws.refusal("AccessDeniedException", "DescribeCluster")}
    unknown = aws_reads.describe_cluster(aws, "production")
    assert isinstance(unknown, Unknown)
    assert (unknown.source, unknown.remedy) == ("eks:DescribeCluster", "Give the caller eks:DescribeCluster")
    with pytest.raises(EksWindowsError, match="Could not describe cluster production in region eu-central-1: "):
        aws_reads.existing_cluster(aws, "production")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [("ExpiredTokenException", "Renew the AWS credentials"), (None, "Set AWS_ACCESS_KEY_ID")],
)
def test_a_caller_that_aws_does_not_know(aws, error, remedy: str) -> None:
    aws.answers = {"describe_cluster": aws.refusal(error) if error else NoCredentialsError()}
    with pytest.raises(EksWindowsError, match="Could not describe cluster production in region") as failure:
        aws_reads.describe_cluster(aws, "production")
    assert failure.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"versionStatus": "EXTENDED_SUPPORT", "status": "unsupported"}, "EXTENDED_SUPPORT"),
        ({"status": "standard-support"}, "STANDARD_SUPPORT"),
    ],
)
def test_version(aws, fields, status: str) -> None:
    row = {
        "clusterVersion": "1.31",
        "defaultPlatformVersion": "eks.40",
        "endOfStandardSupportDate": datetime(2025, 11, 26, tzinfo=UTC),
        **fields,
    }
    aws.answers = {"describe_cluster_versions": [{"clusterVersion": "1.32"}, {**row, "clusterType": "outposts"}, row]}
    assert aws_reads.cluster_version(aws, "1.31") == ClusterVersion("1.31", status, "eks.40", "2025-11-26", "")
    assert aws_reads.cluster_version(aws, "1.30") is None


def test_addon(aws) -> None:
    issue = {"code": "ConfigurationConflict", "message": "words", "resourceIds": ["r"]}
    aws.answers = {
        "describe_addon": {
            "addon": {
                "addonVersion": "v1.19.0-eksbuild.1",
                "status": "DEGRADED",
                "configurationValues": "{}",
                "serviceAccountRoleArn": "role",
                "health": {"issues": [issue]},
            }
        }
    }
    assert aws_reads.managed_addon(aws, "production", "vpc-cni") == Addon(
        "vpc-cni",
        "v1.19.0-eksbuild.1",
        "DEGRADED",
        "{}",
        "role",
        (AddonIssue("ConfigurationConflict", "words", ("r",)),),
    )


def test_addon_that_eks_does_not_manage(aws) -> None:
    aws.answers = {"describe_addon": aws.refusal("ResourceNotFoundException")}
    assert aws_reads.managed_addon(aws, "production", "vpc-cni") is None


def test_role_with_both_managed_policies_costs_one_call(aws) -> None:
    aws.answers = {
        "list_attached_role_policies": [
            managed("AmazonEKSVPCResourceController"),
            managed("AmazonEKSClusterPolicy"),
            managed("Other"),
        ]
    }
    role = aws_reads.cluster_role(aws, ROLE, "aws-cn")
    assert (role.name, role.complete, role.unread, role.inline) == ("production-cluster", False, None, ())
    assert [policy.document for policy in role.attached] == [None] * 3
    assert aws.asked == ["iam:list_attached_role_policies"]


def test_policies_of_another_partition_do_not_count(aws) -> None:
    names = ("AmazonEKSVPCResourceController", "AmazonEKSClusterPolicy")
    aws.answers = {
        "list_attached_role_policies": [managed(name, "aws") for name in names],
        "get_policy": {"Policy": {"DefaultVersionId": "v1"}},
        "get_policy_version": {"PolicyVersion": {"Document": {}}},
        "list_role_policies": [],
    }
    assert aws_reads.cluster_role(aws, ROLE, "aws-cn").complete is True


def test_other_policies_are_read_where_the_managed_ones_do_not_do(aws) -> None:
    own = {"PolicyName": "own", "PolicyArn": "arn:aws-cn:iam::111122223333:policy/own"}
    aws.answers = {
        "list_attached_role_policies": [managed("AmazonEKSClusterPolicy"), own],
        "get_policy": lambda **asked: {"Policy": {"DefaultVersionId": f"v3 of {asked['PolicyArn']}"}},
        "get_policy_version": lambda **asked: {"PolicyVersion": {"Document": {"Version": asked["VersionId"]}}},
        "list_role_policies": ["inline"],
        "get_role_policy": lambda **asked: {"PolicyDocument": {"Id": f"{asked['RoleName']} {asked['PolicyName']}"}},
    }
    role = aws_reads.cluster_role(aws, ROLE, "aws-cn")
    assert role.attached[0].document is None
    assert role.attached[1] == Policy("own", own["PolicyArn"], {"Version": f"v3 of {own['PolicyArn']}"})
    assert role.inline == (Policy("inline", "", {"Id": "production-cluster inline"}),)
    assert (role.complete, role.unread) == (True, None)


def test_policies_that_can_t_be_read_are_told(aws) -> None:
    aws.answers = {
        "list_attached_role_policies": [{"PolicyName": "own", "PolicyArn": "arn:aws-cn:iam::1:policy/own"}],
        "get_policy": {"Policy": {"DefaultVersionId": "v1"}},
        "get_policy_version": aws.refusal("AccessDenied", "GetPolicyVersion"),
        "list_role_policies": ["inline"],
        "get_role_policy": aws.refusal("AccessDenied", "GetRolePolicy"),
    }
    role = aws_reads.cluster_role(aws, ROLE, "aws-cn")
    assert (role.complete, len(role.attached), role.inline) == (False, 1, ())
    assert role.unread is not None
    assert role.unread.source == "iam:GetPolicyVersion"


def test_fargate_profiles(aws) -> None:
    aws.answers = {
        "list_fargate_profiles": ["dns"],
        "describe_fargate_profile": lambda **asked: {
            "fargateProfile": {
                "status": "ACTIVE",
                "selectors": [{"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}, {"namespace": "a*"}],
            }
        },
    }
    assert aws_reads.fargate_profiles(aws, "production") == (
        FargateProfile(
            "dns",
            "ACTIVE",
            (FargateSelector("kube-system", {"k8s-app": "kube-dns"}), FargateSelector("a*", {})),
        ),
    )


def described_profile(fargateProfileName: str, **_others: str) -> dict[str, object]:  # noqa: N803
    return {"fargateProfile": {"status": "ACTIVE", "selectors": [{"namespace": fargateProfileName}]}}


def test_fargate_profiles_are_described_several_at_a_time(aws) -> None:
    both = Barrier(2, timeout=30)

    def waiting(**asked: str) -> dict[str, object]:
        both.wait()
        return described_profile(**asked)

    aws.answers = {"list_fargate_profiles": ["b", "a"], "describe_fargate_profile": waiting}
    assert [profile.name for profile in aws_reads.fargate_profiles(aws, "production")] == ["b", "a"]


def test_a_fargate_profile_that_is_deleted_meanwhile(aws) -> None:
    def gone(fargateProfileName: str, **others: str) -> dict[str, object]:  # noqa: N803
        if fargateProfileName == "gone":
            raise aws.refusal("ResourceNotFoundException")
        return described_profile(fargateProfileName, **others)

    aws.answers = {"list_fargate_profiles": ["gone", "dns"], "describe_fargate_profile": gone}
    assert [profile.name for profile in aws_reads.fargate_profiles(aws, "production")] == ["dns"]


@pytest.mark.parametrize("names", [["dns"], ["dns", "other"]])
def test_a_fargate_profile_that_may_not_be_described_is_no_absence(aws, names: list[str]) -> None:
    aws.answers["list_fargate_profiles"] = names
    with pytest.raises(ClientError, match="AccessDenied"):
        aws_reads.fargate_profiles(aws, "production")


def test_a_role_that_was_deleted_is_named(aws) -> None:
    aws.answers = {"list_attached_role_policies": aws.refusal("NoSuchEntity", "ListAttachedRolePolicies")}
    unknown = aws_attempt("iam:ListAttachedRolePolicies", lambda: aws_reads.cluster_role(aws, ROLE, "aws-cn"))
    assert isinstance(unknown, Unknown)
    assert unknown.source == "iam:ListAttachedRolePolicies"
    assert "NoSuchEntity" in unknown.reason
    assert unknown.remedy.startswith(f"Check whether {ROLE}, which the cluster runs as, was deleted")


def test_a_role_that_eks_does_not_tell_is_not_asked_for(aws) -> None:
    with pytest.raises(EksWindowsError, match="EKS does not tell the cluster's role"):
        aws_reads.cluster_role(aws, "", "aws")
    assert aws.asked == []


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ({"Version": "1"}, {"Version": "1"}),
        ('{"Version": "1"}', {"Version": "1"}),
        ("%7B%22Version%22%3A%20%221%22%7D", {"Version": "1"}),
        ('{"Sid": "100%25"}', {"Sid": "100%25"}),
        ("[]", None),
        ("%7B", None),
        ("words", None),
        ("[" * 100000, None),
        (None, None),
        ([], None),
    ],
)
def test_documents_also_as_text(aws, value, document) -> None:
    assert aws_reads.policy_document(value) == document
    own = {"PolicyName": "own", "PolicyArn": "arn:aws-cn:iam::1:policy/own"}
    aws.answers = {
        "list_attached_role_policies": [own],
        "get_policy": {"Policy": {"DefaultVersionId": "v1"}},
        "get_policy_version": {"PolicyVersion": {"Document": value}},
        "list_role_policies": ["inline"],
        "get_role_policy": {"PolicyDocument": value},
    }
    role = aws_reads.cluster_role(aws, ROLE, "aws-cn")
    assert role.attached[0].document == document
    assert [policy.document for policy in role.inline] == ([] if document is None else [document])
    assert role.complete is (document is not None)
    if document is None:
        assert role.unread is not None
        assert (role.unread.source, role.unread.reason) == (
            "iam:GetPolicyVersion",
            "the document of policy own is no JSON object",
        )
