# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A preflight of a large cluster stays small: memory, CPU, pages, and what it returns."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.crowd import fill
from tests.support.machine_speed import skip_where_slower, start_seconds
from tests.support.measure import Cost, cheapest_in_turn, cost_of
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed import ClusterSpec, NodeSpec, Testbed, chart_data
from tests.testbed.kubernetes.types import KubernetesRequest
from tests.testbed.specs import FargateProfileSpec

# What is read, kept and returned is the library's own work, whose releases of clients pass through what they get.
pytestmark = [pytest.mark.newest_client, pytest.mark.real, pytest.mark.slow]

LINUX, WINDOWS = 450, 50
PODS = 5000
COREDNS_PODS = 2
"""Which no scheduler puts on a node here."""
SERVICES = 300
FARGATE_PROFILES = 50

MOST_MIB = 150e6 / 2**20
MOST_CPU = 3.0
"""Seconds, with the start of Ansible."""
MOST_ROUNDS = 4
LARGEST_PAGE = 500
LARGEST_RESULT = 200_000
"""Characters of JSON."""

LARGE = ClusterSpec(
    "large",
    config_map=chart_data(enable_windows_ipam="true"),
    nodes=(
        *(NodeSpec(f"ip-10-0-{number // 250}-{number % 250}.us-east-1.compute.internal") for number in range(LINUX)),
        *(
            NodeSpec(
                f"ip-10-9-0-{number}.us-east-1.compute.internal",
                os="windows",
                capacity={"vpc.amazonaws.com/PrivateIPv4Address": "9"},
            )
            for number in range(WINDOWS)
        ),
    ),
    fargate_profiles=tuple(
        FargateProfileSpec(f"profile-{number}", ({"namespace": f"batch-{number}"},))
        for number in range(FARGATE_PROFILES)
    ),
)

PLAY = {
    "hosts": "localhost",
    "gather_facts": False,
    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    "tasks": [
        {
            "name": "Examine the cluster",
            "cloudops.eks_windows.eks_windows_preflight": {"cluster_name": "large", "region": "us-east-1"},
        }
    ],
}


@dataclass(frozen=True)
class Examined:
    """The cheapest run, of the last one the result and what the API server saw, and CPU of the start of a playbook."""

    cost: Cost
    result: dict[str, Any]
    requests: list[KubernetesRequest]
    start: float


@pytest.fixture(scope="module")
def examined() -> Iterator[Examined]:
    """Without stand-ins, so that no kubelet and no controller works on thousands of pods."""
    require_real_control_plane()
    with Testbed([LARGE], control_plane="real", stand_ins=False) as testbed:
        fill(testbed.clusters["large"], pods=PODS, services=SERVICES)
        yield _examine(testbed)


def _examine(testbed: Testbed) -> Examined:
    with tempfile.TemporaryDirectory(prefix="eks-windows-scale-") as name:
        folder = Path(name)
        play = folder / "play.json"
        play.write_text(json.dumps([PLAY]), encoding="utf-8")
        environment = clean_environment(
            folder, {**testbed.environment, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json"}
        )

        def run() -> Cost:
            testbed.forget_requests()
            return cost_of([ANSIBLE_PLAYBOOK, str(play)], environment, folder)

        run()
        (cost,) = cheapest_in_turn([run], least=1, most=MOST_ROUNDS, enough=lambda found: found[0].cpu <= MOST_CPU)
        printed = json.loads((folder / "output.txt").read_text(encoding="utf-8"))
        result = printed["plays"][0]["tasks"][0]["hosts"]["localhost"]
        requests = testbed.clusters["large"].requests()
        return Examined(cost, result, requests, start_seconds(environment, folder))


def test_it_is_a_large_cluster(examined: Examined) -> None:
    seen = examined.result["examined"]
    assert seen["nodes"] == LINUX + WINDOWS
    assert seen["services"] >= SERVICES
    assert seen["fargate_profiles"] == FARGATE_PROFILES
    assert not [finding for finding in examined.result["findings"] if finding["status"] == "unknown"]


def test_memory(examined: Examined) -> None:
    assert examined.cost.peak_mib < MOST_MIB


def test_cpu(examined: Examined) -> None:
    if examined.cost.cpu >= MOST_CPU:
        skip_where_slower(examined.start)
    assert examined.cost.cpu < MOST_CPU


def test_pages(examined: Examined) -> None:
    lists = [request for request in examined.requests if request.verb == "list"]
    assert lists, "nothing was listed"
    limits = [(request.path, int(request.query.get("limit", "0"))) for request in lists]
    assert [(path, limit) for path, limit in limits if not 0 < limit <= LARGEST_PAGE] == []


def test_no_pod_of_a_linux_node_is_read(examined: Examined) -> None:
    needed = PODS * WINDOWS // (LINUX + WINDOWS) + COREDNS_PODS
    assert examined.result["examined"]["pods"] == needed
    pods = [request for request in examined.requests if request.path.endswith("/pods")]
    assert len(pods) == -(-needed // LARGEST_PAGE)
    assert all(request.query.get("fieldSelector") or request.query.get("labelSelector") for request in pods)


def test_what_it_returns(examined: Examined) -> None:
    assert len(json.dumps(examined.result)) < LARGEST_RESULT
