# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A managed add-on leaves edits of its ConfigMap alone until it is updated."""

from __future__ import annotations

from tests.live import cooldown
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, Outcome, Probe, disproved, proved
from tests.live.restoring import config_map_kept


def changes(cluster: LiveCluster) -> Change:
    """Of the ConfigMap alone."""
    _addon, seconds = cooldown.require(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {cooldown.KEY}: {seconds} -> {seconds + 1}, watched for "
        f"{cluster.watch_seconds / 60:.0f} minutes",
        f"{cooldown.KEY} gets its {seconds} again; {cooldown.TRACE}",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Edit the ConfigMap and watch."""
    _addon, seconds = cooldown.require(cluster)
    edited = str(seconds + 1)
    with config_map_kept(cluster, [cooldown.KEY]):
        cluster.kubernetes.set_config_map({cooldown.KEY: edited})
        if cluster.within(cluster.watch_seconds, lambda: cooldown.live(cluster) != edited):
            return disproved(f"without an update of the add-on {cooldown.KEY} went from {edited} to another value")
    return proved(f"{cooldown.KEY} kept the edited {edited} for {cluster.watch_seconds:.0f} s")


PROBE = Probe("addon-leaves-edits", "Between updates the vpc-cni add-on leaves edits of its ConfigMap", run, changes)
