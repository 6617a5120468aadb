# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A cluster that needs nothing costs next to nothing: counted at the servers, and measured."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.one_cluster import CALL_BUDGET, CPU_BUDGET, Figures, figures
from tests.support.machine_speed import skip_where_slower
from tests.support.playbook import CHECKOUT, CLIENT, clean_environment, run_tasks
from tests.testbed import AddonSpec, ClusterSpec, NodeSpec, Testbed, chart_data

NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
OWN_WINDOWS_NODE = NodeSpec(os="windows", labels={"eks.amazonaws.com/nodegroup": ""})
EACH = {"eks:DescribeAddon", "eks:DescribeNodegroup"}
"""What is asked once for each: for two add-ons, and for the node groups."""

DISABLE_CALLS = 20
"""Of goal disable on any cluster, beyond one for each node group, each enabled region and each other cluster, and for
the schema of an add-on that has to be configured."""

NEEDED_BY_FEW = {"cryptography", "jsonschema", "kubernetes", "requests", "OpenSSL"}
"""Packages for certificates, add-ons that are configured, and kubeconfig files: together a second of CPU."""


def repeated(calls: Counter[str]) -> set[str]:
    """The calls that were made more than once."""
    return {call for call, times in calls.items() if times > 1}


@pytest.fixture(scope="module")
def found() -> Figures:
    return figures()


def test_calls_of_a_converged_cluster(found: Figures) -> None:
    assert 0 < len(found.calls) <= CALL_BUDGET, found.calls
    assert repeated(Counter(found.calls)) <= EACH, "nothing is asked twice"


# Its CPU is the library's, whichever releases the client has.
@pytest.mark.newest_client
def test_cpu_of_a_preflight(found: Figures) -> None:
    if found.cpu > CPU_BUDGET:
        skip_where_slower(found.start.cpu)
    assert found.cpu <= CPU_BUDGET


def test_enable_asks_no_more_than_its_one_preflight(found: Figures) -> None:
    assert found.enable_calls == found.calls
    assert found.enable_api_tasks == ("cloudops.eks_windows.eks_windows_preflight",)


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    specs = (
        ClusterSpec(
            "addon",
            nodes=NODES,
            config_map=chart_data(enable_windows_ipam="true"),
            addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}'),
        ),
        ClusterSpec("self-managed"),
        ClusterSpec("own", nodes=(*NODES, *[OWN_WINDOWS_NODE] * 3)),
    )
    with Testbed(specs, control_plane="emulated") as running:
        for number in range(3):
            running.aws.add_cluster(f"other-{number}", region="eu-west-1")
        yield running


def examined(testbed: Testbed, name: str, **options: Any) -> tuple[dict[str, Any], Counter[str]]:
    """What the module returns, and every call that the servers saw."""
    testbed.forget_requests()
    module = "cloudops.eks_windows.eks_windows_preflight"
    arguments = {"cluster_name": name, "region": "us-east-1", **options}
    (task,) = run_tasks([{"name": "Examine", module: arguments}], testbed.environment).of("localhost")
    assert not task.failed, task.result
    requests = testbed.clusters[name].requests()
    assert not [request for request in (*requests, *testbed.aws.requests()) if request.write]
    aws = [f"{request.service}:{request.operation}" for request in testbed.aws.requests()]
    return dict(task.result), Counter([*aws, *(f"{request.verb} {request.path}" for request in requests)])


def test_workers_import_nothing_of_their_own(testbed: Testbed) -> None:
    command = [str(CLIENT / "bin" / "python"), "-m", "tests.support.worker_imports", "self-managed", "us-east-1"]
    with tempfile.TemporaryDirectory(prefix="eks-windows-home-") as home:
        environment = clean_environment(Path(home), testbed.environment)
        completed = subprocess.run(
            command, env=environment, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True, timeout=60
        )
    told = json.loads(completed.stdout)
    assert told["examined"]["nodes"] == 2
    assert told["own"] == []
    assert not {name.partition(".")[0] for name in told["inherited"]} & NEEDED_BY_FEW
    assert "ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate" not in told["inherited"]


# Calls that the library makes, whichever releases the client has.
@pytest.mark.newest_client
def test_calls_of_enable_on_a_managed_add_on_that_needs_nothing(testbed: Testbed) -> None:
    result, calls = examined(testbed, "addon", goal="enable", probe=True)
    assert result["plan"] == []
    assert calls["eks:DescribeAddonConfiguration"] == 1
    # Nothing more for instances whose role EKS tells.
    assert (calls["ec2:DescribeInstances"], calls["iam:GetInstanceProfile"]) == (1, 0)
    assert calls.total() <= CALL_BUDGET, calls
    assert repeated(calls) <= EACH, "nothing is asked twice"


# Calls that the library makes, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize(("name", "groups", "schemas", "of_windows"), [("addon", 2, 1, 2), ("self-managed", 1, 0, 0)])
def test_calls_of_disable_grow_with_node_groups_regions_and_clusters_alone(
    testbed: Testbed, name: str, groups: int, schemas: int, of_windows: int
) -> None:
    result, calls = examined(testbed, name, goal="disable")
    seen = result["examined"]
    assert (seen["node_groups"], seen["clusters"]) == (groups, 5)
    assert calls["eks:ListClusters"] == seen["regions"] > 1
    assert calls["eks:DescribeAddonConfiguration"] == schemas
    # Where there is a Windows node, EndpointSlices and events are listed.
    fixed = DISABLE_CALLS + schemas + of_windows
    assert calls.total() == fixed + groups + seen["regions"] + seen["clusters"], calls


# Calls that the library makes, whichever releases the client has.
@pytest.mark.newest_client
def test_a_cluster_without_windows_costs_no_call_for_its_sake(testbed: Testbed) -> None:
    _result, calls = examined(testbed, "self-managed")
    assert not {call for call in calls if call.startswith("ec2:") or "Nodegroup" in call or "AccessEntry" in call}
    _result, planned = examined(testbed, "self-managed", planned_instance_types=["m5.large", "c5.large", "t3.large"])
    wanted = ("eks:ListNodegroups", "eks:DescribeNodegroup", "ec2:DescribeInstanceTypes", "ec2:DescribeSubnets")
    assert planned - calls == Counter(wanted)
    # Its node groups may wait for Windows, and the controller is to act.
    _result, enabling = examined(testbed, "self-managed", goal="enable")
    system = "get /apis/rbac.authorization.k8s.io/v1/namespaces/kube-system"
    of_controller = (
        f"{system}/roles/eks-vpc-resource-controller-role",
        f"{system}/rolebindings/eks-vpc-resource-controller-rolebinding",
    )
    assert enabling - calls == Counter(("eks:ListNodegroups", "eks:DescribeNodegroup", *of_controller))


# Calls that the library makes, whichever releases the client has.
@pytest.mark.newest_client
def test_windows_nodes_of_no_node_group_cost_two_calls_together(testbed: Testbed) -> None:
    result, calls = examined(testbed, "own")
    assert result["examined"]["instances"] == 4
    assert (calls["ec2:DescribeInstances"], calls["iam:GetInstanceProfile"]) == (1, 1)
    assert repeated(calls) <= EACH, "nothing is asked twice"
    assert calls.total() <= CALL_BUDGET, calls
