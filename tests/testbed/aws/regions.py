# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The regions of accounts, as EC2's DescribeRegions tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.partitions import DEFAULT_REGIONS, STS_SUFFIXES, regions_of
from tests.testbed.aws.principals import Principal

ALWAYS = "opt-in-not-required"
DISABLED = "not-opted-in"
STATUSES = (ALWAYS, "opted-in", DISABLED)
SPARE_REGIONS = 2
_FIRST_CHOICES = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")


class Regions:
    """Which regions accounts have; every method expects to be alone.

    An account that nothing was said of has the regions of its clusters, its partition's default one, and
    :data:`SPARE_REGIONS` more: whoever searches all of them is soon done.

    Args:
        in_use: The regions of an account and partition that have clusters.
    """

    def __init__(self, in_use: Callable[[str, str], Iterable[str]]) -> None:
        self._in_use = in_use
        self._given: dict[tuple[str, str], Mapping[str, str]] = {}

    def set(self, account: str, partition: str, statuses: Mapping[str, str]) -> None:
        """Say what regions there are, by name, with their OptInStatus.

        Raises:
            ValueError: A region is not of the partition, or its status none of :data:`STATUSES`.
        """
        for name, status in statuses.items():
            if name not in regions_of(partition) or status not in STATUSES:
                raise ValueError(f"no region of {partition}, or no status of one: {name} {status}")
        self._given[(account, partition)] = dict(statuses)

    def statuses(self, account: str, partition: str) -> Mapping[str, str]:
        """OptInStatus by region, in order of names."""
        given = self._given.get((account, partition))
        if given is None:
            names = {DEFAULT_REGIONS[partition], *self._in_use(account, partition)}
            others = [name for name in (*_FIRST_CHOICES, *sorted(regions_of(partition))) if name not in names]
            known = regions_of(partition)
            names.update([name for name in dict.fromkeys(others) if name in known][:SPARE_REGIONS])
            given = dict.fromkeys(names, ALWAYS)
        return dict(sorted(given.items()))

    def is_disabled(self, caller: Principal, region: str) -> bool:
        """Whether the caller's account has not opted in to a region."""
        return self._given.get((caller.account, caller.partition), {}).get(region) == DISABLED

    def describe(self, caller: Principal, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of DescribeRegions.

        Raises:
            AwsError: It asks for a region that does not exist, or for a dry run.
        """
        if parameters.get("DryRun"):
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        rows = [
            {"RegionName": name, "Endpoint": f"ec2.{name}.{STS_SUFFIXES[caller.partition]}", "OptInStatus": status}
            for name, status in self.statuses(caller.account, caller.partition).items()
        ]
        wanted = parameters.get("RegionNames")
        unknown = sorted(set(wanted or ()) - {row["RegionName"] for row in rows})
        if unknown:
            raise AwsError("InvalidParameterValue", f"Invalid region name: {', '.join(unknown)}")
        if wanted:
            rows = [row for row in rows if row["RegionName"] in wanted]
        if not parameters.get("AllRegions"):
            rows = [row for row in rows if row["OptInStatus"] != DISABLED]
        members = {"region-name": "RegionName", "endpoint": "Endpoint", "opt-in-status": "OptInStatus"}
        for condition in parameters.get("Filters") or ():
            if condition["Name"] not in members:
                raise AwsError("InvalidParameterValue", f"The filter '{condition['Name']}' is invalid")
            member = members[condition["Name"]]
            rows = [row for row in rows if any(fnmatchcase(row[member], value) for value in condition["Values"])]
        return {"Regions": rows}
