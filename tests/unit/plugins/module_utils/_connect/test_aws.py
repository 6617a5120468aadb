# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import (
    aws_failure,
    is_access_denied,
    is_hopeless,
    is_not_found,
    remedy_for,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import (
    aws_argument_spec,
    kubernetes_argument_spec,
)

KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": "hunter2-hunter2"}
ASSUMED = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>assumed</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
REFUSED = b"""<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"""


def connection(primary_service: str = "eks", **options: Any) -> AwsConnection:
    return AwsConnection({"region": "eu-central-1", **KEYS, **options}, primary_service)


def refusal(code: str, operation: str = "DescribeCluster") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words"}}, operation)


def test_options_are_those_of_amazon_aws_and_more() -> None:
    spec = aws_argument_spec()
    assert {"access_key", "profile", "region", "endpoint_url", "validate_certs", "aws_config"} < set(spec)
    assert {"assume_role_arn", "assume_role_external_id", "assume_role_session_name"} < set(spec)
    assert spec["secret_key"]["no_log"] is True
    assert not set(spec) & set(kubernetes_argument_spec())


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_region_and_partition(region: str, partition: str) -> None:
    assert (connection(region=region).region, connection(region=region).partition) == (region, partition)


def test_region_of_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = ap-south-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert AwsConnection({"profile": "prod"}).region == "ap-south-1"


def test_no_region() -> None:
    with pytest.raises(EksWindowsError, match="No AWS region is known"):
        AwsConnection(KEYS)


@pytest.mark.parametrize(
    ("partition", "region", "endpoint"),
    [
        ("aws", "us-east-1", "https://iam.amazonaws.com"),
        ("aws-cn", "cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-west-1", "https://iam.us-gov.amazonaws.com"),
        ("aws-iso", "us-iso-east-1", "https://iam.us-iso-east-1.c2s.ic.gov"),
    ],
)
def test_a_global_service_needs_no_region(partition: str, region: str, endpoint: str) -> None:
    aws = AwsConnection(KEYS, "iam", global_partition=partition)
    assert (aws.region, aws.partition) == (region, partition)
    assert aws.client("iam").meta.endpoint_url == endpoint


def test_a_region_that_is_given_wins_over_the_partition_s() -> None:
    options = {**KEYS, "region": "cn-northwest-1"}
    assert AwsConnection(options, "iam", global_partition="aws-cn").region == "cn-northwest-1"


def test_no_region_of_a_partition_that_is_not_known() -> None:
    with pytest.raises(EksWindowsError, match="No AWS region is known"):
        AwsConnection(KEYS, "iam", global_partition="aws-moon")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"region": "moon-1"}, "moon-1"),
        (
            {"profile": "nope", "access_key": None, "secret_key": None},
            r"The config profile \(nope\) could not be found",
        ),
        ({"profile": "nope"}, "Passing both a profile and access tokens is not supported. Give one of them"),
        ({"aws_config": {"no_such_setting": 1}}, "no_such_setting"),
    ],
)
def test_options_that_can_t_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(EksWindowsError, match=words):
        connection(**options)


def test_endpoint_url_is_the_primary_service_s_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:2")
    aws = connection(endpoint_url="http://127.0.0.1:1")
    assert aws.client("eks").meta.endpoint_url == "http://127.0.0.1:1"
    assert aws.client("iam").meta.endpoint_url == "http://127.0.0.1:2"
    assert aws.client("sts").meta.endpoint_url == "https://sts.eu-central-1.amazonaws.com"
    assert connection("iam", endpoint_url="http://127.0.0.1:1").client("iam").meta.endpoint_url == "http://127.0.0.1:1"


def test_one_session_and_one_client_each() -> None:
    aws = connection()
    assert aws.client("eks") is aws.client("eks")
    credentials = [aws.client(name)._request_signer._credentials for name in ("eks", "iam")]
    assert credentials[0] is credentials[1]


def test_another_region_has_clients_of_its_own_and_the_same_identity() -> None:
    aws = connection()
    other = aws.in_region("eu-west-1")
    assert (aws.region, other.region) == ("eu-central-1", "eu-west-1")
    clients = [each.client("eks") for each in (aws, other)]
    assert [client.meta.region_name for client in clients] == ["eu-central-1", "eu-west-1"]
    assert clients[1].meta.endpoint_url == "https://eks.eu-west-1.amazonaws.com"
    assert clients[0]._request_signer._credentials is clients[1]._request_signer._credentials
    assert clients[0].meta.config.read_timeout == clients[1].meta.config.read_timeout
    assert other.client("eks") is clients[1]


def test_a_role_is_assumed_once_for_all_regions(fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", fake_api.url)
    fake_api.answer = lambda seen: (200, ASSUMED, {"Content-Type": "text/xml"})
    aws = connection(assume_role_arn="arn:aws:iam::111122223333:role/reader")
    with ThreadPoolExecutor(8) as pool:
        regions = [f"eu-west-{number % 3 + 1}" for number in range(16)]
        others = list(pool.map(aws.in_region, regions))
        clients = list(pool.map(lambda other: other.client("eks"), others))
    assert [client.meta.region_name for client in clients] == regions
    assert {client._request_signer._credentials.access_key for client in clients} == {"ASIAASSUMED"}
    assert len(fake_api.seen) == 1


def test_endpoint_url_and_the_record_of_calls_hold_in_other_regions(fake_api) -> None:
    fake_api.answer = lambda seen: (200, {"clusters": []}, {})
    aws = connection(endpoint_url=fake_api.url, debug_botocore_endpoint_logs=True)
    assert aws.in_region("eu-west-1").pages("eks", "list_clusters", "clusters") == []
    (seen,) = fake_api.seen
    assert "/eu-west-1/eks/aws4_request" in seen.all("authorization")[0]
    assert aws.resource_actions == {"resource_actions": ["eks:ListClusters"]}


def test_configuration_of_the_user_wins() -> None:
    config = connection(aws_config={"read_timeout": 7, "retries": {"total_max_attempts": 9}}).client("eks").meta.config
    assert (config.read_timeout, config.connect_timeout) == (7, 15.0)
    assert config.retries["total_max_attempts"] == 9
    assert "Ansible" in config.user_agent


def test_a_role_is_assumed_once(fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", fake_api.url)
    fake_api.answer = lambda seen: (200, ASSUMED, {"Content-Type": "text/xml"})
    aws = connection(assume_role_arn="arn:aws:iam::111122223333:role/reader", assume_role_external_id="outside")
    assert aws.client("eks")._request_signer._credentials.access_key == "ASIAASSUMED"
    assert aws.client("iam")._request_signer._credentials.access_key == "ASIAASSUMED"
    (seen,) = fake_api.seen
    assert {name: values[0] for name, values in parse_qs(seen.body.decode()).items()} == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::111122223333:role/reader",
        "RoleSessionName": "cloudops.eks_windows",
        "ExternalId": "outside",
    }


def test_the_profile_s_settings_hold_for_the_role(tmp_path: Path, fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(
        "[default]\nservices = local\n[services local]\neks =\n  endpoint_url = http://localhost:4566\n"
        "[profile prod]\nregion = us-east-1\nuse_fips_endpoint = true\nservices = prod\naws_access_key_id = A\n"
        f"aws_secret_access_key = B\n[services prod]\nsts =\n  endpoint_url = {fake_api.url}\n"
        "iam =\n  endpoint_url = http://127.0.0.1:2\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    fake_api.answer = lambda seen: (200, ASSUMED, {"Content-Type": "text/xml"})
    of_profile = AwsConnection({"profile": "prod"})
    aws = AwsConnection({"profile": "prod", "assume_role_arn": "arn:aws:iam::111122223333:role/reader"})
    for service in ("eks", "ec2", "iam"):
        assert aws.client(service).meta.endpoint_url == of_profile.client(service).meta.endpoint_url
        assert aws.client(service)._request_signer._credentials.access_key == "ASIAASSUMED"
    assert aws.client("eks").meta.endpoint_url == "https://fips.eks.us-east-1.amazonaws.com"
    assert aws.client("iam").meta.endpoint_url == "http://127.0.0.1:2"


def test_a_role_that_can_t_be_assumed(fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", fake_api.url)
    fake_api.answer = lambda seen: (403, REFUSED, {"Content-Type": "text/xml"})
    aws = connection(assume_role_arn="arn:aws:iam::111122223333:role/reader")
    with pytest.raises(EksWindowsError) as failure:
        aws.client("eks")
    assert "Could not assume role arn:aws:iam::111122223333:role/reader: " in str(failure.value)
    assert "not you" in str(failure.value)
    assert "sts:AssumeRole" in failure.value.remedy


def test_token_of_a_role(fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", fake_api.url)
    fake_api.answer = lambda seen: (200, ASSUMED, {"Content-Type": "text/xml"})
    aws = connection()
    assert aws.eks_token("production").reveal().startswith("k8s-aws-v1.")
    assert fake_api.seen == []
    aws.eks_token("production", "arn:aws:iam::111122223333:role/admin")
    assert b"role%2Fadmin" in fake_api.seen[0].body


def test_token_without_credentials() -> None:
    with pytest.raises(EksWindowsError, match="No AWS credentials were found"):
        AwsConnection({"region": "eu-central-1"}).eks_token("production")


def test_throttled_calls_are_tried_again(fake_api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    throttled = {"__type": "ThrottlingException", "message": "slow down"}
    fake_api.answer = lambda seen: (
        (400, throttled, {"x-amzn-ErrorType": "ThrottlingException"})
        if len(fake_api.seen) < 5
        else (200, {"cluster": {"name": "production"}}, {})
    )
    aws = connection(endpoint_url=fake_api.url)
    assert aws.call("eks", "describe_cluster", name="production")["cluster"]["name"] == "production"


def test_pages(fake_api) -> None:
    fake_api.answer = lambda seen: (
        (200, {"clusters": ["b"]}, {})
        if "nextToken=t" in seen.path
        else (200, {"clusters": ["a"], "nextToken": "t"}, {})
    )
    assert connection(endpoint_url=fake_api.url).pages("eks", "list_clusters", "clusters") == ["a", "b"]


def test_calls_are_recorded_on_request(fake_api) -> None:
    fake_api.answer = lambda seen: (200, {"clusters": []}, {})
    for wanted, recorded in ((False, {}), (True, {"resource_actions": ["eks:ListClusters"]})):
        aws = connection(endpoint_url=fake_api.url, debug_botocore_endpoint_logs=wanted)
        aws.pages("eks", "list_clusters", "clusters")
        assert aws.resource_actions == recorded


def test_a_silent_endpoint_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        aws = connection(endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}", request_timeout=1)
        started = time.monotonic()
        with pytest.raises(BotoCoreError) as failure:
            aws.call("eks", "describe_cluster", name="production")
        assert time.monotonic() - started < 4
    assert is_hopeless(failure.value)


def test_shows_no_secret() -> None:
    assert "hunter2" not in f"{connection()!r} {vars(connection())!r}".replace(repr(KEYS["secret_key"]), "")


RENEW = "Renew the AWS credentials, and check the region's name, to which they have to belong"


@pytest.mark.parametrize(
    ("code", "denied", "absent", "hopeless", "remedy"),
    [
        ("AccessDeniedException", True, False, False, "Give the caller eks:DescribeCluster"),
        ("ResourceNotFoundException", False, True, False, "Check the name, the account and the region"),
        ("NoSuchEntity", False, True, False, "Check the name, the account and the region"),
        ("ExpiredTokenException", False, False, True, RENEW),
        ("ServerException", False, False, False, "Try again"),
    ],
)
def test_refusals(code: str, denied: bool, absent: bool, hopeless: bool, remedy: str) -> None:
    error = refusal(code)
    assert (is_access_denied(error), is_not_found(error), is_hopeless(error)) == (denied, absent, hopeless)
    assert remedy_for(error, "eks:DescribeCluster") == remedy
    failure = aws_failure("Could not describe cluster production", error, "eks:DescribeCluster")
    assert str(failure).startswith("Could not describe cluster production: An error occurred")
