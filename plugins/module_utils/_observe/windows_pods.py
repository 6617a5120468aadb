# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Windows pods of all namespaces, and service accounts of those that have a SecurityGroupPolicy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    ADDRESS_RESOURCE,
    address_limit,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    Node,
    ObjectRef,
    SecurityGroupPolicy,
    ServiceAccount,
    Unknown,
    WindowsPod,
    Workload,
)

MOST_NAMESPACES = 4
"""Namespaces that are asked one by one; more are asked for in one list of the whole cluster."""

BETA_OS_LABEL = "beta.kubernetes.io/os"
OS_LABELS = ("kubernetes.io/os", BETA_OS_LABEL)
BUILD_LABEL = "node.kubernetes.io/windows-build"
"""A label that Windows nodes alone have."""

WITHOUT_LABEL = ("NotIn", "DoesNotExist")
"""The operators that a node without the label meets."""

NO_SANDBOX_YET = ("ContainerCreating", "PodInitializing")
"""Why containers wait while their pod has no sandbox, which on Windows needs the pod's address."""

NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"
PENDING = "status.phase=Pending"
PODS = "/api/v1/pods"

LONGEST_SELECTOR = 32_000
"""Characters of a field selector. The API server takes a request line of a megabyte."""

TOO_LONG = (413, 414, 431)
"""Statuses by which what is between here and the API server refuses a long request."""


def windows_pods(api: KubernetesApi, nodes: Iterable[Node]) -> tuple[tuple[WindowsPod, ...], int]:
    """Pods of all namespaces that have not ended and ask for Windows or run on it, and how many were looked at.

    The API can't select by operating system, but leave out what is on Linux nodes: that is most pods of most clusters.
    Without a Windows node none runs, so that only those that wait for one are asked for.
    """
    known = tuple(nodes)
    windows = frozenset(node.name for node in known if node.operating_system == "windows")

    def convert(item: Mapping[str, Any]) -> tuple[WindowsPod, ...]:
        """The pod, or nothing, which counts as looked at all the same."""
        spec = item.get("spec") or {}
        return (_pod(item),) if asks_for_windows(spec) or spec.get("nodeName") in windows else ()

    selector = _selector(known) if windows else PENDING
    try:
        found = api.collect(PODS, convert, field_selector=selector)
    except KubernetesError as error:
        if error.status not in TOO_LONG:
            raise
        found = api.collect(PODS, convert, field_selector=NOT_ENDED)
    return tuple(chain.from_iterable(found)), len(found)


def asking_by_template(
    pods: Known[tuple[WindowsPod, ...]], daemon_sets: Known[tuple[Workload, ...]]
) -> Known[tuple[WindowsPod, ...]]:
    """The pods, those of DaemonSets as asking for Windows where the template does, or is not known.

    Such a pod does not tell its template's required node affinity: the controller puts the name of the pod's node in
    place of all its terms. Source: Kubernetes, pkg/controller/daemon/util/daemonset_util.go,
    ``ReplaceDaemonSetPodNodeNameNodeAffinity``.
    """
    if isinstance(pods, Unknown):
        return pods
    known = () if isinstance(daemon_sets, Unknown) else daemon_sets
    not_asking = frozenset(each.ref for each in known if not each.asks_for_windows)

    def may_ask(owner: ObjectRef | None) -> bool:
        return owner is not None and owner.kind == "DaemonSet" and owner not in not_asking

    return tuple(replace(pod, asks_for_windows=True) if may_ask(pod.owner) else pod for pod in pods)


def _selector(nodes: Iterable[Node]) -> str:
    """Pods that have not ended and are not on a Linux node. On Fargate's nodes a profile may have put what asks for
    Windows."""
    linux = (node.name for node in nodes if node.operating_system == "linux" and not node.fargate)
    selector = ",".join((NOT_ENDED, *(f"spec.nodeName!={name}" for name in linux)))
    return selector if len(selector) <= LONGEST_SELECTOR else NOT_ENDED


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
    """Whether a pod's nodeSelector, node affinity or ``os`` asks for Windows alone, be it by leaving Linux out or by
    the label of Windows's build. Node affinity does so where each of its terms does, since one of them is enough."""
    selector = spec.get("nodeSelector") or {}
    if BUILD_LABEL in selector or any(selector.get(label) == "windows" for label in OS_LABELS):
        return True
    if (spec.get("os") or {}).get("name") == "windows":
        return True
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or ()
    # One without a requirement selects no node.
    selecting = [term for term in terms if term.get("matchExpressions") or term.get("matchFields")]
    return bool(selecting) and all(any(map(_requires, term.get("matchExpressions") or ())) for term in selecting)


def _requires(expression: Mapping[str, Any]) -> bool:
    """Whether a requirement of a node selector term asks for Windows."""
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values") or ()
    if key == BUILD_LABEL:
        return operator not in WITHOUT_LABEL
    if key not in OS_LABELS:
        return False
    wanted, unwanted = ("linux", "windows") if operator == "NotIn" else ("windows", "linux")
    return operator in ("In", "NotIn") and wanted in values and unwanted not in values


def _items(api: KubernetesApi, resource: str, namespaces: list[str], **arguments: Any) -> list[dict[str, Any]]:
    if len(namespaces) > MOST_NAMESPACES:
        wanted = frozenset(namespaces)
        found = api.list(f"/api/v1/{resource}", **arguments)
        return [item for item in found if item["metadata"]["namespace"] in wanted]
    return [item for name in namespaces for item in api.list(f"/api/v1/namespaces/{name}/{resource}", **arguments)]


def _pod(item: Mapping[str, Any]) -> WindowsPod:
    spec = item.get("spec") or {}
    selector = spec.get("nodeSelector") or {}
    selecting = [label for label in OS_LABELS if selector.get(label) == "windows"]
    return WindowsPod(
        namespace=item["metadata"]["namespace"],
        name=item["metadata"]["name"],
        labels=dict(item["metadata"].get("labels") or {}),
        service_account=str(spec.get("serviceAccountName") or "default"),
        node_name=str(spec.get("nodeName") or ""),
        phase=str((item.get("status") or {}).get("phase") or ""),
        is_starting=_is_starting(item),
        waits_for_node=_waits_for_node(item),
        selects_windows=bool(selecting),
        beta_label_alone=selecting == [BETA_OS_LABEL],
        host_network=spec.get("hostNetwork") is True,
        host_process=_is_host_process(spec),
        asks_for_windows=asks_for_windows(spec),
        address_limit=address_limit(spec),
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


def _waits_for_node(item: Mapping[str, Any]) -> bool:
    pending = (item.get("status") or {}).get("phase") == "Pending"
    return pending and not (item.get("spec") or {}).get("nodeName") and not item["metadata"].get("deletionTimestamp")


def _is_host_process(spec: Mapping[str, Any]) -> bool:
    """Whether every container is a HostProcess one, be it by its own word or by the pod's."""
    containers = (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    of_pod = _host_process(spec)
    own = [_host_process(container) for container in containers]
    return all(of_pod if each is None else each for each in own) if containers else bool(of_pod)


def _host_process(owner: Mapping[str, Any]) -> bool | None:
    options = (owner.get("securityContext") or {}).get("windowsOptions") or {}
    value = options.get("hostProcess")
    return value if isinstance(value, bool) else None


def _owner(metadata: Mapping[str, Any]) -> ObjectRef | None:
    for reference in metadata.get("ownerReferences") or ():
        if reference.get("controller"):
            return ObjectRef(str(reference.get("kind") or ""), metadata["namespace"], str(reference.get("name") or ""))
    return None
