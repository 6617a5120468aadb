# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Deployments, DaemonSets and StatefulSets: where the pods of their templates may be placed.

Sources: Kubernetes API reference, apps/v1, PodSpec of v1 and node.k8s.io; Kubernetes documentation, "Runtime Class",
for what a pod takes from the one that it names: the admission plugin of that name, which is on by default, adds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    ADDRESS_RESOURCE,
    COMPUTE_TYPE,
    aws_node,
    items_of_kind,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    Known,
    NodeTerm,
    ObjectRef,
    Placement,
    Requirement,
    Toleration,
    Unknown,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pod_template import pod_spec
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_pods import asks_for_windows

DEPLOYMENTS = "/apis/apps/v1/deployments"
DAEMON_SETS = "/apis/apps/v1/daemonsets"
STATEFUL_SETS = "/apis/apps/v1/statefulsets"
RUNTIME_CLASSES = "/apis/node.k8s.io/v1/runtimeclasses"
BETA_RUNTIME_CLASSES = "/apis/node.k8s.io/v1beta1/runtimeclasses"
"""As clusters below 1.20 serve them."""

AWS_NODE = ("kube-system", "aws-node")


def deployments(api: KubernetesApi) -> tuple[Workload, ...]:
    """All Deployments."""
    return api.collect(DEPLOYMENTS, lambda item: _workload("Deployment", item))


def stateful_sets(api: KubernetesApi) -> tuple[Workload, ...]:
    """All StatefulSets."""
    return api.collect(STATEFUL_SETS, lambda item: _workload("StatefulSet", item))


def daemon_sets(api: KubernetesApi) -> tuple[tuple[Workload, ...], AwsNode | None]:
    """All DaemonSets, and what matters of the CNI's among them; None where it is not there."""

    def convert(item: Mapping[str, Any]) -> tuple[Workload, AwsNode | None]:
        workload = _workload("DaemonSet", item)
        is_cni = (workload.ref.namespace, workload.ref.name) == AWS_NODE
        return workload, aws_node(item) if is_cni else None

    found = api.collect(DAEMON_SETS, convert)
    return tuple(workload for workload, _cni in found), next((cni for _workload, cni in found if cni), None)


def runtime_classes(api: KubernetesApi) -> dict[str, Placement]:
    """What each RuntimeClass adds to the placement of the pods that name it."""
    try:
        items = api.list(RUNTIME_CLASSES)
    except KubernetesError as error:
        if error.status != 404:
            raise
        items = items_of_kind(api, BETA_RUNTIME_CLASSES)
    return {
        str((item.get("metadata") or {}).get("name") or ""): placement(item.get("scheduling") or {}) for item in items
    }


def name_runtime_class(parts: Iterable[Known[tuple[Workload, ...]]]) -> bool:
    """Whether any workload that was read names a RuntimeClass."""
    return any(each.runtime_class for part in parts if not isinstance(part, Unknown) for each in part)


def placed(found: Workloads) -> Workloads:
    """The workloads with what their RuntimeClasses add; as they are where these could not be read.

    One that names a RuntimeClass which is not there is judged by what it says itself: its pods are refused until then.
    """
    classes = found.runtime_classes
    if isinstance(classes, Unknown) or not classes:
        return found
    named = classes

    def of(part: Known[tuple[Workload, ...]]) -> Known[tuple[Workload, ...]]:
        return (
            part if isinstance(part, Unknown) else tuple(_placed(each, named.get(each.runtime_class)) for each in part)
        )

    return replace(
        found,
        deployments=of(found.deployments),
        daemon_sets=of(found.daemon_sets),
        stateful_sets=of(found.stateful_sets),
    )


def _placed(workload: Workload, added: Placement | None) -> Workload:
    """A workload with what its RuntimeClass adds: a pod with another value for one of its labels is refused."""
    if added is None:
        return workload
    own = workload.placement
    return replace(
        workload,
        placement=replace(
            own,
            node_selector={**own.node_selector, **added.node_selector},
            tolerations=(*own.tolerations, *added.tolerations),
        ),
    )


def placement(spec: Mapping[str, Any]) -> Placement:
    """Where the scheduler may place a pod of this spec."""
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    terms = None if required is None else tuple(map(_term, required.get("nodeSelectorTerms") or ()))
    return Placement(
        node_selector={str(key): str(value) for key, value in (spec.get("nodeSelector") or {}).items()},
        terms=terms,
        tolerations=tuple(map(_toleration, spec.get("tolerations") or ())),
    )


def _workload(kind: str, item: Mapping[str, Any]) -> Workload:
    metadata = item.get("metadata") or {}
    template = (item.get("spec") or {}).get("template") or {}
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    spec = pod_spec(item)
    return Workload(
        ref=ObjectRef(kind, str(metadata.get("namespace") or ""), str(metadata.get("name") or "")),
        placement=placement(spec),
        address=str(annotations[ADDRESS_RESOURCE] or "") if ADDRESS_RESOURCE in annotations else None,
        compute_type=str(annotations.get(COMPUTE_TYPE) or ""),
        runtime_class=str(spec.get("runtimeClassName") or ""),
        asks_for_windows=asks_for_windows(spec),
    )


def _term(term: Mapping[str, Any]) -> NodeTerm:
    return NodeTerm(
        labels=tuple(_requirements(term.get("matchExpressions") or ())),
        fields=tuple(_requirements(term.get("matchFields") or ())),
    )


def _requirements(expressions: Iterable[Mapping[str, Any]]) -> Iterable[Requirement]:
    for expression in expressions:
        yield (
            str(expression.get("key") or ""),
            str(expression.get("operator") or ""),
            tuple(str(value) for value in expression.get("values") or ()),
        )


def _toleration(toleration: Mapping[str, Any]) -> Toleration:
    return Toleration(
        key=str(toleration.get("key") or ""),
        operator=str(toleration.get("operator") or "Equal"),
        value=str(toleration.get("value") or ""),
        effect=str(toleration.get("effect") or ""),
    )
