# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role disable on the real control plane: what it changes and in which order, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import (
    ADDRESS,
    CNI_CONFIG_MAP,
    attach_policy,
    create_windows_pod,
    delete_pod,
    live_data,
    policy_attached,
    reading_only,
    resource_version,
    set_config_map,
)
from tests.support.fleets import NODES
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, NodegroupSpec, chart_data
from tests.testbed.testbed import Testbed

ON = chart_data(enable_windows_ipam="true")
OFF = chart_data()
NODE_CLASS = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "on-demand"},
    "spec": {"amiSelectorTerms": [{"alias": "windows2022@latest"}]},
}
FLEET = (
    ClusterSpec("disable", config_map=ON),
    ClusterSpec("used", nodes=NODES, config_map=ON),
    ClusterSpec("secured", config_map=ON, aws_node_env={"ENABLE_POD_ENI": "true"}),
    ClusterSpec("dormant", config_map=ON, nodegroups=(NodegroupSpec("asleep"),), objects=(NODE_CLASS,)),
    ClusterSpec("shared-here", config_map=ON, role_name="shared-by-two"),
)
ELSEWHERE = "eu-west-1"
BOTH_STEPS = ["disable_windows_ipam", "detach_cluster_policy"]


@pytest.fixture(scope="module")
def disable_fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        testbed.aws.add_cluster("shared-there", region=ELSEWHERE, role_name="shared-by-two")
        yield testbed


@pytest.fixture
def cluster(disable_fleet: Testbed) -> Iterator[TestbedCluster]:
    """A cluster with Windows support, and no Windows in use."""
    found = disable_fleet.clusters["disable"]
    attach_policy(disable_fleet, found)
    set_config_map(found, ON)
    disable_fleet.forget_requests()
    yield found
    disable_fleet.aws.clear_faults()


def disable(testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("disable", testbed, cluster, *arguments, **variables)


def test_first_run_changes_and_second_writes_nothing(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    first = disable(disable_fleet, cluster)
    assert changed_steps(first) == BOTH_STEPS
    assert result(first)["before"]["windows_ipam"]["effective"] is True
    assert result(first)["after"]["windows_ipam"]["live"] == "false"
    assert result(first)["after"]["windows_ipam"]["effective"] is False
    assert not policy_attached(disable_fleet, cluster)
    assert live_data(cluster) == OFF
    assert writes(disable_fleet, cluster) == ["iam:DetachRolePolicy", f"patch {CNI_CONFIG_MAP}"]

    version = resource_version(cluster)
    disable_fleet.forget_requests()
    second = disable(disable_fleet, cluster)
    assert changed_steps(second) == []
    assert second.stats["localhost"]["changed"] == 0
    assert writes(disable_fleet, cluster) == []
    assert resource_version(cluster) == version


def test_check_mode_predicts_the_first_run_and_writes_nothing(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    version = resource_version(cluster)
    predicted = disable(disable_fleet, cluster, "--check", "--diff")
    assert changed_steps(predicted) == BOTH_STEPS
    assert writes(disable_fleet, cluster) == []
    assert policy_attached(disable_fleet, cluster)
    assert resource_version(cluster) == version

    real = disable(disable_fleet, cluster)
    assert real.returncode == 0, real.stdout[-3000:]
    assert predicted.changes("localhost") == real.changes("localhost")
    assert result(predicted) == result(real)


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_fresh_windows_pod_gets_no_address_limit_afterwards(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    delete_pod(cluster, "late")
    assert disable(disable_fleet, cluster).returncode == 0
    try:
        late = create_windows_pod(cluster, "late")
        assert ADDRESS not in str(late["spec"]["containers"][0])
    finally:
        delete_pod(cluster, "late")


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_pending_windows_pod_is_use(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    create_windows_pod(cluster, "waiting")
    disable_fleet.forget_requests()
    try:
        refused = disable(disable_fleet, cluster)
        assert refused.returncode == 2
        message = refused.failure("localhost")
        assert "Cluster disable: Windows support can't be disabled, nothing was changed" in message
        assert "usage.windows" in message
        assert "Pod default/waiting (Pending)" in message
        assert writes(disable_fleet, cluster) == []

        overridden = disable(disable_fleet, cluster, eks_windows_ignore=["usage.windows"])
        assert changed_steps(overridden) == BOTH_STEPS
    finally:
        delete_pod(cluster, "waiting")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_windows_node_is_use(disable_fleet: Testbed) -> None:
    used = disable_fleet.clusters["used"]
    disable_fleet.forget_requests()
    refused = disable(disable_fleet, used)
    assert refused.returncode == 2
    assert "usage.windows" in refused.failure("localhost")
    assert writes(disable_fleet, used) == []
    assert policy_attached(disable_fleet, used)

    overridden = disable(disable_fleet, used, eks_windows_ignore=["usage.windows"])
    assert changed_steps(overridden) == BOTH_STEPS
    assert "A dry run of a Windows pod showed the effect." in overridden.of("localhost")[-1].message
    assert changed_steps(disable(disable_fleet, used)) == [], "nothing is left to guard"


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_what_may_start_a_windows_node_is_use(disable_fleet: Testbed) -> None:
    dormant = disable_fleet.clusters["dormant"]
    disable_fleet.forget_requests()
    refused = disable(disable_fleet, dormant)
    assert refused.returncode == 2
    message = refused.failure("localhost")
    assert "usage.windows: Windows is in use (node groups: 1, Karpenter node classes: 1)" in message
    assert "Node group asleep (WINDOWS_CORE_2022_x86_64, size 0)" in message
    assert "EC2NodeClass on-demand (windows2022@latest)" in message
    assert writes(disable_fleet, dormant) == []


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_policy_stays_for_security_groups_for_pods(disable_fleet: Testbed) -> None:
    secured = disable_fleet.clusters["secured"]
    disable_fleet.forget_requests()
    run = disable(disable_fleet, secured)
    assert changed_steps(run) == ["disable_windows_ipam"]
    said = run.of("localhost")[-1].message
    assert "iam.policy_in_use" in said
    assert policy_attached(disable_fleet, secured)
    assert writes(disable_fleet, secured) == [f"patch {CNI_CONFIG_MAP}"]

    again = disable(disable_fleet, secured)
    assert again.stats["localhost"]["changed"] == 0


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_policy_stays_for_a_cluster_that_shares_the_role(disable_fleet: Testbed) -> None:
    here = disable_fleet.clusters["shared-here"]
    run = disable(disable_fleet, here)
    assert changed_steps(run) == ["disable_windows_ipam"]
    said = run.of("localhost")[-1].message
    assert "iam.cluster_role_shared" in said
    assert f"EKS cluster {ELSEWHERE}/shared-there" in said
    assert policy_attached(disable_fleet, here)

    overridden = disable(disable_fleet, here, eks_windows_ignore=["iam.cluster_role_shared"])
    assert changed_steps(overridden) == ["detach_cluster_policy"]


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_policy_stays_where_a_region_cannot_be_searched(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    disable_fleet.aws.deny("eks:ListClusters", region=ELSEWHERE)
    run = disable(disable_fleet, cluster)
    assert changed_steps(run) == ["disable_windows_ipam"]
    said = run.of("localhost")[-1].message
    assert "iam.cluster_role_shared" in said
    assert ELSEWHERE in said
    assert policy_attached(disable_fleet, cluster)

    disable_fleet.aws.clear_faults()
    assert changed_steps(disable(disable_fleet, cluster)) == ["detach_cluster_policy"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_ipam_goes_off_before_the_policy_goes(disable_fleet: Testbed, cluster: TestbedCluster) -> None:
    """The first step is refused by the API server: the policy, without which the controller fails, is still there."""
    with reading_only(cluster):
        broken = disable(disable_fleet, cluster)
    assert broken.returncode == 2
    message = broken.failure("localhost")
    assert "Cluster disable: step disable_windows_ipam failed on ConfigMap kube-system/amazon-vpc-cni" in message
    assert "Steps done before: none" in message
    assert "The cluster now has enable-windows-ipam true in its ConfigMap, and the policy attached" in message
    assert policy_attached(disable_fleet, cluster)
    assert live_data(cluster) == ON
    assert changed_steps(disable(disable_fleet, cluster)) == BOTH_STEPS


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("after_applied", [False, True], ids=["before", "after"])
def test_failure_to_detach_is_healed(disable_fleet: Testbed, cluster: TestbedCluster, after_applied: bool) -> None:
    disable_fleet.aws.fail_next(
        "iam", "DetachRolePolicy", "ServiceFailure", "An internal failure", after_applied=after_applied, status=400
    )
    broken = disable(disable_fleet, cluster)
    assert broken.returncode == 2
    message = broken.failure("localhost")
    assert "step detach_cluster_policy failed on IAM role" in message
    assert "Steps done before: disable_windows_ipam" in message
    assert ("the policy not attached" if after_applied else "the policy attached") in message
    assert live_data(cluster) == OFF

    disable_fleet.aws.clear_faults()
    healed = disable(disable_fleet, cluster)
    assert changed_steps(healed) == ([] if after_applied else ["detach_cluster_policy"])
    assert not policy_attached(disable_fleet, cluster)
