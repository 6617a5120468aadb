# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The type of a Windows node role's access entry is EC2_WINDOWS, whatever its case."""

from __future__ import annotations

from tests.live.cluster import LiveCluster
from tests.live.probe import NotRunError, Outcome, Probe, disproved, proved

WINDOWS = "EC2_WINDOWS"
OTHER_NODE_TYPES = ("EC2_LINUX", "EC2", "STANDARD")


def run(cluster: LiveCluster) -> Outcome:
    """Look at the entries of the roles of managed Windows node groups."""
    if "API" not in cluster.described.authentication_mode:
        raise NotRunError(f"the authentication mode is {cluster.described.authentication_mode or 'not told'}")
    types: dict[str, str] = {}
    for name in cluster.aws.pages("eks", "list_nodegroups", "nodegroups", clusterName=cluster.name):
        group = cluster.call("eks", "describe_nodegroup", clusterName=cluster.name, nodegroupName=name)["nodegroup"]
        if str(group.get("amiType", "")).startswith("WINDOWS"):
            role = group["nodeRole"]
            entry = cluster.call("eks", "describe_access_entry", clusterName=cluster.name, principalArn=role)
            types[role] = str(entry["accessEntry"]["type"])
    if not types:
        raise NotRunError("the cluster has no managed Windows node group")
    seen = ", ".join(f"{role}: {entry_type}" for role, entry_type in types.items())
    if any(entry_type.upper() == WINDOWS for entry_type in types.values()):
        return proved(seen)
    if all(entry_type.upper() in OTHER_NODE_TYPES for entry_type in types.values()):
        raise NotRunError(f"the entries of its Windows node roles have a type that is a fault: {seen}")
    return disproved(seen)


PROBE = Probe("access-entry-type", "EKS calls the access entries of Windows node roles EC2_WINDOWS", run)
