# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Service,
    ServiceBackends,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    node,
    observed,
)

FAILURES = {
    "workloads.service_backends": Failure(
        observed(
            services=(Service(ObjectRef("Service", "shop", "web"), "LoadBalancer", "172.20.0.9"),),
            service_backends=(ServiceBackends(ObjectRef("Service", "shop", "web"), 1025, 1),),
        ),
        "error",
    ),
}

OLD, NEW, RECENT = "10.0.17763.2745", "10.0.17763.2746", "10.0.20348.2849"
WEB = ObjectRef("Service", "shop", "web")


def behind(
    backends: int,
    *builds: str,
    windows: int = 1,
    type: str = "LoadBalancer",
    cluster_ip: str = "172.20.0.9",
    **changes: Any,
) -> Any:
    """A Service with so many backends, and a Windows node of each build."""
    nodes = tuple(
        node(f"w-{number}", "windows", kernel_version=build) for number, build in enumerate(builds or (RECENT,))
    )
    parts: dict[str, Any] = {
        "nodes": nodes,
        "services": (Service(WEB, type, cluster_ip),),
        "service_backends": (ServiceBackends(WEB, backends, windows),),
    }
    return observed(**{**parts, **changes})


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (observed(nodes=(node(),)), "not_applicable", "no Windows node"),
        (observed(), "not_applicable", "No load-balanced Service"),
        (behind(1), "pass", "more than 1024 backends (the most: 1)"),
        (behind(64, OLD), "pass", "more than 64 backends (the most: 64)"),
        (behind(65, OLD), "fail", "more than 64 backends: 1 of 1"),
        (behind(65, NEW), "pass", "more than 1024 backends"),
        (behind(65, RECENT), "pass", "more than 1024 backends"),
        (behind(1024, NEW), "pass", "(the most: 1024)"),
        (behind(1025, NEW), "fail", "LoadBalancer, 1025 backends, 1 on Windows"),
        # One old node is enough, and is named.
        (behind(65, NEW, OLD), "fail", "build 10.0.17763.2745"),
        (behind(65, "strange"), "unknown", "Whether 65 backends are too many is not known"),
        (behind(65, ""), "unknown", "build not told"),
        (behind(64, "strange"), "pass", ""),
        (behind(65, "strange", OLD), "fail", "more than 64 backends"),
        (behind(1025, "strange"), "fail", "more than 1024 backends"),
        (behind(2000, windows=0), "not_applicable", ""),
        (behind(2000, cluster_ip="None"), "not_applicable", ""),
        (behind(2000, type="ClusterIP"), "fail", "ClusterIP, 2000 backends"),
        (behind(2000, services=()), "not_applicable", ""),
        (behind(1, services=DENIED), "unknown", "forbidden"),
        (behind(1, service_backends=DENIED), "unknown", "forbidden"),
        (behind(1, nodes=DENIED), "unknown", "forbidden"),
    ],
)
def test_service_backends(seen: Any, status: str, words: str) -> None:
    found = finding("workloads.service_backends", seen)
    assert (found.status, found.severity, found.blocks) == (status, "error", ())
    assert words in found.summary + str(found.evidence)


def test_the_largest_service_comes_first() -> None:
    refs = [ObjectRef("Service", "shop", name) for name in "abc"]
    services = tuple(Service(ref, "LoadBalancer", "172.20.0.9") for ref in refs)
    backends = tuple(ServiceBackends(ref, count, 1) for ref, count in zip(refs, (3, 2000, 1500), strict=True))
    found = finding("workloads.service_backends", observed(services=services, service_backends=backends))
    assert [item.object for item in found.evidence] == ["Service shop/b", "Service shop/c"]
    assert found.summary.endswith("2 of 3")
