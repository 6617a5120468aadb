# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role disable refuses where AMIs of one's own are of Windows, or may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clusters import policy_attached
from tests.support.roles import changed_steps, run_role, writes
from tests.testbed.specs import ClusterSpec, NodegroupSpec, chart_data
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ON = chart_data(enable_windows_ipam="true")
WINDOWS_NAME = "Windows_Server-2022-English-Core-EKS_Optimized-*"
SMALL_GROUP = NodegroupSpec("own", ami_type="CUSTOM")


def node_class(called: str, **term: str) -> dict[str, Any]:
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": called},
        "spec": {"amiFamily": "Custom", "amiSelectorTerms": [term]},
    }


FLEET = (
    ClusterSpec("group", config_map=ON, nodegroups=(SMALL_GROUP,)),
    ClusterSpec("named", config_map=ON, objects=(node_class("named", name=WINDOWS_NAME),)),
    ClusterSpec("id", config_map=ON, objects=(node_class("one", id="ami-1"),)),
    ClusterSpec("linux", config_map=ON, objects=(node_class("l", name="amazon-eks-node-al2023-x86_64-standard-*"),)),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(FLEET, "emulated") as testbed:
        yield testbed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("group", ("Not known: the operating system of node groups: 1", "Node group own (CUSTOM, size 0)")),
        ("id", ("Not known: the operating system of Karpenter node classes: 1", "EC2NodeClass one (", "id ami-1")),
        ("named", ("Windows is in use (Karpenter node classes: 1)", f"EC2NodeClass named ({WINDOWS_NAME})")),
    ],
)
def test_it_is_refused_until_it_is_waived(fleet: Testbed, name: str, said: tuple[str, ...]) -> None:
    cluster = fleet.clusters[name]
    fleet.forget_requests()
    refused = run_role("disable", fleet, cluster)
    assert refused.returncode == 2
    message = refused.failure("localhost")
    assert "nothing was changed. usage.windows: " in message
    assert [part for part in said if part not in message] == []
    assert writes(fleet, cluster) == []
    assert policy_attached(fleet, cluster)

    waiver = {"id": "usage.windows", "reason": "its AMI is of Linux"}
    assert changed_steps(run_role("disable", fleet, cluster, eks_windows_ignore=[waiver])) == [
        "disable_windows_ipam",
        "detach_cluster_policy",
    ]


def test_a_name_of_linux_stops_nothing(fleet: Testbed) -> None:
    assert changed_steps(run_role("disable", fleet, fleet.clusters["linux"])) == [
        "disable_windows_ipam",
        "detach_cluster_policy",
    ]
