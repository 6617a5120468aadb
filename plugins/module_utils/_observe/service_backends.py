# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Services, and how many pods stand behind each.

The API truncates Endpoints at 1000 addresses, so that they can't tell 1024 from more: EndpointSlices are read.
Source: Kubernetes API reference, discovery.k8s.io of v1 and of v1beta1, which is all that 1.20 and earlier serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    ObjectRef,
    Service,
    ServiceBackends,
)

SERVICES = "/api/v1/services"
ENDPOINT_SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
ENDPOINT_SLICES_BETA = "/apis/discovery.k8s.io/v1beta1/endpointslices"

SERVICE_NAME = "kubernetes.io/service-name"
HOST_NAME = "kubernetes.io/hostname"
NOT_HEADLESS = f"{SERVICE_NAME},!service.kubernetes.io/headless"
"""Slices of a Service that kube-proxy balances load for."""


class _Slice(NamedTuple):
    """What is kept of a slice: its Service, and the node of each address that takes traffic."""

    service: ObjectRef
    nodes: dict[str, str]


def services(api: KubernetesApi) -> tuple[Service, ...]:
    """All Services."""
    return api.collect(SERVICES, _service)


def _service(item: Mapping[str, Any]) -> Service:
    spec = item.get("spec") or {}
    return Service(
        ref=_ref(item["metadata"], item["metadata"]["name"]),
        type=str(spec.get("type") or ""),
        cluster_ip=str(spec.get("clusterIP") or ""),
    )


def endpoint_slices(api: KubernetesApi, nodes: Iterable[Node]) -> tuple[tuple[ServiceBackends, ...], int]:
    """The backends of each Service that has a slice, and how many slices there were."""
    try:
        slices = api.collect(ENDPOINT_SLICES, _slice, label_selector=NOT_HEADLESS)
    except KubernetesError as error:
        if error.status != 404:
            raise
        slices = api.collect(ENDPOINT_SLICES_BETA, _slice, label_selector=NOT_HEADLESS)
    windows = frozenset(node.name for node in nodes if node.operating_system == "windows")
    addresses: dict[ObjectRef, dict[str, str]] = {}
    for each in slices:
        # An address that moves from one slice to another is in both for a moment.
        addresses.setdefault(each.service, {}).update(each.nodes)
    found = tuple(_backends(service, nodes, windows) for service, nodes in addresses.items())
    return found, len(slices)


def _backends(service: ObjectRef, nodes: Mapping[str, str], windows: frozenset[str]) -> ServiceBackends:
    return ServiceBackends(
        service=service,
        backends=len(nodes),
        windows_backends=sum(1 for node in nodes.values() if node in windows),
        nodes=frozenset(filter(None, nodes.values())),
    )


def _slice(item: Mapping[str, Any]) -> _Slice:
    metadata = item["metadata"]
    nodes: dict[str, str] = {}
    if item.get("addressType") == "IPv4":
        for endpoint in item.get("endpoints") or ():
            # Not to know whether it is ready counts as ready, as the API reference says.
            if (endpoint.get("conditions") or {}).get("ready") is not False:
                node = endpoint.get("nodeName") or (endpoint.get("topology") or {}).get(HOST_NAME) or ""
                nodes.update((str(address), str(node)) for address in endpoint.get("addresses") or ())
    return _Slice(_ref(metadata, (metadata.get("labels") or {}).get(SERVICE_NAME, "")), nodes)


def _ref(metadata: Mapping[str, Any], name: str) -> ObjectRef:
    return ObjectRef("Service", str(metadata.get("namespace") or ""), name)
