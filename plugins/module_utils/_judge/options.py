# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a judgement is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Goal

ClusterPolicy = Literal["manage", "verify", "ignore"]
IpamOwner = Literal["auto", "addon", "config_map"]


@dataclass(frozen=True)
class Waiver:
    """A rule that the user waives.

    ``until`` is the last day on which the waiver holds; None is for ever.
    """

    id: str
    reason: str = ""
    owner: str = ""
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it has not ended."""
        return self.until is None or today <= self.until


@dataclass(frozen=True)
class JudgeOptions:
    """How an observation is judged.

    Attributes:
        today: The day of the judgement, for waivers and dates of support.
        goal: What a role would be run for.
        planned_instance_types: EC2 types of Windows nodes to come, judged like those that run.
        ignore: Waivers, as ``parse_ignore`` of ``_judge.ignore`` makes them.
        cluster_policy: Whether ``enable`` attaches the policy, refuses without it or does not look at it.
        ipam_owner: Whose setting Windows IPAM is; ``auto`` is the add-on where EKS manages vpc-cni.
        renewal_days: Days before its end from which on a legacy certificate is due for renewal.
        prefix_delegation: Whether ``enable`` sets Windows prefix delegation on or off; None leaves it.
        warm_ip_target: Addresses that ``enable`` has kept ready on each Windows node; None leaves it, also below.
        minimum_ip_target: Addresses that each Windows node has at least.
        warm_prefix_target: Prefixes kept ready on each Windows node, under prefix delegation.
    """

    today: date
    goal: Goal = "none"
    planned_instance_types: tuple[str, ...] = ()
    ignore: tuple[Waiver, ...] = ()
    cluster_policy: ClusterPolicy = "manage"
    ipam_owner: IpamOwner = "auto"
    renewal_days: int = 30
    prefix_delegation: bool | None = None
    warm_ip_target: int | None = None
    minimum_ip_target: int | None = None
    warm_prefix_target: int | None = None

    def waives(self, rule_id: str) -> bool:
        """Whether a waiver of the rule holds today."""
        return any(waiver.id == rule_id and waiver.holds(self.today) for waiver in self.ignore)
