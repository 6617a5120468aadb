# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""EC2 instances of Windows nodes that no managed node group made, and the roles of their instance profiles.

Sources: the service models of EC2 and IAM in botocore 1.43.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Instance, Known
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

IDS_PER_CALL = 200
"""Values that a filter of EC2 takes."""

THREADS = 4
"""Instance profiles at a time."""


def instances(aws: AwsConnection, ids: Sequence[str]) -> tuple[Instance, ...]:
    """The instances that are there: one call for up to 200 of them, and one for each instance profile.

    A profile that can't be read leaves the role of its instances unknown.

    Raises:
        ClientError: EC2 refuses.
        BotoCoreError: EC2 isn't reached.
    """
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), IDS_PER_CALL):
        # A filter, unlike InstanceIds, passes over an instance that is gone meanwhile.
        wanted = {"Name": "instance-id", "Values": list(ids[start : start + IDS_PER_CALL])}
        reservations = aws.pages("ec2", "describe_instances", "Reservations", Filters=[wanted])
        found += [instance for reservation in reservations for instance in reservation.get("Instances") or ()]
    profiles = sorted({_profile(instance) for instance in found} - {""})
    roles = dict(zip(profiles, concurrently(lambda arn: _role(aws, arn), profiles, THREADS), strict=True))
    return tuple(
        Instance(
            id=str(instance.get("InstanceId") or ""),
            subnet_id=str(instance.get("SubnetId") or ""),
            role=roles.get(_profile(instance), ""),
        )
        for instance in found
    )


def _profile(instance: dict[str, Any]) -> str:
    """ARN of the instance profile; empty where there is none."""
    return str((instance.get("IamInstanceProfile") or {}).get("Arn") or "")


def _role(aws: AwsConnection, profile_arn: str) -> Known[str]:
    """ARN of the profile's role; empty where it has none."""
    try:
        answer = aws.call("iam", "get_instance_profile", InstanceProfileName=profile_arn.rsplit("/", 1)[-1])
    except (BotoCoreError, ClientError) as error:
        return aws_unknown("iam:GetInstanceProfile", error)
    roles = (answer.get("InstanceProfile") or {}).get("Roles") or [{}]
    return str(roles[0].get("Arn") or "")
