# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Windows pods and their service accounts, in the namespaces that have a SecurityGroupPolicy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    SecurityGroupPolicy,
    ServiceAccount,
    WindowsPod,
)

MOST_NAMESPACES = 4
"""Namespaces that are asked one by one; more are asked for in one list of the whole cluster."""

OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"


def windows_pods(
    api: KubernetesApi, policies: Iterable[SecurityGroupPolicy], nodes: Iterable[Node]
) -> tuple[WindowsPod, ...]:
    """Pods that have not ended and ask for Windows or run on it. The API can't select by operating system."""
    namespaces = sorted({policy.namespace for policy in policies})
    windows_nodes = frozenset(node.name for node in nodes if node.operating_system == "windows")
    return tuple(
        _pod(item)
        for item in _items(api, "pods", namespaces, field_selector=NOT_ENDED)
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
    """Whether a pod's nodeSelector, node affinity or ``os`` asks for Windows."""
    selector = spec.get("nodeSelector") or {}
    if any(selector.get(label) == "windows" for label in OS_LABELS) or (spec.get("os") or {}).get("name") == "windows":
        return True
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or ()
    return any(
        expression.get("key") in OS_LABELS
        and expression.get("operator") == "In"
        and "windows" in (expression.get("values") or ())
        for term in terms
        for expression in term.get("matchExpressions") or ()
    )


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
    )
