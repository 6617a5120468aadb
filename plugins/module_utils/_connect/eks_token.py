# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The bearer token that EKS takes: a presigned request that proves who the caller is.

Sources: ``get_token.py`` of the AWS CLI and ``token.go`` of aws-iam-authenticator, read 2026-11: a GET of STS
GetCallerIdentity at the partition's own host, with the cluster's name as a signed header. The authenticator refuses
any other host, so no configured endpoint of STS has a say here.

Imports nothing of the collection: the token helper loads it as a file, with botocore alone.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
from typing import Any

# Whoever calls this has said so already: the backends' requirements, the helper's own check.
with contextlib.suppress(ImportError):
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

TOKEN_PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"

URL_LIFETIME = 60
"""Seconds, X-Amz-Expires. The authenticator counts 15 minutes from X-Amz-Date whatever this says."""

TOKEN_LIFETIME = datetime.timedelta(minutes=14)
"""What clients count on: a minute less than the authenticator's 15."""


def presigned_token(credentials: Any, host: str, region: str, cluster_id: str) -> str:
    """A token for the cluster.

    Args:
        credentials: Botocore credentials of the caller.
        host: The partition's regional STS host, see ``sts_host`` of sessions.py.
        region: Region that the host is in.
        cluster_id: Name of the cluster, for a local cluster on Outposts its id.
    """
    request = AWSRequest(
        method="GET",
        url=f"https://{host}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={CLUSTER_HEADER: cluster_id},
    )
    SigV4QueryAuth(credentials, "sts", region, expires=URL_LIFETIME).add_auth(request)
    encoded = base64.urlsafe_b64encode(str(request.url).encode("ascii")).decode("ascii")
    return TOKEN_PREFIX + encoded.rstrip("=")


def expires_at(now: datetime.datetime) -> str:
    """When a token made now ends, RFC 3339 in UTC."""
    return (now + TOKEN_LIFETIME).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
