# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Managed node groups whose launch template names the AMI, or the instance type.

Source: Amazon EKS API reference, amiType and instanceTypes of Nodegroup.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, NodeGroup
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import (
    GROUP_LABEL,
    windows_groups,
    windows_nodes,
)

_OWN_AMI = ("", "CUSTOM")


def has_own_ami(group: NodeGroup) -> bool:
    """Whether the group's launch template names the AMI: EKS neither tells its operating system nor writes user data
    for it."""
    return group.ami_type.upper() in _OWN_AMI


def untold_groups(groups: Iterable[NodeGroup], nodes: Iterable[Node]) -> tuple[NodeGroup, ...]:
    """Those of which neither EKS nor one of their nodes tells the operating system."""
    told = {node.labels.get(GROUP_LABEL) for node in nodes if node.operating_system}
    return tuple(group for group in groups if has_own_ami(group) and group.name not in told)


def groups_without_types(groups: Iterable[NodeGroup], nodes: Iterable[Node]) -> tuple[NodeGroup, ...]:
    """Those of Windows whose launch template names the instance type, so that EKS does not tell it, and of which no
    node is there to tell it."""
    nodes = tuple(nodes)
    told = {node.labels.get(GROUP_LABEL) for node in windows_nodes(nodes)}
    found = windows_groups(nodes, groups)
    return tuple(group for group in found if not group.instance_types and group.name not in told)
