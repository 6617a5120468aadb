# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With PRESERVE an update leaves a live value that somebody else wrote."""

from __future__ import annotations

from tests.live import cooldown
from tests.live.addon import update
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe, disproved, proved
from tests.live.restoring import addon_kept, config_map_kept


def changes(cluster: LiveCluster) -> Change:
    """Of the ConfigMap and of the add-on's configuration."""
    addon, seconds = cooldown.require(cluster)
    return Change(
        f"ConfigMap kube-system/amazon-vpc-cni, {cooldown.KEY}: {seconds} -> {seconds + 1}; then add-on vpc-cni "
        f"{addon.version}: its configuration gets {cooldown.OPTION} {seconds + 2}",
        f"the configuration becomes {addon.text or '{}'} again, {cooldown.KEY} {seconds}; {cooldown.TRACE}",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Edit the ConfigMap, update the add-on to another value, read the ConfigMap."""
    addon, seconds = cooldown.require(cluster)
    edited, configured = seconds + 1, seconds + 2
    with config_map_kept(cluster, [cooldown.KEY]), addon_kept(cluster, addon):
        cluster.kubernetes.set_config_map({cooldown.KEY: str(edited)})
        ended = update(cluster, addon, cooldown.with_option(addon, **{cooldown.OPTION: configured}))
        if ended.status != "Successful":
            raise NotRunError(f"the update ended {ended.status}: {ended.errors}")
        left = cooldown.live(cluster)
    if left != str(edited):
        return disproved(f"{cooldown.KEY} was edited to {edited}, configured as {configured}, and became {left}")
    return proved(f"{cooldown.KEY} kept the edited {edited} though {configured} was configured")


PROBE = Probe("addon-preserve-keeps-edits", "PRESERVE keeps live values that others wrote", run, changes)
