# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Other clusters that run as the cluster's role, in every region that is enabled for its account.

A role of another account can't be passed to a cluster, so that the cluster's own account is all there is to search.
Sources: the service models of EC2 and EKS in botocore 1.43.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import (
    error_code,
    is_hopeless,
    is_not_found,
    remedy_for,
    words_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    RoleUser,
    RoleUsers,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

REGION_THREADS = 40
"""Regions at a time: all of them, so that those that can't be reached cost one timeout together."""

CLUSTER_THREADS = 4
"""Clusters of one region at a time."""

FOREIGN_TOKEN_CODES = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})
"""What a region answers that does not know of a token: that of STS's global endpoint, where the region was opted into.
"""


@dataclass(frozen=True)
class RoleSearch:
    """Who uses the role, and the clusters that were looked at for it."""

    users: RoleUsers
    examined: tuple[RoleUser, ...]


@dataclass(frozen=True)
class _Cluster:
    """A cluster, and the role that it runs as."""

    name: str
    role_arn: str


@dataclass(frozen=True)
class _Region:
    """What was seen of one region."""

    name: str
    clusters: tuple[_Cluster, ...]
    unsearched: tuple[Unknown, ...]


def role_users(aws: AwsConnection, cluster_name: str, role_arn: str) -> RoleSearch:
    """Clusters that run as the role, but the one of that name in the connection's region.

    One call for the regions, one for each of them and one for each cluster. A region that can't be listed, or a cluster
    that can't be described, keeps no other from being looked at.

    Raises:
        ClientError: The regions may not be listed.
        BotoCoreError: EC2 isn't reached.
        EksWindowsError: No region is told of.
    """

    def search(region: str) -> _Region:
        return _searched(aws.in_region(region), cluster_name if region == aws.region else "")

    regions = concurrently(search, _enabled_regions(aws), REGION_THREADS)
    roles = {RoleUser(region.name, cluster.name): cluster.role_arn for region in regions for cluster in region.clusters}
    return RoleSearch(
        RoleUsers(
            clusters=tuple(cluster for cluster, role in roles.items() if role == role_arn),
            searched=tuple(region.name for region in regions if not region.unsearched),
            unsearched=tuple(unsearched for region in regions for unsearched in region.unsearched),
        ),
        examined=tuple(roles),
    )


def _enabled_regions(aws: AwsConnection) -> list[str]:
    """Regions that are enabled for the account, by name."""
    answer = aws.call("ec2", "describe_regions", AllRegions=False)
    names = sorted(str(region.get("RegionName") or "") for region in answer.get("Regions") or ())
    if aws.region not in names:
        raise EksWindowsError(
            f"the answer does not tell of {aws.region}, where the cluster is", remedy="Check AWS_ENDPOINT_URL_EC2"
        )
    return names


def _searched(aws: AwsConnection, own_name: str) -> _Region:
    """All clusters of the connection's region but the own one, each with its role."""
    try:
        names = [name for name in aws.pages("eks", "list_clusters", "clusters") if name != own_name]
    except (BotoCoreError, ClientError, EksWindowsError) as error:
        return _Region(aws.region, (), (_unknown("eks:ListClusters", aws.region, error),))
    given_up: list[Unknown] = []

    def look(name: str) -> _Cluster | Unknown | None:
        return given_up[0] if given_up else _described(aws, name, given_up)

    looks = concurrently(look, names, CLUSTER_THREADS)
    return _Region(
        aws.region,
        tuple(found for found in looks if isinstance(found, _Cluster)),
        tuple(dict.fromkeys(found for found in looks if isinstance(found, Unknown))),
    )


def _described(aws: AwsConnection, name: str, given_up: list[Unknown]) -> _Cluster | Unknown | None:
    """The cluster, None where it was deleted meanwhile; ``given_up`` gets what no other call could do better at."""
    try:
        role_arn = cluster_of(aws.call("eks", "describe_cluster", name=name).get("cluster") or {}).role_arn
    except (BotoCoreError, ClientError) as error:
        if is_not_found(error):
            return None
        if not is_hopeless(error):
            return _unknown("eks:DescribeCluster", aws.region, error, name)
        given_up.append(_unknown("eks:DescribeCluster", aws.region, error))
        return given_up[0]
    if not role_arn:
        source = f"eks:DescribeCluster of {name} in {aws.region}"
        return Unknown(source, "EKS does not tell the cluster's role", "Look at aws eks describe-cluster")
    return _Cluster(name, role_arn)


def _unknown(action: str, region: str, error: Exception, cluster: str = "") -> Unknown:
    """Why a region, or one cluster in it, was not looked at."""
    source = f"{action} of {cluster} in {region}" if cluster else f"{action} in {region}"
    if isinstance(error, EksWindowsError):
        return Unknown(source, error.message, error.remedy)
    remedy = remedy_for(error, f"{action} in {region}")
    if error_code(error) in FOREIGN_TOKEN_CODES:
        remedy = (
            "Take the AWS credentials from a regional endpoint of STS: those of its global endpoint don't hold in "
            "regions that an account has to enable"
        )
    return Unknown(source, words_of(error), remedy)
