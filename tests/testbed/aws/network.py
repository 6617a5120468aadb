# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPCs and subnets of clusters, made in moto's EC2 only when somebody asks EC2: loading it takes most of a second."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any
from unittest.mock import patch

RESERVED_ADDRESSES = 5
"""Addresses of each subnet that EC2 keeps for itself."""

ZONES = "abc"


def _new_id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(9)[:17]}"


@dataclass(frozen=True)
class SubnetPlan:
    """A subnet to be. ``available_addresses`` is what EC2 will say is left; None for an empty subnet."""

    id: str
    vpc_id: str
    cidr: str
    zone_index: int
    available_addresses: int | None


class Networks:
    """The networks of one server; every method expects to be alone."""

    def __init__(self) -> None:
        self._shared: dict[tuple[str, str], str] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._counts: dict[str, int] = {}
        self._vpc_of: dict[str, str] = {}
        self._plans: dict[str, SubnetPlan] = {}
        self._pending: dict[tuple[str, str], list[SubnetPlan]] = {}
        self._made: set[str] = set()

    def new_vpc(self, account: str, region: str) -> str:
        """Plan a VPC, 10.0.0.0/16, and return its id."""
        vpc = _new_id("vpc")
        self._places[vpc] = (account, region)
        return vpc

    def shared_vpc(self, account: str, region: str) -> str:
        """The one VPC of an account and region that is no cluster's own."""
        if (account, region) not in self._shared:
            self._shared[(account, region)] = self.new_vpc(account, region)
        return self._shared[(account, region)]

    def vpc_of(self, subnet: str) -> str:
        """The VPC of a subnet. Raises KeyError for a subnet that was not planned here."""
        return self._vpc_of[subnet]

    def add_subnet(self, vpc: str, prefix: int = 24, available_addresses: int | None = None) -> str:
        """Plan a subnet and return its id; zones are taken in turn.

        Raises:
            ValueError: The VPC has no room left, or the prefix is none that this VPC can take.
        """
        count = self._counts.get(vpc, 0)
        if count > 255 or not 24 <= prefix <= 28:
            raise ValueError(f"no room for subnet {count} of /{prefix} in {vpc}")
        self._counts[vpc] = count + 1
        plan = SubnetPlan(_new_id("subnet"), vpc, f"10.0.{count}.0/{prefix}", count, available_addresses)
        self._plans[plan.id] = plan
        self._pending.setdefault(self._places[vpc], []).append(plan)
        self._vpc_of[plan.id] = vpc
        return plan.id

    def set_available(self, subnet: str, addresses: int) -> None:
        """Say how many addresses are left in a subnet. Raises KeyError for one that was not planned here."""
        self._plans[subnet] = replace(self._plans[subnet], available_addresses=addresses)

    def describe(self, subnet: str, account: str, region: str) -> dict[str, Any] | None:
        """A row of DescribeSubnets, None for a subnet that was not planned in this account and region."""
        plan = self._plans.get(subnet)
        if plan is None or self._places[plan.vpc_id] != (account, region):
            return None
        empty = IPv4Network(plan.cidr).num_addresses - RESERVED_ADDRESSES
        return {
            "SubnetId": plan.id,
            "VpcId": plan.vpc_id,
            "CidrBlock": plan.cidr,
            "State": "available",
            "OwnerId": account,
            "AvailabilityZone": f"{region}{ZONES[plan.zone_index % len(ZONES)]}",
            "AvailableIpAddressCount": empty if plan.available_addresses is None else plan.available_addresses,
        }

    def make(self, account: str, region: str) -> None:
        """Make what is planned, in moto. Expects to run inside the server's moto scope."""
        plans = self._pending.pop((account, region), [])
        if not plans:
            return
        from moto.ec2.models import ec2_backends

        ec2 = ec2_backends[account][region]
        zones = [zone.name for zone in ec2.describe_availability_zones()]
        for plan in plans:
            # moto draws its ids; these were promised to DescribeCluster before EC2 was loaded.
            if plan.vpc_id not in self._made:
                with patch("moto.ec2.models.vpcs.random_vpc_id", return_value=plan.vpc_id):
                    ec2.create_vpc("10.0.0.0/16")
                self._made.add(plan.vpc_id)
            zone = zones[plan.zone_index % len(zones)]
            with patch("moto.ec2.models.subnets.random_subnet_id", return_value=plan.id):
                subnet = ec2.create_subnet(plan.vpc_id, plan.cidr, availability_zone=zone)
            if plan.available_addresses is not None:
                subnet._available_ip_addresses = plan.available_addresses
