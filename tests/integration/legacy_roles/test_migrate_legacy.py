# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Playbook migrate_legacy on the real control plane: how long no controller, and how long two, are in charge."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import live_data, policy_attached
from tests.support.legacy import has_windows_binding, left_of_legacy
from tests.support.roles import changed_steps, result, run_role, writes
from tests.support.windows_pods import WindowsPods
from tests.testbed.specs import ClusterSpec, LegacySpec, LegacyVariant, NodeSpec
from tests.testbed.testbed import Testbed

NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
POLICIES = ("AmazonEKSClusterPolicy",)
ORDER = [
    "attach_cluster_policy",
    "enable_windows_ipam",
    "remove_legacy_controller",
    "remove_legacy_webhook",
    "remove_legacy_leftovers",
]
# eksctl's manifest does not say that the webhook has no side effects.
UNDECLARED = LegacySpec("D", side_effects="Unknown")
ORDER_OF_D = ["declare_side_effects", *ORDER]
ORDER_OF_F = ["attach_cluster_policy", "remove_second_controller", "enable_windows_ipam", *ORDER[3:]]
# The controller of the control plane learns of a Deployment's end by a watch, and looks at each node anew.
GAP_SECONDS = 15.0
# Tasks of two steps are between the two controllers, which take seconds, and on a busy machine many.
GAP_SECONDS_OF_F = 60.0


@pytest.fixture
def fleet(variant: LegacyVariant) -> Iterator[Testbed]:
    """One cluster, so that a run of one variant starts no control planes for the others."""
    require_real_control_plane()
    legacy = UNDECLARED if variant == "D" else LegacySpec(variant)
    with Testbed([ClusterSpec("old", legacy=legacy, policies=POLICIES, nodes=NODES)], control_plane="real") as testbed:
        yield testbed


# The oldest releases move the one whose order is its own; the steps of others are those of enable and legacy_remove.
@pytest.mark.parametrize(
    "variant",
    [
        pytest.param("A", marks=(pytest.mark.newest_client, pytest.mark.thorough)),
        pytest.param("B", marks=(pytest.mark.newest_client, pytest.mark.thorough)),
        pytest.param("D", marks=(pytest.mark.newest_client, pytest.mark.thorough)),
        pytest.param("E", marks=(pytest.mark.newest_client, pytest.mark.thorough)),
        "F",
    ],
)
def test_support_moves_to_the_control_plane(
    fleet: Testbed, variant: LegacyVariant, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = fleet.clusters["old"]
    stand_ins = cluster.stand_ins
    assert stand_ins is not None
    before, binding = left_of_legacy(cluster), has_windows_binding(cluster)
    order = {"D": ORDER_OF_D, "F": ORDER_OF_F}.get(variant, ORDER)
    fleet.forget_requests()
    refused = run_role("enable", fleet, cluster)
    assert refused.returncode == 2
    assert "cloudops.eks_windows.migrate_legacy" in refused.failure("localhost")
    predicted = run_role("migrate_legacy", fleet, cluster, "--check", "--diff")
    assert changed_steps(predicted) == order
    assert writes(fleet, cluster) == []
    assert left_of_legacy(cluster) == before

    start = time.monotonic()
    with WindowsPods(cluster) as pods:
        first = run_role("migrate_legacy", fleet, cluster)
    assert changed_steps(first) == order
    assert result(first) == result(predicted)
    without, two = stand_ins.charge.seconds_without(start), stand_ins.charge.seconds_with_two(start)
    with capsys.disabled():
        print(f"\nmigrate_legacy, variant {variant}: {without:.1f} s without a controller, {two:.1f} s with two")
    assert two == 0
    assert without < (GAP_SECONDS_OF_F if variant == "F" else GAP_SECONDS)
    assert (pods.refused, pods.without_limit) == ([], [])

    assert left_of_legacy(cluster) == set()
    assert has_windows_binding(cluster) is binding
    assert policy_attached(fleet, cluster)
    assert live_data(cluster)["enable-windows-ipam"] == "true"
    assert stand_ins.charge.in_charge == frozenset({"control-plane"})

    fleet.forget_requests()
    assert changed_steps(run_role("migrate_legacy", fleet, cluster)) == []
    assert writes(fleet, cluster) == []
