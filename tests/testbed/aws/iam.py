# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the testbed does in moto's IAM directly. All functions expect to run inside the server's moto scope."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, Role, User, iam_backends

from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.moto_scope import scope_backends
from tests.testbed.aws.principals import Principal

scope_backends(iam_backends)

SERVICE_POLICY_PATHS = ("", "service-role/")
# AWS's policies that clusters and their nodes use. To make all 1500 takes longer than a test.
_POLICIES = re.compile(
    r"^(AmazonEKS.*|AmazonEBSCSIDriver.*|AmazonEC2ContainerRegistry.*|AmazonSSMManagedInstanceCore"
    r"|CloudWatchAgentServerPolicy|AdministratorAccess|PowerUserAccess|ReadOnlyAccess)$"
)


@cache
def _policy_data() -> dict[str, Any]:
    data = json.loads(aws_managed_policies_data)
    return {name: policy for name, policy in data.items() if _POLICIES.match(name)}


class TestbedIamBackend(IAMBackend):
    """moto's backend of one account and partition, with the managed policies that matter here."""

    __test__ = False

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        return [
            AWSManagedPolicy.from_data(name, self.account_id, self.region_name, policy)
            for name, policy in _policy_data().items()
        ]


def backend(account: str, partition: str) -> IAMBackend:
    return iam_backends[account][partition]


def find_role(account: str, partition: str, name: str) -> Role | None:
    """The role of that name, without its path."""
    return next((role for role in backend(account, partition).roles.values() if role.name == name), None)


def find_named(account: str, partition: str, kind: str, name: str) -> Any:
    """The ``role``, ``user`` or ``group`` of that name whatever its path, None where there is none."""
    iam = backend(account, partition)
    kinds: dict[str, dict[str, Any]] = {"role": iam.roles, "user": iam.users, "group": iam.groups}
    return next((entity for entity in kinds[kind].values() if entity.name == name), None)


def find_by_arn(arn: str) -> Role | User | None:
    """The role or user of that ARN, None where there is none."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam":
        return None
    iam = backend(parts[4], parts[1])
    candidates: Iterable[Any] = [*iam.roles.values(), *iam.users.values()]
    return next((entity for entity in candidates if entity.arn == arn), None)


def unique_id(arn: str) -> str:
    """The unique id behind a role's or user's ARN, empty where nothing of that name exists."""
    entity = find_by_arn(arn)
    return "" if entity is None else str(entity.id)


def policy_arn(account: str, partition: str, policy: str) -> str:
    """The ARN of a managed policy: as given, or AWS's own of that name.

    Raises:
        ValueError: No such policy.
    """
    known = backend(account, partition).managed_policies
    if policy in known:
        return policy
    for path in SERVICE_POLICY_PATHS:
        arn = f"arn:{partition}:iam::aws:policy/{path}{policy}"
        if arn in known:
            return arn
    raise ValueError(f"no managed policy {policy} in account {account} of partition {partition}")


def trust(principals: dict[str, Any], external_id: str = "") -> str:
    """A trust policy that lets ``principals`` assume a role."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principals, "Action": ["sts:AssumeRole"]}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def create_role(account: str, partition: str, name: str, trust_policy: str, path: str, policies: Iterable[str]) -> str:
    """Make a role and return its ARN."""
    iam = backend(account, partition)
    role = iam.create_role(name, trust_policy, path, None, "", [], None)
    for policy in policies:
        iam.attach_role_policy(policy_arn(account, partition, policy), name)
    return str(role.arn)


def instance_profile(account: str, partition: str, role: str) -> str:
    """ARN of the instance profile that is named as its role; it is made where it is missing.

    Raises:
        ValueError: There is no such role.
    """
    iam = backend(account, partition)
    if role not in iam.instance_profiles:
        found = find_role(account, partition, role)
        if found is None:
            raise ValueError(f"no role {role} in account {account}")
        iam.create_instance_profile(role, "/", [])
        iam.instance_profiles[role].roles.append(found)
    return str(iam.instance_profiles[role].arn)


def create_user(
    account: str, partition: str, name: str, path: str = "/", policies: Iterable[str] = ("AdministratorAccess",)
) -> Principal:
    """Make a user with an access key."""
    iam = backend(account, partition)
    user = iam.create_user(partition, name, path)
    for policy in policies:
        iam.attach_user_policy(policy_arn(account, partition, policy), name)
    key = iam.create_access_key(name)
    return Principal(user.arn, user.id, account, partition, key.access_key_id, key.secret_access_key)


def entity_of(arn: str) -> Role | User:
    """The role or user of an ARN, or the role behind an assumed role's.

    Raises:
        ValueError: There is none.
    """
    found = find_by_arn(arn)
    if found is None and role_arn_of(arn) != arn:
        account, partition, name = arn.split(":")[4], arn.split(":")[1], arn.split("/")[1]
        found = find_role(account, partition, name)
    if found is None:
        raise ValueError(f"no role or user {arn}")
    return found


def principal_arn(caller: Principal) -> str:
    """The ARN of the caller's user or role, with its path."""
    return str(entity_of(caller.arn).arn)


def put_policy(arn: str, name: str, document: str) -> None:
    """Put an inline policy into a role or user, in place of one of the same name.

    Raises:
        ValueError: No such role or user, or IAM would refuse the document.
    """
    entity = entity_of(arn)
    iam = backend(entity.account_id, arn.split(":")[1])
    put = iam.put_role_policy if isinstance(entity, Role) else iam.put_user_policy
    try:
        put(entity.name, name, document)
    except MalformedPolicyDocument as error:
        raise ValueError(f"policy {name} of {arn}: {error.message}") from error


def policy_documents(caller: Principal) -> list[str]:
    """The documents of all policies in and attached to the caller's role, or user and its groups."""
    entity = entity_of(caller.arn)
    holders: list[Any] = [entity]
    if isinstance(entity, User):
        holders += backend(caller.account, caller.partition).get_groups_for_user(entity.name)
    documents = [str(document) for holder in holders for document in holder.policies.values()]
    for holder in holders:
        for policy in holder.managed_policies.values():
            documents += [str(version.document) for version in policy.versions if version.is_default]
    return documents


def find_key(access_key: str) -> Principal | None:
    """The user behind an access key made through the API."""
    for account, partitions in list(iam_backends.items()):
        for partition, iam in list(partitions.items()):
            user = iam.get_user_from_access_key_id(access_key)
            key = iam.access_keys.get(access_key)
            if user is not None and key is not None:
                return Principal(user.arn, user.id, account, partition, access_key, key.secret_access_key)
    return None


def may_assume(role: Role, caller: Principal, external_id: str) -> bool:
    """Whether the role's trust policy lets the caller in: by AWS principal and ``sts:ExternalId`` alone."""
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", [])
        principal = statement.get("Principal", {})
        names = principal if isinstance(principal, str) else principal.get("AWS", [])
        wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        if statement.get("Effect") != "Allow" or "sts:AssumeRole" not in actions:
            continue
        if wanted is not None and external_id not in ([wanted] if isinstance(wanted, str) else wanted):
            continue
        root = f"arn:{caller.partition}:iam::{caller.account}:root"
        allowed = {"*", caller.account, root, caller.arn, role_arn_of(caller.arn)}
        if allowed.intersection([names] if isinstance(names, str) else names):
            return True
    return False


def role_arn_of(arn: str) -> str:
    """The role behind an assumed role's ARN, without a path; any other ARN as it is."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[2] == "sts" and parts[5].startswith("assumed-role/"):
        return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
    return arn


def denied(caller: Principal, action: str, resource: str) -> AwsError:
    """IAM's refusal in the words of the query services."""
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
    return AwsError("AccessDenied", message, 403)
