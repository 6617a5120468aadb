# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Puts the managed vpc-cni add-on of a cluster of the testbed into a state, and looks at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import yaml

from tests.support.clusters import set_config_map
from tests.testbed.aws.eks_state import AddonIssue, AddonState
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

UNTOUCHED = "v1.19.0-eksbuild.1"
SEEN_TWICE = 2


def reset_addon(
    testbed: Testbed,
    cluster: TestbedCluster,
    configuration_values: str = "",
    *,
    version: str = UNTOUCHED,
    live: str | None = None,
    **others: Any,
) -> AddonState:
    """The add-on as EKS would have installed it with these values, and its ConfigMap.

    ``live`` is what somebody set enable-windows-ipam to afterwards.
    """
    addon = testbed.aws.add_addon(cluster.eks, "vpc-cni", version, configuration_values=configuration_values, **others)
    data = dict(addon.rendered)
    set_config_map(cluster, data or None)
    if live is not None:
        cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": live}}, "kube-system")
    testbed.forget_requests()
    return addon


@contextmanager
def updating_until_it_is_seen(
    testbed: Testbed, cluster: TestbedCluster, status: str = "ACTIVE", issues: Sequence[AddonIssue] = ()
) -> Iterator[None]:
    """The add-on is UPDATING by somebody else's doing, until it was described twice: examined, and waited for."""
    testbed.aws.set_addon_status(cluster.eks, "vpc-cni", "UPDATING")
    ended = threading.Event()

    def finish() -> None:
        while not ended.wait(0.1):
            if [request.operation for request in testbed.aws.requests()].count("DescribeAddon") >= SEEN_TWICE:
                testbed.aws.set_addon_status(cluster.eks, "vpc-cni", status, issues)
                return

    other = threading.Thread(target=finish)
    other.start()
    try:
        yield
    finally:
        ended.set()
        other.join()


def configured(cluster: TestbedCluster) -> dict[str, Any]:
    """The add-on's configuration values."""
    found: dict[str, Any] = yaml.safe_load(cluster.eks.addons["vpc-cni"].configuration_values or "{}")
    return found


def pod_template(cluster: TestbedCluster) -> dict[str, Any]:
    """The pod template of DaemonSet aws-node."""
    found: dict[str, Any] = cluster.admin.get("daemonsets", "aws-node", "kube-system", api="apps/v1")["spec"][
        "template"
    ]
    return found
