# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What EC2 tells of subnets and instance types. Source: the service model of EC2 in botocore 1.43."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Ec2InstanceType, Subnet

VALUES_PER_CALL = 200
"""Values that a filter of EC2 takes."""

TYPES_PER_CALL = 100
"""Instance types that one page of the answer holds."""


def subnets(aws: AwsConnection, ids: Sequence[str]) -> tuple[Subnet, ...]:
    """The subnets of these ids that are there: one call for up to 200.

    Raises:
        ClientError: EC2 refuses.
        BotoCoreError: EC2 isn't reached.
    """
    return tuple(
        Subnet(
            id=str(row.get("SubnetId") or ""),
            zone=str(row.get("AvailabilityZone") or ""),
            available_addresses=int(row.get("AvailableIpAddressCount") or 0),
        )
        for row in _filtered(aws, "describe_subnets", "Subnets", "subnet-id", ids, VALUES_PER_CALL)
    )


def instance_types(aws: AwsConnection, names: Sequence[str]) -> tuple[Ec2InstanceType, ...]:
    """The instance types of these names that the region has: one call for up to 100.

    Raises:
        ClientError: EC2 refuses.
        BotoCoreError: EC2 isn't reached.
    """
    # A filter's values may hold wildcards, which no name of a type has.
    plain = [name for name in names if not set(name) & set("*?\\")]
    rows = _filtered(aws, "describe_instance_types", "InstanceTypes", "instance-type", plain, TYPES_PER_CALL)
    return tuple(_instance_type(row) for row in rows)


def _instance_type(row: dict[str, Any]) -> Ec2InstanceType:
    return Ec2InstanceType(
        name=str(row.get("InstanceType") or ""),
        ipv4_per_interface=int((row.get("NetworkInfo") or {}).get("Ipv4AddressesPerInterface") or 0),
        hypervisor=str(row.get("Hypervisor") or ""),
        architectures=tuple(map(str, (row.get("ProcessorInfo") or {}).get("SupportedArchitectures") or ())),
    )


def _filtered(
    aws: AwsConnection, operation: str, key: str, name: str, values: Sequence[str], at_a_time: int
) -> list[dict[str, Any]]:
    """All rows that a filter finds. It passes over what does not exist, which ids and names do not."""
    rows: list[dict[str, Any]] = []
    for start in range(0, len(values), at_a_time):
        wanted = {"Name": name, "Values": list(values[start : start + at_a_time])}
        rows += aws.pages("ec2", operation, key, Filters=[wanted])
    return rows
