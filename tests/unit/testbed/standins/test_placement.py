# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which node a pod goes to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.testbed.standins.objects import ADDRESS
from tests.testbed.standins.placement import choose_node

Json = dict[str, Any]


def node(name: str, system: str = "linux", capacity: str = "", **spec: Any) -> Json:
    status = {"capacity": {ADDRESS: capacity}} if capacity else {}
    return {"metadata": {"name": name, "labels": {"kubernetes.io/os": system}}, "spec": spec, "status": status}


def pod(wants: str = "", node_name: str = "", **spec: Any) -> Json:
    resources = {"requests": {ADDRESS: wants}} if wants else {}
    placed = {"nodeName": node_name} if node_name else {}
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"resources": resources}], **placed, **spec}}


WINDOWS = {"kubernetes.io/os": "windows"}
TAINT = {"key": "os", "value": "windows", "effect": "NoSchedule"}


def required(operator: str, *values: str) -> Json:
    expression = {"key": "kubernetes.io/os", "operator": operator, "values": list(values)}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


@pytest.mark.parametrize(
    ("candidate", "nodes", "pods", "expected"),
    [
        (pod(nodeSelector=WINDOWS), [node("l"), node("w", "windows")], [], "w"),
        (pod(nodeSelector=WINDOWS), [node("l")], [], ""),
        (pod(affinity=required("In", "windows")), [node("l"), node("w", "windows")], [], "w"),
        (pod(affinity=required("NotIn", "windows")), [node("w", "windows"), node("l")], [], "l"),
        (pod(affinity=required("Exists")), [node("l")], [], "l"),
        (pod(), [node("a"), node("b")], [pod(node_name="a")], "b"),
        (pod(), [node("a", unschedulable=True)], [], ""),
        (pod(), [node("a", taints=[TAINT])], [], ""),
        (pod(tolerations=[{"key": "os", "value": "windows"}]), [node("a", taints=[TAINT])], [], "a"),
        (pod(tolerations=[{"key": "os", "value": "linux"}]), [node("a", taints=[TAINT])], [], ""),
        (pod(tolerations=[{"operator": "Exists"}]), [node("a", taints=[TAINT])], [], "a"),
        (pod(), [node("a", taints=[{**TAINT, "effect": "PreferNoSchedule"}])], [], "a"),
        (pod(wants="1"), [node("a", capacity="1")], [], "a"),
        (pod(wants="1"), [node("a")], [], ""),
        (pod(wants="1"), [node("a", capacity="1")], [pod(wants="1", node_name="a")], ""),
    ],
)
def test_choice(candidate: Json, nodes: list[Json], pods: list[Json], expected: str) -> None:
    assert choose_node(candidate, nodes, pods) == expected
