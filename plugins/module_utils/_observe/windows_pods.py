# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Windows pods and their service accounts: of the namespaces that have a SecurityGroupPolicy, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import ADDRESS_RESOURCE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    ObjectRef,
    SecurityGroupPolicy,
    ServiceAccount,
    WindowsPod,
)

MOST_NAMESPACES = 4
"""Namespaces that are asked one by one; more are asked for in one list of the whole cluster."""

OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
BUILD_LABEL = "node.kubernetes.io/windows-build"
"""A label that Windows nodes alone have."""

WITHOUT_LABEL = ("NotIn", "DoesNotExist")
"""The operators that a node without the label meets."""

NO_SANDBOX_YET = ("ContainerCreating", "PodInitializing")
"""Why containers wait while their pod has no sandbox, which on Windows needs the pod's address."""

NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"
PENDING = "status.phase=Pending"
PODS = "/api/v1/pods"


def windows_pods(
    api: KubernetesApi, policies: Iterable[SecurityGroupPolicy], nodes: Iterable[Node]
) -> tuple[WindowsPod, ...]:
    """Pods that have not ended and ask for Windows or run on it. The API can't select by operating system."""
    namespaces = sorted({policy.namespace for policy in policies})
    return _windows_alone(_items(api, "pods", namespaces, field_selector=NOT_ENDED), _windows_nodes(nodes))


def all_windows_pods(api: KubernetesApi, nodes: Iterable[Node]) -> tuple[WindowsPod, ...]:
    """Pods of all namespaces that have not ended and ask for Windows or run on it.

    Without a Windows node none runs, so that only those that wait for one are asked for.
    """
    windows_nodes = _windows_nodes(nodes)
    items = api.list(PODS, field_selector=NOT_ENDED if windows_nodes else PENDING)
    return _windows_alone(items, windows_nodes)


def _windows_nodes(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(node.name for node in nodes if node.operating_system == "windows")


def _windows_alone(items: Iterable[Mapping[str, Any]], windows_nodes: frozenset[str]) -> tuple[WindowsPod, ...]:
    return tuple(
        _pod(item)
        for item in items
        if asks_for_windows(item.get("spec") or {}) or (item.get("spec") or {}).get("nodeName") in windows_nodes
    )


def service_accounts(api: KubernetesApi, policies: Iterable[SecurityGroupPolicy]) -> tuple[ServiceAccount, ...]:
    """Service accounts of the namespaces where a policy selects by them."""
    namespaces = sorted({policy.namespace for policy in policies if policy.service_account_selector is not None})
    return tuple(
        ServiceAccount(
            namespace=item["metadata"]["namespace"],
            name=item["metadata"]["name"],
            labels=dict(item["metadata"].get("labels") or {}),
        )
        for item in _items(api, "serviceaccounts", namespaces, metadata_only=True)
    )


def asks_for_windows(spec: Mapping[str, Any]) -> bool:
    """Whether a pod's nodeSelector, node affinity or ``os`` asks for Windows, be it by leaving Linux out or by the
    label of Windows's build."""
    selector = spec.get("nodeSelector") or {}
    if BUILD_LABEL in selector or any(selector.get(label) == "windows" for label in OS_LABELS):
        return True
    if (spec.get("os") or {}).get("name") == "windows":
        return True
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or ()
    return any(_requires(expression) for term in terms for expression in term.get("matchExpressions") or ())


def _requires(expression: Mapping[str, Any]) -> bool:
    """Whether a requirement of a node selector term asks for Windows."""
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values") or ()
    if key == BUILD_LABEL:
        return operator not in WITHOUT_LABEL
    if key not in OS_LABELS:
        return False
    if operator == "NotIn":
        return "linux" in values and "windows" not in values
    return operator == "In" and "windows" in values


def _items(api: KubernetesApi, resource: str, namespaces: list[str], **arguments: Any) -> list[dict[str, Any]]:
    if len(namespaces) > MOST_NAMESPACES:
        wanted = frozenset(namespaces)
        found = api.list(f"/api/v1/{resource}", **arguments)
        return [item for item in found if item["metadata"]["namespace"] in wanted]
    return [item for name in namespaces for item in api.list(f"/api/v1/namespaces/{name}/{resource}", **arguments)]


def _pod(item: Mapping[str, Any]) -> WindowsPod:
    spec = item.get("spec") or {}
    return WindowsPod(
        namespace=item["metadata"]["namespace"],
        name=item["metadata"]["name"],
        labels=dict(item["metadata"].get("labels") or {}),
        service_account=str(spec.get("serviceAccountName") or "default"),
        node_name=str(spec.get("nodeName") or ""),
        phase=str((item.get("status") or {}).get("phase") or ""),
        is_starting=_is_starting(item),
        selects_windows=any((spec.get("nodeSelector") or {}).get(label) == "windows" for label in OS_LABELS),
        host_network=spec.get("hostNetwork") is True,
        address_limit=_address_limit(spec),
        address=str((item["metadata"].get("annotations") or {}).get(ADDRESS_RESOURCE) or ""),
        owner=_owner(item["metadata"]),
        created_at=str(item["metadata"].get("creationTimestamp") or ""),
    )


def _is_starting(item: Mapping[str, Any]) -> bool:
    status = item.get("status") or {}
    if status.get("phase") != "Pending" or not (item.get("spec") or {}).get("nodeName"):
        return False
    if item["metadata"].get("deletionTimestamp"):
        return False
    states = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    return all(((state.get("state") or {}).get("waiting") or {}).get("reason") in NO_SANDBOX_YET for state in states)


def _address_limit(spec: Mapping[str, Any]) -> str:
    container = (spec.get("containers") or [{}])[0]
    return str(((container.get("resources") or {}).get("limits") or {}).get(ADDRESS_RESOURCE) or "")


def _owner(metadata: Mapping[str, Any]) -> ObjectRef | None:
    for reference in metadata.get("ownerReferences") or ():
        if reference.get("controller"):
            return ObjectRef(str(reference.get("kind") or ""), metadata["namespace"], str(reference.get("name") or ""))
    return None
