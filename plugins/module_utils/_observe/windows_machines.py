# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which nodes, node groups, instance types and roles of a cluster are of Windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    Known,
    Node,
    NodeGroup,
    Unknown,
)

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
"""Managed node groups give it to their nodes, with their name."""

_INSTANCE = re.compile(r"/(i-[0-9a-f]+)$", re.ASCII)


@dataclass(frozen=True)
class NodeRole:
    """An IAM role that Windows nodes run as, or will.

    Attributes:
        arn: Its ARN, with its path.
        users: What runs as it, ``Node group NAME`` or ``Node NAME``.
    """

    arn: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class NodeRoles:
    """The roles of Windows nodes, and the nodes whose role is not known, each with the reason."""

    roles: tuple[NodeRole, ...]
    untold: tuple[tuple[str, Unknown], ...]


def windows_nodes(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Nodes that run Windows. Auto Mode's and Fargate's never do, whatever a label says."""
    return tuple(
        node for node in nodes if node.operating_system == "windows" and not node.fargate and not node.auto_mode
    )


def self_managed(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Windows nodes that no managed node group made."""
    return tuple(node for node in windows_nodes(nodes) if not node.labels.get(GROUP_LABEL))


def instance_id(node: Node) -> str:
    """The id of the node's EC2 instance; empty where it is none."""
    found = _INSTANCE.search(node.provider_id)
    return found[1] if found else ""


def instance_ids(nodes: Iterable[Node]) -> frozenset[str]:
    """The ids of the nodes' EC2 instances, as far as these are some."""
    return frozenset(map(instance_id, nodes)) - {""}


def own_instances(
    nodes: Iterable[Node], instances: Known[tuple[Instance, ...]] | None
) -> Known[tuple[Instance, ...]] | None:
    """The instances of Windows nodes that no managed node group made; None where no such node names one."""
    ids = instance_ids(self_managed(nodes))
    if not ids or instances is None or isinstance(instances, Unknown):
        return instances if ids else None
    return tuple(each for each in instances if each.id in ids)


def windows_groups(nodes: Iterable[Node], groups: Iterable[NodeGroup]) -> tuple[NodeGroup, ...]:
    """Managed node groups of Windows: by their AMI type or, where a launch template names the AMI, by a node."""
    with_nodes = {node.labels.get(GROUP_LABEL) for node in windows_nodes(nodes)}
    return tuple(group for group in groups if group.ami_type.upper().startswith("WINDOWS") or group.name in with_nodes)


def windows_types(nodes: Iterable[Node], groups: Iterable[NodeGroup], planned: Iterable[str]) -> tuple[str, ...]:
    """Instance types in use or planned for Windows nodes, sorted."""
    nodes = tuple(nodes)
    names = {node.instance_type for node in windows_nodes(nodes)} | set(planned)
    for group in windows_groups(nodes, groups):
        names.update(group.instance_types)
    return tuple(sorted(name for name in names if name))


def node_roles(
    nodes: Iterable[Node], groups: Known[tuple[NodeGroup, ...]] | None, instances: Known[tuple[Instance, ...]] | None
) -> NodeRoles:
    """The roles that Windows nodes run as: of their node group, or of their instance."""
    nodes = tuple(nodes)
    unread = groups if isinstance(groups, Unknown) else None
    groups = () if groups is None or isinstance(groups, Unknown) else groups
    users: dict[str, list[str]] = {}
    untold: list[tuple[str, Unknown]] = []
    for group in windows_groups(nodes, groups):
        if group.node_role:
            users.setdefault(group.node_role, []).append(f"Node group {group.name}")
    of_groups = {group.name for group in groups if group.node_role}
    for node in windows_nodes(nodes):
        group_name = node.labels.get(GROUP_LABEL)
        if group_name in of_groups:
            continue
        role = unread or _without_role(group_name) if group_name else _role_of(node, instances)
        if isinstance(role, Unknown):
            untold.append((f"Node {node.name}", role))
        else:
            users.setdefault(role, []).append(f"Node {node.name}")
    return NodeRoles(tuple(NodeRole(arn, tuple(names)) for arn, names in users.items()), tuple(untold))


def _without_role(group: str) -> Unknown:
    return Unknown(
        "eks:DescribeNodegroup",
        f"EKS tells no role of node group {group}",
        f"Look at aws eks describe-nodegroup --nodegroup-name {group}, and run this again",
    )


def _role_of(node: Node, instances: Known[tuple[Instance, ...]] | None) -> Known[str]:
    """The role of a node that no managed node group made."""
    if isinstance(instances, Unknown):
        return instances
    found = next((each for each in instances or () if each.id == instance_id(node)), None)
    if found is None:
        return Unknown(
            "ec2:DescribeInstances",
            f"EC2 tells of no instance {instance_id(node) or 'by the providerID'} of node {node.name}",
            "Look at the node's providerID: it names the instance, whose instance profile has the role",
        )
    if not found.role:
        return Unknown(
            "ec2:DescribeInstances",
            f"instance {found.id} has no role",
            "Look at the instance profile of the instance: nodes need a role to join the cluster",
        )
    return found.role
