# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles enable and disable where EKS manages the vpc-cni add-on, and so owns the setting."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.addons import UNTOUCHED, configured, pod_template, reset_addon
from tests.support.clusters import CNI_CONFIG_MAP, attach_policy, detach_policy, live_data, policy_attached
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.aws.eks_state import AddonIssue
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import AddonSpec, ClusterSpec
from tests.testbed.testbed import Testbed

PATCH = f"patch {CNI_CONFIG_MAP}"
UPDATE = "eks:UpdateAddon"
WITHOUT_WINDOWS = "v1.13.4-eksbuild.1"
WITHOUT_PREFIXES = "v1.15.1-eksbuild.1"
OTHERS_JSON = '{"env": {"WARM_ENI_TARGET": "2"}, "enableNetworkPolicy": "true"}'
OTHERS_YAML = 'env:\n  WARM_ENI_TARGET: "2"\nenableNetworkPolicy: "true"\n'
OTHERS = {"env": {"WARM_ENI_TARGET": "2"}, "enableNetworkPolicy": "true"}
FLEET = (ClusterSpec("addon", addon=AddonSpec()),)


@pytest.fixture(scope="module", params=["emulated", "real"])
def any_fleet(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    """Both kinds of control plane."""
    if request.param == "real":
        require_real_control_plane()
    with Testbed(FLEET, control_plane=request.param) as testbed:
        yield testbed


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(FLEET, control_plane="emulated") as testbed:
        yield testbed


@pytest.fixture
def cluster(fleet: Testbed) -> Iterator[TestbedCluster]:
    found = fleet.clusters["addon"]
    attach_policy(fleet, found)
    yield found
    fleet.aws.clear_faults()


def enable(testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("enable", testbed, cluster, *arguments, **variables)


def disable(testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("disable", testbed, cluster, *arguments, **variables)


def test_on_and_off_again(any_fleet: Testbed) -> None:
    """Both roles in full: what they send, that a second run writes nothing, that check mode says it before."""
    cluster = any_fleet.clusters["addon"]
    attach_policy(any_fleet, cluster)
    role = any_fleet.aws.add_role("aws-node")
    addon = reset_addon(any_fleet, cluster, OTHERS_JSON, service_account_role_arn=role)
    template = pod_template(cluster)

    predicted = enable(any_fleet, cluster, "--check", "--diff")
    assert changed_steps(predicted) == ["enable_windows_ipam", "configure_addon"]
    assert writes(any_fleet, cluster) == []

    real = enable(any_fleet, cluster)
    assert real.returncode == 0, real.stdout[-3000:]
    assert predicted.changes("localhost") == real.changes("localhost")
    assert result(predicted) == result(real)
    assert writes(any_fleet, cluster) == [UPDATE, PATCH]
    assert live_data(cluster)["enable-windows-ipam"] == "true"
    assert result(real)["after"]["windows_ipam"] == {
        "live": "true",
        "effective": True,
        "owner": "addon",
        "addon_value": "true",
    }
    assert configured(cluster) == {**OTHERS, "enableWindowsIpam": "true"}
    assert (addon.version, addon.service_account_role_arn, addon.status) == (UNTOUCHED, role, "ACTIVE")
    assert ("ResolveConflicts", "PRESERVE") in list(cluster.eks.updates.values())[-1].parameters
    assert pod_template(cluster) == template

    any_fleet.forget_requests()
    assert changed_steps(enable(any_fleet, cluster)) == []
    assert writes(any_fleet, cluster) == []

    predicted = disable(any_fleet, cluster, "--check")
    real = disable(any_fleet, cluster)
    assert changed_steps(real) == ["disable_windows_ipam", "configure_addon", "detach_cluster_policy"]
    assert predicted.changes("localhost") == real.changes("localhost")
    assert result(predicted) == result(real)
    assert sorted(writes(any_fleet, cluster)) == sorted([UPDATE, PATCH, "iam:DetachRolePolicy"])
    assert live_data(cluster)["enable-windows-ipam"] == "false"
    assert configured(cluster) == {**OTHERS, "enableWindowsIpam": "false"}
    assert (addon.version, addon.service_account_role_arn) == (UNTOUCHED, role)
    assert not policy_attached(any_fleet, cluster)

    any_fleet.forget_requests()
    assert changed_steps(disable(any_fleet, cluster)) == []
    assert writes(any_fleet, cluster) == []


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("values", "live", "steps", "written"),
    [
        pytest.param('{"enableWindowsIpam": "false"}', "true", ["configure_addon"], [UPDATE], id="live-is-true"),
        pytest.param("", "true", ["configure_addon"], [UPDATE], id="live-is-true-and-nothing-configured"),
        pytest.param('{"enableWindowsIpam": "true"}', "false", ["enable_windows_ipam"], [PATCH], id="live-is-false"),
    ],
)
def test_drift(
    fleet: Testbed, cluster: TestbedCluster, values: str, live: str, steps: list[str], written: list[str]
) -> None:
    reset_addon(fleet, cluster, values, live=live)
    assert changed_steps(enable(fleet, cluster)) == steps
    assert writes(fleet, cluster) == written
    assert configured(cluster)["enableWindowsIpam"] == live_data(cluster)["enable-windows-ipam"] == "true"


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("text", [OTHERS_JSON, OTHERS_YAML], ids=["json", "yaml"])
def test_other_values_are_kept_in_their_format(fleet: Testbed, cluster: TestbedCluster, text: str) -> None:
    reset_addon(fleet, cluster, text)
    assert changed_steps(enable(fleet, cluster)) == ["enable_windows_ipam", "configure_addon"]
    assert configured(cluster) == {**OTHERS, "enableWindowsIpam": "true"}
    written = cluster.eks.addons["vpc-cni"].configuration_values
    assert written.startswith("{") is text.startswith("{")


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_misplaced_key_is_put_where_it_belongs(fleet: Testbed, cluster: TestbedCluster) -> None:
    addon = reset_addon(fleet, cluster, '{"env": {"WARM_ENI_TARGET": "2"}}')
    # The schema refuses it today; older versions took it.
    addon.configuration_values = '{"env": {"enableWindowsIpam": "true", "WARM_ENI_TARGET": "2"}}'
    assert changed_steps(enable(fleet, cluster)) == ["enable_windows_ipam", "configure_addon"]
    assert configured(cluster) == {"env": {"WARM_ENI_TARGET": "2"}, "enableWindowsIpam": "true"}


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_version_without_the_key_is_refused(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, version=WITHOUT_WINDOWS)
    run = enable(fleet, cluster)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster addon: Windows support can't be enabled, nothing was changed" in message
    assert "enableWindowsIpam" in message
    assert WITHOUT_WINDOWS in message
    assert writes(fleet, cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_update_by_somebody_else_is_waited_for(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster)
    fleet.aws.start_update(cluster.eks, "vpc-cni", seconds=12)
    run = enable(fleet, cluster)
    assert changed_steps(run) == ["enable_windows_ipam", "configure_addon"]
    assert configured(cluster) == {"enableWindowsIpam": "true"}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_update_that_never_ends_is_reported(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, status="UPDATING")
    run = enable(fleet, cluster, eks_windows_wait_timeout=3)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "step configure_addon failed on Add-on vpc-cni" in message
    assert "UPDATING" in message
    assert "The cluster now has enable-windows-ipam true in its ConfigMap, not set in add-on vpc-cni" in message


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_degraded_addon_is_updated_and_said(fleet: Testbed, cluster: TestbedCluster) -> None:
    issue = AddonIssue("InsufficientNumberOfReplicas", "The add-on is unhealthy")
    reset_addon(fleet, cluster, status="DEGRADED", issues=(issue,))
    run = enable(fleet, cluster)
    assert changed_steps(run) == ["enable_windows_ipam", "configure_addon"]
    assert "InsufficientNumberOfReplicas" in run.stdout


def test_failed_update_is_reported_with_the_live_state(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster)

    fleet.aws.fail_next_update("ConfigurationConflict", "Apply failed with 1 conflict: .data.warm-ip-target")
    run = enable(fleet, cluster)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "step configure_addon failed on Add-on vpc-cni" in message
    assert "ConfigurationConflict" in message
    assert "The cluster now has enable-windows-ipam true in its ConfigMap" in message
    assert live_data(cluster)["enable-windows-ipam"] == "true"
    assert cluster.eks.addons["vpc-cni"].status == "UPDATE_FAILED"

    assert changed_steps(enable(fleet, cluster)) == ["configure_addon"]
    assert configured(cluster) == {"enableWindowsIpam": "true"}
    assert cluster.eks.addons["vpc-cni"].status == "ACTIVE"
    assert changed_steps(enable(fleet, cluster)) == []


@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("role", ["enable", "disable"])
@pytest.mark.parametrize(
    ("service", "operation", "after_applied"),
    [
        pytest.param("kubernetes", "patch", False, id="patch-before"),
        pytest.param("kubernetes", "patch", True, id="patch-after"),
        pytest.param("eks", "UpdateAddon", False, id="update-before"),
        pytest.param("eks", "UpdateAddon", True, id="update-after"),
        pytest.param("eks", "DescribeUpdate", False, id="describe-update"),
        pytest.param("iam", "*RolePolicy", False, id="policy-before"),
        pytest.param("iam", "*RolePolicy", True, id="policy-after"),
    ],
)
def test_call_that_fails_once_is_healed(
    fleet: Testbed, cluster: TestbedCluster, role: str, service: str, operation: str, after_applied: bool
) -> None:
    """Each write, and the read that follows the update: the next run continues from what the failure left."""
    before, after = ("false", "true") if role == "enable" else ("true", "false")
    reset_addon(fleet, cluster, json.dumps({"enableWindowsIpam": before}))
    if role == "enable":
        detach_policy(fleet, cluster)
    if service == "kubernetes":
        cluster.kubernetes.faults.fail_next(operation, "configmaps", 500, "Not now", after_applied=after_applied)
    else:
        fleet.aws.fail_next(service, operation, "AccessDeniedException", "Not now", after_applied=after_applied)
    broken = run_role(role, fleet, cluster)
    assert broken.returncode == 2
    message = broken.failure("localhost")
    assert "Cluster addon: step" in message
    assert "Not now" in message
    assert "The cluster now has enable-windows-ipam" in message
    assert "Remedy:" in message

    assert run_role(role, fleet, cluster).returncode == 0
    assert configured(cluster)["enableWindowsIpam"] == live_data(cluster)["enable-windows-ipam"] == after
    assert policy_attached(fleet, cluster) is (role == "enable")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_update_that_changes_aws_node_is_said(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster)
    fleet.aws.delay("eks", "DescribeUpdate", 2)

    def meddle() -> None:
        while not cluster.eks.updates:
            time.sleep(0.1)
        cluster.admin.patch(
            "daemonsets",
            "aws-node",
            {"spec": {"template": {"metadata": {"annotations": {"rolled-by": "the update"}}}}},
            "kube-system",
            api="apps/v1",
        )

    cluster.eks.updates.clear()
    meddler = threading.Thread(target=meddle)
    meddler.start()
    run = enable(fleet, cluster)
    meddler.join()
    assert run.returncode == 2
    assert "changed the pod template of DaemonSet kube-system/aws-node" in run.failure("localhost")
    assert result(run)["changed_steps"] == ["enable_windows_ipam", "configure_addon"]
    assert enable(fleet, cluster).returncode == 0


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_config_map_owner_leaves_the_addon_alone(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, OTHERS_JSON)
    run = enable(fleet, cluster, eks_windows_ipam_owner="config_map")
    assert changed_steps(run) == ["enable_windows_ipam"]
    assert writes(fleet, cluster) == [PATCH]
    assert configured(cluster) == OTHERS
    drift = run_role("preflight", fleet, cluster, eks_windows_ipam_owner="config_map", eks_windows_fail_on="warning")
    assert drift.returncode == 2
    assert "ipam.addon_drift" in drift.failure("localhost")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_prefix_delegation_and_targets_at_the_addon(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, OTHERS_JSON)
    wanted = {
        "eks_windows_prefix_delegation": True,
        "eks_windows_warm_ip_target": 5,
        "eks_windows_minimum_ip_target": 6,
        "eks_windows_warm_prefix_target": 1,
    }
    predicted = enable(fleet, cluster, "--check", **wanted)
    run = enable(fleet, cluster, **wanted)
    assert changed_steps(run) == ["configure_windows_addressing", "enable_windows_ipam", "configure_addon"]
    assert result(predicted) == result(run)
    assert result(run)["after"]["prefix_delegation"] is True
    data = live_data(cluster)
    assert data["enable-windows-prefix-delegation"] == "true"
    assert (data["warm-ip-target"], data["minimum-ip-target"], data["warm-prefix-target"]) == ("5", "6", "1")
    assert configured(cluster) == {
        **OTHERS,
        "enableWindowsIpam": "true",
        "enableWindowsPrefixDelegation": "true",
        "warmWindowsIPTarget": 5,
        "minimumWindowsIPTarget": 6,
        "warmWindowsPrefixTarget": 1,
    }
    fleet.forget_requests()
    assert changed_steps(enable(fleet, cluster, **wanted)) == []
    assert writes(fleet, cluster) == []


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_prefix_delegation_that_the_addon_does_not_know_is_refused(fleet: Testbed, cluster: TestbedCluster) -> None:
    reset_addon(fleet, cluster, version=WITHOUT_PREFIXES)
    run = enable(fleet, cluster, eks_windows_prefix_delegation=True)
    assert run.returncode == 2
    assert "enableWindowsPrefixDelegation" in run.failure("localhost")
    assert writes(fleet, cluster) == []
    assert changed_steps(enable(fleet, cluster)) == ["enable_windows_ipam", "configure_addon"]
