# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One observation of whole clusters: what it costs, what it sees, and what it makes of whatever fails."""

from __future__ import annotations

import dataclasses
import socket
import time
from collections import Counter
from collections.abc import Callable

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyObjects,
    Observation,
    Unknown,
    Workloads,
)
from tests.testbed import ClusterSpec, Testbed, chart_data
from tests.testbed.pki import Authority

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

MOST_CALLS = 30
CONVERGED_CALLS = 19
"""Those of a cluster that has no Windows node and lacks nothing, with a probe; DescribeAddon is for two add-ons."""
KUBERNETES_PARTS = (
    "nodes",
    "cni_config_map",
    "aws_node",
    "webhook_configurations",
    "security_group_policies",
    "windows_pods",
    "service_accounts",
    "daemon_sets",
    "stateful_sets",
    "service_backends",
    "node_events",
)
LEGACY_PARTS = ("deployments", "services", "secrets", "cluster_role_bindings", "bound_accounts")

Look = Callable[..., Observation]


def aws_calls(testbed: Testbed) -> list[str]:
    """Calls of the client; the API server asks STS who a token's bearer is, which the client has no part in."""
    return [
        f"{request.service}:{request.operation}"
        for request in testbed.aws.requests()
        if request.operation != "GetCallerIdentity"
    ]


def unknown(observation: Observation) -> dict[str, Unknown]:
    """The parts that could not be read, by name."""
    parts = {field.name: getattr(observation, field.name) for field in dataclasses.fields(observation)}
    parts.update({field.name: getattr(observation.legacy, field.name) for field in dataclasses.fields(LegacyObjects)})
    parts.update({field.name: getattr(observation.workloads, field.name) for field in dataclasses.fields(Workloads)})
    return {name: part for name, part in parts.items() if isinstance(part, Unknown)}


def test_a_converged_cluster_takes_few_calls_and_no_write(fleet: Testbed, look: Look) -> None:
    observation = look("converged", probe=True)
    requests = fleet.clusters["converged"].requests()
    calls = [*aws_calls(fleet), *(f"{request.verb} {request.path}" for request in requests)]
    assert len(calls) == CONVERGED_CALLS <= MOST_CALLS
    assert [call for call, times in Counter(calls).items() if times > 1] == ["eks:DescribeAddon"]
    assert not [request for request in requests if request.write]
    assert not [request for request in fleet.aws.requests() if request.write]
    assert unknown(observation) == {}
    assert observation.probe is not None
    assert observation.probe.limit == "1"  # type: ignore[union-attr]
    assert observation.examined == {
        "daemon_sets": 1,
        "deployments": 1,
        "mutating_webhook_configurations": 1,
        "node_groups": 1,
        "nodes": 2,
        "pods": 0,
        "security_group_policies": 0,
        "services": 1,
        "stateful_sets": 0,
        "windows_pods": 0,
    }
    assert observation.connection.server == fleet.clusters["converged"].endpoint


def test_assumed_roles_fit_in_as_well(fleet: Testbed, look: Look) -> None:
    role = "arn:aws:iam::111122223333:role/operator"
    observation = look("converged", assume_role_arn=role, kubernetes_role_arn=role, probe=True)
    requests = fleet.clusters["converged"].requests()
    assert unknown(observation) == {}
    assert len(aws_calls(fleet)) + len(requests) == CONVERGED_CALLS + 2
    assert aws_calls(fleet).count("sts:AssumeRole") == 2
    assert {request.user for request in requests} == {
        "arn:aws:sts::111122223333:assumed-role/operator/cloudops.eks_windows"
    }


def test_one_linux_node_and_a_missing_policy_are_looked_at_closer(fleet: Testbed, look: Look) -> None:
    observation = look("alone")
    assert unknown(observation) == {}
    assert [profile.name for profile in observation.fargate_profiles] == ["dns", "shop"]  # type: ignore[union-attr]
    assert observation.cluster_role.complete is True  # type: ignore[union-attr]
    assert aws_calls(fleet).count("eks:DescribeFargateProfile") == 2
    assert observation.examined["fargate_profiles"] == 2
    assert "iam:ListRolePolicies" in aws_calls(fleet)


def test_security_group_policies_are_looked_at_closer(fleet: Testbed, look: Look) -> None:
    observation = look("groups")
    assert unknown(observation) == {}
    assert [policy.name for policy in observation.security_group_policies] == [  # type: ignore[union-attr]
        "by-account",
        "by-pod",
    ]
    assert [each.name for each in observation.windows_pods] == ["windows"]  # type: ignore[union-attr]
    assert observation.examined["windows_pods"] == 1
    assert "default" in [each.name for each in observation.service_accounts]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("A", {"Deployment default/vpc-admission-webhook-deployment", "Service default/vpc-admission-webhook-svc"}),
        ("B", {"Deployment kube-system/vpc-admission-webhook-deployment", "ClusterRole vpc-resource-controller"}),
        ("D", {"Deployment kube-system/vpc-admission-webhook", "Service kube-system/vpc-admission-webhook"}),
        (
            "E",
            {"Service kube-system/vpc-admission-webhook-svc", "ServiceAccount kube-system/vpc-resource-controller-2"},
        ),
        (
            "F",
            {
                "Deployment kube-system/windows-vpc-resource-controller",
                "Secret kube-system/windows-vpc-admission-webhook-tls",
            },
        ),
    ],
)
def test_each_legacy_variant_is_found(
    variant: str, expected: set[str], client_environment: Callable[[dict[str, str]], None]
) -> None:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observe import observe

    spec = ClusterSpec("legacy", legacy=variant, config_map=chart_data())  # type: ignore[arg-type]
    with Testbed([spec], control_plane="emulated", stand_ins=False) as testbed:
        client_environment(testbed.environment)
        options = {"cluster_name": "legacy", "region": "us-east-1"}
        legacy = observe(AwsConnection(options), options).legacy
    parts = [getattr(legacy, field.name) for field in dataclasses.fields(legacy)]
    assert not [part for part in parts if isinstance(part, Unknown)]
    found = {str(ref) for part in parts if isinstance(part, tuple) for ref in part}
    assert expected <= found
    assert not {each for each in found if "coredns" in each or "eks-vpc-resource-controller" in each}


def test_an_identity_that_kubernetes_does_not_know(fleet: Testbed, look: Look) -> None:
    role = fleet.aws.add_role("stranger")
    observation = look("converged", kubernetes_role_arn=role, probe=True)
    found = unknown(observation)
    assert set(found) == {*KUBERNETES_PARTS, *LEGACY_PARTS, "probe", "fargate_profiles"}
    assert {part.reason for part in found.values()} == {"Unauthorized"}
    assert "kubernetes_role_arn" in found["nodes"].remedy
    assert found["probe"].source == "POST /api/v1/namespaces/default/pods"
    assert observation.examined == {"node_groups": 1}


def test_an_identity_without_rights(fleet: Testbed, look: Look) -> None:
    role = fleet.aws.add_role("powerless")
    fleet.aws.add_access_entry(fleet.clusters["converged"].eks, role)
    observation = look("converged", kubernetes_role_arn=role, probe=True)
    found = unknown(observation)
    assert set(found) == {*KUBERNETES_PARTS, *LEGACY_PARTS, "probe", "fargate_profiles"}
    assert "nodes is forbidden" in found["nodes"].reason
    assert found["nodes"].remedy == "Allow the identity to list nodes in the whole cluster"
    assert found["probe"].remedy == "Allow the identity to create pods in namespace default"
    assert found["cni_config_map"].remedy == (
        "Allow the identity to get configmaps amazon-vpc-cni in namespace kube-system"
    )


def test_a_role_for_kubernetes_that_can_t_be_assumed(fleet: Testbed, look: Look) -> None:
    observation = look("converged", kubernetes_role_arn="arn:aws:iam::111122223333:role/absent")
    assert unknown(observation)["nodes"].source == "sts:AssumeRole"
    assert "nodes" not in observation.examined
    assert not isinstance(observation.cluster_role, Unknown)


@pytest.mark.parametrize(
    ("action", "part"),
    [
        ("eks:DescribeAddon", "vpc_cni"),
        ("eks:DescribeClusterVersions", "cluster_version"),
        ("iam:ListAttachedRolePolicies", "cluster_role"),
    ],
)
def test_one_call_that_aws_denies_hides_no_other(fleet: Testbed, look: Look, action: str, part: str) -> None:
    fleet.aws.deny(action)
    found = unknown(look("converged"))
    assert set(found) == ({part, "coredns"} if part == "vpc_cni" else {part})
    assert found[part].source == action
    assert "not authorized" in found[part].reason
    assert found[part].remedy == f"Give the caller {action}"


def test_denied_documents_leave_the_policies_that_are_known(fleet: Testbed, look: Look) -> None:
    fleet.aws.deny("iam:ListRolePolicies")
    role = look("alone").cluster_role
    assert not isinstance(role, Unknown)
    assert (role.complete, [policy.name for policy in role.attached]) == (False, ["AmazonEKSClusterPolicy"])
    assert role.unread is not None
    assert role.unread.source == "iam:ListRolePolicies"


def test_a_cluster_that_may_not_be_described(fleet: Testbed, look: Look) -> None:
    fleet.aws.deny("eks:DescribeCluster")
    observation = look("converged")
    found = unknown(observation)
    assert {"cluster", "cluster_version", "cluster_role", *KUBERNETES_PARTS, *LEGACY_PARTS} <= set(found)
    assert {found[name].source for name in ("cluster", "nodes", "cluster_role")} == {"eks:DescribeCluster"}
    assert observation.vpc_cni is None
    assert fleet.clusters["converged"].requests() == []


def test_a_kubeconfig_where_the_cluster_may_not_be_described(fleet: Testbed, look: Look) -> None:
    fleet.aws.deny("eks:DescribeCluster")
    cluster = fleet.clusters["converged"]
    observation = look("converged", kubeconfig=str(cluster.kubeconfig))
    assert "nothing shows that this is its API server" in observation.connection.refused
    assert observation.connection.refused in unknown(observation)["nodes"].reason
    assert cluster.requests() == []
    waived = look("converged", kubeconfig=str(cluster.kubeconfig), ignore=["cluster.identity"])
    assert waived.connection.refused == ""
    assert not isinstance(waived.nodes, Unknown)


def test_another_cluster_s_kubeconfig_gets_no_request(fleet: Testbed, look: Look) -> None:
    other = fleet.clusters["alone"]
    observation = look("converged", kubeconfig=str(other.kubeconfig))
    assert observation.connection.refused.startswith(f"{other.endpoint} is not the endpoint of cluster converged")
    found = unknown(observation)
    assert set(found) == {*KUBERNETES_PARTS, *LEGACY_PARTS, "fargate_profiles"}
    assert found["nodes"].reason == f"not asked: {observation.connection.refused}"
    assert other.requests() == fleet.clusters["converged"].requests() == []


def test_one_kind_that_fails_hides_no_other(fleet: Testbed, look: Look) -> None:
    faults = fleet.clusters["converged"].kubernetes.faults  # type: ignore[attr-defined]
    faults.fail_next("list", "/api/v1/services$", 503, "etcd is down", times=9)
    found = unknown(look("converged"))
    assert set(found) == {"services"}
    assert (found["services"].source, found["services"].reason) == ("GET /api/v1/services", "etcd is down")


def test_a_passing_failure_is_not_seen(fleet: Testbed, look: Look) -> None:
    faults = fleet.clusters["converged"].kubernetes.faults  # type: ignore[attr-defined]
    faults.fail_next("*", ".*", 429, "too many requests", times=2)
    assert unknown(look("converged")) == {}


def test_one_slow_kind_hides_no_other(fleet: Testbed, look: Look) -> None:
    fleet.clusters["converged"].kubernetes.faults.delay("/apis/apps/v1/deployments$", 3)  # type: ignore[attr-defined]
    found = unknown(look("converged", request_timeout=1))
    assert set(found) == {"deployments"}
    assert found["deployments"].reason.endswith("did not answer within 1 seconds")


@pytest.fixture
def changed(fleet: Testbed) -> Callable[..., None]:
    """Changes what DescribeCluster says of cluster converged, for the test alone."""
    cluster = fleet.clusters["converged"]

    def change(**attributes: object) -> None:
        fleet.aws.change_cluster(cluster.eks, **attributes)

    yield change
    fleet.aws.change_cluster(
        cluster.eks, endpoint=cluster.endpoint, ca_pem=cluster.certificate_authority, status="ACTIVE"
    )


def test_a_wrong_authority(look: Look, changed: Callable[..., None]) -> None:
    changed(ca_pem=Authority("another").pem)
    observation = look("converged")
    found = unknown(observation)
    assert set(found) == {*KUBERNETES_PARTS, *LEGACY_PARTS, "fargate_profiles"}
    assert "CERTIFICATE_VERIFY_FAILED" in found["nodes"].reason
    assert "intercepts TLS" in found["nodes"].remedy


def test_an_endpoint_that_refuses(look: Look, changed: Callable[..., None]) -> None:
    changed(endpoint="https://127.0.0.1:1")
    found = unknown(look("converged"))
    assert "https://127.0.0.1:1 could not be reached" in found["nodes"].reason
    assert "https://127.0.0.1:1 reachable" in found["nodes"].remedy


def test_a_silent_endpoint_costs_about_one_timeout(look: Look, changed: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = f"https://127.0.0.1:{listener.getsockname()[1]}"
        changed(endpoint=server)
        started = time.monotonic()
        found = unknown(look("converged", request_timeout=2, probe=True))
        assert time.monotonic() - started < 4
    assert set(found) == {*KUBERNETES_PARTS, *LEGACY_PARTS, "fargate_profiles", "probe"}
    assert {part.reason for part in found.values()} == {f"{server} did not answer within 2 seconds"}


def test_a_cluster_that_has_no_endpoint_yet(look: Look, changed: Callable[..., None]) -> None:
    changed(endpoint="", ca_pem="", status="CREATING")
    observation = look("converged")
    assert observation.connection.refused == "the cluster has no endpoint yet"
    assert unknown(observation)["nodes"].remedy == "Wait until EKS has made the cluster"


def test_expired_credentials(fleet: Testbed, look: Look, client_environment: Callable[[dict[str, str]], None]) -> None:
    keys = fleet.aws.assume("arn:aws:iam::111122223333:role/operator")
    client_environment(fleet.aws.environment_for(keys))
    fleet.aws.expire(keys)
    with pytest.raises(EksWindowsError, match=r"Could not describe cluster converged in region us-east-1: .*xpired"):
        look("converged")


@pytest.mark.parametrize(
    ("name", "region", "words"),
    [
        ("convergd", "us-east-1", "The region has: converged"),
        ("converged", "eu-west-1", "There is no cluster converged in region eu-west-1 of account 111122223333"),
    ],
)
def test_no_such_cluster(fleet: Testbed, look: Look, name: str, region: str, words: str) -> None:
    with pytest.raises(EksWindowsError) as failure:
        look(name, region=region)
    assert words in str(failure.value)
    assert "arn:aws:iam::111122223333:user/operator" in str(failure.value)


def test_no_such_context(fleet: Testbed, look: Look) -> None:
    cluster = fleet.clusters["converged"]
    with pytest.raises(EksWindowsError, match="has no context there"):
        look("converged", kubeconfig=str(cluster.kubeconfig), context="there")
    assert cluster.requests() == []


@pytest.mark.real
def test_a_real_control_plane_is_seen_alike(client_environment: Callable[[dict[str, str]], None]) -> None:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observe import observe
    from tests.integration.conftest import require_real_control_plane

    require_real_control_plane()
    spec = ClusterSpec("real", config_map=chart_data(enable_windows_ipam="true"), legacy="D")
    with Testbed([spec], control_plane="real") as testbed:
        client_environment(testbed.environment)
        options = {"cluster_name": "real", "region": "us-east-1", "probe": True}
        testbed.forget_requests()
        observation = observe(AwsConnection(options), options)
        requests = testbed.clusters["real"].requests()
    assert unknown(observation) == {}
    assert not [request for request in requests if request.write]
    assert len(observation.nodes) == 2  # type: ignore[arg-type]
    assert {str(ref) for ref in observation.legacy.deployments} == {  # type: ignore[union-attr]
        "Deployment kube-system/vpc-admission-webhook",
        "Deployment kube-system/vpc-resource-controller",
    }
