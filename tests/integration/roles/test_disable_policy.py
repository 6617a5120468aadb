# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When role disable keeps the policy on the cluster's role, and says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.clusters import attach_policy, live_data, policy_attached, set_config_map
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, run_role
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, chart_data
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ON = chart_data(enable_windows_ipam="true")
POLICY_OBJECT = {
    "apiVersion": "vpcresources.k8s.aws/v1beta1",
    "kind": "SecurityGroupPolicy",
    "metadata": {"name": "databases", "namespace": "default"},
    "spec": {"podSelector": {"matchLabels": {"app": "database"}}, "securityGroups": {"groupIds": ["sg-1"]}},
}
CNI_NODE = {
    "apiVersion": "vpcresources.k8s.aws/v1alpha1",
    "kind": "CNINode",
    "metadata": {"name": "ip-10-0-0-1"},
    "spec": {"features": [{"name": "SecurityGroupsForPods"}]},
}
FLEET = (
    ClusterSpec("plain", config_map=ON),
    ClusterSpec("variable", config_map=ON, aws_node_env={"ENABLE_POD_ENI": "true"}),
    ClusterSpec("policy", config_map=ON, objects=(POLICY_OBJECT,)),
    ClusterSpec("node", config_map=ON, objects=(CNI_NODE,)),
    ClusterSpec("paired", config_map=ON),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(FLEET, "emulated") as testbed:
        yield testbed


@pytest.fixture
def plain(fleet: Testbed) -> Iterator[TestbedCluster]:
    found = fleet.clusters["plain"]
    attach_policy(fleet, found)
    set_config_map(found, ON)
    yield found
    fleet.aws.clear_faults()


def disable(fleet: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("disable", fleet, cluster, *arguments, **variables)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("variable", "DaemonSet kube-system/aws-node (ENABLE_POD_ENI=true)"),
        ("policy", "SecurityGroupPolicy default/databases (present)"),
        ("node", "CNINode ip-10-0-0-1 (feature SecurityGroupsForPods)"),
    ],
)
def test_each_sign_of_security_groups_for_pods_keeps_it(fleet: Testbed, name: str, seen: str) -> None:
    cluster = fleet.clusters[name]
    run = disable(fleet, cluster)
    assert changed_steps(run) == ["disable_windows_ipam"]
    said = run.of("localhost")[-1].message
    assert "iam.policy_in_use" in said
    assert seen in said
    assert policy_attached(fleet, cluster)

    overridden = disable(fleet, cluster, eks_windows_ignore=[{"id": "iam.policy_in_use", "reason": "no longer used"}])
    assert changed_steps(overridden) == ["detach_cluster_policy"]


@pytest.mark.parametrize("owner", ["verify", "ignore"])
def test_policy_of_somebody_else_is_left(fleet: Testbed, plain: TestbedCluster, owner: str) -> None:
    fleet.forget_requests()
    assert changed_steps(disable(fleet, plain, eks_windows_cluster_policy=owner)) == ["disable_windows_ipam"]
    assert policy_attached(fleet, plain)
    asked = {request.operation for request in fleet.aws.requests()}
    assert not asked & {"DescribeRegions", "ListClusters"}, "nobody is searched for a policy that is not to go"


@pytest.mark.parametrize("action", ["ec2:DescribeRegions", "eks:ListClusters", "iam:ListAttachedRolePolicies"])
def test_what_could_not_be_asked_keeps_it(fleet: Testbed, plain: TestbedCluster, action: str) -> None:
    fleet.aws.deny(action)
    run = disable(fleet, plain)
    assert changed_steps(run) == ["disable_windows_ipam"]
    said = run.of("localhost")[-1].message
    assert action in said
    assert "iam.cluster_role_shared" in said
    assert policy_attached(fleet, plain)
    assert live_data(plain)["enable-windows-ipam"] == "false"


def test_cluster_of_the_same_region_that_shares_the_role(fleet: Testbed) -> None:
    paired = fleet.clusters["paired"]
    fleet.aws.add_cluster("twin", region=paired.spec.region, role_name=paired.eks.role_name)
    run = disable(fleet, paired)
    assert changed_steps(run) == ["disable_windows_ipam"]
    assert f"EKS cluster {paired.spec.region}/twin (has the role)" in run.of("localhost")[-1].message
    assert policy_attached(fleet, paired)


def test_policy_stays_where_somebody_turns_it_on_again(fleet: Testbed, plain: TestbedCluster) -> None:
    """A controller that is on without the policy fails, so that the setting is looked at again before it goes."""
    with restored(plain, "true"):
        run = disable(fleet, plain, eks_windows_wait_timeout=4)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "step detach_cluster_policy failed on IAM role" in message
    assert "Windows IPAM is not seen off, so that the policy stays" in message
    assert "Something undid ConfigMap kube-system/amazon-vpc-cni" in message
    assert policy_attached(fleet, plain)
    assert changed_steps(disable(fleet, plain)) == ["disable_windows_ipam", "detach_cluster_policy"]


def test_policy_stays_where_the_setting_can_no_longer_be_read(fleet: Testbed, plain: TestbedCluster) -> None:
    hidden = threading.Thread(target=hide_after_patch, args=(plain,))
    hidden.start()
    try:
        run = disable(fleet, plain, eks_windows_wait_timeout=4)
    finally:
        hidden.join()
        plain.kubernetes.faults.clear()
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Windows IPAM is not seen off, so that the policy stays" in message
    assert "has enable-windows-ipam that can not be read in its ConfigMap" in message
    assert policy_attached(fleet, plain)


def hide_after_patch(cluster: TestbedCluster) -> None:
    """Once the key was patched, let reads of the ConfigMap fail."""
    deadline = time.monotonic() + 60
    while live_data(cluster)["enable-windows-ipam"] == "true" and time.monotonic() < deadline:
        time.sleep(0.05)
    cluster.kubernetes.faults.fail_next("get", "amazon-vpc-cni", 403, "hidden", times=1000)


@contextmanager
def restored(cluster: TestbedCluster, value: str) -> Iterator[None]:
    """While it lasts, enable-windows-ipam is set to the value whenever it is another one, as GitOps does."""
    ended = threading.Event()

    def restore() -> None:
        while not ended.wait(0.05):
            if live_data(cluster)["enable-windows-ipam"] != value:
                cluster.admin.patch(
                    "configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": value}}, "kube-system"
                )

    gitops = threading.Thread(target=restore)
    gitops.start()
    try:
        yield
    finally:
        ended.set()
        gitops.join()
