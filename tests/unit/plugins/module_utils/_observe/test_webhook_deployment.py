# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_deployment import (
    is_paused,
    leaves_gap,
)


def rolling(surge: Any, away: Any, replicas: int | None = None) -> dict[str, Any]:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": away}}
    return {"spec": {"strategy": strategy, "replicas": replicas}}


@pytest.mark.parametrize(
    ("deployment", "gap"),
    [
        ({}, False),
        ({"spec": {"strategy": {"type": "Recreate"}, "replicas": 3}}, True),
        ({"spec": {"strategy": {"type": "RollingUpdate"}}}, False),
        ({"spec": {"replicas": 4}}, False),
        (rolling(None, None), False),
        (rolling(1, 0), False),
        (rolling(0, 1), True),
        (rolling(0, 1, 2), False),
        (rolling(0, 2, 2), True),
        # A new pod that is not ready yet does not keep the old one.
        (rolling(1, 1), True),
        (rolling("25%", "25%", 3), False),
        (rolling("25%", "100%", 3), True),
        (rolling("1%", "99%", 100), False),
        # Half a pod may not be away, unless none may come before it.
        (rolling("50%", "50%"), False),
        (rolling(0, "50%"), True),
        (rolling("0%", "25%"), True),
        (rolling(0, "25%", 2), False),
        (rolling(0, 0), True),
    ],
)
def test_whether_pods_serve_on_while_they_are_replaced(deployment: dict[str, Any], gap: bool) -> None:
    assert leaves_gap(deployment) is gap


PROBE = {"tcpSocket": {"port": 443}}
PLAIN: dict[str, Any] = {"name": "webhook", "image": "eks/vpc-admission-webhook:v0.2.7", "args": ["-tlsCertFile=/c"]}
PROBED = {**PLAIN, "readinessProbe": PROBE}
STARTED = {**PLAIN, "startupProbe": PROBE}
SIDE_CAR = {"name": "proxy", "image": "proxy", "args": ["--tls-cert-file=/other"]}


@pytest.mark.parametrize(
    ("containers", "ports", "gap"),
    [
        ((PLAIN,), (), True),
        ((PROBED,), (), False),
        ((STARTED,), (), False),
        ((PROBED, SIDE_CAR), (), False),
        ((PLAIN, {**SIDE_CAR, "readinessProbe": PROBE}), (), True),
        # Without a flag, a port and a known image any of them may be what serves.
        (({"name": "a", "readinessProbe": PROBE}, {"name": "b"}), (), True),
        (({"name": "a"}, {**SIDE_CAR, "ports": [{"containerPort": 8443}], "readinessProbe": PROBE}), (8443,), False),
        (({"name": "a"}, {**SIDE_CAR, "ports": [{"containerPort": 8443}], "readinessProbe": PROBE}), (443,), False),
    ],
)
def test_a_new_pod_counts_as_ready_before_it_listens_without_a_probe(
    containers: tuple[Any, ...], ports: tuple[int, ...], gap: bool
) -> None:
    deployment = rolling(1, 0)
    deployment["spec"]["template"] = {"spec": {"containers": list(containers)}}
    assert leaves_gap(deployment, ports) is gap


@pytest.mark.parametrize(
    ("spec", "paused"), [({}, False), ({"paused": False}, False), ({"paused": True}, True), (None, False)]
)
def test_whether_a_change_replaces_no_pod(spec: dict[str, Any] | None, paused: bool) -> None:
    assert is_paused({"spec": spec}) is paused
