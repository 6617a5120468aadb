# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that tests ask for, and requests and answers that the service model does not know."""

from __future__ import annotations

import time
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from tests.testbed.aws import AwsServer, EksCluster, TestbedModelError
from tests.testbed.aws.cluster_versions import OPERATIONS
from tests.testbed.aws.recorder import is_write


def error_of(call: Any, **parameters: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def test_the_next_request_fails_and_only_that(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.fail_next("eks", "DescribeCluster", "ThrottlingException", "Rate exceeded", times=2)
    eks = client("eks")
    for _ in range(2):
        error = error_of(eks.describe_cluster, name="ready")
        assert (error["Code"], error["Message"]) == ("ThrottlingException", "Rate exceeded")
    assert eks.describe_cluster(name="ready")["cluster"]["name"] == "ready"
    assert [request.error for request in aws.requests()] == ["ThrottlingException", "ThrottlingException", ""]


def test_a_failure_after_the_fact(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.detach_policy(cluster, "AmazonEKSVPCResourceController")
    arn = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"
    call = client("iam").attach_role_policy
    aws.fail_next("iam", "*", "ServiceFailure", "lost", status=500)
    assert error_of(call, RoleName=cluster.role_name, PolicyArn=arn)["Code"] == "ServiceFailure"
    assert arn not in aws.attached_policies(cluster)
    aws.fail_next("iam", "AttachRolePolicy", "ServiceFailure", "lost", after_applied=True, status=500)
    assert error_of(call, RoleName=cluster.role_name, PolicyArn=arn)["Code"] == "ServiceFailure"
    assert arn in aws.attached_policies(cluster)


def test_a_delay_holds_back_its_operation_alone(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.delay("eks", "ListAddons", 0.5)
    eks = client("eks")
    began = time.monotonic()
    eks.list_addons(clusterName="ready")
    assert time.monotonic() - began >= 0.5
    aws.clear_faults()
    began = time.monotonic()
    eks.list_addons(clusterName="ready")
    assert time.monotonic() - began < 0.5


def test_denials_speak_as_each_service_does(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    who = "User: arn:aws:iam::111122223333:user/operator is not authorized to perform:"
    for action in ("eks:DescribeAddon", "iam:*", "ec2:DescribeInstanceTypes", "sts:AssumeRole"):
        aws.deny(action)
    error = error_of(client("eks").describe_addon, clusterName="ready", addonName="vpc-cni")
    assert (error["Code"], error["Message"]) == (
        "AccessDeniedException",
        f"{who} eks:DescribeAddon on resource: arn:aws:eks:us-east-1:111122223333:addon/ready/vpc-cni/*",
    )
    action = "iam:ListAttachedRolePolicies"
    error = error_of(client("iam").list_attached_role_policies, RoleName=cluster.role_name)
    assert (error["Code"], error["Message"]) == (
        "AccessDenied",
        f"{who} {action} on resource: role ready-cluster because no identity-based policy allows the {action} action",
    )
    error = error_of(client("ec2").describe_instance_types, InstanceTypes=["m5.large"])
    assert error["Code"] == "UnauthorizedOperation"
    aws.allow("eks:DescribeAddon")
    error = error_of(client("eks").describe_addon, clusterName="ready", addonName="vpc-cni")
    assert error["Code"] == "ResourceNotFoundException"


def test_a_denial_may_concern_one_principal(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    keys = aws.assume(aws.add_role("reader"), "session")
    aws.deny("eks:DescribeCluster", "*:assumed-role/reader/*")
    assert client("eks").describe_cluster(name="ready")["cluster"]["name"] == "ready"
    error = error_of(client("eks", keys).describe_cluster, name="ready")
    assert error["Message"] == (
        "User: arn:aws:sts::111122223333:assumed-role/reader/session is not authorized to perform: "
        "eks:DescribeCluster on resource: arn:aws:eks:us-east-1:111122223333:cluster/ready"
    )


def send(aws: AwsServer, service: str, method: str, path: str, body: bytes, content_type: str) -> int:
    """A request that botocore's own checks would not let through."""
    keys = aws.credentials()
    request = AWSRequest(method, aws.endpoint(service) + path, {"Content-Type": content_type}, body)
    SigV4Auth(Credentials(keys.access_key, keys.secret_key), service, "us-east-1").add_auth(request)
    return int(URLLib3Session().send(request.prepare()).status_code)


@pytest.mark.parametrize(
    ("service", "method", "path", "body", "part"),
    [
        ("eks", "POST", "/clusters/ready/addons/vpc-cni/update", b'{"resolveConflict": "PRESERVE"}', "resolveConflict"),
        ("eks", "POST", "/clusters/ready/addons/vpc-cni/update", b'{"resolveConflicts": "KEEP"}', "'KEEP' is none of"),
        ("eks", "POST", "/clusters/ready/access-entries", b"{}", "principalArn"),
        ("eks", "GET", "/clusters/ready/addons?pageSize=1", b"", "pageSize"),
        ("iam", "POST", "/", b"Action=AttachRolePolicy&Version=2010-05-08&RoleName=a", "PolicyArn"),
        ("iam", "POST", "/", b"Action=GetRole&Version=2010-05-08&RoleName=a&Role=b", "unknown parameter Role"),
    ],
)
def test_a_request_that_the_model_refuses_is_an_error(
    cluster: EksCluster, aws: AwsServer, service: str, method: str, path: str, body: bytes, part: str
) -> None:
    kind = "application/json" if service == "eks" else "application/x-www-form-urlencoded"
    assert send(aws, service, method, path, body, kind) == 400
    (problem,) = aws.problems()
    assert part in problem
    aws.forget_problems()


def test_an_answer_that_the_model_does_not_know_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    server = AwsServer().start()
    keys = server.credentials()
    eks: Any = botocore.session.Session().create_client(
        "eks",
        "us-east-1",
        endpoint_url=server.endpoint("eks"),
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        config=Config(retries={"max_attempts": 0}),
    )
    wrong = dict(server.cluster_versions[-1], colour="blue")
    server.cluster_versions = [wrong]
    error = error_of(eks.describe_cluster_versions)
    assert "unknown member clusterVersions[0].colour" in error["Message"]
    server.cluster_versions = [dict(wrong, versionStatus="MAYBE")]
    del server.cluster_versions[0]["colour"]
    assert "'MAYBE' is none of" in error_of(eks.describe_cluster_versions)["Message"]
    with pytest.raises(TestbedModelError, match=r"(?s)colour.*MAYBE"):
        server.stop()
    assert "DescribeClusterVersions" in OPERATIONS


def test_an_error_on_the_way_out_is_not_covered_up() -> None:
    with pytest.raises(ZeroDivisionError), AwsServer() as server:
        server._add_problem("something")
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("operation", "write"),
    [
        ("DescribeCluster", False),
        ("ListAttachedRolePolicies", False),
        ("GetCallerIdentity", False),
        ("AssumeRole", False),
        ("SimulatePrincipalPolicy", False),
        ("AttachRolePolicy", True),
        ("UpdateAddon", True),
        ("AssociateAccessPolicy", True),
        ("TagResource", True),
        ("PutRolePolicy", True),
        ("DetachRolePolicy", True),
    ],
)
def test_reads_and_writes(operation: str, write: bool) -> None:
    assert is_write(operation) is write


def test_a_dry_run_writes_nothing() -> None:
    assert not is_write("RunInstances", {"DryRun": True})


def test_requests_are_recorded_and_forgotten(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.forget_requests()
    client("eks", region="us-west-2").list_clusters()
    (request,) = aws.requests()
    assert (request.service, request.operation, request.region, request.write, request.status, request.principal) == (
        "eks",
        "ListClusters",
        "us-west-2",
        False,
        200,
        "arn:aws:iam::111122223333:user/operator",
    )
    aws.forget_requests()
    assert aws.requests() == []
