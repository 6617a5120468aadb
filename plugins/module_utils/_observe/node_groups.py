# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Managed node groups, also those without a node. Source: the service model of EKS in botocore 1.43."""

from __future__ import annotations

import contextlib

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import is_not_found
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeGroup
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

THREADS = 4
"""Node groups described at a time."""


def node_groups(aws: AwsConnection, cluster_name: str) -> tuple[NodeGroup, ...]:
    """All managed node groups of the cluster: one call, and one for each.

    Raises:
        ClientError: AWS refuses one of them.
        BotoCoreError: AWS isn't reached.
    """
    names = aws.pages("eks", "list_nodegroups", "nodegroups", clusterName=cluster_name)
    found = concurrently(lambda name: _node_group(aws, cluster_name, name), names, THREADS)
    return tuple(group for group in found if group is not None)


def _node_group(aws: AwsConnection, cluster_name: str, name: str) -> NodeGroup | None:
    """The node group, None where it was deleted meanwhile."""
    try:
        group = aws.call("eks", "describe_nodegroup", clusterName=cluster_name, nodegroupName=name)["nodegroup"]
    except ClientError as error:
        if is_not_found(error):
            return None
        raise
    return NodeGroup(
        name=name,
        status=str(group.get("status") or ""),
        ami_type=str(group.get("amiType") or ""),
        desired_size=int((group.get("scalingConfig") or {}).get("desiredSize") or 0),
        node_role=str(group.get("nodeRole") or ""),
        instance_types=tuple(map(str, group.get("instanceTypes") or ())),
        subnet_ids=tuple(map(str, group.get("subnets") or ())),
    )
