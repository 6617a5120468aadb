# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import kubernetes_reads, service_backends
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Service,
    ServiceBackends,
)

WEB, OTHER = ObjectRef("Service", "shop", "web"), ObjectRef("Service", "shop", "other")
SLICES, BETA = service_backends.ENDPOINT_SLICES, service_backends.ENDPOINT_SLICES_BETA


def part(*endpoints: dict[str, Any], service: str = "web", address_type: str = "IPv4") -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": service}
    metadata = {"namespace": "shop", "name": "some", "labels": labels}
    return {"metadata": metadata, "addressType": address_type, "endpoints": list(endpoints)}


def endpoint(address: str, node: str = "w", **further: Any) -> dict[str, Any]:
    return {"addresses": [address], "nodeName": node, **further}


@pytest.fixture
def nodes(kubernetes) -> Any:
    kubernetes.answers[kubernetes_reads.NODES] = [
        {"metadata": {"name": name, "labels": {"kubernetes.io/os": system}}}
        for name, system in (("w", "windows"), ("l", "linux"))
    ]
    found = kubernetes_reads.nodes(kubernetes)
    kubernetes.asked.clear()
    return found


def test_services(kubernetes) -> None:
    kubernetes.answers[service_backends.SERVICES] = [
        {"metadata": {"namespace": "shop", "name": "web"}, "spec": {"type": "LoadBalancer", "clusterIP": "172.20.0.9"}},
        {"metadata": {"namespace": "shop", "name": "other"}},
    ]
    assert service_backends.services(kubernetes) == (Service(WEB, "LoadBalancer", "172.20.0.9"), Service(OTHER, "", ""))


def test_backends_of_several_slices(kubernetes, nodes: Any) -> None:
    kubernetes.answers[SLICES] = [
        part(endpoint("10.0.0.1"), endpoint("10.0.0.2", "l")),
        part(endpoint("10.0.0.2", "l"), endpoint("10.0.0.3")),
        part(endpoint("10.0.0.9", "l"), service="other"),
    ]
    assert service_backends.endpoint_slices(kubernetes, nodes) == (
        (ServiceBackends(WEB, 3, 2, frozenset({"w", "l"})), ServiceBackends(OTHER, 1, 0, frozenset({"l"}))),
        3,
    )
    selector = "kubernetes.io/service-name,!service.kubernetes.io/headless"
    assert kubernetes.asked == [(SLICES, selector, "", False)]


@pytest.mark.parametrize(
    ("each", "backends"),
    [
        (part(endpoint("10.0.0.1")), 1),
        (part(endpoint("10.0.0.1", conditions={"ready": True})), 1),
        (part(endpoint("10.0.0.1", conditions={})), 1),
        (part(endpoint("10.0.0.1", conditions={"ready": None})), 1),
        (part(endpoint("10.0.0.1", conditions={"ready": False})), 0),
        (part(endpoint("fe80::1"), address_type="IPv6"), 0),
        (part(endpoint("db.example.com"), address_type="FQDN"), 0),
        (part(), 0),
        ({**part(), "endpoints": None}, 0),
    ],
)
def test_what_counts_as_a_backend(kubernetes, nodes: Any, each: dict[str, Any], backends: int) -> None:
    kubernetes.answers[SLICES] = [each]
    (found,), _slices = service_backends.endpoint_slices(kubernetes, nodes)
    assert (found.backends, found.windows_backends) == (backends, backends)


def test_a_cluster_that_serves_the_beta_api_alone(kubernetes, nodes: Any) -> None:
    old = {"addresses": ["10.0.0.1"], "topology": {"kubernetes.io/hostname": "w"}}
    kubernetes.answers[BETA] = [part(old, {"addresses": ["10.0.0.2"]})]
    (found,), slices = service_backends.endpoint_slices(kubernetes, nodes)
    assert (found, slices) == (ServiceBackends(WEB, 2, 1, frozenset({"w"})), 1)
    assert [path for path, *_rest in kubernetes.asked] == [SLICES, BETA]


@pytest.mark.parametrize(("answers", "status", "asked"), [({SLICES: 403}, 403, 1), ({}, 404, 2)])
def test_refusals_stand(kubernetes, nodes: Any, answers: dict[str, int], status: int, asked: int) -> None:
    kubernetes.answers.update(answers)
    with pytest.raises(KubernetesError) as failure:
        service_backends.endpoint_slices(kubernetes, nodes)
    assert (failure.value.status, len(kubernetes.asked)) == (status, asked)
