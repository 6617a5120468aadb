# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.deployment_secrets import secrets_of


def container(**parts: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", **parts}]}


@pytest.mark.parametrize(
    ("pod", "secrets"),
    [
        ({}, set()),
        ({"volumes": None, "containers": [{"name": "c", "env": None, "envFrom": None}]}, set()),
        ({"volumes": [{"name": "v", "secret": {"secretName": "pair"}}, {"name": "e", "emptyDir": {}}]}, {"pair"}),
        (
            {
                "volumes": [
                    {
                        "name": "v",
                        "projected": {"sources": [{"secret": {"name": "pair"}}, {"configMap": {"name": "m"}}]},
                    }
                ]
            },
            {"pair"},
        ),
        (container(env=[{"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"fieldRef": {}}}]), set()),
        (container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "pair", "key": "k"}}}]), {"pair"}),
        (container(envFrom=[{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "pair"}}]), {"pair"}),
        ({"initContainers": container(envFrom=[{"secretRef": {"name": "pair"}}])["containers"]}, {"pair"}),
    ],
)
def test_the_secrets_of_a_pod_template(pod: dict[str, Any], secrets: set[str]) -> None:
    assert secrets_of({"spec": {"template": {"spec": pod}}}) == secrets


@pytest.mark.parametrize("item", [{}, {"spec": {}}, {"spec": {"template": {}}}, {"spec": {"template": {"spec": None}}}])
def test_a_deployment_without_pods_has_none(item: dict[str, Any]) -> None:
    assert secrets_of(item) == frozenset()
