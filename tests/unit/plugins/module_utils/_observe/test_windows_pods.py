# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import windows_pods
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import nodes
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    SecurityGroupPolicy,
    ServiceAccount,
    WindowsPod,
)

SELECTOR = LabelSelector({}, ())


def policy(namespace: str, by_account: bool = False) -> SecurityGroupPolicy:
    return SecurityGroupPolicy(namespace, "p", None if by_account else SELECTOR, SELECTOR if by_account else None)


def pod(namespace: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": name, "labels": {"app": name}}, "spec": spec}


def terms(*values: str, operator: str = "In") -> dict[str, Any]:
    expression = {"key": "kubernetes.io/os", "operator": operator, "values": list(values)}
    selector = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": selector}}}


@pytest.mark.parametrize(
    ("spec", "windows"),
    [
        ({}, False),
        ({"nodeSelector": {"kubernetes.io/os": "windows"}}, True),
        ({"nodeSelector": {"beta.kubernetes.io/os": "windows"}}, True),
        ({"nodeSelector": {"kubernetes.io/os": "linux"}}, False),
        ({"os": {"name": "windows"}}, True),
        (terms("windows"), True),
        (terms("linux", "windows"), True),
        (terms("linux"), False),
        (terms("windows", operator="NotIn"), False),
    ],
)
def test_asks_for_windows(spec: dict[str, Any], windows: bool) -> None:
    assert windows_pods.asks_for_windows(spec) is windows


def test_pods_of_the_policies_namespaces(kubernetes) -> None:
    selector = {"kubernetes.io/os": "windows"}
    kubernetes.answers = {
        "/api/v1/namespaces/a/pods": [
            pod("a", "one", nodeSelector=selector, serviceAccountName="sa", nodeName="n"),
            pod("a", "linux"),
        ],
        "/api/v1/namespaces/b/pods": [pod("b", "two", nodeSelector=selector)],
    }
    found = windows_pods.windows_pods(kubernetes, [policy("b"), policy("a"), policy("a")], ())
    assert found == (
        WindowsPod("a", "one", {"app": "one"}, "sa", "n", ""),
        WindowsPod("b", "two", {"app": "two"}, "default", "", ""),
    )
    assert kubernetes.asked == [
        (f"/api/v1/namespaces/{name}/pods", "", "status.phase!=Succeeded,status.phase!=Failed", False)
        for name in ("a", "b")
    ]


def test_pods_on_windows_nodes(kubernetes) -> None:
    kubernetes.answers = {
        "/api/v1/nodes": [{"metadata": {"name": "w", "labels": {"kubernetes.io/os": "windows"}}}],
        "/api/v1/namespaces/a/pods": [pod("a", "one", nodeName="w"), pod("a", "other", nodeName="l")],
    }
    found = windows_pods.windows_pods(kubernetes, [policy("a")], nodes(kubernetes))
    assert [each.name for each in found] == ["one"]


def test_many_namespaces_are_one_list(kubernetes) -> None:
    selector = {"kubernetes.io/os": "windows"}
    kubernetes.answers = {"/api/v1/pods": [pod(name, "p", nodeSelector=selector) for name in "abcxyz"]}
    found = windows_pods.windows_pods(kubernetes, [policy(name) for name in "abcde"], ())
    assert [each.namespace for each in found] == ["a", "b", "c"]
    assert len(kubernetes.asked) == 1


def test_service_accounts_only_where_a_policy_selects_by_them(kubernetes) -> None:
    assert windows_pods.service_accounts(kubernetes, [policy("a")]) == ()
    assert kubernetes.asked == []
    kubernetes.answers["/api/v1/namespaces/b/serviceaccounts"] = [
        {"metadata": {"namespace": "b", "name": "sa", "labels": {"x": "y"}}},
        {"metadata": {"namespace": "b", "name": "default"}},
    ]
    assert windows_pods.service_accounts(kubernetes, [policy("a"), policy("b", by_account=True)]) == (
        ServiceAccount("b", "sa", {"x": "y"}),
        ServiceAccount("b", "default", {}),
    )
    assert kubernetes.asked == [("/api/v1/namespaces/b/serviceaccounts", "", "", True)]
