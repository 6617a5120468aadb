# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one setting of the add-on that may be changed without anybody noticing: branch-eni-cooldown.

It is how many seconds the controller waits before it uses a Linux branch network interface again (default 60, at
least 30), and concerns no Windows node. The chart of vpc-cni writes it since v1.16.0, from branchENICooldown.
"""

from __future__ import annotations

import json
from typing import Any

from tests.live.addon import Addon, describe_active
from tests.live.cluster import LiveCluster
from tests.live.kubernetes import MANAGER
from tests.live.probe import NotRunError

KEY = "branch-eni-cooldown"
OPTION = "branchENICooldown"
TRACE = f"its managedFields name {MANAGER} from then on"


def require(cluster: LiveCluster) -> tuple[Addon, int]:
    """The add-on, and the live seconds.

    Raises:
        NotRunError: The add-on is not managed, not active, or does not write the setting.
    """
    addon = describe_active(cluster)
    value = (cluster.kubernetes.config_map() or {}).get(KEY, "")
    if not value.isdecimal():
        raise NotRunError(f"add-on vpc-cni {addon.version} writes no {KEY} into its ConfigMap")
    return addon, int(value)


def with_option(addon: Addon, **values: Any) -> str:
    """The add-on's configuration with these values beside the others, as JSON."""
    return json.dumps({**addon.values, **values})


def live(cluster: LiveCluster) -> str:
    """The live value, empty where it is gone."""
    return (cluster.kubernetes.config_map() or {}).get(KEY, "")
