# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which node a pod may go to: as much of the scheduler as Windows support needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.standins.objects import ADDRESS, labels_of, terminating


def choose_node(pod: Json, nodes: Sequence[Json], pods: Sequence[Json]) -> str:
    """The name of the node that takes the pod, empty where none does. The emptiest fitting one is taken."""
    counts = {node["metadata"]["name"]: 0 for node in nodes}
    for other in pods:
        if other["spec"].get("nodeName") in counts:
            counts[other["spec"]["nodeName"]] += 1
    fitting = [node["metadata"]["name"] for node in nodes if fits(pod, node, pods)]
    return min(fitting, key=lambda name: (counts[name], name), default="")


def fits(pod: Json, node: Json, pods: Sequence[Json]) -> bool:
    """Whether node selector, required node affinity, taints and address capacity admit the pod."""
    spec = pod["spec"]
    selector = spec.get("nodeSelector") or {}
    return (
        not node["spec"].get("unschedulable")
        and not terminating(node)
        and all(labels_of(node).get(key) == value for key, value in selector.items())
        and _affine(spec, node)
        and all(_tolerated(taint, spec.get("tolerations") or ()) for taint in node["spec"].get("taints") or ())
        and _has_addresses(pod, node, pods)
    )


def _affine(spec: Mapping[str, Any], node: Json) -> bool:
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    return any(
        all(_matches(expression, labels_of(node)) for expression in term.get("matchExpressions") or ())
        for term in required["nodeSelectorTerms"]
    )


def _matches(expression: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    key, operator, values = expression["key"], expression["operator"], expression.get("values") or []
    if operator == "In":
        return bool(found.get(key) in values)
    if operator == "NotIn":
        return bool(found.get(key) not in values)
    return bool((key in found) == (operator == "Exists"))


def _tolerated(taint: Mapping[str, str], tolerations: Sequence[Mapping[str, str]]) -> bool:
    if taint["effect"] == "PreferNoSchedule":
        return True
    for toleration in tolerations:
        if toleration.get("effect") not in (None, "", taint["effect"]):
            continue
        if toleration.get("operator") == "Exists" and toleration.get("key") in (None, "", taint["key"]):
            return True
        if toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def _requested(pod: Json) -> int:
    return sum(
        int((container.get("resources", {}).get("requests") or {}).get(ADDRESS, "0"))
        for container in pod["spec"]["containers"]
    )


def _has_addresses(pod: Json, node: Json, pods: Sequence[Json]) -> bool:
    wanted = _requested(pod)
    if not wanted:
        return True
    name = node["metadata"]["name"]
    used = sum(
        _requested(other)
        for other in pods
        if other["spec"].get("nodeName") == name and other.get("status", {}).get("phase") not in ("Succeeded", "Failed")
    )
    capacity = int((node.get("status", {}).get("capacity") or {}).get(ADDRESS, "0"))
    return used + wanted <= capacity
