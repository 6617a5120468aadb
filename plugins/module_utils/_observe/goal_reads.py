# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a goal asks for beyond what every observation reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import WINDOWS_IPAM
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import kubernetes_reads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.addon_schema import configuration_schema
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_attempt
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.karpenter import (
    GROUP,
    karpenter_node_classes,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.node_groups import node_groups
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    ClusterRole,
    CniNode,
    KarpenterNodeClass,
    Known,
    NodeGroup,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading, done
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.role_users import RoleSearch, role_users

ReadAddon = Callable[[], Known[Addon | None]]
ReadRole = Callable[[], Known[ClusterRole]]


def _not_asked() -> Future[Any]:
    return done(None)


@dataclass(frozen=True)
class GoalReads:
    """Reads under way; what a goal has no use for is None."""

    vpc_cni_schema: Future[Known[Mapping[str, object]] | None] = field(default_factory=_not_asked)
    node_groups: Future[Known[tuple[NodeGroup, ...]] | None] = field(default_factory=_not_asked)
    karpenter_node_classes: Future[Known[tuple[KarpenterNodeClass, ...]] | None] = field(default_factory=_not_asked)
    cni_nodes: Future[Known[tuple[CniNode, ...]] | None] = field(default_factory=_not_asked)
    role_search: Future[Known[RoleSearch] | None] = field(default_factory=_not_asked)


def goal_reads(reading: Reading, addon: ReadAddon, role: ReadRole) -> GoalReads:
    """The reads of the observation's goal, each in a thread of its own.

    ``addon`` and ``role`` answer what was asked for before; the reads that depend on them wait for them.
    """
    goal = reading.options.get("goal")
    if goal in ("enable", "migrate"):
        return GoalReads(vpc_cni_schema=_schema_read(reading, addon))
    if goal == "disable":
        name = reading.cluster_name
        return GoalReads(
            vpc_cni_schema=_schema_read(reading, addon),
            node_groups=reading.of_aws("eks:ListNodegroups", lambda: node_groups(reading.aws, name)),
            role_search=reading.pool.submit(_role_search, reading, role),
            karpenter_node_classes=reading.kubernetes(GROUP, karpenter_node_classes),
            cni_nodes=reading.kubernetes(kubernetes_reads.CNI_NODES, kubernetes_reads.cni_nodes),
        )
    return GoalReads()


def _schema_read(reading: Reading, addon: ReadAddon) -> Future[Known[Mapping[str, object]] | None]:
    if reading.options.get("ipam_owner") == "config_map":
        return _not_asked()
    return reading.pool.submit(_schema, reading, addon)


def _schema(reading: Reading, addon: ReadAddon) -> Known[Mapping[str, object]] | None:
    """The schema of what the installed add-on takes, None where EKS doesn't manage it, or its configuration is not one
    that the goal may change."""
    installed = addon()
    if installed is None or isinstance(installed, Unknown):
        return installed
    if reading.options.get("goal") == "disable" and not _may_have_windows_ipam(installed.configuration_values):
        return None
    found = installed
    return aws_attempt("eks:DescribeAddonConfiguration", lambda: configuration_schema(reading.aws, found))


def _may_have_windows_ipam(configuration: str) -> bool:
    """Whether the key is among the values: JSON and YAML can write it with escapes."""
    return WINDOWS_IPAM.addon_key in configuration or "\\" in configuration


def _role_search(reading: Reading, role: ReadRole) -> Known[RoleSearch] | None:
    """Who else runs as the cluster's role, None where no policy would be detached from it."""
    if reading.options.get("cluster_policy", "manage") != "manage":
        return None
    cluster_role = role()
    if isinstance(cluster_role, Unknown):
        return cluster_role
    if isinstance(reading.cluster, Unknown):
        return reading.cluster
    detachable = managed_policy_arn(reading.cluster.partition, VPC_RESOURCE_CONTROLLER)
    if detachable not in {policy.arn for policy in cluster_role.attached}:
        return None
    return aws_attempt("ec2:DescribeRegions", lambda: role_users(reading.aws, reading.cluster_name, cluster_role.arn))
