# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""How the objects that several rules and steps speak of are named."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    CONFIG_MAP_NAME,
    CONFIG_MAP_NAMESPACE,
)

ADDON = "Add-on vpc-cni"
AWS_NODE = "DaemonSet kube-system/aws-node"
CONFIG_MAP = f"ConfigMap {CONFIG_MAP_NAMESPACE}/{CONFIG_MAP_NAME}"
