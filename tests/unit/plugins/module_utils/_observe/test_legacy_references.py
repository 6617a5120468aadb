# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import legacy_references
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

CONTROLLER = ObjectRef("Deployment", "kube-system", "vpc-resource-controller")
WEBHOOK = ObjectRef("Deployment", "kube-system", "vpc-admission-webhook")
SERVICE = ObjectRef("Service", "kube-system", "vpc-admission-webhook")
SECRET = ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs")
HELM_SECRET = ObjectRef("Secret", "win", "windows-vpc-admission-webhook-tls")
PEM = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"


def chain(**changes: Any) -> WebhookChain:
    parts = {
        "service": WebhookService(SERVICE.namespace, SERVICE.name, ""),
        "deployment": WEBHOOK,
        "secret": SECRET,
        **changes,
    }
    return WebhookChain(configuration="c", webhook="w", failure_policy="Ignore", ca_bundle="", **parts)


def deployment(secret: str = "", *, generation: int = 2, replicas: int | None = 1, **status: int) -> dict[str, Any]:
    volumes = [{"name": "v", "secret": {"secretName": secret}}] if secret else []
    counts = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    return {
        "metadata": {"name": "d", "generation": generation},
        "spec": {
            "replicas": replicas,
            "template": {"metadata": {"labels": {"app": "w"}}, "spec": {"volumes": volumes}},
        },
        "status": {**counts, **status},
    }


def path_of(ref: ObjectRef) -> str:
    root = "/apis/apps/v1" if ref.kind == "Deployment" else "/api/v1"
    return f"{root}/namespaces/{ref.namespace}/{ref.kind.lower()}s/{ref.name}"


def look(kubernetes, *refs: ObjectRef, chains: tuple[WebhookChain, ...] = (), owners: bool = False) -> LegacyReferences:
    return legacy_references.references(kubernetes, refs, chains, owners=owners)


def asked(kubernetes) -> list[str]:
    return [path for path, *_rest in kubernetes.asked]


def test_a_webhook_that_is_whole_costs_its_deployments_alone(kubernetes) -> None:
    kubernetes.answers = {path_of(CONTROLLER): deployment(), path_of(WEBHOOK): deployment(SECRET.name)}
    found = look(kubernetes, CONTROLLER, WEBHOOK, SERVICE, SECRET, chains=(chain(),))
    assert asked(kubernetes) == [path_of(CONTROLLER), path_of(WEBHOOK)]
    assert [each.ref for each in found.deployments] == [CONTROLLER, WEBHOOK]
    assert [each.secret for each in found.deployments] == [None, SECRET]
    assert found.deployments[1].labels == {"app": "w"}
    assert (found.selectors, found.certificates, found.owners) == ({}, {}, ())


def test_a_deployment_that_only_the_chain_tells_is_looked_at_too(kubernetes) -> None:
    other = ObjectRef("Deployment", "win", "server")
    kubernetes.answers = {path_of(other): deployment()}
    assert [each.ref for each in look(kubernetes, chains=(chain(deployment=other),)).deployments] == [other]


def test_what_no_chain_tells_is_looked_at(kubernetes) -> None:
    data = {"cert.pem": base64.b64encode((KEY + PEM).encode()).decode(), "key.pem": "a2V5"}
    kubernetes.answers = {
        path_of(SERVICE): {"spec": {"selector": {"app": "w"}}},
        path_of(SECRET): {"data": data},
        path_of(HELM_SECRET): {"data": {"cert.pem": data["cert.pem"]}},
    }
    found = look(kubernetes, SERVICE, SECRET, HELM_SECRET)
    assert found.selectors == {SERVICE: {"app": "w"}}
    assert found.certificates == {SECRET: PEM, HELM_SECRET: ""}
    assert "PRIVATE" not in repr(found)
    assert "BEGIN" not in repr(found)


def test_a_secret_that_a_deployment_mounts_is_not_looked_into(kubernetes) -> None:
    kubernetes.answers = {path_of(WEBHOOK): deployment(SECRET.name)}
    look(kubernetes, WEBHOOK, SECRET)
    assert asked(kubernetes) == [path_of(WEBHOOK)]


def test_a_backup_is_not_looked_into(kubernetes) -> None:
    assert look(kubernetes, ObjectRef("Secret", "kube-system", f"{SECRET.name}-backup")).certificates == {}
    assert asked(kubernetes) == []


def test_the_service_accounts_of_the_deployments(kubernetes) -> None:
    named = deployment()
    named["spec"]["template"]["spec"]["serviceAccountName"] = "vpc-resource-controller"
    kubernetes.answers = {path_of(CONTROLLER): named, path_of(WEBHOOK): deployment()}
    found = look(kubernetes, CONTROLLER, WEBHOOK)
    assert found.accounts == (ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller"),)


def test_a_controller_s_secret_is_nobody_s_business(kubernetes) -> None:
    kubernetes.answers = {path_of(CONTROLLER): deployment("token")}
    assert look(kubernetes, CONTROLLER).deployments[0].secret is None


def test_what_is_gone_meanwhile_is_left_out_and_a_refusal_is_none(kubernetes) -> None:
    assert look(kubernetes, WEBHOOK, SERVICE, SECRET) == LegacyReferences()
    kubernetes.answers = {path_of(SECRET): 403}
    with pytest.raises(KubernetesError):
        look(kubernetes, SECRET)


@pytest.mark.parametrize(
    ("item", "ready"),
    [
        (deployment(), True),
        (deployment(replicas=None), True),
        (deployment(generation=3), False),
        (deployment(availableReplicas=0), False),
        (deployment(updatedReplicas=0), False),
        (deployment(replicas=2), False),
        # One pod of the former template is still there.
        (deployment() | {"status": {**deployment()["status"], "replicas": 2}}, False),
        (deployment(replicas=0) | {"status": {"observedGeneration": 2}}, False),
        (deployment() | {"status": {}}, False),
    ],
)
def test_when_a_deployment_is_ready(kubernetes, item: dict[str, Any], ready: bool) -> None:
    kubernetes.answers = {path_of(WEBHOOK): item}
    assert look(kubernetes, WEBHOOK).deployments[0].ready is ready


def test_certificates_of_cert_manager_that_write_the_chart_s_secret(kubernetes) -> None:
    def certificate(namespace: str, name: str, secret: str) -> dict[str, Any]:
        return {"metadata": {"namespace": namespace, "name": name}, "spec": {"secretName": secret}}

    kubernetes.answers = {
        legacy_references.CERTIFICATES: [
            certificate("win", "webhook", HELM_SECRET.name),
            certificate("shop", "webhook", HELM_SECRET.name),
            certificate("win", "other", "other"),
        ]
    }
    assert look(kubernetes, HELM_SECRET, owners=True).owners == (ObjectRef("Certificate", "win", "webhook"),)
    assert look(kubernetes, HELM_SECRET).owners == ()
    kubernetes.asked.clear()
    look(kubernetes, SECRET, owners=True)
    assert legacy_references.CERTIFICATES not in asked(kubernetes)
    kubernetes.answers = {}
    assert look(kubernetes, HELM_SECRET, owners=True).owners == ()
    kubernetes.answers = {legacy_references.CERTIFICATES: 403}
    with pytest.raises(KubernetesError):
        look(kubernetes, HELM_SECRET, owners=True)
