# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role enable on the real control plane: what it changes, what it leaves alone, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clusters import (
    CNI_CONFIG_MAP,
    create_windows_pod,
    delete_pod,
    detach_policy,
    live_data,
    policy_attached,
    reading_only,
    resource_version,
    set_config_map,
    wait_for_address,
)
from tests.support.playbook import PlaybookRun
from tests.support.roles import result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed

BOTH_STEPS = ["attach_cluster_policy", "enable_windows_ipam"]


@pytest.fixture
def cluster(enable_fleet: Testbed) -> Iterator[TestbedCluster]:
    """A cluster without Windows support: policy detached, the chart's own ConfigMap."""
    found = enable_fleet.clusters["enable"]
    detach_policy(enable_fleet, found)
    set_config_map(found, CHART_DATA)
    enable_fleet.forget_requests()
    yield found
    enable_fleet.aws.clear_faults()


def enable(testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("enable", testbed, cluster, *arguments, **variables)


def test_first_run_changes_and_second_writes_nothing(enable_fleet: Testbed, cluster: TestbedCluster) -> None:
    first = enable(enable_fleet, cluster)
    assert first.returncode == 0, first.stdout
    assert result(first)["changed_steps"] == BOTH_STEPS
    assert result(first)["before"]["windows_ipam"]["effective"] is False
    assert result(first)["after"]["windows_ipam"] == {
        "live": "true",
        "effective": True,
        "owner": "config_map",
        "addon_value": None,
    }
    assert policy_attached(enable_fleet, cluster)
    assert live_data(cluster) == {**CHART_DATA, "enable-windows-ipam": "true"}
    assert writes(enable_fleet, cluster) == ["iam:AttachRolePolicy", f"patch {CNI_CONFIG_MAP}"]

    version = resource_version(cluster)
    enable_fleet.forget_requests()
    second = enable(enable_fleet, cluster)
    assert second.returncode == 0, second.stdout
    assert second.stats["localhost"]["changed"] == 0
    assert result(second)["changed_steps"] == []
    assert writes(enable_fleet, cluster) == []
    assert not [request for request in cluster.requests() if request.dry_run]
    assert resource_version(cluster) == version
    assert [task.action for task in second.of("localhost") if not task.action.startswith("ansible.builtin.")] == [
        "cloudops.eks_windows.eks_windows_preflight"
    ]


def test_check_mode_predicts_the_first_run_and_writes_nothing(enable_fleet: Testbed, cluster: TestbedCluster) -> None:
    version = resource_version(cluster)
    predicted = enable(enable_fleet, cluster, "--check", "--diff")
    assert predicted.returncode == 0, predicted.stdout
    assert writes(enable_fleet, cluster) == []
    assert not policy_attached(enable_fleet, cluster)
    assert resource_version(cluster) == version

    real = enable(enable_fleet, cluster)
    assert real.returncode == 0, real.stdout
    assert predicted.changes("localhost") == real.changes("localhost")
    assert len(real.changes("localhost")) == 2
    assert result(predicted) == result(real)


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_only_the_missing_step_is_taken(enable_fleet: Testbed, cluster: TestbedCluster) -> None:
    set_config_map(cluster, {**CHART_DATA, "enable-windows-ipam": "true"})
    enable_fleet.forget_requests()
    run = enable(enable_fleet, cluster)
    assert run.returncode == 0, run.stdout
    assert result(run)["changed_steps"] == ["attach_cluster_policy"]
    assert writes(enable_fleet, cluster) == ["iam:AttachRolePolicy"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="absent"),
        pytest.param({}, id="no-data"),
        *[
            # The key is patched whatever it held: one spelling tells what the client's releases make of it.
            pytest.param(
                {**CHART_DATA, "enable-windows-ipam": spelling},
                id=f"spelt {spelling!r}",
                marks=() if spelling == "yes" else pytest.mark.newest_client,
            )
            for spelling in ("yes", "on", "enabled", " true", "tRUE", "")
        ],
    ],
)
def test_every_state_of_the_config_map(
    enable_fleet: Testbed, cluster: TestbedCluster, data: dict[str, str] | None
) -> None:
    set_config_map(cluster, data)
    run = enable(enable_fleet, cluster)
    assert run.returncode == 0, run.stdout
    assert "enable_windows_ipam" in result(run)["changed_steps"]
    assert live_data(cluster) == {**(data or {}), "enable-windows-ipam": "true"}


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("spelling", ["1", "t", "T", "TRUE", "true", "True"])
def test_spellings_that_are_true_to_the_controller_are_left(
    enable_fleet: Testbed, cluster: TestbedCluster, spelling: str
) -> None:
    set_config_map(cluster, {**CHART_DATA, "enable-windows-ipam": spelling})
    run = enable(enable_fleet, cluster, "--check")
    assert run.returncode == 0, run.stdout
    assert result(run)["changed_steps"] == ["attach_cluster_policy"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(("name", "partition"), [("enable", "aws"), ("china", "aws-cn"), ("government", "aws-us-gov")])
def test_policy_is_the_partitions_own(enable_fleet: Testbed, name: str, partition: str) -> None:
    cluster = enable_fleet.clusters[name]
    detach_policy(enable_fleet, cluster)
    run = enable(enable_fleet, cluster)
    assert run.returncode == 0, run.stdout
    attached = [task.result for task in run.of("localhost") if task.action == "cloudops.eks_windows.iam_role_policy"]
    assert attached[0]["policy_arn"] == f"arn:{partition}:iam::aws:policy/AmazonEKSVPCResourceController"
    assert attached[0]["policy_arn"] in attached[0]["attached_policies"]
    assert policy_attached(enable_fleet, cluster)


# Refused or judged by the library before any module of another collection runs.
@pytest.mark.newest_client
@pytest.mark.parametrize("arguments", [(), ("-e", "eks_windows_remove_legacy=false")], ids=["default", "text"])
def test_legacy_controller_is_refused(enable_fleet: Testbed, arguments: tuple[str, ...]) -> None:
    cluster = enable_fleet.clusters["legacy"]
    detach_policy(enable_fleet, cluster)
    enable_fleet.forget_requests()
    run = enable(enable_fleet, cluster, *arguments)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster legacy" in message
    assert "nothing was changed" in message
    assert "legacy.controller_blocks" in message
    assert "kube-system/vpc-resource-controller" in message
    assert writes(enable_fleet, cluster) == []


# Refused or judged by the library before any module of another collection runs.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_owner_that_cannot_be_read_is_refused(enable_fleet: Testbed) -> None:
    cluster = enable_fleet.clusters["addon"]
    enable_fleet.forget_requests()
    enable_fleet.aws.deny("eks:DescribeAddon")
    try:
        run = enable(enable_fleet, cluster)
    finally:
        enable_fleet.aws.clear_faults()
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "ipam.owner" in message
    assert "not authorized to perform: eks:DescribeAddon" in message
    assert writes(enable_fleet, cluster) == []


def test_failure_between_two_steps_is_healed(enable_fleet: Testbed, cluster: TestbedCluster) -> None:
    """The first step is done and the second refused by the API server; the next run continues."""
    with reading_only(cluster):
        broken = enable(enable_fleet, cluster)
    assert broken.returncode == 2
    message = broken.failure("localhost")
    assert f"Cluster {cluster.name}: step enable_windows_ipam failed on ConfigMap kube-system/amazon-vpc-cni" in message
    assert "refuse.configmaps.test" in message
    assert "Steps done before: attach_cluster_policy" in message
    assert policy_attached(enable_fleet, cluster)
    assert live_data(cluster) == CHART_DATA

    enable_fleet.forget_requests()
    healed = enable(enable_fleet, cluster)
    assert healed.returncode == 0, healed.stdout
    assert result(healed)["changed_steps"] == ["enable_windows_ipam"]
    assert writes(enable_fleet, cluster) == [f"patch {CNI_CONFIG_MAP}"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_failure_at_the_first_step_changes_nothing(enable_fleet: Testbed, cluster: TestbedCluster) -> None:
    denied = "not authorized to perform: iam:AttachRolePolicy"
    enable_fleet.aws.fail_next("iam", "AttachRolePolicy", "AccessDenied", denied)
    broken = enable(enable_fleet, cluster)
    assert broken.returncode == 2
    message = broken.failure("localhost")
    assert "step attach_cluster_policy failed" in message
    assert denied in message
    assert live_data(cluster) == CHART_DATA
    assert enable(enable_fleet, cluster).returncode == 0


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_fresh_windows_pod_gets_its_address_after_enable_and_not_before(
    enable_fleet: Testbed, cluster: TestbedCluster
) -> None:
    for name in ("before", "after"):
        delete_pod(cluster, name)
    before = create_windows_pod(cluster, "before")
    assert not wait_for_address(cluster, "before", seconds=4)
    assert "vpc.amazonaws.com/PrivateIPv4Address" not in str(before["spec"]["containers"][0])
    run = enable(enable_fleet, cluster)
    assert run.returncode == 0, run.stdout
    after = create_windows_pod(cluster, "after")
    assert after["spec"]["containers"][0]["resources"]["limits"]["vpc.amazonaws.com/PrivateIPv4Address"] == "1"
    assert wait_for_address(cluster, "after", seconds=30)
    assert not wait_for_address(cluster, "before", seconds=1), "admission only concerns pods created after it"
