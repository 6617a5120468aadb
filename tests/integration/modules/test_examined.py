# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a preflight says it examined, and when, is true: for each goal, under each option, and without permissions.

A kind is counted where the servers were asked for it and answered, and nowhere else. The count is what is there. The
examination runs in this process, by the function that the module runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from tests.integration import littered
from tests.integration.littered import IN_USE, become_client, littered_testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

NAMES = ("littered", "clean", IN_USE.name)
ANSWERED = (200, 404)
"""404: the cluster does not know the kind, or AWS has no such entry, of which there are none."""

There = Callable[[Testbed, TestbedCluster], int]


def objects(resource: str, api: str = "v1") -> There:
    """How many objects of a kind the cluster has."""
    return lambda _bed, cluster: len(cluster.admin.list(resource, api=api))


def told(operation: str, key: str) -> There:
    """How many EKS lists for the cluster."""

    def count(bed: Testbed, cluster: TestbedCluster) -> int:
        answer = getattr(littered.client(bed, "eks", cluster.eks.region), operation)(clusterName=cluster.name)
        return len(answer[key])

    return count


@dataclass(frozen=True)
class Kind:
    """A kind that is counted.

    Attributes:
        asked: Matches the requests that it is read by.
        there: How many there are; None where only some of them are looked at.
    """

    asked: str
    there: There | None = None


KINDS = {
    "daemon_sets": Kind(r"list /apis/apps/v1/daemonsets", objects("daemonsets", "apps/v1")),
    "stateful_sets": Kind(r"list /apis/apps/v1/statefulsets", objects("statefulsets", "apps/v1")),
    "runtime_classes": Kind(r"list /apis/node.k8s.io/v1/runtimeclasses", objects("runtimeclasses", "node.k8s.io/v1")),
    "endpoint_slices": Kind(
        r"list /apis/discovery.k8s.io/v1/endpointslices", objects("endpointslices", "discovery.k8s.io/v1")
    ),
    "events": Kind(r"list /api/v1/events"),
    "instances": Kind(r"ec2:DescribeInstances"),
    "access_entries": Kind(r"eks:DescribeAccessEntry"),
    "subnets": Kind(r"ec2:DescribeSubnets"),
    "instance_types": Kind(r"ec2:DescribeInstanceTypes"),
    "deployments": Kind(r"list /apis/apps/v1/deployments", objects("deployments", "apps/v1")),
    "mutating_webhook_configurations": Kind(
        r"list /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        objects("mutatingwebhookconfigurations", "admissionregistration.k8s.io/v1"),
    ),
    "nodes": Kind(r"list /api/v1/nodes", objects("nodes")),
    "security_group_policies": Kind(
        r"list /apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies",
        objects("securitygrouppolicies", "vpcresources.k8s.aws/v1beta1"),
    ),
    "services": Kind(r"list /api/v1/services", objects("services")),
    "pods": Kind(r"list /api/v1/pods", lambda _bed, cluster: len(_pods(cluster))),
    "windows_pods": Kind(r"list /api/v1/pods", lambda _bed, cluster: _pods(cluster).count("windows")),
    "karpenter_node_classes": Kind(r"(get|list) /apis/karpenter.k8s.aws(/v1/ec2nodeclasses)?"),
    "cni_nodes": Kind(
        r"list /apis/vpcresources.k8s.aws/v1alpha1/cninodes", objects("cninodes", "vpcresources.k8s.aws/v1alpha1")
    ),
    "fargate_profiles": Kind(
        r"eks:(List|Describe)FargateProfiles?", told("list_fargate_profiles", "fargateProfileNames")
    ),
    "node_groups": Kind(r"eks:(ListNodegroups|DescribeNodegroup)", told("list_nodegroups", "nodegroups")),
    "regions": Kind(r"eks:ListClusters"),
    "clusters": Kind(r"eks:ListClusters", lambda bed, _cluster: len(bed.clusters) - 1),
}


def _pods(cluster: TestbedCluster) -> list[str]:
    """The pods that are looked at, by name: those on no Linux node or, without a Windows node, those that wait."""
    systems = {
        node["metadata"]["name"]: node["metadata"]["labels"]["kubernetes.io/os"] for node in _list(cluster, "nodes")
    }
    pods = _list(cluster, "pods")
    if "windows" in systems.values():
        pods = [pod for pod in pods if systems.get(pod["spec"].get("nodeName", "")) != "linux"]
    else:
        pods = [pod for pod in pods if pod["status"]["phase"] == "Pending"]
    return [pod["metadata"]["name"] for pod in pods if pod["status"]["phase"] not in ("Succeeded", "Failed")]


def _list(cluster: TestbedCluster, resource: str) -> list[dict[str, Any]]:
    return list(cluster.admin.list(resource))


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with littered_testbed(IN_USE) as testbed:
        yield testbed


@pytest.fixture(autouse=True)
def client(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    become_client(bed, monkeypatch)


def examine(bed: Testbed, cluster: TestbedCluster, goal: str = "none", **options: Any) -> dict[str, Any]:
    """What the module returns; the servers have then seen nothing else."""
    module = backend()
    given = {"cluster_name": cluster.name, "region": cluster.eks.region, "goal": goal, **options}
    checked = ArgumentSpecValidator(module.argument_spec).validate(given)
    assert not checked.error_messages
    bed.forget_requests()
    return dict(module.run(checked.validated_parameters, False))


def answers(bed: Testbed, cluster: TestbedCluster) -> dict[str, set[int]]:
    """The statuses of each request since the servers forgot them."""
    seen: dict[str, set[int]] = {}
    for request in bed.aws.requests():
        seen.setdefault(f"{request.service}:{request.operation}", set()).add(request.status)
    for answered in cluster.requests():
        seen.setdefault(f"{answered.verb} {answered.path}", set()).add(answered.status)
    return seen


def asked_for(kind: Kind, seen: dict[str, set[int]]) -> set[int]:
    """The statuses of the requests that a kind was read by; empty where it was not asked for."""
    return {status for name, statuses in seen.items() if re.fullmatch(kind.asked, name) for status in statuses}


def check(bed: Testbed, cluster: TestbedCluster, examined: dict[str, int]) -> None:
    """Exactly what was asked for and answered is counted, as it is there."""
    seen = answers(bed, cluster)
    expected = {name for name, kind in KINDS.items() if asked_for(kind, seen) and asked_for(kind, seen) <= {*ANSWERED}}
    assert set(examined) == expected
    counted = {name: KINDS[name].there for name in examined}
    there = {name: count(bed, cluster) for name, count in counted.items() if count}
    assert {name: examined[name] for name in there} == there


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_counted_was_asked_for_and_is_there(bed: Testbed, name: str, goal: str) -> None:
    cluster = bed.clusters[name]
    before = datetime.now(UTC).replace(microsecond=0)
    result = examine(bed, cluster, goal)
    assert before <= datetime.strptime(result["observed_at"], "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
    assert result["observed_at"].endswith("Z")
    check(bed, cluster, result["examined"])


def test_each_kind_is_counted_somewhere(bed: Testbed) -> None:
    counted: set[str] = set()
    for name in NAMES:
        for goal in ("enable", "disable"):
            counted |= set(examine(bed, bed.clusters[name], goal)["examined"])
    assert counted == set(KINDS)


@pytest.mark.parametrize(
    ("goal", "options"),
    [
        ("none", {"probe": True}),
        ("none", {"ignore": ["capacity.linux", "ipam.enabled", "network.security_groups_for_pods"]}),
        ("none", {"planned_instance_types": ["m5.large", "c3.large"]}),
        ("enable", {"ipam_owner": "config_map"}),
        ("enable", {"cluster_policy": "ignore"}),
        ("disable", {"cluster_policy": "verify"}),
        ("disable", {"cluster_policy": "ignore", "ignore": ["usage.windows", "iam.cluster_role_shared"]}),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_under_each_option(bed: Testbed, name: str, goal: str, options: dict[str, Any]) -> None:
    cluster = bed.clusters[name]
    result = examine(bed, cluster, goal, **options)
    check(bed, cluster, result["examined"])
    if "cluster_policy" in options:
        assert "regions" not in result["examined"]


def test_what_could_not_be_read_is_not_counted(bed: Testbed) -> None:
    """Each request refused in turn: what is read by it is absent, which 0 would not tell."""
    cluster = bed.clusters["littered"]
    whole = examine(bed, cluster, "disable")["examined"]
    seen = answers(bed, cluster)
    for source in seen:
        kinds = {name for name in whole if re.fullmatch(KINDS[name].asked, source)} - {"regions", "clusters"}
        if not kinds:
            continue
        if ":" in source:
            bed.aws.deny(source)
        else:
            verb, path = source.split()
            cluster.kubernetes.faults.fail_next(verb, f"^{re.escape(path)}$", 403, "refused", 9)  # type: ignore[attr-defined]
        try:
            found = examine(bed, cluster, "disable")["examined"]
        finally:
            bed.aws.clear_faults()
            cluster.kubernetes.faults.clear()  # type: ignore[attr-defined]
        assert not kinds & set(found), source
        assert found.items() <= whole.items(), source


def test_a_caller_whom_kubernetes_does_not_know_sees_nothing_of_it(bed: Testbed) -> None:
    cluster = bed.clusters["littered"]
    role = bed.aws.add_role("nobody-there")
    result = examine(bed, cluster, "disable", kubernetes_role_arn=role)
    assert set(result["examined"]) == {"node_groups", "regions", "clusters"}


def test_a_cluster_that_may_not_be_described(bed: Testbed) -> None:
    cluster = bed.clusters["littered"]
    bed.aws.deny("eks:DescribeCluster")
    try:
        result = examine(bed, cluster, "disable")
    finally:
        bed.aws.clear_faults()
    assert set(result["examined"]) == {"node_groups"}
    assert datetime.strptime(result["observed_at"], "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
