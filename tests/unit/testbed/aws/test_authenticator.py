# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identities: GetCallerIdentity, AssumeRole, EKS tokens, and the Kubernetes users behind them."""

from __future__ import annotations

import base64
import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from botocore.exceptions import ClientError

from tests.testbed.aws import (
    AuthenticationError,
    AwsServer,
    Credentials,
    EksCluster,
    KubernetesUser,
    authenticate,
    kubernetes_user,
)

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


def token(
    keys: Credentials,
    cluster: str = "ready",
    region: str = "us-east-1",
    url: str = "",
    expires: int = 60,
    headers: dict[str, str] | None = None,
) -> str:
    """A token as clients make it."""
    suffix = ".cn" if region.startswith("cn-") else ""
    url = url or f"https://sts.{region}.amazonaws.com{suffix}/?{IDENTITY}"
    request = AWSRequest("GET", url, {"x-k8s-aws-id": cluster} if headers is None else headers)
    signer = BotoCredentials(keys.access_key, keys.secret_key, keys.session_token or None)
    SigV4QueryAuth(signer, "sts", region, expires).add_auth(request)
    return encode(str(request.url))


def encode(url: str) -> str:
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def decode(text: str) -> str:
    text = text.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_a_token_of_a_user(aws: AwsServer) -> None:
    identity = authenticate(token(aws.credentials()), "ready", aws)
    assert identity.arn == identity.canonical_arn == "arn:aws:iam::111122223333:user/operator"
    assert (identity.account, identity.session_name) == ("111122223333", "")
    (request,) = aws.token_checks()
    assert (request.service, request.operation, request.status) == ("sts", "GetCallerIdentity", 200)


def test_a_token_of_a_role_with_a_path(aws: AwsServer) -> None:
    keys = aws.assume(aws.add_role("people", path="/teams/"), "me@example.com")
    identity = authenticate(token(keys), "ready", aws)
    assert identity.arn == "arn:aws:sts::111122223333:assumed-role/people/me@example.com"
    assert identity.canonical_arn == "arn:aws:iam::111122223333:role/people"
    assert identity.session_name == "me@example.com"


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_tokens_of_each_partition(aws: AwsServer, region: str, partition: str) -> None:
    made = token(aws.credentials("444455556666", partition), region=region)
    identity = authenticate(made, "ready", aws, partition=partition)
    assert identity.arn == f"arn:{partition}:iam::444455556666:user/operator"
    if partition != "aws":
        with pytest.raises(AuthenticationError, match="unexpected hostname"):
            authenticate(made, "ready", aws, partition="aws")


def test_a_token_of_another_cluster_is_refused(aws: AwsServer) -> None:
    with pytest.raises(AuthenticationError, match=r"expected 200, got 403.*SignatureDoesNotMatch"):
        authenticate(token(aws.credentials(), cluster="other"), "ready", aws)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda url: url.replace("Signature=", "Signature=0"), "403"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), "403"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=901"), "invalid X-Amz-Expires"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=-1"), "invalid X-Amz-Expires"),
        (lambda url: url.replace("https:", "http:"), "unexpected scheme"),
        (lambda url: url.replace("sts.us-east-1.amazonaws.com", "sts.example.com"), "unexpected hostname"),
        (lambda url: url.replace("sts.us-east-1.amazonaws.com", "127.0.0.1:8080"), "unexpected hostname"),
        (lambda url: url.replace("sts.us-east-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"), "403"),
        (lambda url: url.replace("amazonaws.com/?", "amazonaws.com/x?"), "unexpected path"),
        (lambda url: url + "&Extra=1", "non-whitelisted query parameter 'Extra'"),
        (lambda url: url + "&action=GetCallerIdentity", "multiple values"),
        (lambda url: url.replace("GetCallerIdentity", "GetSessionToken"), "unexpected action"),
        (lambda url: url.replace("x-k8s-aws-id", "x-other"), "did not sign the x-k8s-aws-id header"),
        (lambda url: url.replace("X-Amz-Date", "X-Amz-User-Agent"), "X-Amz-Date"),
    ],
)
def test_forged_tokens_are_refused(aws: AwsServer, change: Any, message: str) -> None:
    url = decode(token(aws.credentials()))
    assert change(url) != url
    with pytest.raises(AuthenticationError, match=message):
        authenticate(encode(change(url)), "ready", aws)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v1.abc", "prefix"),
        ("k8s-aws-v1.aHR0cHM6Ly9hYg==", "padding"),
        ("k8s-aws-v1.***", "base64url"),
        ("k8s-aws-v1." + "a" * 5000, "too large"),
    ],
)
def test_what_is_no_token_is_refused_without_asking_sts(aws: AwsServer, text: str, message: str) -> None:
    with pytest.raises(AuthenticationError, match=message):
        authenticate(text, "ready", aws)
    assert aws.requests() == []


def test_a_header_that_was_not_signed_is_missed(aws: AwsServer) -> None:
    with pytest.raises(AuthenticationError, match="did not sign"):
        authenticate(token(aws.credentials(), headers={}), "ready", aws)


def test_a_token_lives_fifteen_minutes(aws: AwsServer) -> None:
    made, now = token(aws.credentials()), datetime.datetime.now(datetime.UTC)
    authenticate(made, "ready", aws, now=now + datetime.timedelta(minutes=14))
    with pytest.raises(AuthenticationError, match="expired"):
        authenticate(made, "ready", aws, now=now + datetime.timedelta(minutes=16))


def test_a_token_of_an_unknown_or_expired_key_is_refused(aws: AwsServer) -> None:
    keys = aws.assume(aws.add_role("people"))
    aws.expire(keys)
    with pytest.raises(AuthenticationError, match="ExpiredToken"):
        authenticate(token(keys), "ready", aws)
    stranger = Credentials("AKIAIOSFODNN7EXAMPLE", "secret", "", "", "", "")
    with pytest.raises(AuthenticationError, match="InvalidClientTokenId"):
        authenticate(token(stranger), "ready", aws)


def test_an_unreachable_sts_is_said(aws: AwsServer) -> None:
    made = token(aws.credentials())
    gone = AwsServer().start()
    host = urlsplit(gone.endpoint("sts"))
    gone.stop()
    aws.endpoint = lambda service: host.geturl()  # type: ignore[method-assign]
    with pytest.raises(AuthenticationError, match="error during GET"):
        authenticate(made, "ready", aws)


def test_the_usual_form_tells_assumed_roles_and_users_made_through_the_api(aws: AwsServer, client: Any) -> None:
    role = aws.add_role("people")
    sts, iam = client("sts"), client("iam")
    keys = sts.assume_role(RoleArn=role, RoleSessionName="s1")["Credentials"]
    made = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "", "", "")
    told = client("sts", made).get_caller_identity()
    assert told["Arn"] == "arn:aws:sts::111122223333:assumed-role/people/s1"
    assert told["UserId"] == iam.get_role(RoleName="people")["Role"]["RoleId"] + ":s1"
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = Credentials(key["AccessKeyId"], key["SecretAccessKey"], "", "", "", "")
    assert client("sts", ann).get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:user/ann"


def test_a_wrong_session_token_is_refused(aws: AwsServer, client: Any) -> None:
    keys = aws.assume(aws.add_role("people"))
    for wrong in ("", "x"):
        bad = Credentials(keys.access_key, keys.secret_key, wrong, "", "", "")
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            client("sts", bad).get_caller_identity()


def test_assume_role_asks_the_trust_policy(aws: AwsServer, client: Any) -> None:
    sts = client("sts")
    guarded = aws.add_role("guarded", external_id="secret-word")
    service = aws.add_role("service", service="eks.amazonaws.com")
    for parameters in (
        {"RoleArn": guarded},
        {"RoleArn": guarded, "ExternalId": "wrong"},
        {"RoleArn": service},
        {"RoleArn": "arn:aws:iam::111122223333:role/absent"},
        {"RoleArn": "arn:aws-cn:iam::111122223333:role/absent"},
    ):
        with pytest.raises(
            ClientError, match="is not authorized to perform: sts:AssumeRole on resource: arn:"
        ) as caught:
            sts.assume_role(RoleSessionName="s1", **parameters)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert sts.assume_role(RoleArn=guarded, RoleSessionName="s1", ExternalId="secret-word")["Credentials"]


def test_the_operator_of_one_account_reaches_another(aws: AwsServer, client: Any) -> None:
    aws.add_cluster("theirs", account="444455556666", endpoint="https://127.0.0.1:1", ca_pem="")
    answer = client("sts").assume_role(RoleArn="arn:aws:iam::444455556666:role/operator", RoleSessionName="s1")
    keys = answer["Credentials"]
    made = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "", "", "")
    assert client("eks", made).list_clusters()["clusters"] == ["theirs"]


def user(aws: AwsServer, cluster: EksCluster, keys: Credentials, aws_auth: dict[str, str] | None = None) -> Any:
    identity = authenticate(token(keys, cluster.name), cluster.name, aws)
    return kubernetes_user(identity, cluster, aws_auth)


def test_access_entries_name_users_and_groups(aws: AwsServer, cluster: EksCluster) -> None:
    assert user(aws, cluster, aws.credentials()) == KubernetesUser(
        "arn:aws:iam::111122223333:user/operator", ("system:masters",)
    )
    role = aws.add_role("people", path="/teams/")
    keys = aws.assume(role, "ann@example.com")
    assert user(aws, cluster, keys) is None
    view = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    aws.add_access_entry(cluster, role, groups=["viewers"], policies=[view])
    assert user(aws, cluster, keys) == KubernetesUser(
        "arn:aws:sts::111122223333:assumed-role/people/ann-example.com",
        ("viewers", "eks-access-policy:AmazonEKSViewPolicy"),
    )


def test_a_role_made_anew_is_another_principal(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_role("people")
    aws.add_access_entry(cluster, role, groups=["viewers"])
    client("iam").delete_role(RoleName="people")
    assert aws.add_role("people") == role
    assert user(aws, cluster, aws.assume(role)) is None


def test_aws_auth(aws: AwsServer) -> None:
    cluster = aws.add_cluster("old", endpoint="https://127.0.0.1:1", ca_pem="", authentication_mode="CONFIG_MAP")
    plain, pathed = aws.add_role("plain"), aws.add_role("pathed", path="/teams/")
    data = {
        "mapRoles": f"""
- rolearn: {plain}
  username: admin:{{{{SessionName}}}}
  groups: [system:masters]
- rolearn: {pathed}
  username: never
""",
        "mapUsers": "not: [a, list",
    }
    assert user(aws, cluster, aws.assume(plain, "s"), data) == KubernetesUser("admin:s", ("system:masters",))
    assert user(aws, cluster, aws.assume(pathed, "s"), data) is None
    assert user(aws, cluster, aws.credentials()) == KubernetesUser("kubernetes-admin", ("system:masters",))
    stranger = aws.credentials("444455556666")
    assert user(aws, cluster, stranger) is None
    listed = {"mapUsers": f"[{{userarn: '{stranger.arn}', username: them, groups: [g]}}]"}
    assert user(aws, cluster, stranger, listed) == KubernetesUser("them", ("g",))
    assert user(aws, cluster, stranger, {"mapAccounts": "['444455556666']"}) == KubernetesUser(stranger.arn, ())


def test_the_mode_decides_what_is_read(aws: AwsServer) -> None:
    role = aws.add_role("plain")
    data = {"mapRoles": f"[{{rolearn: '{role}', username: them}}]"}
    for mode, expected in (("API", None), ("API_AND_CONFIG_MAP", KubernetesUser("them", ()))):
        cluster = aws.add_cluster(mode.lower(), endpoint="https://127.0.0.1:1", ca_pem="", authentication_mode=mode)
        assert user(aws, cluster, aws.assume(role), data) == expected
