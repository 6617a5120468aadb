# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A Windows node group of size zero, made before Windows support is on: what is wrong with it is said before anything
is changed, as it is afterwards.

The examination runs in this process, by the function that the module runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import WINDOWS_GOALS
from tests.integration.littered import become_client, client
from tests.support.clusters import set_config_map
from tests.support.examination import Examination, examine
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import CHART_DATA, ClusterSpec, NodegroupSpec
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

SPEC = ClusterSpec("waiting", nodegroups=(NodegroupSpec("windows", instance_types=("c4.large",)),))
JUDGED = ("nodes.instance_type", "iam.node_authorization", "iam.node_role_shared", "network.subnet_addresses")
"""The rules that look at a node group which has no node."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[TestbedCluster]:
    """Its node group's role has an access entry of another type."""
    with Testbed([SPEC], control_plane="emulated", stand_ins=False) as testbed, pytest.MonkeyPatch.context() as patch:
        become_client(testbed, patch)
        found = testbed.clusters[SPEC.name]
        eks = client(testbed, "eks")
        (role,) = (arn for arn in found.eks.access_entries if arn.endswith("/waiting-windows-node"))
        eks.delete_access_entry(clusterName=found.name, principalArn=role)
        eks.create_access_entry(clusterName=found.name, principalArn=role, type="EC2_LINUX")
        yield found


@pytest.fixture
def off(cluster: TestbedCluster) -> TestbedCluster:
    """The cluster, with Windows IPAM off."""
    set_config_map(cluster, CHART_DATA)
    return cluster


def said(examination: Examination) -> dict[str, tuple[str, str]]:
    """What the rules say of the node group."""
    found = examination.findings
    return {rule: (found[rule]["status"], found[rule]["summary"]) for rule in JUDGED}


@pytest.mark.parametrize("goal", WINDOWS_GOALS)
def test_what_is_said_before_is_what_is_said_after(off: TestbedCluster, goal: str) -> None:
    before = examine(off, goal=goal)
    set_config_map(off, {**CHART_DATA, "enable-windows-ipam": "true"})
    after = examine(off, goal=goal)
    assert said(before) == said(after)
    assert {rule: status for rule, (status, _summary) in said(before).items()} == {
        "nodes.instance_type": "fail",
        "iam.node_authorization": "fail",
        "iam.node_role_shared": "pass",
        "network.subnet_addresses": "pass",
    }
    assert "nodes.instance_type" in before.result["blockers"]
    assert before.result["examined"]["node_groups"] == 2


@pytest.mark.parametrize("goal", ["none", "legacy_remove", "cert_renew"])
def test_who_does_not_ask_does_not_say_that_there_is_none(off: TestbedCluster, goal: str) -> None:
    found = examine(off, goal=goal)
    assert "node_groups" not in found.result["examined"]
    for status, summary in said(found).values():
        assert status == "not_applicable"
        assert summary.endswith("so that node groups were not asked for")
