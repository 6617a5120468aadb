# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration that UpdateAddon is given replaces the former one as a whole."""

from __future__ import annotations

import json

from tests.live import cooldown
from tests.live.addon import describe, update
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe, disproved, proved
from tests.live.restoring import addon_kept, config_map_kept


def changes(cluster: LiveCluster) -> Change:
    """Of the add-on's configuration, three times."""
    addon, seconds = cooldown.require(cluster)
    return Change(
        f"add-on vpc-cni {addon.version}: its configuration gets {cooldown.OPTION} {seconds}, its live value, and "
        "loses it again by an update whose configuration lacks it",
        f"the configuration becomes {addon.text or '{}'} again, {cooldown.KEY} stays or becomes {seconds}",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Set a value, send a configuration without it, read."""
    addon, seconds = cooldown.require(cluster)
    others = {name: value for name, value in addon.values.items() if name != cooldown.OPTION}
    with config_map_kept(cluster, [cooldown.KEY]), addon_kept(cluster, addon):
        for text in (cooldown.with_option(addon, **{cooldown.OPTION: seconds}), json.dumps(others)):
            ended = update(cluster, addon, text)
            if ended.status != "Successful":
                raise NotRunError(f"the update ended {ended.status}: {ended.errors}")
        left = describe(cluster).values
    if cooldown.OPTION in left:
        return disproved(f"{cooldown.OPTION} is still in the configuration: {json.dumps(dict(left))}")
    return proved(f"the configuration is {json.dumps(dict(left))} after {json.dumps(others)} was sent")


PROBE = Probe("addon-values-replace", "UpdateAddon replaces the configuration as a whole", run, changes)
