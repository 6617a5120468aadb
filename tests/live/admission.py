# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What admission makes of a Windows pod, and the switch that it goes by."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    ADDRESS_RESOURCE,
    probe_pod,
)
from tests.live.cluster import LiveCluster
from tests.live.probe import NotRunError

IPAM_KEY = "enable-windows-ipam"
REACTION_SECONDS = 60.0
"""The controller acts on its ConfigMap within seconds: after a minute it has not."""


def injects(cluster: LiveCluster) -> bool:
    """Whether a dry run of a Windows pod gets the address limit."""
    pod = cluster.kubernetes.dry_run_pod(probe_pod())
    return ADDRESS_RESOURCE in (pod["spec"]["containers"][0].get("resources", {}).get("limits") or {})


def require_a_cluster_to_switch(cluster: LiveCluster) -> str:
    """The live value of the switch, in a cluster where it may be switched for a minute.

    Raises:
        NotRunError: There are Windows nodes, which would notice, or nothing that could be switched.
    """
    windows = [
        node for node in cluster.kubernetes.nodes() if node["metadata"]["labels"].get("kubernetes.io/os") == "windows"
    ]
    if windows:
        raise NotRunError(f"switching Windows support would touch the {len(windows)} Windows nodes of this cluster")
    if not cluster.kubernetes.has_pod_webhook():
        raise NotRunError("the cluster lacks MutatingWebhookConfiguration vpc-resource-mutating-webhook")
    data = cluster.kubernetes.config_map()
    if data is None:
        raise NotRunError("the cluster has no ConfigMap kube-system/amazon-vpc-cni")
    if cluster.kubernetes.deployment("vpc-resource-controller"):
        raise NotRunError("the cluster has the Deployment of legacy support")
    return data.get(IPAM_KEY, "")


def switch(cluster: LiveCluster, on: bool) -> bool:
    """Switch Windows support, and tell whether admission follows within REACTION_SECONDS."""
    cluster.kubernetes.set_config_map({IPAM_KEY: "true" if on else "false"})
    return cluster.within(REACTION_SECONDS, lambda: injects(cluster) is on)
