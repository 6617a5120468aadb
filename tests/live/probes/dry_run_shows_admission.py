# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dry run of a Windows pod shows whether the controller itself holds Windows support to be on."""

from __future__ import annotations

from tests.live.admission import IPAM_KEY, REACTION_SECONDS, require_a_cluster_to_switch, switch
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, Outcome, Probe, disproved, proved
from tests.live.restoring import config_map_kept


def changes(cluster: LiveCluster) -> Change:
    """Of the switch alone."""
    value = require_a_cluster_to_switch(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {IPAM_KEY}: {value!r} -> 'true' -> 'false', for up to two minutes",
        f"{IPAM_KEY} becomes {value!r} again",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Switch support on and off, and see whether dry runs follow."""
    require_a_cluster_to_switch(cluster)
    with config_map_kept(cluster, [IPAM_KEY]):
        for on in (True, False):
            if not switch(cluster, on):
                limit = "no address limit" if on else "the address limit"
                return disproved(f"{limit} {REACTION_SECONDS:.0f} s after {IPAM_KEY} became {str(on).lower()!r}")
    return proved("the dry run's pod got its address limit while Windows support was on, and only then")


PROBE = Probe("dry-run-shows-admission", "Dry runs of Windows pods show whether support is on", run, changes)
