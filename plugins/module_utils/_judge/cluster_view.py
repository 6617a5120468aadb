# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The return value ``cluster``."""

from __future__ import annotations

from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

FIELDS = ("name", "arn", "version", "platform_version", "region", "account", "partition", "status", "endpoint")


def cluster_view(subject: Subject) -> dict[str, Any]:
    """The cluster as EKS tells it; None for what could not be read."""
    cluster = subject.observation.cluster
    view: dict[str, Any] = {name: None if isinstance(cluster, Unknown) else getattr(cluster, name) for name in FIELDS}
    aws_node = subject.observation.aws_node
    template = "" if aws_node is None or isinstance(aws_node, Unknown) else aws_node.pod_template
    view["aws_node_pod_template"] = template or None
    view["max_pods"] = max_pods(subject)
    return view


def max_pods(subject: Subject) -> list[dict[str, Any]]:
    """Pods with an address of their own on one Windows node, by instance type seen or planned, and who tells them.

    Types that neither EC2 nor the VPC resource controller's list has are left out: nothing is known of their limits.
    """
    known = [found for found in map(subject.limits, subject.windows_types) if found is not None]
    return [
        {"type": found.type, "secondary": found.secondary, "prefix": found.prefix, "source": found.source}
        for found in known
    ]
