# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of iam_role_policy: one managed policy on one role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

# Where it is missing, the backend's requirements say so before it runs.
with suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import aws_failure
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import aws_argument_spec

POLICY_ARN = re.compile(r"arn:[\w-]+:iam::(aws|\d{12}):policy/.+")


def backend() -> Backend:
    """The module's interface and its work."""
    return Backend(
        argument_spec={
            "role_name": {"type": "str", "required": True, "aliases": ["name"]},
            "policy_arn": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "request_timeout": {"type": "int", "default": 30},
            **aws_argument_spec(),
        },
        run=ensure,
        requirements=("boto3", "botocore"),
    )


def ensure(parameters: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Attach the policy to the role or detach it, where it isn't so already."""
    role, policy = parameters["role_name"], parameters["policy_arn"]
    if not POLICY_ARN.match(policy):
        raise EksWindowsError(
            f"Policy {policy} of role {role} is no ARN of a managed policy",
            remedy="Give one such as arn:aws:iam::aws:policy/AmazonEKSVPCResourceController",
        )
    wanted = parameters["state"] == "present"
    connection = AwsConnection(parameters, primary_service="iam", global_partition=partition_of(policy))
    before = attached_policies(connection, role)
    changed = (policy in before) is not wanted
    if changed and not check_mode:
        change(connection, role, policy, wanted)
    after = sorted({*before, policy}) if wanted else [arn for arn in before if arn != policy]
    return {
        "changed": changed,
        "role_name": role,
        "policy_arn": policy,
        "attached_policies": after,
        "diff": {"before": {"attached_policies": before}, "after": {"attached_policies": after}},
        **connection.resource_actions,
    }


def partition_of(arn: str) -> str:
    """The partition in an ARN; the usual one where the text is none, about which IAM knows better words."""
    return arn.partition(":")[2].partition(":")[0] or "aws"


def attached_policies(connection: AwsConnection, role: str) -> list[str]:
    """ARNs of the managed policies attached to the role, sorted."""
    try:
        found = connection.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role)
    except (BotoCoreError, ClientError) as error:
        raise aws_failure(f"Could not read policies of role {role}", error, "iam:ListAttachedRolePolicies") from error
    return sorted(policy["PolicyArn"] for policy in found)


def change(connection: AwsConnection, role: str, policy: str, attach: bool) -> None:
    """Attach the policy, or detach it."""
    work = "attach" if attach else "detach"
    try:
        connection.call("iam", f"{work}_role_policy", RoleName=role, PolicyArn=policy)
    except (BotoCoreError, ClientError) as error:
        what = f"Could not {work} policy {policy} {'to' if attach else 'from'} role {role}"
        raise aws_failure(what, error, f"iam:{work.capitalize()}RolePolicy") from error
