# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""On which nodes the scheduler may place a pod: node selector, required node affinity, and taints.

Sources: Kubernetes documentation, "Assigning Pods to Nodes", "Taints and Tolerations" and "Well-Known Labels,
Annotations and Taints"; for the taints of others the Cluster Autoscaler, Karpenter and the CSI drivers of AWS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    NodeTerm,
    Placement,
    Requirement,
    Taint,
    Toleration,
)

REPELLING = ("NoSchedule", "NoExecute")

PASSING = frozenset(
    {
        *(
            f"node.kubernetes.io/{condition}"
            for condition in (
                "not-ready",
                "unreachable",
                "memory-pressure",
                "disk-pressure",
                "pid-pressure",
                "network-unavailable",
                "unschedulable",
                "out-of-service",
            )
        ),
        "node.cloudprovider.kubernetes.io/uninitialized",
        "node.cloudprovider.kubernetes.io/shutdown",
        "ToBeDeletedByClusterAutoscaler",
        "DeletionCandidateOfClusterAutoscaler",
        "karpenter.sh/disrupted",
        "karpenter.sh/disruption",
        "karpenter.sh/unregistered",
    }
)
"""Keys of taints that say how a node fares just now, not whom it is for. Users taint with such prefixes too:
``node.kubernetes.io/os=windows:NoSchedule`` is widespread."""

PASSING_END = ".csi.aws.com/agent-not-ready"
"""How the keys of taints end that keep pods off until a CSI driver of AWS runs on the node."""

NODE_NAME = "metadata.name"


def may_run_on(placement: Placement, node: Node) -> bool:
    """Whether the scheduler may place such a pod on the node, once the node is well."""
    return (
        all(node.labels.get(key) == value for key, value in placement.node_selector.items())
        and (placement.terms is None or any(_holds(term, node) for term in placement.terms))
        and all(_is_tolerated(taint, placement.tolerations) for taint in lasting_taints(node))
    )


class Candidates:
    """Nodes to find the first one among that a pod may be placed on.

    Nodes that differ in nothing which a pod asks for are alike to it: of these the first alone is looked at, so that
    thousands of workloads, which ask for a few labels, don't look at hundreds of nodes each.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = tuple((node, lasting_taints(node)) for node in nodes)
        self._unlike: dict[tuple[frozenset[str], bool], tuple[Node, ...]] = {}

    def first_for(self, placement: Placement) -> Node | None:
        """The first node that the scheduler may place such a pod on, None where there is none."""
        return next((node for node in self._unlike_for(placement) if may_run_on(placement, node)), None)

    def _unlike_for(self, placement: Placement) -> tuple[Node, ...]:
        terms = placement.terms or ()
        labels = frozenset(
            (*placement.node_selector, *(key for term in terms for key, _operator, _values in term.labels))
        )
        by_name = any(term.fields for term in terms)
        asked = (labels, by_name)
        if asked not in self._unlike:
            unlike: dict[object, Node] = {}
            for node, taints in self._nodes:
                values = tuple(node.labels.get(key) for key in labels)
                unlike.setdefault((values, taints, node.name if by_name else None), node)
            self._unlike[asked] = tuple(unlike.values())
        return self._unlike[asked]


def lasting_taints(node: Node) -> tuple[Taint, ...]:
    """The taints that keep pods off a node for good, unless they tolerate them."""
    return tuple(taint for taint in node.taints if taint.effect in REPELLING and not _passes(taint))


def _passes(taint: Taint) -> bool:
    return taint.key in PASSING or taint.key.endswith(PASSING_END)


def _holds(term: NodeTerm, node: Node) -> bool:
    requirements = (*term.labels, *term.fields)
    return (
        bool(requirements)
        and all(_is_met(each, node.labels) for each in term.labels)
        and all(_is_met(each, {NODE_NAME: node.name}) for each in term.fields)
    )


def _is_met(requirement: Requirement, values: Mapping[str, str]) -> bool:
    key, operator, wanted = requirement
    value = values.get(key)
    if operator == "In":
        return value in wanted
    if operator == "NotIn":
        return value not in wanted
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    if operator in ("Gt", "Lt"):
        return _compares(operator, value, wanted)
    raise ValueError(f"operator {operator} of {key} is not one of Kubernetes'")


def _compares(operator: str, value: str | None, wanted: Iterable[str]) -> bool:
    try:
        found, limit = int(value or ""), int(next(iter(wanted), ""))
    except ValueError:
        return False
    return found > limit if operator == "Gt" else found < limit


def _is_tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    return any(
        toleration.effect in ("", taint.effect)
        and (
            (toleration.key == taint.key and (toleration.operator == "Exists" or toleration.value == taint.value))
            or (not toleration.key and toleration.operator == "Exists")
        )
        for toleration in tolerations
    )
