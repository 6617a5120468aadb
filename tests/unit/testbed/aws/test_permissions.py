# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM policies that decide what a caller may do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AwsServer, EksCluster, TestbedModelError
from tests.testbed.aws.policies import Verdict, evaluate

CLUSTER = "arn:aws:eks:us-east-1:111122223333:cluster/ready"
ADDON = "arn:aws:eks:us-east-1:111122223333:addon/ready/vpc-cni/*"
POLICY = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"


def allow(actions: str | Sequence[str], resources: str | Sequence[str] = "*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def refusal(call: Any, **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_user_may_do_what_its_policy_says_and_nothing_else(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    keys = aws.add_user_with_policy("limited", allow("eks:DescribeCluster", CLUSTER))
    aws.add_cluster("other")
    eks = client("eks", keys)
    assert eks.describe_cluster(name="ready")["cluster"]["arn"] == CLUSTER
    who = "User: arn:aws:iam::111122223333:user/limited is not authorized to perform:"
    other = CLUSTER.replace("ready", "other")
    assert refusal(eks.describe_cluster, name="other") == (
        "AccessDeniedException",
        f"{who} eks:DescribeCluster on resource: {other}",
        403,
    )
    assert refusal(eks.list_clusters)[1] == f"{who} eks:ListClusters on resource: *"
    assert client("sts", keys).get_caller_identity()["Arn"] == keys.arn
    aws.put_policy(keys.arn, allow(["eks:Describe*", "EKS:listclusters"]))
    assert eks.describe_cluster(name="other")["cluster"]["arn"] == other
    assert eks.list_clusters()["clusters"] == ["other", "ready"]


def test_what_is_refused_is_not_done(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.detach_policy(cluster, "AmazonEKSVPCResourceController")
    keys = aws.add_user_with_policy("limited", allow("iam:List*"))
    code, message, status = refusal(
        client("iam", keys).attach_role_policy, RoleName=cluster.role_name, PolicyArn=POLICY
    )
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        "User: arn:aws:iam::111122223333:user/limited is not authorized to perform: iam:AttachRolePolicy on resource: "
        "role ready-cluster because no identity-based policy allows the iam:AttachRolePolicy action"
    )
    assert POLICY not in aws.attached_policies(cluster)


def test_a_role_is_enforced_in_each_of_its_sessions(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_role("people", path="/teams/")
    early = aws.assume(role, "early")
    assert client("eks", early).list_clusters()["clusters"] == ["ready"]
    aws.enforce(role)
    assert refusal(client("eks", early).list_clusters)[1] == (
        "User: arn:aws:sts::111122223333:assumed-role/people/early is not authorized to perform: eks:ListClusters "
        "on resource: *"
    )
    aws.put_policy(early.arn, allow("eks:ListClusters"))
    assert client("eks", aws.assume(role, "late")).list_clusters()["clusters"] == ["ready"]
    assert client("eks").list_clusters()["clusters"] == ["ready"]
    aws.put_policy(role, allow("iam:ListRoles"))
    aws.stop_enforcing(role)
    assert client("eks", early).list_clusters()["clusters"] == ["ready"]


def test_attached_policies_and_those_of_groups_count(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    keys = aws.add_user("reader", policies=["ReadOnlyAccess"])
    member = aws.add_user("member")
    iam = client("iam")
    iam.create_group(GroupName="admins")
    iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.add_user_to_group(GroupName="admins", UserName="member")
    aws.enforce(keys.arn)
    aws.enforce(member.arn)
    assert client("eks", keys).list_clusters()["clusters"] == ["ready"]
    assert refusal(client("eks", keys).delete_cluster, name="ready")[0] == "AccessDeniedException"
    client("eks", member).delete_cluster(name="ready")


def test_the_testbeds_own_operations_and_each_service_refuse_in_their_words(
    aws: AwsServer, client: Any, cluster: EksCluster
) -> None:
    aws.add_addon(cluster)
    keys = aws.add_user_with_policy("nobody", allow("s3:*"))
    eks = client("eks", keys)
    who = f"User: {keys.arn} is not authorized to perform:"
    addon = {"clusterName": "ready", "addonName": "vpc-cni"}
    assert refusal(eks.update_addon, **addon)[1] == f"{who} eks:UpdateAddon on resource: {ADDON}"
    assert refusal(eks.describe_update, name="ready", updateId="x")[1] == (
        f"{who} eks:DescribeUpdate on resource: {CLUSTER}"
    )
    assert refusal(eks.create_addon, **addon)[1] == f"{who} eks:CreateAddon on resource: {CLUSTER}"
    assert refusal(eks.describe_cluster_versions)[1] == f"{who} eks:DescribeClusterVersions on resource: *"
    because = "because no identity-based policy allows the ec2:DescribeSubnets action"
    assert refusal(client("ec2", keys).describe_subnets) == (
        "UnauthorizedOperation",
        f"You are not authorized to perform this operation. {who} ec2:DescribeSubnets {because}",
        403,
    )
    role = aws.add_role("people")
    assert refusal(client("sts", keys).assume_role, RoleArn=role, RoleSessionName="test") == (
        "AccessDenied",
        f"{who} sts:AssumeRole on resource: {role}",
        403,
    )
    assert refusal(client("ssm", keys).get_parameter, Name="/a/b")[0] == "AccessDeniedException"


def test_an_update_of_an_addon_takes_the_cluster_and_the_addon(
    aws: AwsServer, client: Any, cluster: EksCluster
) -> None:
    aws.add_addon(cluster)
    keys = aws.add_user_with_policy("limited", allow("eks:ListUpdates", CLUSTER))
    eks = client("eks", keys)
    assert eks.list_updates(name="ready")["updateIds"] == []
    assert ADDON in refusal(eks.list_updates, name="ready", addonName="vpc-cni")[1]
    aws.put_policy(keys.arn, allow("eks:ListUpdates", [CLUSTER, ADDON]))
    assert eks.list_updates(name="ready", addonName="vpc-cni")["updateIds"] == []


def test_the_service_account_role_has_to_be_passed(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_role("cni")
    aws.add_addon(cluster, service_account_role_arn=role)
    keys = aws.add_user_with_policy("limited", allow("eks:UpdateAddon", ADDON))
    update = {"clusterName": "ready", "addonName": "vpc-cni", "serviceAccountRoleArn": role}
    code, message, _ = refusal(client("eks", keys).update_addon, **update)
    assert (code, message) == (
        "AccessDeniedException",
        f"User: {keys.arn} is not authorized to perform: iam:PassRole on resource: {role}",
    )
    to_eks = {"StringEquals": {"iam:PassedToService": "eks.amazonaws.com"}}
    aws.put_policy(keys.arn, allow("iam:PassRole", role, Condition=to_eks), "pass")
    client("eks", keys).update_addon(**update)


def test_roles_are_met_by_their_path_and_policies_by_condition(
    aws: AwsServer, client: Any, cluster: EksCluster
) -> None:
    role = aws.add_role("target", path="/teams/")
    condition = {"ArnEquals": {"iam:PolicyARN": POLICY}}
    keys = aws.add_user_with_policy("limited", allow("iam:AttachRolePolicy", role, Condition=condition))
    iam = client("iam", keys)
    iam.attach_role_policy(RoleName="target", PolicyArn=POLICY)
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert refusal(iam.attach_role_policy, RoleName="target", PolicyArn=admin)[0] == "AccessDenied"
    aws.put_policy(keys.arn, allow("iam:AttachRolePolicy", role.replace("/teams", "")))
    assert refusal(iam.attach_role_policy, RoleName="target", PolicyArn=POLICY)[0] == "AccessDenied"


def test_a_region_may_be_a_condition(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    here = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    keys = aws.add_user_with_policy("limited", allow("eks:ListClusters", Condition=here))
    assert client("eks", keys).list_clusters()["clusters"] == ["ready"]
    assert refusal(client("eks", keys, "us-west-2").list_clusters)[0] == "AccessDeniedException"


def test_a_policy_that_cannot_be_evaluated_is_a_problem_of_the_test(aws: AwsServer, client: Any) -> None:
    keys = aws.add_user_with_policy("limited", allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert refusal(client("eks", keys).list_clusters)[2] == 500
    (problem,) = aws.problems()
    assert "knows no condition Bool of aws:SecureTransport" in problem
    aws.forget_problems()
    with pytest.raises(ValueError, match="no role or user"):
        aws.enforce("arn:aws:iam::111122223333:user/nobody")
    with pytest.raises(ValueError, match="policy test of"):
        aws.put_policy(keys.arn, {"Statement": [{"Effect": "Allow"}]})


def verdict(
    *statements: Mapping[str, Any],
    action: str = "eks:DescribeCluster",
    resource: str = CLUSTER,
    **context: str,
) -> Verdict:
    given = {name.replace("_", ":"): value for name, value in context.items()}
    return evaluate([json.dumps({"Statement": list(statements)})], action, resource, given)


STRANGER = CLUSTER.replace(":eks:", ":.ks:")
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY_CLUSTER = {"Effect": "Deny", "Action": "eks:*Cluster", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], Verdict.IMPLICIT_DENY),
        ([ALLOW_ALL], Verdict.ALLOWED),
        ([DENY_CLUSTER, ALLOW_ALL], Verdict.EXPLICIT_DENY),
        ([ALLOW_ALL, DENY_CLUSTER], Verdict.EXPLICIT_DENY),
        ([{"Effect": "Allow", "NotAction": "eks:Describe*", "Resource": "*"}], Verdict.IMPLICIT_DENY),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], Verdict.ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:eks:*"}], Verdict.IMPLICIT_DENY),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:iam:*"}], Verdict.ALLOWED),
        ([{"Effect": "Allow", "Action": "eks:DescribeCluste?", "Resource": "*"}], Verdict.ALLOWED),
        ([{"Effect": "Allow", "Action": "eks:DescribeCluster?", "Resource": "*"}], Verdict.IMPLICIT_DENY),
        ([{"Effect": "Allow", "Action": "eks:*", "Resource": CLUSTER.upper()}], Verdict.IMPLICIT_DENY),
        (
            [{"Effect": "Allow", "Action": "eks:*", "Resource": STRANGER}],
            Verdict.IMPLICIT_DENY,
        ),
        ([{**ALLOW_ALL, "Condition": {"StringEquals": {"iam:PolicyARN": "x"}}}], Verdict.IMPLICIT_DENY),
        ([{**ALLOW_ALL, "Condition": {"StringEqualsIfExists": {"iam:PolicyARN": "x"}}}], Verdict.ALLOWED),
        ([{**ALLOW_ALL, "Condition": {"Null": {"iam:PolicyARN": "true"}}}], Verdict.ALLOWED),
        ([{**ALLOW_ALL, "Condition": {"Null": {"aws:RequestedRegion": "true"}}}], Verdict.IMPLICIT_DENY),
        ([{**ALLOW_ALL, "Condition": {"StringNotLike": {"aws:RequestedRegion": ["us-*"]}}}], Verdict.IMPLICIT_DENY),
        ([{**ALLOW_ALL, "Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}}], Verdict.ALLOWED),
        (
            [ALLOW_ALL, {**DENY_ALL, "Condition": {"StringNotEquals": {"iam:PolicyARN": "x"}}}],
            Verdict.EXPLICIT_DENY,
        ),
        ([ALLOW_ALL, {**DENY_ALL, "Condition": {"StringEquals": {"iam:PolicyARN": "x"}}}], Verdict.ALLOWED),
    ],
)
def test_evaluation(statements: list[dict[str, Any]], expected: Verdict) -> None:
    assert verdict(*statements, aws_requestedregion="us-east-1") is expected


@pytest.mark.parametrize(
    "statement",
    [
        {**ALLOW_ALL, "Resource": "arn:aws:iam::*:user/${aws:username}"},
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}},
        {**ALLOW_ALL, "Condition": {"NumericEquals": {"aws:RequestedRegion": "1"}}},
    ],
)
def test_what_it_does_not_know_is_not_passed_over(statement: dict[str, Any]) -> None:
    with pytest.raises(TestbedModelError):
        verdict(statement)
