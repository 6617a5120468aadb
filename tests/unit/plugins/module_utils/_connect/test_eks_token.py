# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import eks_token, sessions

CREDENTIALS = Credentials("AKIDEXAMPLE", "not-a-secret", "a-session")


def url_of(token: str) -> str:
    assert token.startswith("k8s-aws-v1.")
    encoded = token.removeprefix("k8s-aws-v1.")
    assert "=" not in encoded
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def test_the_url_is_what_the_authenticator_takes() -> None:
    token = eks_token.presigned_token(CREDENTIALS, "sts.eu-central-1.amazonaws.com", "eu-central-1", "production")
    parts = urlsplit(url_of(token))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "sts.eu-central-1.amazonaws.com", "/")
    assert query.pop("X-Amz-Signature")
    assert query.pop("X-Amz-Date")
    credential = query.pop("X-Amz-Credential")
    assert credential.startswith("AKIDEXAMPLE/")
    assert credential.endswith("/eu-central-1/sts/aws4_request")
    assert query == {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Expires": "60",
        "X-Amz-Security-Token": "a-session",
        "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    }


def test_the_cluster_s_name_is_signed() -> None:
    tokens = {
        parse_qs(urlsplit(url_of(eks_token.presigned_token(CREDENTIALS, "sts.x", "r", name))).query)["X-Amz-Signature"][
            0
        ]
        for name in ("one", "two")
    }
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "sts.us-east-1.amazonaws.com"),
        ("eu-central-1", "sts.eu-central-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"),
    ],
)
def test_host_of_a_region(region: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert sessions.sts_host(sessions.new_session(), region) == host


def test_end_of_a_token() -> None:
    now = datetime.datetime(2026, 11, 24, 23, 50, 0, tzinfo=datetime.UTC)
    assert eks_token.expires_at(now) == "2026-11-25T00:04:00Z"
