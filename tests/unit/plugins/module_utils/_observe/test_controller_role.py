# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import KubernetesAccess
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.controller_role import controller_role
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ControllerRole,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
)

SYSTEM = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system"
ROLE = f"{SYSTEM}/roles/eks-vpc-resource-controller-role"
BINDING = f"{SYSTEM}/rolebindings/eks-vpc-resource-controller-rolebinding"
OLD = cluster(version="1.19", platform_version="eks.5")


def seen(aws: Any, kubernetes: Any, goal: str = "enable", **changes: Any) -> ControllerRole | None:
    access = KubernetesAccess(KubernetesConnection("https://cluster", "", True), kubernetes)
    options: Mapping[str, Any] = {"cluster_name": "production", "goal": goal}
    with ThreadPoolExecutor(2) as pool:
        reading = Reading(pool, aws, options, **{"cluster": cluster(), "access": access, **changes})
        return controller_role(reading)()


@pytest.mark.parametrize(
    ("goal", "changes", "asked"),
    [
        ("enable", {}, True),
        ("none", {}, False),
        ("disable", {}, False),
        ("migrate", {}, False),
        ("enable", {"cluster": OLD}, False),
        ("enable", {"cluster": DENIED}, True),
        ("enable", {"cluster": cluster(version="")}, True),
    ],
)
def test_the_goal_that_turns_windows_ipam_on_asks_for_it(
    aws: Any, kubernetes: Any, goal: str, changes: dict[str, Any], asked: bool
) -> None:
    kubernetes.answers = {ROLE: {}, BINDING: {}}
    assert seen(aws, kubernetes, goal, **changes) == (ControllerRole(True, True) if asked else None)
    assert sorted(path for path, *_selectors in kubernetes.asked) == (sorted([ROLE, BINDING]) if asked else [])


def test_each_is_absent_or_unknown_by_itself(aws: Any, kubernetes: Any) -> None:
    kubernetes.answers = {ROLE: 403}
    found = seen(aws, kubernetes)
    assert found is not None
    assert isinstance(found.role, Unknown)
    assert "roles.rbac.authorization.k8s.io eks-vpc-resource-controller-role in namespace kube-system" in (
        found.role.remedy
    )
    assert found.binding is False


def test_without_access_both_are_unknown(aws: Any, kubernetes: Any) -> None:
    assert seen(aws, kubernetes, access=DENIED) == ControllerRole(DENIED, DENIED)
