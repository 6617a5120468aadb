# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What lets the controller of the control plane read kube-system.

Source: aws/amazon-vpc-resource-controller-k8s, docs/troubleshooting.md.
"""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    CONTROL_PLANE_SUPPORT,
    at_least,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import object_at
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ConfigMap,
    ControllerRole,
    Known,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading

NAMESPACE = "kube-system"
ROLE = "eks-vpc-resource-controller-role"
BINDING = "eks-vpc-resource-controller-rolebinding"
GOAL = "enable"
"""The goal that looks before Windows IPAM is on; migrate, whose reads are many, does so once it is on."""

WITHOUT = ("disable", "legacy_install")
"""The goals that end without Windows support of the control plane."""

_SYSTEM = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}"


def controller_role(reading: Reading, config_map: Known[ConfigMap | None]) -> Callable[[], ControllerRole | None]:
    """The Role and its binding, asked for in threads: what is returned waits for the answers.

    They are not asked for, and it answers None, with goals disable and legacy_install, where the control plane has no
    Windows support, and where Windows IPAM is off and the goal is not enable.
    """
    goal = reading.options.get("goal")
    if goal in WITHOUT or _is_below(reading):
        return lambda: None
    if goal != GOAL:
        if isinstance(config_map, Unknown):
            unknown = ControllerRole(config_map, config_map)
            return lambda: unknown
        data = (config_map.data if config_map else None) or {}
        if not parse_bool(data.get(ENABLE_WINDOWS_IPAM)):
            return lambda: None
    role_path, binding_path = f"{_SYSTEM}/roles/{ROLE}", f"{_SYSTEM}/rolebindings/{BINDING}"
    role = reading.kubernetes(role_path, lambda api: object_at(api, role_path) is not None)
    binding = reading.kubernetes(binding_path, lambda api: object_at(api, binding_path) is not None)
    return lambda: ControllerRole(role.result(), binding.result())


def _is_below(reading: Reading) -> bool:
    """Whether the control plane is known to have no Windows support."""
    if isinstance(reading.cluster, Unknown):
        return False
    return at_least(CONTROL_PLANE_SUPPORT, reading.cluster.version, reading.cluster.platform_version) is False
