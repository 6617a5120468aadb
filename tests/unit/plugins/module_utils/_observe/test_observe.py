# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import KubernetesAccess
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import kubernetes_reads, observe
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Unknown

POLICY = {"metadata": {"namespace": "a", "name": "p"}, "spec": {"podSelector": {}}}
POD = {"metadata": {"namespace": "a", "name": "pod"}, "spec": {"nodeSelector": {"kubernetes.io/os": "windows"}}}

Look = Callable[..., Observation]


def node(name: str, *, ready: bool = True, system: str = "linux", compute_type: str = "") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"eks.amazonaws.com/compute-type": compute_type}},
        "status": {
            "nodeInfo": {"operatingSystem": system},
            "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}],
        },
    }


@pytest.fixture
def look(aws, kubernetes, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Observes a cluster by the fakes."""
    aws.client = lambda service: None
    aws.answers = {
        "describe_cluster": {"cluster": {"name": "production", "roleArn": "role"}},
        "list_fargate_profiles": [],
    }
    kubernetes.close = lambda: None
    tokens: list[str] = []
    aws.eks_token = lambda identifier, role_arn: tokens.append(identifier)
    aws.tokens = tokens

    def access(options: Any, cluster: Any, token: Callable[[], Any]) -> KubernetesAccess:
        token()
        return KubernetesAccess(KubernetesConnection("https://cluster", "", True), kubernetes)

    monkeypatch.setattr(observe, "access", access)
    return lambda **options: observe.observe(aws, {"cluster_name": "production", **options})


@pytest.mark.parametrize(
    ("nodes", "asked"),
    [
        ([node("a"), node("b")], False),
        ([node("a"), node("b", ready=False)], True),
        ([node("a"), node("b", system="windows")], True),
        ([node("a"), node("b", compute_type="fargate")], True),
        ([node("a"), node("b", compute_type="auto")], False),
        ([], True),
    ],
)
def test_fargate_profiles_are_read_unless_enough_linux_nodes_are_ready(
    aws, kubernetes, look: Look, nodes: list[dict[str, Any]], asked: bool
) -> None:
    kubernetes.answers[kubernetes_reads.NODES] = nodes
    observation = look()
    assert ("eks:list_fargate_profiles" in aws.asked) is asked
    assert ("fargate_profiles" in observation.examined) is asked


def test_windows_pods_are_unknown_where_nodes_are(kubernetes, look: Look) -> None:
    kubernetes.answers = {
        kubernetes_reads.NODES: 403,
        kubernetes_reads.SECURITY_GROUP_POLICIES: [POLICY],
        "/api/v1/namespaces/a/pods": [POD],
    }
    observation = look()
    assert isinstance(observation.windows_pods, Unknown)
    assert observation.windows_pods is observation.nodes
    assert "windows_pods" not in observation.examined
    kubernetes.answers[kubernetes_reads.SECURITY_GROUP_POLICIES] = []
    assert look().windows_pods == ()


def test_windows_pods_are_seen_where_nodes_are(kubernetes, look: Look) -> None:
    kubernetes.answers = {
        kubernetes_reads.NODES: [],
        kubernetes_reads.SECURITY_GROUP_POLICIES: [POLICY],
        "/api/v1/namespaces/a/pods": [POD],
    }
    assert look().examined["windows_pods"] == 1


@pytest.mark.parametrize(
    ("description", "identifier"),
    [
        ({"name": "production"}, "production"),
        ({}, "production"),
        ({"name": "production", "id": "0a1b", "outpostConfig": {"outpostArns": ["o"]}}, "0a1b"),
    ],
)
def test_the_token_is_made_for(aws, look: Look, description: dict[str, Any], identifier: str) -> None:
    aws.answers["describe_cluster"] = {"cluster": description}
    look()
    assert aws.tokens == [identifier]
