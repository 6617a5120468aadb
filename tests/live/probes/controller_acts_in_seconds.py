# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller acts on its ConfigMap within seconds, without a restart."""

from __future__ import annotations

import time

from tests.live.admission import IPAM_KEY, REACTION_SECONDS, injects, require_a_cluster_to_switch, switch
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, Outcome, Probe, disproved, proved
from tests.live.restoring import config_map_kept


def changes(cluster: LiveCluster) -> Change:
    """Of the switch alone."""
    value = require_a_cluster_to_switch(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {IPAM_KEY}: {value!r} -> the contrary, for up to a minute",
        f"{IPAM_KEY} becomes {value!r} again",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Switch support to the contrary and measure."""
    require_a_cluster_to_switch(cluster)
    wanted = not injects(cluster)
    with config_map_kept(cluster, [IPAM_KEY]):
        started = time.monotonic()
        followed = switch(cluster, wanted)
        seconds = time.monotonic() - started
    state = "on" if wanted else "off"
    if not followed:
        return disproved(f"{REACTION_SECONDS:.0f} s after {IPAM_KEY} was changed, Windows support was not yet {state}")
    return proved(f"{seconds:.0f} s after {IPAM_KEY} was changed, Windows support was {state}")


PROBE = Probe("controller-acts-in-seconds", "The controller follows its ConfigMap within a minute", run, changes)
