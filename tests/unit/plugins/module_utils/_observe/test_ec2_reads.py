# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.ec2_reads import instance_types, subnets
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Ec2InstanceType,
    Subnet,
)


def test_subnets(aws) -> None:
    row = {"SubnetId": "subnet-1", "AvailabilityZone": "eu-central-1a", "AvailableIpAddressCount": 251}
    aws.answers["describe_subnets"] = [row, {}]
    assert subnets(aws, ["subnet-1", "subnet-2"]) == (Subnet("subnet-1", "eu-central-1a", 251), Subnet("", "", 0))
    (asked,) = aws.asked_in
    assert asked[2] == {"Filters": [{"Name": "subnet-id", "Values": ["subnet-1", "subnet-2"]}]}


def test_instance_types_in_one_call(aws) -> None:
    large = {
        "InstanceType": "m5.large",
        "Hypervisor": "nitro",
        "NetworkInfo": {"Ipv4AddressesPerInterface": 10},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
    }
    metal = {"InstanceType": "m5.metal", "NetworkInfo": {"Ipv4AddressesPerInterface": 50}}
    aws.answers["describe_instance_types"] = [large, metal]
    assert instance_types(aws, ["m5.large", "m5.metal", "m5.*", "m?.large", "m5\\.large"]) == (
        Ec2InstanceType("m5.large", 10, "nitro", ("x86_64",)),
        Ec2InstanceType("m5.metal", 50, "", ()),
    )
    (asked,) = aws.asked_in
    assert asked[2] == {"Filters": [{"Name": "instance-type", "Values": ["m5.large", "m5.metal"]}]}


@pytest.mark.parametrize(("number", "calls"), [(0, 0), (1, 1), (100, 1), (101, 2)])
def test_a_hundred_types_at_a_time(aws, number: int, calls: int) -> None:
    aws.answers["describe_instance_types"] = []
    assert instance_types(aws, [f"m{each}.large" for each in range(number)]) == ()
    assert len(aws.asked) == calls


def test_what_may_not_be_described(aws) -> None:
    for read in (subnets, instance_types):
        with pytest.raises(ClientError, match="AccessDenied"):
            read(aws, ["a"])
