# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyDeployment,
    ObjectRef,
    WebhookPods,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_pods import webhook_pods

WEBHOOK = ObjectRef("Deployment", "win", "server")
SECRET = ObjectRef("Secret", "win", "pair")
DEPLOYMENT = LegacyDeployment(WEBHOOK, True, SECRET, {"b": "2", "a": "1"})
PODS, SECRETS = "/api/v1/namespaces/win/pods", "/api/v1/namespaces/win/secrets"


def chain(**changes: Any) -> WebhookChain:
    parts = {"deployment": WEBHOOK, "secret": SECRET, **changes}
    return WebhookChain(configuration="c", webhook="w", failure_policy="Ignore", ca_bundle="", **parts)


def item(created: str, *fields: tuple[str, str], **metadata: Any) -> dict[str, Any]:
    managed = [{"time": time, "fieldsV1": {field: {}}} for field, time in fields]
    return {"metadata": {"creationTimestamp": created, "managedFields": managed, **metadata}}


def test_the_oldest_pod_and_the_last_change_of_the_data(kubernetes) -> None:
    kubernetes.answers = {
        PODS: [item("2026-03"), item("2026-02"), item("2026-01", deletionTimestamp="2026-04")],
        SECRETS: [item("2026-01", ("f:data", "2026-05"), ("f:data", "2026-04"), ("f:metadata", "2026-06"))],
    }
    assert webhook_pods(kubernetes, (chain(),), (DEPLOYMENT,)) == (WebhookPods(WEBHOOK, "2026-02", "2026-05"),)
    assert kubernetes.asked == [
        # Pods that were evicted stay, and serve nothing.
        (PODS, "a=1,b=2", "status.phase!=Succeeded,status.phase!=Failed", True),
        (SECRETS, "", "metadata.name=pair", True),
    ]


def test_without_a_record_of_changes_the_creation_counts(kubernetes) -> None:
    kubernetes.answers = {PODS: [], SECRETS: [item("2026-01", ("f:metadata", "2026-06"))]}
    assert webhook_pods(kubernetes, (chain(),), (DEPLOYMENT,)) == (WebhookPods(WEBHOOK, "", "2026-01"),)
    kubernetes.answers[SECRETS] = []
    assert webhook_pods(kubernetes, (chain(),), (DEPLOYMENT,)) == (WebhookPods(WEBHOOK, "", ""),)


@pytest.mark.parametrize(
    ("changes", "deployments"),
    [
        ({"deployment": None}, (DEPLOYMENT,)),
        ({"secret": None}, (DEPLOYMENT,)),
        ({}, ()),
        ({}, (LegacyDeployment(WEBHOOK, True, SECRET, {}),)),
    ],
)
def test_what_can_t_be_told_is_not_asked_for(kubernetes, changes: dict[str, Any], deployments: Any) -> None:
    assert webhook_pods(kubernetes, (chain(**changes),), deployments) == ()
    assert kubernetes.asked == []


def test_a_refusal_is_no_absence(kubernetes) -> None:
    kubernetes.answers = {PODS: [], SECRETS: 403}
    with pytest.raises(KubernetesError):
        webhook_pods(kubernetes, (chain(),), (DEPLOYMENT,))
