# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Partitions, regions and the STS hosts that an authenticator accepts, from botocore's endpoint data."""

from __future__ import annotations

from functools import cache

import botocore.session

PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}
STS_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
DEFAULT_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}


def partition_of(region: str) -> str:
    """The partition that a region's name says, ``aws`` where its prefix is none of the others."""
    for prefix, partition in PREFIXES.items():
        if region.startswith(prefix):
            return partition
    return "aws"


@cache
def regions_of(partition: str) -> frozenset[str]:
    """The regions of a partition in which botocore knows STS."""
    session = botocore.session.Session()
    return frozenset(session.get_available_regions("sts", partition_name=partition))


@cache
def sts_hosts(partition: str) -> frozenset[str]:
    """The hosts that may be asked who made an EKS token: the partition's, and no other."""
    suffix = STS_SUFFIXES[partition]
    hosts = {f"{name}.{region}.{suffix}" for region in regions_of(partition) for name in ("sts", "sts-fips")}
    if partition == "aws":
        hosts.add("sts.amazonaws.com")
    return frozenset(hosts)
