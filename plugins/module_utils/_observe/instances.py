# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""EC2 instances of Windows nodes, and the roles of the instance profiles of some.

Sources: the service models of EC2 and IAM in botocore 1.43.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from typing import Any

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    Known,
    MetadataOptions,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

IDS_PER_CALL = 200
"""Values that a filter of EC2 takes."""

THREADS = 4
"""Instance profiles at a time."""


def instances(aws: AwsConnection, ids: Sequence[str], with_role: Collection[str]) -> tuple[Instance, ...]:
    """The instances that are there: one call for up to 200 of them, and one for each instance profile.

    A profile that can't be read leaves the role of its instances unknown.

    Args:
        ids: Theirs.
        with_role: Ids of those whose role is asked for.

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
    profiles = sorted({_profile(instance) for instance in found if _id(instance) in with_role} - {""})
    roles = dict(zip(profiles, concurrently(lambda arn: _role(aws, arn), profiles, THREADS), strict=True))
    return tuple(
        Instance(
            id=_id(instance),
            subnet_id=str(instance.get("SubnetId") or ""),
            role=roles.get(_profile(instance), "") if _id(instance) in with_role else None,
            metadata=_metadata(instance.get("MetadataOptions") or {}),
        )
        for instance in found
    )


def _id(instance: dict[str, Any]) -> str:
    return str(instance.get("InstanceId") or "")


def _metadata(told: dict[str, Any]) -> MetadataOptions:
    return MetadataOptions(
        endpoint=str(told.get("HttpEndpoint") or ""),
        tokens=str(told.get("HttpTokens") or ""),
        hop_limit=int(told.get("HttpPutResponseHopLimit") or 0),
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
