# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller passes over nodes of Auto Mode, and over no Windows node beside them."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    ADDRESS_RESOURCE,
    COMPUTE_TYPE,
)
from tests.live.cluster import Json, LiveCluster
from tests.live.probe import NotRunError, Outcome, Probe, disproved, proved


def has_addresses(node: Json) -> bool:
    """Whether the controller gave the node its capacity."""
    return ADDRESS_RESOURCE in (node["status"].get("capacity") or {})


def run(cluster: LiveCluster) -> Outcome:
    """Compare the capacity of both kinds of nodes."""
    nodes = cluster.kubernetes.nodes()
    auto = [node for node in nodes if node["metadata"]["labels"].get(COMPUTE_TYPE) == "auto"]
    windows = [
        node for node in nodes if node not in auto and node["metadata"]["labels"].get("kubernetes.io/os") == "windows"
    ]
    if not auto or not windows:
        raise NotRunError(f"it takes nodes of Auto Mode beside Windows nodes: {len(auto)} and {len(windows)} found")
    wrong = [node["metadata"]["name"] for node in auto if has_addresses(node)]
    if wrong:
        return disproved(f"nodes of Auto Mode advertise {ADDRESS_RESOURCE}: {', '.join(wrong)}")
    if not any(has_addresses(node) for node in windows):
        raise NotRunError("no Windows node has addresses, which may have other causes: see preflight")
    return proved(f"of {len(windows)} Windows nodes some have addresses, of {len(auto)} nodes of Auto Mode none")


PROBE = Probe("auto-mode-passed-over", "Windows nodes work beside Auto Mode, whose own nodes are passed over", run)
