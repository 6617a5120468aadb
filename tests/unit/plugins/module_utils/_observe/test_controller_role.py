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
    ConfigMap,
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


def config_map(value: str) -> ConfigMap:
    return ConfigMap("kube-system", "amazon-vpc-cni", {"enable-windows-ipam": value})


ON, OFF = config_map("true"), config_map("false")


def seen(aws: Any, kubernetes: Any, data: Any, goal: str = "none", **changes: Any) -> ControllerRole | None:
    access = KubernetesAccess(KubernetesConnection("https://cluster", "", True), kubernetes)
    options: Mapping[str, Any] = {"cluster_name": "production", "goal": goal}
    with ThreadPoolExecutor(2) as pool:
        reading = Reading(pool, aws, options, **{"cluster": cluster(), "access": access, **changes})
        return controller_role(reading, data)()


@pytest.mark.parametrize(
    ("data", "goal", "changes", "asked"),
    [
        (ON, "none", {}, True),
        (ON, "legacy_remove", {}, True),
        (ON, "disable", {}, False),
        (OFF, "none", {}, False),
        (config_map("yes"), "none", {}, False),
        (None, "none", {}, False),
        (ConfigMap("kube-system", "amazon-vpc-cni", None), "none", {}, False),
        (OFF, "enable", {}, True),
        (None, "migrate", {}, False),
        (ON, "migrate", {}, True),
        (DENIED, "enable", {}, True),
        (OFF, "cert_renew", {}, False),
        (ON, "legacy_install", {}, False),
        (ON, "none", {"cluster": OLD}, False),
        (OFF, "enable", {"cluster": OLD}, False),
        (ON, "none", {"cluster": DENIED}, True),
        (ON, "none", {"cluster": cluster(version="")}, True),
    ],
)
def test_it_is_asked_for_where_windows_ipam_is_on_or_is_turned_on(
    aws: Any, kubernetes: Any, data: Any, goal: str, changes: dict[str, Any], asked: bool
) -> None:
    kubernetes.answers = {ROLE: {}, BINDING: {}}
    assert seen(aws, kubernetes, data, goal, **changes) == (ControllerRole(True, True) if asked else None)
    assert sorted(path for path, *_selectors in kubernetes.asked) == (sorted([ROLE, BINDING]) if asked else [])


def test_where_the_setting_can_not_be_read_nothing_is_asked(aws: Any, kubernetes: Any) -> None:
    assert seen(aws, kubernetes, DENIED) == ControllerRole(DENIED, DENIED)
    assert kubernetes.asked == []


def test_each_is_absent_or_unknown_by_itself(aws: Any, kubernetes: Any) -> None:
    kubernetes.answers = {ROLE: 403}
    found = seen(aws, kubernetes, ON)
    assert found is not None
    assert isinstance(found.role, Unknown)
    assert "roles.rbac.authorization.k8s.io eks-vpc-resource-controller-role in namespace kube-system" in (
        found.role.remedy
    )
    assert found.binding is False


def test_without_access_both_are_unknown(aws: Any, kubernetes: Any) -> None:
    assert seen(aws, kubernetes, ON, access=DENIED) == ControllerRole(DENIED, DENIED)
