# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""While Deployment kube-system/vpc-resource-controller exists, support is off, though it has no replicas."""

from __future__ import annotations

from typing import Any

from tests.live.admission import IPAM_KEY, REACTION_SECONDS, injects, require_a_cluster_to_switch, switch
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe, disproved, proved
from tests.live.restoring import config_map_kept, deployment_removed

NAME = "vpc-resource-controller"
LABELS = {"app.kubernetes.io/managed-by": "eks-windows-live"}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": NAME, "namespace": "kube-system", "labels": LABELS},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": LABELS},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {"containers": [{"name": "none", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}]},
        },
    },
}


def changes(cluster: LiveCluster) -> Change:
    """A Deployment that runs nothing, and the switch."""
    value = require_a_cluster_to_switch(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {IPAM_KEY}: {value!r} -> 'true'; and Deployment kube-system/{NAME} is "
        "made, with 0 replicas; both for up to two minutes",
        f"the Deployment is deleted, {IPAM_KEY} becomes {value!r} again",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Have support on, make the Deployment, and see whether dry runs still get the limit."""
    require_a_cluster_to_switch(cluster)
    with config_map_kept(cluster, [IPAM_KEY]):
        if not switch(cluster, on=True):
            raise NotRunError("Windows support could not be switched on")
        with deployment_removed(cluster, NAME):
            cluster.kubernetes.create_deployment(DEPLOYMENT)
            blocked = cluster.within(REACTION_SECONDS, lambda: not injects(cluster))
    if not blocked:
        return disproved(f"{REACTION_SECONDS:.0f} s after the Deployment was made, Windows support was still on")
    return proved("with the Deployment there, the dry run's Windows pod got no address limit")


PROBE = Probe("legacy-deployment-blocks", "A Deployment of the legacy controller's name blocks support", run, changes)
