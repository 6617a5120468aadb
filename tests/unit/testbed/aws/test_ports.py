# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each service answers on its own port, as its own service, to those who can prove who they are."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AwsServer, EksCluster, TestbedModelError


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_the_environment_alone_leads_to_the_server(aws: AwsServer) -> None:
    assert (
        boto3.session.Session().client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:user/operator"
    )
    assert len({aws.endpoint(service) for service in ("eks", "iam", "sts", "ec2", "ssm")}) == 5


@pytest.mark.parametrize(
    ("asked", "port", "code"),
    [
        ("eks", "iam", "SignatureDoesNotMatch"),
        ("iam", "eks", "InvalidSignatureException"),
        ("iam", "ec2", "AuthFailure"),
        ("sts", "iam", "SignatureDoesNotMatch"),
    ],
)
def test_another_services_port_refuses(
    aws: AwsServer, client: Any, monkeypatch: pytest.MonkeyPatch, asked: str, port: str, code: str
) -> None:
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{asked.upper()}", aws.endpoint(port))
    calls = {"eks": "list_clusters", "iam": "list_roles", "sts": "get_caller_identity"}
    told, message = refusal(getattr(client(asked), calls[asked]))
    assert (told, message) == (
        code,
        f"Credential should be scoped to correct service: '{port}'. This request was signed for {asked}.",
    )
    (request,) = aws.requests()
    assert (request.service, request.status, request.error) == (port, 403, code)


def test_an_unknown_key_is_refused_in_each_services_words(aws: AwsServer, client: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    assert refusal(client("eks").list_clusters)[0] == "UnrecognizedClientException"
    assert refusal(client("iam").list_roles)[0] == "InvalidClientTokenId"
    assert refusal(client("ec2").describe_regions)[0] == "AuthFailure"


def test_a_wrong_secret_is_refused(aws: AwsServer, client: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    assert refusal(client("eks").describe_cluster, name="ready")[0] == "InvalidSignatureException"
    assert refusal(client("iam").list_roles)[0] == "SignatureDoesNotMatch"


def test_an_unsigned_request_is_refused(aws: AwsServer) -> None:
    with pytest.raises(OSError, match="403"):
        urlopen(f"{aws.endpoint('eks')}/clusters")
    assert aws.requests()[0].error == "MissingAuthenticationTokenException"


def test_expired_keys_are_refused(aws: AwsServer, client: Any) -> None:
    keys = aws.assume(aws.add_role("reader"))
    assert client("eks", keys).list_clusters()["clusters"] == []
    aws.expire(keys)
    assert refusal(client("eks", keys).list_clusters) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_a_key_belongs_to_one_partition(aws: AwsServer, client: Any) -> None:
    code, message = refusal(client("eks", region="cn-north-1").list_clusters)
    assert code == "UnrecognizedClientException"
    assert "in partition aws, the request was signed for region cn-north-1" in message


def test_a_region_without_eks_is_refused(aws: AwsServer, client: Any) -> None:
    assert refusal(client("eks", region="us-nowhere-1").list_clusters)[0] == "InvalidSignatureException"


def test_profiles_name_each_account(aws: AwsServer, monkeypatch: Any) -> None:
    aws.credentials("444455556666", "aws-cn")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    session = boto3.session.Session(profile_name="444455556666-aws-cn")
    assert session.region_name == "cn-north-1"
    assert session.client("sts").get_caller_identity()["Arn"] == "arn:aws-cn:iam::444455556666:user/operator"


def test_two_servers_share_nothing(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    with AwsServer() as other:
        other.add_cluster("ready", endpoint="https://127.0.0.1:1", ca_pem="")
        other.add_role("only-there")
        assert aws.cluster("ready") is cluster
        assert client("eks").describe_cluster(name="ready")["cluster"]["endpoint"] == "https://127.0.0.1:6443"
        assert "only-there" not in {role["RoleName"] for role in client("iam").list_roles()["Roles"]}
    assert client("eks").list_clusters()["clusters"] == ["ready"]


def test_a_key_of_one_server_is_unknown_to_the_other(aws: AwsServer, client: Any) -> None:
    with AwsServer() as other:
        assert refusal(client("sts", other.credentials()).get_caller_identity)[0] == "InvalidClientTokenId"


def test_stop_frees_the_ports_and_the_files(aws: AwsServer) -> None:
    server = AwsServer().start()
    port = urlsplit(server.endpoint("eks")).port
    folder = os.path.dirname(server.environment["AWS_CONFIG_FILE"])
    with socket.create_connection(("127.0.0.1", port)) as kept:
        server.stop()
        kept.settimeout(2)
        with contextlib.suppress(ConnectionResetError):
            assert kept.recv(1) == b""
    assert not os.path.exists(folder)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_starting_takes_little_time() -> None:
    began = time.process_time()
    with AwsServer():
        assert time.process_time() - began < 0.5


def test_an_operation_that_the_testbed_lacks_is_said_and_raised_at_the_end() -> None:
    server = AwsServer().start()
    keys = server.credentials()
    eks = boto3.session.Session(keys.access_key, keys.secret_key, region_name="us-east-1").client(
        "eks", endpoint_url=server.endpoint("eks")
    )
    server.add_cluster("ready", endpoint="https://127.0.0.1:1", ca_pem="")
    code, message = refusal(eks.list_capabilities, clusterName="ready")
    assert (code, message) == ("NotImplemented", "the testbed has no eks:ListCapabilities")
    with pytest.raises(TestbedModelError, match="eks:ListCapabilities"):
        server.stop()
