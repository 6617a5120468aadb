# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Managed node groups whose launch template names the AMI.

Source: Amazon EKS API reference, amiType of Nodegroup.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, NodeGroup
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import GROUP_LABEL

_OWN_AMI = ("", "CUSTOM")


def has_own_ami(group: NodeGroup) -> bool:
    """Whether the group's launch template names the AMI: EKS neither tells its operating system nor writes user data
    for it."""
    return group.ami_type.upper() in _OWN_AMI


def untold_groups(groups: Iterable[NodeGroup], nodes: Iterable[Node]) -> tuple[NodeGroup, ...]:
    """Those of which neither EKS nor one of their nodes tells the operating system."""
    told = {node.labels.get(GROUP_LABEL) for node in nodes if node.operating_system}
    return tuple(group for group in groups if has_own_ami(group) and group.name not in told)
