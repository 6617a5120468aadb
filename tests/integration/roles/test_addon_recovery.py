# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles enable and disable on an add-on that an earlier run, or somebody else, left in the middle, and on what would
stop them there themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.addons import configured, reset_addon, updating_until_it_is_seen
from tests.support.clusters import attach_policy, live_data, policy_attached
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.aws.eks_state import AddonIssue
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import AddonSpec, ClusterSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

UPDATE = "eks:UpdateAddon"
DETACH = "iam:DetachRolePolicy"
REFUSED = AddonIssue("AdmissionRequestDenied", "A webhook said no")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed((ClusterSpec("addon", addon=AddonSpec()),), control_plane="emulated") as testbed:
        yield testbed


@pytest.fixture
def cluster(fleet: Testbed) -> Iterator[TestbedCluster]:
    found = fleet.clusters["addon"]
    attach_policy(fleet, found)
    yield found
    fleet.aws.clear_faults()


def after_the_goal(role: str) -> str:
    return json.dumps({"enableWindowsIpam": "true" if role == "enable" else "false"})


@pytest.mark.parametrize("role", ["enable", "disable"])
def test_failed_update_is_made_again(fleet: Testbed, cluster: TestbedCluster, role: str) -> None:
    addon = reset_addon(fleet, cluster, after_the_goal(role), status="UPDATE_FAILED", issues=(REFUSED,))
    detached = ["detach_cluster_policy"] if role == "disable" else []
    predicted = run_role(role, fleet, cluster, "--check")
    assert writes(fleet, cluster) == []

    run = run_role(role, fleet, cluster)
    assert changed_steps(run) == ["configure_addon", *detached]
    assert result(predicted) == result(run)
    assert predicted.changes("localhost") == run.changes("localhost")
    assert result(run)["plan"][0]["reason"] == "The last update of add-on vpc-cni failed"
    assert sorted(writes(fleet, cluster)) == sorted([UPDATE, *([DETACH] if detached else [])])
    assert addon.status == "ACTIVE"

    fleet.forget_requests()
    assert changed_steps(run_role(role, fleet, cluster)) == []
    assert writes(fleet, cluster) == []


@pytest.mark.parametrize("role", ["enable", "disable"])
def test_update_of_a_run_that_died_is_waited_for(fleet: Testbed, cluster: TestbedCluster, role: str) -> None:
    addon = reset_addon(fleet, cluster, after_the_goal(role))
    with updating_until_it_is_seen(fleet, cluster):
        run = run_role(role, fleet, cluster)
    assert changed_steps(run) == (["detach_cluster_policy"] if role == "disable" else [])
    assert result(run)["plan"][0]["reason"] == "Add-on vpc-cni is UPDATING"
    assert addon.status == "ACTIVE"
    assert UPDATE not in writes(fleet, cluster)


def test_update_that_fails_while_it_is_waited_for_is_made_again(fleet: Testbed, cluster: TestbedCluster) -> None:
    addon = reset_addon(fleet, cluster, after_the_goal("disable"))
    with updating_until_it_is_seen(fleet, cluster, "UPDATE_FAILED", [REFUSED]):
        run = run_role("disable", fleet, cluster)
    assert changed_steps(run) == ["configure_addon", "detach_cluster_policy"]
    assert addon.status == "ACTIVE"


def test_policy_stays_until_the_add_on_is_done(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, after_the_goal("disable"), status="UPDATING")
    run = run_role("disable", fleet, cluster, eks_windows_wait_timeout=3)
    assert run.returncode == 2
    assert "step configure_addon failed on Add-on vpc-cni" in run.failure("localhost")
    assert policy_attached(fleet, cluster)
    assert writes(fleet, cluster) == []


@pytest.mark.parametrize("arguments", [("--check",), ()])
@pytest.mark.parametrize(
    ("denied", "words"),
    [
        pytest.param(False, "would refuse its configuration: oldKey: no such key in the schema", id="refused"),
        pytest.param(True, "Give the caller eks:DescribeAddonConfiguration", id="schema-denied"),
    ],
)
def test_disable_that_the_add_on_would_stop_does_not_begin(
    fleet: Testbed, cluster: TestbedCluster, arguments: tuple[str, ...], denied: bool, words: str
) -> None:
    addon = reset_addon(fleet, cluster, '{"enableWindowsIpam": "true"}')
    if denied:
        fleet.aws.deny("eks:DescribeAddonConfiguration")
    else:
        # The schema refuses it today; older versions took it.
        addon.configuration_values = '{"enableWindowsIpam": "true", "oldKey": "x"}'
    run = run_role("disable", fleet, cluster, *arguments)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Windows support can't be disabled, nothing was changed" in message
    assert words in message
    assert writes(fleet, cluster) == []
    assert live_data(cluster)["enable-windows-ipam"] == configured(cluster)["enableWindowsIpam"] == "true"


@pytest.mark.parametrize(("role", "live"), [("enable", "false"), ("disable", "true")])
def test_immutable_config_map_is_refused(fleet: Testbed, cluster: TestbedCluster, role: str, live: str) -> None:
    reset_addon(fleet, cluster)
    cluster.admin.delete("configmaps", "amazon-vpc-cni", "kube-system")
    cluster.admin.create(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
            "immutable": True,
            "data": {"enable-windows-ipam": live},
        }
    )
    fleet.forget_requests()
    run = run_role(role, fleet, cluster)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert f"Windows support can't be {role}d, nothing was changed" in message
    assert f"ConfigMap kube-system/amazon-vpc-cni is immutable, so that {role}_windows_ipam can't" in message
    assert writes(fleet, cluster) == []
