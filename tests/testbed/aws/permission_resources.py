# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that an operation takes: actions, and the resources that policies are held against.

The source is AWS's Service Authorization Reference. EKS's random part of an ARN is a ``*`` here, so that a policy
must have a wildcard in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.testbed.aws import iam
from tests.testbed.aws.principals import Principal

_EKS_CHILDREN = (("addonName", "addon"), ("nodegroupName", "nodegroup"), ("fargateProfileName", "fargateprofile"))
_EKS_UPDATES = ("DescribeUpdate", "ListUpdates")


@dataclass(frozen=True)
class Permission:
    """``context`` has condition keys, in lower case, that only this permission has a value for."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def needed_permissions(
    service: str, operation: str, region: str, caller: Principal, parameters: Mapping[str, Any]
) -> list[Permission]:
    """All of them are needed.

    An EKS add-on's service account role must be passed: AWS's support read "Cross-account pass role is not allowed"
    in the events of UpdateAddon calls (hashicorp/terraform-provider-aws#30645), so EKS checks iam:PassRole there,
    which the Service Authorization Reference does not list.
    """
    action = f"{service}:{operation}"
    if service == "eks":
        resources = eks_resources(operation, region, caller, parameters)
        found = [Permission(action, resource) for resource in resources]
        role = str(parameters.get("serviceAccountRoleArn") or "")
        if role:
            found.append(Permission("iam:PassRole", role, {"iam:passedtoservice": "eks.amazonaws.com"}))
        return found
    if service == "iam":
        policy = str(parameters.get("PolicyArn") or "")
        return [Permission(action, iam_resource(caller, parameters), {"iam:policyarn": policy} if policy else {})]
    if service == "sts":
        keys = {"sts:externalid": "ExternalId", "sts:rolesessionname": "RoleSessionName"}
        context = {key: str(parameters[name]) for key, name in keys.items() if parameters.get(name)}
        return [Permission(action, str(parameters.get("RoleArn") or "*"), context)]
    if service == "ssm":
        return [Permission(action, resource) for resource in _ssm_resources(region, caller, parameters)]
    return [Permission(action, "*")]


def eks_resources(operation: str, region: str, caller: Principal, parameters: Mapping[str, Any]) -> list[str]:
    """The resources of an EKS operation: of an update of an add-on both the cluster and the add-on."""
    cluster = parameters.get("clusterName") or parameters.get("name")
    if not cluster:
        return ["*"]
    prefix = f"arn:{caller.partition}:eks:{region}:{caller.account}"
    found = []
    if not operation.startswith("Create"):
        found = [
            f"{prefix}:{kind}/{cluster}/{parameters[member]}/*"
            for member, kind in _EKS_CHILDREN
            if parameters.get(member)
        ]
        if parameters.get("principalArn"):
            kind, _, path = str(parameters["principalArn"]).rpartition(":")[2].partition("/")
            account = str(parameters["principalArn"]).split(":")[4]
            found.append(f"{prefix}:access-entry/{cluster}/{kind}/{account}/{path}/*")
    return [f"{prefix}:cluster/{cluster}", *found] if operation in _EKS_UPDATES or not found else found


def iam_resource(caller: Principal, parameters: Mapping[str, Any]) -> str:
    """The ARN that an IAM operation is about: with the path of the role or user that exists."""
    prefix = f"arn:{caller.partition}:iam::{caller.account}"
    for member, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        name = parameters.get(member)
        if not name:
            continue
        found = iam.find_named(caller.account, caller.partition, kind, str(name))
        return str(found.arn) if found else f"{prefix}:{kind}{parameters.get('Path') or '/'}{name}"
    if parameters.get("InstanceProfileName"):
        return f"{prefix}:instance-profile/{parameters['InstanceProfileName']}"
    return str(parameters.get("PolicyArn") or parameters.get("PolicySourceArn") or "*")


def _ssm_resources(region: str, caller: Principal, parameters: Mapping[str, Any]) -> list[str]:
    names = [
        str(name) for name in [*parameters.get("Names", []), parameters.get("Name"), parameters.get("Path")] if name
    ]
    # AWS's public parameters belong to no account.
    return [
        f"arn:{caller.partition}:ssm:{region}:{'' if name.startswith('/aws/service') else caller.account}"
        f":parameter/{name.lstrip('/')}"
        for name in names
    ] or ["*"]
