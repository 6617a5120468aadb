# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regions of accounts, and permissions in some of them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AwsServer


def regions(ec2: Any, **parameters: Any) -> dict[str, str]:
    rows = ec2.describe_regions(**parameters)["Regions"]
    return {row["RegionName"]: row["OptInStatus"] for row in rows}


def code_of(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_an_account_has_the_regions_of_its_clusters_and_few_more(aws: AwsServer, client: Any) -> None:
    aws.add_cluster("far", region="ap-southeast-2")
    aws.add_cluster("theirs", region="eu-north-1", account="444455556666")
    ec2 = client("ec2")
    assert regions(ec2) == dict.fromkeys(
        ["ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"], "opt-in-not-required"
    )
    (row,) = ec2.describe_regions(RegionNames=["ap-southeast-2"])["Regions"]
    assert row["Endpoint"] == "ec2.ap-southeast-2.amazonaws.com"
    assert client("eks", region="ap-southeast-2").list_clusters()["clusters"] == ["far"]
    assert client("eks", region="eu-west-1").list_clusters()["clusters"] == []


def test_partitions_keep_to_themselves(aws: AwsServer, client: Any) -> None:
    china = client("ec2", aws.credentials(partition="aws-cn"), "cn-north-1")
    assert set(regions(china)) == {"cn-north-1", "cn-northwest-1"}
    government = client("ec2", aws.credentials(partition="aws-us-gov"), "us-gov-west-1")
    assert set(regions(government)) == {"us-gov-east-1", "us-gov-west-1"}


def test_regions_can_be_set(aws: AwsServer, client: Any) -> None:
    statuses = {"us-east-1": "opt-in-not-required", "ap-east-1": "opted-in", "me-south-1": "not-opted-in"}
    aws.set_regions(statuses)
    ec2 = client("ec2")
    assert regions(ec2) == {"ap-east-1": "opted-in", "us-east-1": "opt-in-not-required"}
    assert regions(ec2, AllRegions=True) == statuses
    opted = {"Name": "opt-in-status", "Values": ["opt-in-not-required", "opted-in"]}
    assert set(regions(ec2, AllRegions=True, Filters=[opted])) == {"us-east-1", "ap-east-1"}
    assert client("eks", region="ap-east-1").list_clusters()["clusters"] == []
    assert code_of(client("eks", region="me-south-1").list_clusters) == "UnrecognizedClientException"
    assert code_of(ec2.describe_regions, RegionNames=["eu-west-1"]) == "InvalidParameterValue"
    assert code_of(ec2.describe_regions, DryRun=True) == "DryRunOperation"
    aws.set_regions(["us-east-1"])
    assert set(regions(ec2)) == {"us-east-1"}
    with pytest.raises(ValueError, match="no region of aws"):
        aws.set_regions(["cn-north-1"])
    with pytest.raises(ValueError, match="maybe"):
        aws.set_regions({"us-east-1": "maybe"})


def test_a_denial_may_concern_one_region(aws: AwsServer, client: Any) -> None:
    aws.deny("eks:ListClusters", region="eu-*")
    assert client("eks").list_clusters()["clusters"] == []
    there = client("eks", region="eu-west-1")
    assert code_of(there.list_clusters) == "AccessDeniedException"
    aws.allow("eks:ListClusters")
    assert code_of(there.list_clusters) == "AccessDeniedException"
    aws.allow("eks:ListClusters", region="eu-*")
    assert there.list_clusters()["clusters"] == []


def test_whoever_asks_needs_the_permission(aws: AwsServer, client: Any) -> None:
    statement = {"Effect": "Allow", "Action": "eks:*", "Resource": "*"}
    keys = aws.add_user_with_policy("limited", {"Version": "2012-10-17", "Statement": [statement]})
    assert code_of(client("ec2", keys).describe_regions) == "UnauthorizedOperation"
