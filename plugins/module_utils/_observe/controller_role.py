# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What lets the controller of the control plane read kube-system.

Source: aws/amazon-vpc-resource-controller-k8s, docs/troubleshooting.md.
"""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    CONTROL_PLANE_SUPPORT,
    at_least,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import object_at
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ControllerRole,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading

NAMESPACE = "kube-system"
ROLE = "eks-vpc-resource-controller-role"
BINDING = "eks-vpc-resource-controller-rolebinding"
GOAL = "enable"
"""The one goal that asks for them: of each cluster of a fleet that is only looked at, two calls more would be much."""

_SYSTEM = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}"


def controller_role(reading: Reading) -> Callable[[], ControllerRole | None]:
    """The Role and its binding, asked for in threads: what is returned waits for the answers.

    They are asked for with goal enable alone, where the control plane may have Windows support; else it answers None.
    """
    if reading.options.get("goal") != GOAL or _is_below(reading):
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
