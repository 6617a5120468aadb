# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of an EKS token, as aws-iam-authenticator does it, against the testbed's STS."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.testbed.aws.iam import role_arn_of
from tests.testbed.aws.partitions import sts_hosts

if TYPE_CHECKING:
    from tests.testbed.aws.server import AwsServer

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
MAX_LENGTH = 4 * 1024
LIFETIME = datetime.timedelta(minutes=15)
ALLOWED_PARAMETERS = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
        "x-amz-user-agent",
    }
)


class AuthenticationError(Exception):
    """The token is refused; the message says why."""


@dataclass(frozen=True)
class Identity:
    """Who made a token.

    Attributes:
        arn: As STS answers it.
        canonical_arn: The same, but for an assumed role its role, without a path.
        session_name: Of an assumed role, else empty.
    """

    arn: str
    canonical_arn: str
    account: str
    user_id: str
    session_name: str
    access_key: str


def _decode(token: str) -> str:
    if len(token) > MAX_LENGTH:
        raise AuthenticationError("token is too large")
    if not token.startswith(PREFIX):
        raise AuthenticationError(f"token is missing expected {PREFIX!r} prefix")
    encoded = token[len(PREFIX) :]
    if "=" in encoded:
        raise AuthenticationError("token is base64url with padding, it must have none")
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        return raw.decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise AuthenticationError(f"token is not base64url: {error}") from None


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.lower() not in ALLOWED_PARAMETERS:
            raise AuthenticationError(f"non-whitelisted query parameter {name!r}")
        if name.lower() in parameters:
            raise AuthenticationError("query parameter with multiple values not supported")
        parameters[name.lower()] = value
    return parameters


def _check_parameters(parameters: dict[str, str], now: datetime.datetime) -> None:
    if parameters.get("action") != "GetCallerIdentity":
        raise AuthenticationError("unexpected action parameter in pre-signed URL")
    if CLUSTER_HEADER not in parameters.get("x-amz-signedheaders", "").split(";"):
        raise AuthenticationError(f"client did not sign the {CLUSTER_HEADER} header in the pre-signed URL")
    expires = parameters.get("x-amz-expires", "")
    if not expires.isdigit() or int(expires) > 900:
        raise AuthenticationError(f"invalid X-Amz-Expires parameter in pre-signed URL: {expires}")
    try:
        signed = datetime.datetime.strptime(parameters.get("x-amz-date", ""), "%Y%m%dT%H%M%S%z")
    except ValueError:
        raise AuthenticationError("X-Amz-Date parameter must be present in pre-signed URL") from None
    if now > signed + LIFETIME:
        raise AuthenticationError(f"X-Amz-Date parameter is expired (15 minute expiration) {signed.isoformat()}")


def authenticate(
    token: str,
    cluster_name: str,
    sts: AwsServer,
    *,
    partition: str = "aws",
    now: datetime.datetime | None = None,
) -> Identity:
    """Who made ``token``, as STS says.

    Args:
        cluster_name: What the token must have been made for: the cluster's name, the id of an Outposts local cluster.
        sts: Whose STS is asked; the GET goes to its port with the host that the token names.
        partition: The cluster's; only its STS hosts may be named.
        now: The moment to judge the token's age by, by default the present.

    Raises:
        AuthenticationError: The token is malformed, too old, for another cluster or partition, or STS refuses it.
    """
    url = urlsplit(_decode(token))
    if url.scheme != "https":
        raise AuthenticationError(f"unexpected scheme {url.scheme!r} in pre-signed URL")
    if url.netloc.lower() not in sts_hosts(partition):
        raise AuthenticationError(f"unexpected hostname {url.netloc!r} in pre-signed URL")
    if url.path != "/":
        raise AuthenticationError("unexpected path in pre-signed URL")
    parameters = _parameters(url.query)
    _check_parameters(parameters, now or datetime.datetime.now(datetime.UTC))
    return _ask(url.netloc, url.query, cluster_name, sts, parameters["x-amz-credential"].partition("/")[0])


def _ask(host: str, query: str, cluster_name: str, sts: AwsServer, access_key: str) -> Identity:
    address = urlsplit(sts.endpoint("sts"))
    connection = HTTPConnection(str(address.hostname), address.port, timeout=10)
    headers = {"Host": host, CLUSTER_HEADER: cluster_name, "Accept": "application/json"}
    try:
        connection.request("GET", f"/?{query}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except OSError as error:
        raise AuthenticationError(f"error during GET: {error}") from None
    finally:
        connection.close()
    if answer.status != 200:
        raise AuthenticationError(f"error from AWS (expected 200, got {answer.status}). Body: {body.decode()}")
    result = json.loads(body)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    arn, canonical = str(result["Arn"]), role_arn_of(str(result["Arn"]))
    session = arn.rpartition("/")[2] if canonical != arn else ""
    return Identity(arn, canonical, str(result["Account"]), str(result["UserId"]), session, access_key)
