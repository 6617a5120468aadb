# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""How many pods with an address of their own a Windows node runs, by its instance type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import (
    LIST_DATE,
    InstanceType,
    instance_type,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Ec2InstanceType

Source = Literal["ec2", "table"]

TOLD_BY = {"ec2": "EC2", "table": f"the controller's list of {LIST_DATE}"}
"""The sources in words."""


@dataclass(frozen=True)
class Limits:
    """Pods with an address of their own on one Windows node.

    Attributes:
        type: The EC2 instance type.
        secondary: In secondary mode: the IPv4 addresses of one interface less its primary one.
        prefix: Under prefix delegation; None on Xen, which can't have it.
        source: ``ec2`` where DescribeInstanceTypes tells them, ``table`` where the controller's list does.
    """

    type: str
    secondary: int
    prefix: int | None
    source: Source

    @property
    def told_by(self) -> str:
        """The source in words."""
        return TOLD_BY[self.source]


def limits_of(name: str, told: Iterable[Ec2InstanceType]) -> Limits | None:
    """The limits of a type by what EC2 told, else by the controller's list; None where neither knows it."""
    row = next((each for each in told if each.name == name and each.ipv4_per_interface > 0), None)
    if row is not None:
        found = InstanceType(name, 0, row.ipv4_per_interface, row.hypervisor or "metal")
        return Limits(name, found.secondary_limit, found.prefix_limit, "ec2")
    listed = instance_type(name)
    return None if listed is None else Limits(name, listed.secondary_limit, listed.prefix_limit, "table")
