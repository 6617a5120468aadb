# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words in which each service refuses a caller who lacks a permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.principals import Principal


def _eks_resource(prefix: str, parameters: Mapping[str, Any]) -> str:
    cluster = parameters.get("clusterName") or parameters.get("name")
    if not cluster:
        return "*"
    for member, kind in (
        ("addonName", "addon"),
        ("nodegroupName", "nodegroup"),
        ("fargateProfileName", "fargateprofile"),
    ):
        if parameters.get(member):
            return f"{prefix}:{kind}/{cluster}/{parameters[member]}/*"
    if parameters.get("principalArn"):
        kind, _, path = str(parameters["principalArn"]).rpartition(":")[2].partition("/")
        account = str(parameters["principalArn"]).split(":")[4]
        return f"{prefix}:access-entry/{cluster}/{kind}/{account}/{path}/*"
    return f"{prefix}:cluster/{cluster}"


def access_denied(
    service: str, operation: str, region: str, caller: Principal, parameters: Mapping[str, Any]
) -> AwsError:
    """The refusal of ``operation``, naming caller, action and resource as AWS does."""
    action = f"{service}:{operation}"
    because = f"because no identity-based policy allows the {action} action"
    start = f"User: {caller.arn} is not authorized to perform: {action}"
    if service == "eks":
        resource = _eks_resource(f"arn:{caller.partition}:eks:{region}:{caller.account}", parameters)
        return AwsError("AccessDeniedException", f"{start} on resource: {resource}", 403)
    if service == "iam":
        target = f"role {parameters['RoleName']}" if parameters.get("RoleName") else "*"
        return AwsError("AccessDenied", f"{start} on resource: {target} {because}", 403)
    if service == "ec2":
        return AwsError(
            "UnauthorizedOperation", f"You are not authorized to perform this operation. {start} {because}", 403
        )
    if service == "ssm":
        return AwsError("AccessDeniedException", f"{start} {because}", 400)
    resource = str(parameters.get("RoleArn") or "*")
    return AwsError("AccessDenied", f"{start} on resource: {resource}", 403)
