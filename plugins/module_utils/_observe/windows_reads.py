# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is asked of AWS for the sake of Windows nodes that are there or to come.

A cluster that has nothing of Windows, and is to get nothing of it, pays for none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.access_entries import access_entries
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_attempt
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.ec2_reads import instance_types, subnets
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.instances import instances
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import object_at
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.node_groups import node_groups
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    ConfigMap,
    Ec2InstanceType,
    Instance,
    Known,
    Node,
    NodeGroup,
    Subnet,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import (
    instance_ids,
    node_roles,
    own_instances,
    self_managed,
    windows_groups,
    windows_nodes,
    windows_types,
)

AWS_AUTH = "/api/v1/namespaces/kube-system/configmaps/aws-auth"

GOALS = ("enable", "legacy_install", "migrate")
"""The goals that end with Windows pods running: node groups that wait for that have no node yet."""

THREADS = 2
"""Beside the one that starts them."""


@dataclass(frozen=True)
class WindowsParts:
    """Parts of the observation; see there for when each is None."""

    node_groups: Known[tuple[NodeGroup, ...]] | None = None
    instances: Known[tuple[Instance, ...]] | None = None
    access_entries: Known[tuple[AccessEntry, ...]] | None = None
    aws_auth: Known[Mapping[str, str]] | None = None
    subnets: Known[tuple[Subnet, ...]] | None = None
    instance_types: Known[tuple[Ec2InstanceType, ...]] | None = None


def windows_parts(
    reading: Reading, nodes: Known[tuple[Node, ...]], config_map: Known[ConfigMap | None]
) -> Future[WindowsParts] | None:
    """The parts that AWS tells, in a thread; None where nothing of it is asked.

    They are for :func:`with_aws_auth` to complete.
    """
    if reading.options.get("goal") == "disable" or not _is_in_play(reading, nodes, config_map):
        return None
    return reading.pool.submit(_read, reading, () if isinstance(nodes, Unknown) else nodes)


def _is_in_play(reading: Reading, nodes: Known[tuple[Node, ...]], config_map: Known[ConfigMap | None]) -> bool:
    """Whether something of Windows is there or to come, or may be. What could not be read may have it."""
    if reading.options.get("goal") in GOALS or _planned(reading):
        return True
    if isinstance(nodes, Unknown) or isinstance(config_map, Unknown):
        return True
    data = (config_map.data if config_map else None) or {}
    return any(node.operating_system == "windows" for node in nodes) or bool(parse_bool(data.get(ENABLE_WINDOWS_IPAM)))


def _planned(reading: Reading) -> tuple[str, ...]:
    return tuple(reading.options.get("planned_instance_types") or ())


def _read(reading: Reading, nodes: tuple[Node, ...]) -> WindowsParts:
    """One step after the other: node groups and instances, then what hangs on these."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="observe-windows") as pool:
        of_nodes = pool.submit(_instances, reading, nodes)
        groups = aws_attempt("eks:ListNodegroups", lambda: node_groups(reading.aws, reading.cluster_name))
        found = of_nodes.result()
        places = pool.submit(_subnets, reading, nodes, groups, found)
        types = pool.submit(_instance_types, reading, nodes, groups)
        entries = _access_entries(reading, nodes, groups, found)
        return WindowsParts(groups, found, entries, None, places.result(), types.result())


def _instances(reading: Reading, nodes: tuple[Node, ...]) -> Known[tuple[Instance, ...]] | None:
    ids = sorted(instance_ids(windows_nodes(nodes)))
    if not ids:
        return None
    # EKS tells the role of managed node groups.
    own = instance_ids(self_managed(nodes))
    return aws_attempt("ec2:DescribeInstances", lambda: instances(reading.aws, ids, own))


def _access_entries(
    reading: Reading,
    nodes: tuple[Node, ...],
    groups: Known[tuple[NodeGroup, ...]],
    found: Known[tuple[Instance, ...]] | None,
) -> Known[tuple[AccessEntry, ...]] | None:
    if isinstance(reading.cluster, Unknown) or "API" not in reading.cluster.authentication_mode:
        return None
    roles = [role.arn for role in node_roles(nodes, groups, found).roles]
    if not roles:
        return None
    return aws_attempt("eks:DescribeAccessEntry", lambda: access_entries(reading.aws, reading.cluster_name, roles))


def _subnets(
    reading: Reading,
    nodes: tuple[Node, ...],
    groups: Known[tuple[NodeGroup, ...]],
    found: Known[tuple[Instance, ...]] | None,
) -> Known[tuple[Subnet, ...]] | None:
    if not windows_types(nodes, _read_of(groups), _planned(reading)):
        return None
    of_cluster = () if isinstance(reading.cluster, Unknown) else reading.cluster.subnet_ids
    ids = {*of_cluster, *(each.subnet_id for each in _read_of(own_instances(nodes, found)))}
    for group in windows_groups(nodes, _read_of(groups)):
        ids.update(group.subnet_ids)
    wanted = sorted(ids - {""})
    return aws_attempt("ec2:DescribeSubnets", lambda: subnets(reading.aws, wanted))


def _instance_types(
    reading: Reading, nodes: tuple[Node, ...], groups: Known[tuple[NodeGroup, ...]]
) -> Known[tuple[Ec2InstanceType, ...]] | None:
    names = windows_types(nodes, _read_of(groups), _planned(reading))
    if not names:
        return None
    return aws_attempt("ec2:DescribeInstanceTypes", lambda: instance_types(reading.aws, names))


def _read_of(part: Known[tuple[Any, ...]] | None) -> tuple[Any, ...]:
    """A part as far as it was read."""
    return () if part is None or isinstance(part, Unknown) else part


def with_aws_auth(reading: Reading, parts: WindowsParts, nodes: Known[tuple[Node, ...]]) -> WindowsParts:
    """The parts with ConfigMap aws-auth, where an access entry does not decide on each role already."""
    if isinstance(reading.cluster, Unknown) or reading.cluster.authentication_mode == "API":
        return parts
    roles = node_roles(_read_of(nodes), parts.node_groups, parts.instances).roles
    decided = {entry.principal_arn for entry in _read_of(parts.access_entries)}
    if isinstance(parts.access_entries, Unknown) or {role.arn for role in roles} <= decided:
        return parts
    return replace(parts, aws_auth=reading.kubernetes(AWS_AUTH, _aws_auth).result())


def _aws_auth(api: KubernetesApi) -> Mapping[str, str]:
    """The data of ConfigMap aws-auth."""
    item = object_at(api, AWS_AUTH) or {}
    return {str(key): str(value) for key, value in (item.get("data") or {}).items()}
