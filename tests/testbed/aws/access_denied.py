# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words in which each service refuses a caller who lacks a permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.permission_resources import Permission, needed_permissions
from tests.testbed.aws.principals import Principal


def access_denied(
    service: str, operation: str, region: str, caller: Principal, parameters: Mapping[str, Any]
) -> AwsError:
    """The refusal of ``operation``, naming caller, action and resource as AWS does."""
    needed = needed_permissions(service, operation, region, caller, parameters)
    return permission_denied(service, needed[0], caller, parameters)


def permission_denied(
    service: str, needed: Permission, caller: Principal, parameters: Mapping[str, Any], explicit: bool = False
) -> AwsError:
    """The refusal by ``service`` of a caller who lacks one permission.

    Args:
        parameters: Those of the operation that takes the permission.
        explicit: Whether a policy denies it, rather than none allowing it.
    """
    because = f"because no identity-based policy allows the {needed.action} action"
    if explicit:
        because = "with an explicit deny in an identity-based policy"
    start = f"User: {caller.arn} is not authorized to perform: {needed.action}"
    if service == "eks":
        tail = f" {because}" if explicit else ""
        return AwsError("AccessDeniedException", f"{start} on resource: {needed.resource}{tail}", 403)
    if service == "iam":
        target = f"role {parameters['RoleName']}" if parameters.get("RoleName") else needed.resource
        return AwsError("AccessDenied", f"{start} on resource: {target} {because}", 403)
    if service == "ec2":
        text = f"You are not authorized to perform this operation. {start} {because}"
        return AwsError("UnauthorizedOperation", text, 403)
    if service == "ssm":
        return AwsError("AccessDeniedException", f"{start} on resource: {needed.resource} {because}", 400)
    tail = f" {because}" if explicit else ""
    return AwsError("AccessDenied", f"{start} on resource: {needed.resource}{tail}", 403)
