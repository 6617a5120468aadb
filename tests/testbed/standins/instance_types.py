# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The instance types that the controller stand-in knows: a small choice of those that the real one knows.

Source: aws/amazon-vpc-resource-controller-k8s pkg/aws/vpc/limits.go of 2026-03-20.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDRESSES_PER_PREFIX = 16


@dataclass(frozen=True)
class InstanceType:
    """``addresses`` is the number of IPv4 addresses of one interface. ``nitro`` is true for bare metal too."""

    addresses: int
    nitro: bool = True

    def pods(self, prefixes: bool) -> int:
        """How many Windows pods a node of this type runs, with prefix delegation or without."""
        free = self.addresses - 1
        return free * ADDRESSES_PER_PREFIX if prefixes and self.nitro else free


INSTANCE_TYPES = {
    "c3.large": InstanceType(10, nitro=False),
    "c4.large": InstanceType(10, nitro=False),
    "c5.large": InstanceType(10),
    "c5.4xlarge": InstanceType(30),
    "d2.xlarge": InstanceType(15, nitro=False),
    "i2.xlarge": InstanceType(15, nitro=False),
    "i3.large": InstanceType(10, nitro=False),
    "m4.large": InstanceType(10, nitro=False),
    "m4.16xlarge": InstanceType(30, nitro=False),
    "m5.large": InstanceType(10),
    "m5.xlarge": InstanceType(15),
    "m5.2xlarge": InstanceType(15),
    "m5.metal": InstanceType(50),
    "m5a.large": InstanceType(10),
    "m6a.large": InstanceType(10),
    "m6g.large": InstanceType(10),
    "m6i.large": InstanceType(10),
    "m7i.large": InstanceType(10),
    "r3.large": InstanceType(10, nitro=False),
    "r5.large": InstanceType(10),
    "t2.large": InstanceType(12, nitro=False),
    "t3.small": InstanceType(4),
    "t3.medium": InstanceType(6),
    "t3.large": InstanceType(12),
    "t3.xlarge": InstanceType(15),
    "t3a.large": InstanceType(12),
}
