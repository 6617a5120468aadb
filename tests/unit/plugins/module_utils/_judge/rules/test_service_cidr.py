# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    finding,
    node,
    node_group,
    observed,
)

FAILURES = {
    "network.service_cidr": Failure(
        observed(cluster=cluster(service_ipv4_cidr="10.0.0.0/16"), nodes=(node("w", "windows", labels={}),)),
        "warning",
        goals=ALL_BUT_DISABLE,
    ),
}

OWN = node("own", "windows", labels={"kubernetes.io/os": "windows"})
MANAGED = node("managed", "windows")
LINUX = node("linux", labels={})


def range_of(cidr: str, **changes: Any) -> Any:
    return cluster(service_ipv4_cidr=cidr, **changes)


@pytest.mark.parametrize(
    ("cidr", "nodes", "groups", "status"),
    [
        ("10.100.0.0/16", (OWN,), (), "pass"),
        ("172.20.0.0/16", (OWN,), (), "pass"),
        ("172.20.0.0/16", DENIED, DENIED, "pass"),
        ("172.20.0.0/17", (OWN,), (), "fail"),
        ("192.168.0.0/16", (OWN, MANAGED), (node_group(),), "fail"),
        ("192.168.0.0/16", (MANAGED,), (node_group(),), "pass"),
        ("192.168.0.0/16", (MANAGED,), (node_group(ami_type="CUSTOM"),), "fail"),
        ("192.168.0.0/16", (MANAGED,), (node_group(ami_type=""),), "fail"),
        ("192.168.0.0/16", (MANAGED,), DENIED, "unknown"),
        ("192.168.0.0/16", (MANAGED, OWN), DENIED, "fail"),
        ("192.168.0.0/16", (LINUX,), (), "pass"),
        ("192.168.0.0/16", (LINUX,), None, "pass"),
        ("192.168.0.0/16", (), None, "pass"),
        ("192.168.0.0/16", (node("auto", "windows", labels={}, auto_mode=True),), (), "pass"),
        ("192.168.0.0/16", DENIED, (), "unknown"),
        ("", (OWN,), (), "unknown"),
        ("", (MANAGED,), (node_group(),), "pass"),
    ],
)
def test_service_cidr(cidr: str, nodes: Any, groups: Any, status: str) -> None:
    found = finding("network.service_cidr", observed(cluster=range_of(cidr), nodes=nodes, node_groups=groups))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "warning", (), False)


def test_what_is_seen() -> None:
    found = finding("network.service_cidr", observed(cluster=range_of("10.0.0.0/16"), nodes=(OWN, LINUX)))
    assert [(item.object, item.value) for item in found.evidence] == [
        ("EKS cluster production", "Service addresses 10.0.0.0/16"),
        ("Node own", "bootstraps itself"),
    ]
    assert "-ServiceCIDR" in found.remedy


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"cluster": range_of("", ip_family="ipv6")}, "not_applicable"),
        ({"cluster": range_of("10.0.0.0/16", ip_family="")}, "fail"),
        ({"cluster": DENIED}, "unknown"),
    ],
)
def test_other_clusters(changes: dict[str, Any], status: str) -> None:
    assert finding("network.service_cidr", observed(**{"nodes": (OWN,), **changes})).status == status


def test_disabling_needs_none_of_it() -> None:
    seen = observed(cluster=range_of("10.0.0.0/16"), nodes=(OWN,))
    assert finding("network.service_cidr", seen, goal="disable").status == "not_applicable"
