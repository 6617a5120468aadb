# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ready-made sets of clusters."""

from __future__ import annotations

from collections.abc import Callable

from tests.testbed.specs import LINUX_NODES, WINDOWS_NODE, AddonSpec, ClusterSpec, chart_data

MIXED_NODES = (*LINUX_NODES, WINDOWS_NODE)
WITHOUT_CONTROLLER_POLICY = ("AmazonEKSClusterPolicy",)


def demo_fleet() -> list[ClusterSpec]:
    """One cluster that is ready for Windows and four that are not, each for a reason of its own."""
    return [
        ClusterSpec("ready", nodes=MIXED_NODES, config_map=chart_data(enable_windows_ipam="true")),
        ClusterSpec("needs-enable", nodes=MIXED_NODES, policies=WITHOUT_CONTROLLER_POLICY),
        ClusterSpec("ipv6", ip_family="ipv6"),
        ClusterSpec("legacy-leftover", nodes=MIXED_NODES, legacy="B"),
        ClusterSpec("managed-addon", nodes=MIXED_NODES, addon=AddonSpec()),
    ]


def plain_fleet(count: int) -> list[ClusterSpec]:
    """Clusters with Windows nodes that nobody enabled yet: policy and ConfigMap key are missing."""
    return [
        ClusterSpec(f"cluster-{number}", nodes=MIXED_NODES, policies=WITHOUT_CONTROLLER_POLICY)
        for number in range(1, count + 1)
    ]


def ready_fleet(count: int) -> list[ClusterSpec]:
    """Clusters that need nothing."""
    return [
        ClusterSpec(f"cluster-{number}", nodes=MIXED_NODES, config_map=chart_data(enable_windows_ipam="true"))
        for number in range(1, count + 1)
    ]


FLEETS: dict[str, Callable[[int], list[ClusterSpec]]] = {
    "demo": lambda count: demo_fleet(),
    "plain": plain_fleet,
    "ready": ready_fleet,
}
"""By name; each takes the number of clusters, which ``demo`` has fixed."""
