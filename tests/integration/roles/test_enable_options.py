# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What each variable of role enable does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.clusters import detach_policy, live_data, policy_attached, read_only_user, set_config_map
from tests.support.playbook import PlaybookRun, run_playbook
from tests.support.roles import changed_steps
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import CHART_DATA, ClusterSpec, NodeSpec
from tests.testbed.testbed import Testbed

LINUX = (NodeSpec(), NodeSpec())
ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
OTHER_ACCOUNT = "444455556666"
FLEET = (
    ClusterSpec("plain", policies=("AmazonEKSClusterPolicy",), nodes=(*LINUX, NodeSpec(os="windows"))),
    ClusterSpec("strange", nodes=(*LINUX, NodeSpec(os="windows", instance_type="z9.large"))),
    ClusterSpec("elsewhere", account=OTHER_ACCOUNT, policies=("AmazonEKSClusterPolicy",), nodes=LINUX),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(FLEET, "emulated") as testbed:
        yield testbed


@pytest.fixture
def plain(fleet: Testbed) -> TestbedCluster:
    cluster = fleet.clusters["plain"]
    detach_policy(fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    fleet.forget_requests()
    return cluster


def enable(fleet: Testbed, name: str, environment: dict[str, str] | None = None, **variables: object) -> PlaybookRun:
    return run_playbook(
        "cloudops.eks_windows.enable",
        environment or fleet.environment,
        variables={"eks_windows_cluster_name": name, "eks_windows_region": "us-east-1", **variables},
    )


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_policy_is_only_verified(fleet: Testbed, plain: TestbedCluster) -> None:
    run = enable(fleet, "plain", eks_windows_cluster_policy="verify")
    assert run.returncode == 2
    assert "iam.cluster_policy" in run.failure("localhost")
    assert live_data(plain) == CHART_DATA
    fleet.aws.attach_policy(plain.eks, "AmazonEKSVPCResourceController")
    assert changed_steps(enable(fleet, "plain", eks_windows_cluster_policy="verify")) == ["enable_windows_ipam"]


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_policy_is_not_looked_at(fleet: Testbed, plain: TestbedCluster) -> None:
    # Without it the nodes never get their addresses, so that the proof is waived too.
    run = enable(fleet, "plain", eks_windows_cluster_policy="ignore", eks_windows_ignore=["nodes.address_capacity"])
    assert changed_steps(run) == ["enable_windows_ipam"]
    assert not policy_attached(fleet, plain)


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_waiting_ends_with_what_is_missing(fleet: Testbed) -> None:
    run = enable(fleet, "strange", eks_windows_wait_timeout=4, eks_windows_ignore=["nodes.instance_type"])
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster strange: the steps were carried out (enable_windows_ipam), but" in message
    assert "not complete after 4 s" in message
    assert "nodes.address_capacity" in message
    assert live_data(fleet.clusters["strange"])["enable-windows-ipam"] == "true"

    again = enable(fleet, "strange", eks_windows_wait_timeout=2, eks_windows_ignore=["nodes.instance_type"])
    assert again.returncode == 2, "nothing is left to change, and the effect is still missing"
    assert "nothing was left to change" in again.failure("localhost")
    assert "nodes.address_capacity" in again.failure("localhost")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_probe_that_is_forbidden_is_said_and_not_fatal(fleet: Testbed, plain: TestbedCluster) -> None:
    role = read_only_user(fleet, plain, "without-pods", "configmaps")
    run = enable(fleet, "plain", eks_windows_kubernetes_role_arn=role, eks_windows_probe_namespace="kube-public")
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]
    said = [task.message for task in run.of("localhost") if task.name.endswith("Say what could not be proved")]
    text = str([task.result for task in run.of("localhost") if "could not be proved" in task.name])
    assert said
    assert "ipam.probe" in text
    assert 'cannot create resource "pods"' in text
    assert 'in the namespace "kube-public"' in text
    users = {request.user for request in plain.requests()}
    assert users == {"operator-without-pods"}, "reads and writes are the Kubernetes role's"


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_cluster_of_another_account_by_an_assumed_role(fleet: Testbed) -> None:
    cluster = fleet.clusters["elsewhere"]
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/operator"
    fleet.forget_requests()
    run = enable(fleet, "elsewhere", eks_windows_assume_role_arn=role)
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]
    assert policy_attached(fleet, cluster)
    principals = {request.principal for request in fleet.aws.requests() if request.service != "sts"}
    assert all(principal.startswith(f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/operator/") for principal in principals)


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_external_id_of_the_assumed_role(fleet: Testbed, plain: TestbedCluster) -> None:
    role = fleet.aws.add_role("guarded", external_id="agreed", policies=["AdministratorAccess"])
    fleet.aws.add_access_entry(plain.eks, role, policies=[ADMINISTRATOR])
    refused = enable(fleet, "plain", eks_windows_assume_role_arn=role)
    assert refused.returncode == 2
    assert f"Could not assume role {role}" in refused.failure("localhost")
    run = enable(fleet, "plain", eks_windows_assume_role_arn=role, eks_windows_assume_role_external_id="agreed")
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_profile(fleet: Testbed, plain: TestbedCluster) -> None:
    environment = {**fleet.aws.base_environment, "AWS_REGION": "us-east-1"}
    run = enable(fleet, "plain", environment, eks_windows_profile=f"{fleet.aws.account}-aws")
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_own_kubeconfig_and_context(fleet: Testbed, plain: TestbedCluster) -> None:
    run = enable(fleet, "plain", eks_windows_kubeconfig=str(plain.kubeconfig))
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]
    assert live_data(plain)["enable-windows-ipam"] == "true"
    assert plain.requests() == [], "all requests are the kubeconfig's user's, one of the testbed's own"


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_effect_that_cannot_be_seen_is_not_taken_for_one(fleet: Testbed, plain: TestbedCluster) -> None:
    def blind() -> None:
        deadline = time.monotonic() + 60
        while not policy_attached(fleet, plain) and time.monotonic() < deadline:
            time.sleep(0.02)
        fleet.aws.deny("iam:ListAttachedRolePolicies")

    watcher = threading.Thread(target=blind)
    watcher.start()
    try:
        run = enable(fleet, "plain", eks_windows_wait_timeout=3)
    finally:
        watcher.join()
        fleet.aws.clear_faults()
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "not complete after 3 s" in message
    assert "iam.cluster_policy" in message
    assert "not authorized to perform: iam:ListAttachedRolePolicies" in message


def test_variables_given_as_text(fleet: Testbed, plain: TestbedCluster) -> None:
    texts = {
        "eks_windows_cluster_name": "plain",
        "eks_windows_region": "us-east-1",
        "eks_windows_wait_timeout": "60",
        "eks_windows_request_timeout": "20",
        "eks_windows_renewal_days": "14",
        "eks_windows_ignore": "version.lifecycle",
        "eks_windows_planned_instance_types": "m5.large,m5.xlarge",
    }
    arguments = [word for name, value in texts.items() for word in ("-e", f"{name}={value}")]
    run = run_playbook("cloudops.eks_windows.enable", fleet.environment, arguments=arguments)
    assert changed_steps(run) == ["attach_cluster_policy", "enable_windows_ipam"]


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("eks_windows_cluster_name", "", "eks_windows_cluster_name is empty"),
        ("eks_windows_wait_timeout", -1, "eks_windows_wait_timeout is -1: give it 1 or more seconds"),
        ("eks_windows_request_timeout", 0, "eks_windows_request_timeout is 0: give it 1 or more seconds"),
    ],
)
def test_value_that_means_nothing_is_refused(
    fleet: Testbed, plain: TestbedCluster, variable: str, value: object, words: str
) -> None:
    run = enable(fleet, "plain", **{variable: value})
    assert run.returncode == 2
    assert words in run.failure("localhost")
    assert "nothing was changed" in run.failure("localhost")
    assert not [task for task in run.of("localhost") if task.action.endswith("_preflight")]


# The oldest releases of kubernetes.core hide fields of the result alone.
@pytest.mark.newest_client
def test_diff_shows_the_key_and_no_bookkeeping_of_the_server(fleet: Testbed, plain: TestbedCluster) -> None:
    run = run_playbook(
        "cloudops.eks_windows.enable",
        fleet.environment,
        arguments=["--check", "--diff"],
        variables={"eks_windows_cluster_name": "plain", "eks_windows_region": "us-east-1"},
    )
    (diff,) = [task.result["diff"] for task in run.of("localhost") if task.action == "kubernetes.core.k8s"]
    assert "enable-windows-ipam" in str(diff)
    assert "managedFields" not in str(diff)
    assert "resourceVersion" not in str(diff)


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_addon_that_is_not_there_is_refused_as_owner(fleet: Testbed, plain: TestbedCluster) -> None:
    run = enable(fleet, "plain", eks_windows_ipam_owner="addon")
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "Cluster plain: Windows support can't be enabled, nothing was changed" in message
    assert "ipam.owner: ipam_owner is addon, but EKS does not manage" in message
    assert live_data(plain) == CHART_DATA
    assert not policy_attached(fleet, plain)
