# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The playbooks as users run them: on one cluster by its name, and on an inventory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.addons import reset_addon
from tests.support.clusters import detach_policy, live_data, set_config_map
from tests.support.playbook import run_playbook
from tests.testbed.fleets import demo_fleet
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed

REFUSED = ("ipv6", "legacy-leftover")
MENDED = ("needs-enable", "managed-addon")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(demo_fleet(), "emulated") as testbed:
        yield testbed


@pytest.fixture(autouse=True)
def as_new(fleet: Testbed) -> None:
    cluster = fleet.clusters["needs-enable"]
    detach_policy(fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    reset_addon(fleet, fleet.clusters["managed-addon"])


def test_preflight_on_an_inventory(fleet: Testbed) -> None:
    run = run_playbook("cloudops.eks_windows.preflight", fleet.environment, inventory=fleet.inventory)
    assert run.returncode == 2
    assert {host for host, counts in run.stats.items() if counts["failures"]} == {*REFUSED, *MENDED}
    assert not [name for name in run.facts("ready") if "eks_windows_" not in name], "it gathers no facts of the host"
    assert "iam.cluster_policy" in run.failure("needs-enable")
    assert "eks_windows_fail_on is error" in run.failure("needs-enable")
    assert "Role " not in run.failure("needs-enable"), "no goal was asked for"
    assert not [request for request in fleet.aws.requests() if request.write]


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [("never", set()), ("warning", {"ready", *REFUSED, *MENDED})],
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


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("needs-enable", "Role enable could go ahead."),
        ("ipv6", "Role enable would refuse: network.ip_family."),
    ],
)
def test_last_word_of_a_preflight_with_a_goal(fleet: Testbed, name: str, words: str) -> None:
    run = run_playbook(
        "cloudops.eks_windows.preflight",
        fleet.environment,
        variables={"eks_windows_cluster_name": name, "eks_windows_goal": "enable"},
    )
    assert words in run.failure("localhost")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
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


def test_enable_on_an_inventory_changes_what_can_be_and_leaves_the_rest(fleet: Testbed) -> None:
    run = run_playbook("cloudops.eks_windows.enable", fleet.environment, inventory=fleet.inventory)
    assert run.returncode == 2
    assert {host for host, counts in run.stats.items() if counts["failures"]} == set(REFUSED)
    assert {name: run.stats[name]["changed"] for name in MENDED} == {"needs-enable": 2, "managed-addon": 2}
    assert run.stats["ready"]["changed"] == 0
    for name in REFUSED:
        assert run.stats[name]["changed"] == 0
        assert f"Cluster {name}: " in run.failure(name)
        assert not [request for request in fleet.clusters[name].requests() if request.write]
    for name in MENDED:
        assert live_data(fleet.clusters[name])["enable-windows-ipam"] == "true"

    fleet.forget_requests()
    again = run_playbook("cloudops.eks_windows.enable", fleet.environment, inventory=fleet.inventory)
    assert {host for host, counts in again.stats.items() if counts["changed"]} == set()
    assert not [request for request in fleet.aws.requests() if request.write]


def test_each_cluster_of_a_play_has_its_steps_in_their_order(fleet: Testbed, tmp_path: Path) -> None:
    """Ansible joins what several hosts include, and this one comes first for the host that has fewer steps."""
    inventory = tmp_path / "clusters.json"
    hosts = {name: {"eks_windows_cluster_name": name, "eks_windows_region": "us-east-1"} for name in reversed(MENDED)}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    run = run_playbook("cloudops.eks_windows.enable", fleet.environment, inventory=inventory)
    assert run.returncode == 0, run.stdout[-3000:]
    first, second = run.changes("needs-enable")
    assert "Attach AmazonEKSVPCResourceController" in first
    assert "Set keys of ConfigMap" in second
    assert run.facts("needs-enable")["eks_windows_result"]["changed_steps"] == [
        "attach_cluster_policy",
        "enable_windows_ipam",
    ]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
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


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_waiver_that_ran_out_no_longer_holds_and_is_shown(fleet: Testbed) -> None:
    waiver = {"id": "version.lifecycle", "reason": "update in spring", "owner": "platform", "until": "2026-01-31"}
    variables = {
        "eks_windows_cluster_name": "ready",
        "eks_windows_fail_on": "warning",
        "eks_windows_ignore": [waiver],
    }
    run = run_playbook("cloudops.eks_windows.preflight", fleet.environment, variables=variables)
    assert run.returncode == 2
    assert "version.lifecycle" in run.failure("localhost")
    lines = next(task.result["msg"] for task in run.of("localhost") if task.name.endswith("Print what was found"))
    assert "(waiver ended 2026-01-31)" in " ".join(line.strip() for line in lines)

    held = {**variables, "eks_windows_ignore": [{**waiver, "until": "2999-01-31"}]}
    run = run_playbook("cloudops.eks_windows.preflight", fleet.environment, variables=held)
    assert run.returncode == 0, run.stdout[-3000:]
    lines = next(task.result["msg"] for task in run.of("localhost") if task.name.endswith("Print what was found"))
    text = " ".join(line.strip() for line in lines)
    assert all(words in text for words in ("version.lifecycle", "update in spring", "platform", "2999-01-31"))
