# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new Windows pod that has an address already is refused while the controller holds Windows support to be on."""

from __future__ import annotations

from typing import Any

from kubernetes.client import ApiException

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    ADDRESS_RESOURCE,
    probe_pod,
)
from tests.live.admission import IPAM_KEY, require_a_cluster_to_switch, switch
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe, disproved, proved
from tests.live.restoring import config_map_kept

FORBIDDEN = 403


def changes(cluster: LiveCluster) -> Change:
    """Of the switch alone."""
    value = require_a_cluster_to_switch(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {IPAM_KEY}: {value!r} -> 'true' -> 'false', for up to two minutes",
        f"{IPAM_KEY} becomes {value!r} again",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Switch support on and off, and see whether the refusal of a dry run follows."""
    require_a_cluster_to_switch(cluster)
    with config_map_kept(cluster, [IPAM_KEY]):
        for on in (True, False):
            if not switch(cluster, on):
                raise NotRunError(f"Windows support could not be switched {'on' if on else 'off'}")
            if refuses(cluster) is not on:
                return disproved(
                    f"the pod was {'admitted' if on else 'refused'} while {IPAM_KEY} was {str(on).lower()!r}"
                )
    return proved("the dry run's pod with an address was refused while Windows support was on, and only then")


def refuses(cluster: LiveCluster) -> bool:
    """Whether a dry run of a Windows pod that has an address already is refused for it."""
    pod: dict[str, Any] = probe_pod()
    pod["metadata"] = {**pod["metadata"], "annotations": {ADDRESS_RESOURCE: "192.0.2.1/32"}}
    try:
        cluster.kubernetes.dry_run_pod(pod)
    except ApiException as error:
        if error.status == FORBIDDEN and ADDRESS_RESOURCE in str(error.body):
            return True
        raise
    return False


PROBE = Probe("annotated-pod-is-refused", "A new pod that has an address already is refused", run, changes)
