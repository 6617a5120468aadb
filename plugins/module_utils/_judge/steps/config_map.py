# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Changes of ConfigMap amazon-vpc-cni."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    CONFIG_MAP_NAME,
    CONFIG_MAP_NAMESPACE,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ConfigMap,
    Observation,
    Unknown,
)


def with_data(observation: Observation, changes: Mapping[str, str]) -> Observation:
    """The observation after a merge of these keys, which creates the ConfigMap where it is absent."""
    seen = observation.cni_config_map
    if isinstance(seen, Unknown):
        return observation
    config_map = seen or ConfigMap(CONFIG_MAP_NAMESPACE, CONFIG_MAP_NAME, None)
    return replace(observation, cni_config_map=replace(config_map, data={**(config_map.data or {}), **changes}))
