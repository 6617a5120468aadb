# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""STS as far as it says who somebody is: GetCallerIdentity, also presigned, and AssumeRole."""

from __future__ import annotations

import datetime
import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from moto.sts.models import sts_backends

from tests.testbed.aws import iam
from tests.testbed.aws.eks_state import now
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.moto_scope import scope_backends
from tests.testbed.aws.principals import Principal, PrincipalRegistry

scope_backends(sts_backends)

StsOperation = Callable[[Principal, PrincipalRegistry, Mapping[str, Any]], Mapping[str, Any]]


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def get_caller_identity(
    caller: Principal, registry: PrincipalRegistry, parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The true identity behind the key that signed the request."""
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


def new_session(account: str, partition: str, role_name: str, session: str) -> Principal:
    """Temporary credentials of a role that exists."""
    role = iam.find_role(account, partition, role_name)
    if role is None:
        raise ValueError(f"no role {role_name} in account {account} of partition {partition}")
    return Principal(
        arn=f"arn:{partition}:sts::{account}:assumed-role/{role.name}/{session}",
        user_id=f"{role.id}:{session}",
        account=account,
        partition=partition,
        access_key="ASIA" + _random(string.ascii_uppercase + "234567", 16),
        secret_key=_random(string.ascii_letters + string.digits + "/+", 40),
        session_token=_random(string.ascii_letters + string.digits + "/+", 248),
    )


def assume_role(caller: Principal, registry: PrincipalRegistry, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refused, in the same words, whether the role does not exist or does not trust the caller."""
    role_arn, session = str(parameters["RoleArn"]), str(parameters["RoleSessionName"])
    parts = role_arn.split(":", 5)
    refusal = iam.denied(caller, "sts:AssumeRole", role_arn)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    if parts[1] != caller.partition:
        raise refusal
    role = iam.find_role(parts[4], parts[1], role_arn.rpartition("/")[2])
    if (
        role is None
        or role.arn != role_arn
        or not iam.may_assume(role, caller, str(parameters.get("ExternalId") or ""))
    ):
        raise refusal
    principal = new_session(parts[4], parts[1], role.name, session)
    registry.add(principal)
    expiration = now() + datetime.timedelta(seconds=int(parameters.get("DurationSeconds") or 3600))
    return {
        "Credentials": {
            "AccessKeyId": principal.access_key,
            "SecretAccessKey": principal.secret_key,
            "SessionToken": principal.session_token,
            "Expiration": expiration,
        },
        "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
        "PackedPolicySize": 6,
    }


OPERATIONS: Mapping[str, StsOperation] = {"GetCallerIdentity": get_caller_identity, "AssumeRole": assume_role}
