# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""An observation under judgement, with what several rules derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    CONTROL_PLANE_SUPPORT,
    PREFIX_DELEGATION,
    at_least,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.instance_limits import Limits, limits_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import LegacyState, legacy_state
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    Known,
    Node,
    NodeGroup,
    Observation,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import (
    NodeRoles,
    node_roles,
    own_instances,
    windows_nodes,
    windows_types,
)

GROUPS_NOT_ASKED = (
    "No Windows node is there or planned, and Windows IPAM is off, so that node groups were not asked for"
)
"""Why the observation has no node groups, with every goal that does not bring Windows."""


@dataclass(frozen=True)
class Subject:
    """What a check looks at."""

    observation: Observation
    options: JudgeOptions

    @cached_property
    def control_plane_supported(self) -> bool | None:
        """Whether the control plane can run Windows support; None where its versions are not known."""
        cluster = self.observation.cluster
        if isinstance(cluster, Unknown):
            return None
        return at_least(CONTROL_PLANE_SUPPORT, cluster.version, cluster.platform_version)

    @cached_property
    def prefix_delegation_supported(self) -> bool | None:
        """Whether the cluster's versions can have Windows prefix delegation; None where they are not known."""
        cluster = self.observation.cluster
        if isinstance(cluster, Unknown):
            return None
        return at_least(PREFIX_DELEGATION, cluster.version, cluster.platform_version)

    @cached_property
    def at(self) -> datetime:
        """When the cluster was looked at."""
        return datetime.fromisoformat(self.observation.observed_at)

    @property
    def cni_data(self) -> Known[Mapping[str, str]]:
        """The data of ConfigMap amazon-vpc-cni; empty where it, or its data, is absent: the controller reads the same
        of either."""
        config_map = self.observation.cni_config_map
        if isinstance(config_map, Unknown):
            return config_map
        return (config_map.data if config_map else None) or {}

    @cached_property
    def legacy(self) -> LegacyState:
        """What is left of legacy Windows support."""
        return legacy_state(self.observation)

    @cached_property
    def windows_nodes(self) -> Known[tuple[Node, ...]]:
        """Nodes that run Windows. Auto Mode's and Fargate's never do, whatever a label says."""
        nodes = self.observation.nodes
        return nodes if isinstance(nodes, Unknown) else windows_nodes(nodes)

    @cached_property
    def linux_nodes(self) -> Known[tuple[Node, ...]]:
        """Nodes that run Linux and take any pod: Auto Mode's are among them, Fargate's are not."""
        nodes = self.observation.nodes
        if isinstance(nodes, Unknown):
            return nodes
        return tuple(node for node in nodes if node.operating_system == "linux" and not node.fargate)

    @cached_property
    def windows_types(self) -> tuple[str, ...]:
        """Instance types in use or planned for Windows nodes, sorted: of nodes, of node groups and planned ones, as far
        as they were read."""
        return windows_types(self._seen_nodes, self._seen_groups, self.options.planned_instance_types)

    @cached_property
    def node_roles(self) -> NodeRoles:
        """The roles that Windows nodes run as, as far as nodes and node groups were read."""
        return node_roles(self._seen_nodes, self.observation.node_groups, self.observation.instances)

    @cached_property
    def own_instances(self) -> Known[tuple[Instance, ...]] | None:
        """The instances of Windows nodes that no managed node group made; None where no such node names one."""
        return own_instances(self._seen_nodes, self.observation.instances)

    def limits(self, instance_type: str) -> Limits | None:
        """How many pods a Windows node of this type runs; None where neither EC2 nor the controller's list knows it."""
        told = self.observation.instance_types
        return limits_of(instance_type, () if told is None or isinstance(told, Unknown) else told)

    @property
    def _seen_nodes(self) -> tuple[Node, ...]:
        return () if isinstance(self.observation.nodes, Unknown) else self.observation.nodes

    @property
    def _seen_groups(self) -> tuple[NodeGroup, ...]:
        groups = self.observation.node_groups
        return () if groups is None or isinstance(groups, Unknown) else groups
