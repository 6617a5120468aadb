# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The playbooks as users run them: on one cluster by its name, and on an inventory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.clusters import detach_policy, live_data, set_config_map
from tests.support.playbook import run_playbook
from tests.testbed.fleets import demo_fleet
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed

REFUSED = ("ipv6", "legacy-leftover", "managed-addon")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(demo_fleet(), "emulated") as testbed:
        yield testbed


@pytest.fixture(autouse=True)
def as_new(fleet: Testbed) -> None:
    cluster = fleet.clusters["needs-enable"]
    detach_policy(fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    fleet.forget_requests()


def test_preflight_on_an_inventory(fleet: Testbed) -> None:
    run = run_playbook("cloudops.eks_windows.preflight", fleet.environment, inventory=fleet.inventory)
    assert run.returncode == 2
    assert {host for host, counts in run.stats.items() if counts["failures"]} == {*REFUSED, "needs-enable"}
    assert run.facts("ready") == {}
    assert "iam.cluster_policy" in run.failure("needs-enable")
    assert "eks_windows_fail_on is error" in run.failure("needs-enable")
    assert not [request for request in fleet.aws.requests() if request.write]


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [("never", set()), ("warning", {"ready", "needs-enable", *REFUSED})],
)
def test_what_fails_a_preflight(fleet: Testbed, fail_on: str, failed: set[str]) -> None:
    run = run_playbook(
        "cloudops.eks_windows.preflight",
        fleet.environment,
        inventory=fleet.inventory,
        variables={"eks_windows_fail_on": fail_on},
    )
    assert {host for host, counts in run.stats.items() if counts["failures"]} == failed
    assert run.returncode == (2 if failed else 0)


def test_preflight_on_one_cluster_with_a_goal(fleet: Testbed) -> None:
    run = run_playbook(
        "cloudops.eks_windows.preflight",
        fleet.environment,
        variables={
            "eks_windows_cluster_name": "needs-enable",
            "eks_windows_goal": "enable",
            "eks_windows_fail_on": "never",
            "eks_windows_probe": True,
        },
    )
    assert run.returncode == 0, run.stdout
    (examined,) = [task.result for task in run.of("localhost") if task.action.endswith(".eks_windows_preflight")]
    assert [step["step"] for step in examined["plan"]] == ["attach_cluster_policy", "enable_windows_ipam"]
    probe = next(finding for finding in examined["findings"] if finding["id"] == "ipam.probe")
    assert probe["status"] == "fail"
    lines = next(task.result["msg"] for task in run.of("localhost") if task.name.endswith("Print what was found"))
    assert lines[0].startswith("Cluster needs-enable in us-east-1")
    assert any(line.startswith("Plan:") for line in lines)
    assert max(map(len, lines)) <= 100


def test_enable_on_an_inventory_changes_what_can_be_and_leaves_the_rest(fleet: Testbed) -> None:
    run = run_playbook("cloudops.eks_windows.enable", fleet.environment, inventory=fleet.inventory)
    assert run.returncode == 2
    assert {host for host, counts in run.stats.items() if counts["failures"]} == set(REFUSED)
    assert run.stats["needs-enable"]["changed"] == 2
    assert run.stats["ready"]["changed"] == 0
    for name in REFUSED:
        assert run.stats[name]["changed"] == 0
        assert f"Cluster {name}: " in run.failure(name)
        assert not [request for request in fleet.clusters[name].requests() if request.write]
    assert live_data(fleet.clusters["needs-enable"])["enable-windows-ipam"] == "true"

    fleet.forget_requests()
    again = run_playbook("cloudops.eks_windows.enable", fleet.environment, inventory=fleet.inventory)
    assert {host for host, counts in again.stats.items() if counts["changed"]} == set()
    assert not [request for request in fleet.aws.requests() if request.write]


def test_planned_types_and_waivers_reach_the_module(fleet: Testbed) -> None:
    run = run_playbook(
        "cloudops.eks_windows.preflight",
        fleet.environment,
        variables={
            "eks_windows_cluster_name": "ready",
            "eks_windows_planned_instance_types": ["m6a.large"],
            "eks_windows_ignore": [{"id": "version.lifecycle", "reason": "update in spring", "owner": "platform"}],
        },
    )
    assert run.returncode == 2
    assert "nodes.instance_type" in run.failure("localhost")
    (examined,) = [task.result for task in run.of("localhost") if task.action.endswith(".eks_windows_preflight")]
    lifecycle = next(finding for finding in examined["findings"] if finding["id"] == "version.lifecycle")
    assert lifecycle["severity"] == "info"
    assert "update in spring" in lifecycle["summary"]
