# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS lets clusters share one role."""

from __future__ import annotations

from tests.live.cluster import LiveCluster
from tests.live.probe import NotRunError, Outcome, Probe, proved


def run(cluster: LiveCluster) -> Outcome:
    """Look for clusters of the region that run as the same role."""
    names = cluster.aws.pages("eks", "list_clusters", "clusters")
    users: dict[str, list[str]] = {}
    for name in names:
        role = cluster.call("eks", "describe_cluster", name=name)["cluster"]["roleArn"]
        users.setdefault(role, []).append(name)
    for role, clusters in users.items():
        if len(clusters) > 1:
            return proved(f"{', '.join(sorted(clusters))} run as {role}")
    raise NotRunError(f"no two of the {len(names)} clusters of {cluster.described.region} run as one role")


PROBE = Probe("role-shared-by-clusters", "Several clusters may run as one role", run)
