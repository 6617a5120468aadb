# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prefix delegation and warm targets by role enable, where the ConfigMap is their owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clusters import ADDRESS, CNI_CONFIG_MAP, live_data, set_config_map
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import CHART_DATA, LINUX_NODES, ClusterSpec, NodeSpec
from tests.testbed.testbed import Testbed

WINDOWS = (*LINUX_NODES, NodeSpec(os="windows", instance_type="m5.large"))
PREFIXES_PER_NODE = str((10 - 1) * 16)
FLEET = (
    ClusterSpec("nitro", nodes=WINDOWS),
    ClusterSpec("xen", nodes=(*LINUX_NODES, NodeSpec(os="windows", instance_type="r4.large"))),
    ClusterSpec("old", version="1.25", platform_version="eks.4", nodes=LINUX_NODES),
    ClusterSpec("oldest", version="1.25", platform_version="eks.5", nodes=LINUX_NODES),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(FLEET, "emulated") as testbed:
        yield testbed


@pytest.fixture
def nitro(fleet: Testbed) -> TestbedCluster:
    cluster = fleet.clusters["nitro"]
    set_config_map(cluster, CHART_DATA)
    fleet.forget_requests()
    return cluster


def enable(fleet: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    named = {f"eks_windows_{name}": value for name, value in variables.items()}
    return run_role("enable", fleet, cluster, *arguments, **named)


def test_prefixes_are_on_before_the_nodes_are_initialised(fleet: Testbed, nitro: TestbedCluster) -> None:
    wanted = {"prefix_delegation": True, "warm_ip_target": 5, "minimum_ip_target": 10, "warm_prefix_target": 1}
    predicted = enable(fleet, nitro, "--check", **wanted)
    run = enable(fleet, nitro, **wanted)
    assert changed_steps(run) == ["configure_windows_addressing", "enable_windows_ipam"]
    assert predicted.changes("localhost") == run.changes("localhost")
    assert result(predicted) == result(run)
    assert result(run)["after"]["prefix_delegation"] is True
    assert live_data(nitro) == {
        **CHART_DATA,
        "enable-windows-ipam": "true",
        "enable-windows-prefix-delegation": "true",
        "warm-ip-target": "5",
        "minimum-ip-target": "10",
        "warm-prefix-target": "1",
    }
    node = next(found for found in nitro.admin.list("nodes") if "windows" in str(found["metadata"]["labels"]))
    assert node["status"]["capacity"][ADDRESS] == PREFIXES_PER_NODE

    fleet.forget_requests()
    assert changed_steps(enable(fleet, nitro, **wanted)) == []
    assert writes(fleet, nitro) == []

    off = enable(fleet, nitro, prefix_delegation=False)
    assert changed_steps(off) == ["configure_windows_addressing"]
    assert live_data(nitro)["enable-windows-prefix-delegation"] == "false"
    assert live_data(nitro)["warm-ip-target"] == "5", "what is not asked for is left"


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_keys_that_the_controller_does_not_read_do_not_count(fleet: Testbed, nitro: TestbedCluster) -> None:
    """The un-prefixed key wins over the windows- one, and is what is set."""
    set_config_map(nitro, {**CHART_DATA, "windows-warm-ip-target": "5"})
    run = enable(fleet, nitro, warm_ip_target=5)
    assert changed_steps(run) == ["configure_windows_addressing", "enable_windows_ipam"]
    assert live_data(nitro)["warm-ip-target"] == "5"
    shadowed = run_role("preflight", fleet, nitro, eks_windows_fail_on="warning")
    assert "network.address_targets" in shadowed.failure("localhost")


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_windows_key_that_decides_is_enough(fleet: Testbed, nitro: TestbedCluster) -> None:
    set_config_map(nitro, {"enable-windows-ipam": "false", "windows-warm-ip-target": "5"})
    assert changed_steps(enable(fleet, nitro, warm_ip_target=5)) == ["enable_windows_ipam"]


# Refused before any module writes: judged alike whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("name", "variables", "words"),
    [
        pytest.param("xen", {"prefix_delegation": True}, "r4.large", id="xen"),
        pytest.param("old", {"prefix_delegation": True}, "1.25 eks.4", id="platform-below-the-minimum"),
        pytest.param(
            "nitro",
            {"prefix_delegation": True, "planned_instance_types": ["r4.xlarge"]},
            "r4.xlarge",
            id="planned-type",
        ),
        pytest.param("nitro", {"warm_prefix_target": 1}, "warm-prefix-target", id="prefixes-without-delegation"),
        pytest.param("nitro", {"warm_ip_target": 0}, "warm-ip-target", id="no-warm-address"),
    ],
)
def test_what_would_have_no_effect_is_refused(
    fleet: Testbed, nitro: TestbedCluster, name: str, variables: dict[str, Any], words: str
) -> None:
    cluster = fleet.clusters[name]
    fleet.forget_requests()
    run = enable(fleet, cluster, **variables)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert f"Cluster {name}: Windows support can't be enabled, nothing was changed" in message
    assert words in message
    assert writes(fleet, cluster) == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_number_that_is_none_is_refused(fleet: Testbed, nitro: TestbedCluster) -> None:
    run = enable(fleet, nitro, warm_ip_target=-1)
    assert run.returncode == 2
    assert "warm_ip_target" in run.failure("localhost")
    assert writes(fleet, nitro) == []


# The same steps or none by other values of the cluster: judged alike whichever releases the client has.
@pytest.mark.newest_client
def test_minimum_platform_is_enough(fleet: Testbed) -> None:
    cluster = fleet.clusters["oldest"]
    fleet.forget_requests()
    run = enable(fleet, cluster, prefix_delegation=True)
    assert changed_steps(run) == ["configure_windows_addressing", "enable_windows_ipam"]
    assert writes(fleet, cluster) == [f"patch {CNI_CONFIG_MAP}"] * 2
