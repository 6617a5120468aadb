# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS tokens, made independently of the collection."""

from __future__ import annotations

import base64

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from tests.testbed.aws import Credentials


def eks_token(cluster_name: str, region: str, credentials: Credentials, suffix: str = "amazonaws.com") -> str:
    """A token as ``aws eks get-token`` makes it.

    Args:
        suffix: Of the partition's STS hosts, ``amazonaws.com.cn`` in China.
    """
    request = AWSRequest(
        method="GET",
        url=f"https://sts.{region}.{suffix}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={"x-k8s-aws-id": cluster_name},
    )
    keys = BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.session_token or None)
    SigV4QueryAuth(keys, "sts", region, expires=60).add_auth(request)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")
