# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    RoleUser,
    RoleUsers,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.role_users import role_users

ROLE = "arn:aws:iam::111122223333:role/production-cluster"
OTHER_ROLE = "arn:aws:iam::111122223333:role/other"
SILENT = ConnectTimeoutError(endpoint_url="https://eks.eu-west-1.amazonaws.com/")


def regions(*names: str) -> dict[str, Any]:
    return {"Regions": [{"RegionName": name} for name in names]}


def roles(**by_name: str) -> Any:
    return lambda name: {"cluster": {"name": name, "roleArn": by_name.get(name, OTHER_ROLE)}}


@pytest.fixture
def account(aws):
    """Three regions: the own cluster with another one, one that has its namesake, and an empty one."""
    aws.answers = {
        "describe_regions": regions("us-east-1", "eu-west-1", "eu-central-1"),
        "list_clusters": [],
        "list_clusters@eu-central-1": ["production", "staging"],
        "list_clusters@eu-west-1": ["production", "spare"],
        "describe_cluster": roles(),
    }
    return aws


def test_all_regions_are_searched(account) -> None:
    found = role_users(account, "production", ROLE)
    assert found.users == RoleUsers((), ("eu-central-1", "eu-west-1", "us-east-1"))
    assert found.examined == (
        RoleUser("eu-central-1", "staging"),
        RoleUser("eu-west-1", "production"),
        RoleUser("eu-west-1", "spare"),
    )
    assert len(account.asked) == 1 + 3 + 3
    assert account.asked_in[0] == ("describe_regions", "eu-central-1", {"AllRegions": False})


def test_a_namesake_elsewhere_is_another_cluster(account) -> None:
    account.answers["describe_cluster"] = roles(production=ROLE)
    assert role_users(account, "production", ROLE).users.clusters == (RoleUser("eu-west-1", "production"),)


def test_another_cluster_of_the_same_region(account) -> None:
    account.answers["describe_cluster@eu-central-1"] = roles(staging=ROLE)
    assert role_users(account, "production", ROLE).users.clusters == (RoleUser("eu-central-1", "staging"),)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("AccessDeniedException", "Give the caller eks:ListClusters in eu-west-1"),
        ("UnrecognizedClientException", "regional endpoint of STS"),
        ("ExpiredTokenException", "Renew the AWS credentials"),
        (SILENT, "the network"),
        (EksWindowsError("no such endpoint", "mend it"), "mend it"),
    ],
)
def test_a_region_that_can_t_be_listed_hides_no_other(account, error: Any, remedy: str) -> None:
    account.answers["list_clusters@eu-west-1"] = account.refusal(error) if isinstance(error, str) else error
    account.answers["describe_cluster"] = roles(staging=ROLE)
    users = role_users(account, "production", ROLE).users
    assert (users.clusters, users.searched) == ((RoleUser("eu-central-1", "staging"),), ("eu-central-1", "us-east-1"))
    (unsearched,) = users.unsearched
    assert unsearched.source == "eks:ListClusters in eu-west-1"
    assert remedy in unsearched.remedy


def test_a_cluster_that_may_not_be_described_hides_no_other(account) -> None:
    def denied(name: str) -> Any:
        if name == "production":
            raise account.refusal("AccessDeniedException")
        return roles(spare=ROLE)(name)

    account.answers["describe_cluster@eu-west-1"] = denied
    users = role_users(account, "production", ROLE).users
    assert users.clusters == (RoleUser("eu-west-1", "spare"),)
    assert users.searched == ("eu-central-1", "us-east-1")
    assert users.unsearched == (
        Unknown(
            "eks:DescribeCluster of production in eu-west-1",
            "An error occurred (AccessDeniedException) when calling the Operation operation: "
            "AccessDeniedException said",
            "Give the caller eks:DescribeCluster in eu-west-1",
        ),
    )


@pytest.mark.parametrize("answer", [{}, {"cluster": None}, {"cluster": {"name": "spare"}}])
def test_a_cluster_whose_role_is_not_told(account, answer: dict[str, Any]) -> None:
    account.answers["list_clusters@eu-west-1"] = ["spare"]
    account.answers["describe_cluster@eu-west-1"] = answer
    (unsearched,) = role_users(account, "production", ROLE).users.unsearched
    assert unsearched.source == "eks:DescribeCluster of spare in eu-west-1"


def test_a_cluster_that_is_deleted_meanwhile_is_no_user(account) -> None:
    account.answers["describe_cluster@eu-west-1"] = account.refusal("ResourceNotFoundException")
    found = role_users(account, "production", ROLE)
    assert found.users.unsearched == ()
    assert found.examined == (RoleUser("eu-central-1", "staging"),)


def test_a_region_that_falls_silent_is_given_up(account) -> None:
    account.answers["list_clusters@eu-west-1"] = [f"cluster-{number}" for number in range(50)]
    account.answers["describe_cluster@eu-west-1"] = SILENT
    users = role_users(account, "production", ROLE).users
    assert [unsearched.source for unsearched in users.unsearched] == ["eks:DescribeCluster in eu-west-1"]
    asked = [region for operation, region, _parameters in account.asked_in if operation == "describe_cluster"]
    assert asked.count("eu-west-1") < 10


def test_regions_are_searched_at_the_same_time(account) -> None:
    names = [f"eu-test-{number}" for number in range(30)]
    account.answers["describe_regions"] = regions("eu-central-1", *names)
    together = threading.Barrier(31, timeout=20)

    def listed(**_parameters: Any) -> list[str]:
        together.wait()
        return []

    account.answers = {"describe_regions": account.answers["describe_regions"], "list_clusters": listed}
    assert len(role_users(account, "production", ROLE).users.searched) == 31


def test_regions_that_may_not_be_listed(account) -> None:
    account.answers["describe_regions"] = account.refusal("UnauthorizedOperation", "DescribeRegions")
    with pytest.raises(ClientError, match="DescribeRegions"):
        role_users(account, "production", ROLE)


@pytest.mark.parametrize("answer", [{}, {"Regions": None}, regions("eu-west-1")])
def test_an_answer_without_the_cluster_s_own_region_is_no_search(account, answer: dict[str, Any]) -> None:
    account.answers["describe_regions"] = answer
    with pytest.raises(EksWindowsError, match="does not tell of eu-central-1"):
        role_users(account, "production", ROLE)
