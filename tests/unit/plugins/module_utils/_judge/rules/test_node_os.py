# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    ServiceBackends,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    finding,
    node,
    observed,
)

FAILURES = {
    "nodes.os_build": Failure(observed(nodes=(node("w", "windows", kernel_version="10.0.17763.2745"),)), "info"),
    "nodes.linux_ami": Failure(observed(nodes=(node(os_image="Amazon Linux 2"),)), "info"),
}


def windows(*builds: str, **changes: Any) -> Any:
    return observed(
        nodes=tuple(node(f"w-{number}", "windows", kernel_version=build) for number, build in enumerate(builds)),
        **changes,
    )


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (observed(nodes=(node(),)), "not_applicable", ""),
        (windows("10.0.20348.2849"), "pass", "Windows Server 2022, supported until 2031-10-14"),
        (windows("10.0.17763.2746"), "pass", "Windows Server 2019, supported until 2029-01-09"),
        (windows("10.0.17763.2745"), "fail", "Services may have 64 backends in place of 1024 before build 17763.2746"),
        (windows("10.0.14393.9999"), "fail", "64 backends"),
        (windows("10.0.19042.1706"), "fail", "Windows Server, version 20H2 is out of support since 2022-08-09"),
        (windows("10.0.26100.3000"), "pass", "Windows Server 2025, supported until 2034-11-14"),
        (windows("10.0.26100.3000", cluster=cluster(version="1.35")), "pass", ""),
        (windows("10.0.26100.3000", cluster=cluster(version="1.34")), "fail", "supported from Kubernetes 1.35 on"),
        (windows("10.0.26100.3000", cluster=cluster(version="1.4")), "fail", "the cluster has 1.4"),
        (windows("10.0.26100.3000", cluster=cluster(version="1.9")), "fail", "the cluster has 1.9"),
        (windows("10.0.26100.3000", cluster=DENIED), "unknown", "forbidden"),
        (windows("10.0.26100.3000", "10.0.20348.1", cluster=cluster(version="")), "unknown", "tell it: 1 of 2 nodes"),
        (windows("10.0.20348.1", cluster=cluster(version="")), "pass", ""),
        (windows("10.0.20348.1", cluster=DENIED), "pass", ""),
        (windows("10.0.20348.1", "10.0.17763.1"), "fail", "(nodes: 1 of 2)"),
        (windows("10.0.99999.1"), "unknown", "10.0.99999.1"),
        (windows(""), "unknown", "no build"),
        (windows("10.0.99999.1", "10.0.17763.1"), "fail", "10.0.99999.1"),
        (observed(nodes=DENIED), "unknown", "forbidden"),
    ],
)
def test_os_build(seen: Any, status: str, words: str) -> None:
    found = finding("nodes.os_build", seen)
    assert (found.status, found.severity) == (status, "info")
    assert words in found.summary + str(found.evidence)


def test_nodes_are_counted_by_what_speaks_against_them() -> None:
    builds = ("10.0.17763.1", "10.0.26100.1", "10.0.14393.1", "10.0.20348.1")
    found = finding("nodes.os_build", windows(*builds, cluster=cluster(version="1.34")))
    assert found.summary == (
        "Services may have 64 backends in place of 1024 before build 17763.2746 (nodes: 2 of 4); "
        "Windows Server 2025 is supported from Kubernetes 1.35 on, and the cluster has 1.34 (nodes: 1 of 4)"
    )
    assert [item.object for item in found.evidence] == ["Node w-0", "Node w-1", "Node w-2"]


@pytest.mark.parametrize(
    ("builds", "words", "not_words"),
    [
        (("10.0.26100.1",), "upgrade the cluster to Kubernetes 1.35", "newer Windows AMI"),
        (("10.0.17763.1",), "newer Windows AMI", "upgrade the cluster"),
    ],
)
def test_what_mends_a_build(builds: tuple[str, ...], words: str, not_words: str) -> None:
    remedy = finding("nodes.os_build", windows(*builds, cluster=cluster(version="1.34"))).remedy
    assert words in remedy
    assert not_words not in remedy
    both = finding("nodes.os_build", windows(*builds, "10.0.14393.1", "10.0.26100.2", cluster=cluster(version="1.34")))
    assert words in both.remedy
    assert not_words in both.remedy


DNS = ObjectRef("Service", "kube-system", "kube-dns")
SHOP = ObjectRef("Service", "shop", "web")


def on(*nodes: str) -> tuple[ServiceBackends, ...]:
    return (ServiceBackends(SHOP, 1, 1, frozenset({"old"})), ServiceBackends(DNS, 2, 0, frozenset(nodes)))


OLD = node("old", os_image="Amazon Linux 2")


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (observed(nodes=(node("w", "windows"),)), "not_applicable", ""),
        (observed(), "pass", "No Linux node runs Amazon Linux 2"),
        (observed(service_backends=DENIED), "pass", "No Linux node runs Amazon Linux 2"),
        (observed(nodes=(node(), OLD), service_backends=on("linux-1")), "pass", "CoreDNS runs on none"),
        (observed(nodes=(node(), OLD), service_backends=on("linux-1", "old")), "fail", "that CoreDNS runs on"),
        (observed(nodes=(node(), OLD)), "fail", "that CoreDNS may run on with Amazon Linux 2: 1 of 2"),
        (observed(nodes=(node(), OLD), service_backends=DENIED), "unknown", "forbidden"),
        (observed(nodes=DENIED), "unknown", "forbidden"),
    ],
)
def test_linux_ami(seen: Any, status: str, words: str) -> None:
    found = finding("nodes.linux_ami", seen)
    assert (found.status, found.severity) == (status, "info")
    assert words in found.summary
    assert [item.object for item in found.evidence if status == "fail"] == (["Node old"] if status == "fail" else [])
