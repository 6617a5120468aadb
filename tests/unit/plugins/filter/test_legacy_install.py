# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.legacy_image import legacy_image
from ansible_collections.cloudops.eks_windows.plugins.filter.legacy_manifest import legacy_manifest

ADMISSION = "admissionregistration.k8s.io"
RBAC = "rbac.authorization.k8s.io"


def named(api: str, kind: str, name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **place}, **more}


def configuration(ca_bundle: str = "${CA_BUNDLE}", api: str = "v1beta1", **entry: Any) -> dict[str, Any]:
    webhook = {"name": "w", "clientConfig": {"service": {"name": "s"}, "caBundle": ca_bundle}, **entry}
    return named(f"{ADMISSION}/{api}", "MutatingWebhookConfiguration", "vpc-admission-webhook-cfg", webhooks=[webhook])


CONTROLLER = named("apps/v1", "Deployment", "vpc-resource-controller", "kube-system")
WEBHOOK = named("apps/v1", "Deployment", "vpc-admission-webhook-deployment", "kube-system")
SERVICE = named("v1", "Service", "vpc-admission-webhook-svc", "kube-system")


def text(*documents: Any) -> str:
    return yaml.safe_dump_all(documents)


@pytest.mark.parametrize(
    ("region", "partition", "registry"),
    [
        ("us-east-1", "aws", "602401143452.dkr.ecr.us-east-1.amazonaws.com"),
        ("eu-south-1", "aws", "590381155156.dkr.ecr.eu-south-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("us-gov-east-1", "aws-us-gov", "151742754352.dkr.ecr.us-gov-east-1.amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "725322719131.dkr.ecr.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "187977181151.dkr.ecr.us-isob-east-1.sc2s.sgov.gov"),
    ],
)
def test_image_is_that_of_region_and_partition(region: str, partition: str, registry: str) -> None:
    assert legacy_image("eks/vpc-admission-webhook:v0.2.7", region, partition) == (
        f"{registry}/eks/vpc-admission-webhook:v0.2.7"
    )


def test_image_of_an_unknown_partition_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="partition aws-moon"):
        legacy_image("eks/x:v1", "moon-1", "aws-moon")


def test_deployments_come_last_and_configurations_apart() -> None:
    found = legacy_manifest(text(configuration(), WEBHOOK, SERVICE), "webhook", "Q0E=")
    assert [each["kind"] for each in found["objects"]] == ["Service", "Deployment"]
    entry = found["webhook_configurations"][0]["webhooks"][0]
    assert entry["clientConfig"] == {"service": {"name": "s"}, "caBundle": "Q0E="}


@pytest.mark.parametrize("api", ["v1", "v1beta1"])
def test_configuration_is_of_the_served_api_with_what_v1_asks_for(api: str) -> None:
    found = legacy_manifest(text(configuration(), WEBHOOK, SERVICE), "webhook", admission_api=f"{ADMISSION}/{api}")
    only = found["webhook_configurations"][0]
    assert only["apiVersion"] == f"{ADMISSION}/{api}"
    assert only["webhooks"][0]["sideEffects"] == "None"
    assert only["webhooks"][0]["admissionReviewVersions"] == ["v1beta1"]


def test_what_the_configuration_says_itself_is_kept() -> None:
    written = configuration(sideEffects="NoneOnDryRun", admissionReviewVersions=["v1", "v1beta1"])
    found = legacy_manifest(text(written, WEBHOOK, SERVICE), "webhook")
    entry = found["webhook_configurations"][0]["webhooks"][0]
    assert (entry["sideEffects"], entry["admissionReviewVersions"]) == ("NoneOnDryRun", ["v1", "v1beta1"])


def test_pods_are_told_the_certificate_that_they_start_with() -> None:
    noted = {**WEBHOOK, "spec": {"template": {"metadata": {"annotations": {"a": "b"}, "labels": {"c": "d"}}}}}
    found = legacy_manifest(text(configuration(), noted, SERVICE), "webhook", certificate="2f:0c")
    service, deployment = found["objects"]
    assert service == SERVICE
    assert deployment["spec"]["template"]["metadata"] == {
        "annotations": {"a": "b", "eks-windows.cloudops/certificate": "2f:0c"},
        "labels": {"c": "d"},
    }
    assert legacy_manifest(text(CONTROLLER), "controller")["objects"] == [CONTROLLER]


def test_roles_of_the_old_api_are_of_the_one_that_followed() -> None:
    role = named(f"{RBAC}/v1beta1", "ClusterRole", "r")
    listed = {"apiVersion": "v1", "kind": "List", "items": [CONTROLLER, role]}
    found = legacy_manifest(text(listed, None), "controller")
    assert [(each["kind"], each["apiVersion"]) for each in found["objects"]] == [
        ("ClusterRole", f"{RBAC}/v1"),
        ("Deployment", "apps/v1"),
    ]
    assert found["webhook_configurations"] == []


@pytest.mark.parametrize(
    ("manifest", "component", "why"),
    [
        ("a: [", "controller", "it is no YAML"),
        ("", "controller", "it lacks Deployment kube-system/vpc-resource-controller"),
        ("<html>", "controller", "no Kubernetes object"),
        (text([]), "controller", "no Kubernetes object"),
        (text({"apiVersion": "v1", "kind": "Pod"}), "controller", "no Kubernetes object"),
        (text({"apiVersion": "v1", "kind": "Pod", "metadata": {}}), "controller", "no Kubernetes object"),
        (text(named("apps/v1", "Deployment", "vpc-resource-controller")), "controller", "it lacks Deployment kube-sys"),
        (
            text(CONTROLLER),
            "webhook",
            (
                "it lacks Service kube-system/vpc-admission-webhook-svc, "
                "Deployment kube-system/vpc-admission-webhook-deployment, "
                "MutatingWebhookConfiguration vpc-admission-webhook-cfg"
            ),
        ),
        (text(CONTROLLER, named("v1", "Secret", "s", "kube-system")), "controller", "it has Secret kube-system/s"),
        (text(configuration("Q0E="), WEBHOOK, SERVICE), "webhook", r"vpc-admission-webhook-cfg has no \$\{CA_BUNDLE\}"),
        (text({**configuration(), "webhooks": ["w"]}, WEBHOOK, SERVICE), "webhook", r"has no \$\{CA_BUNDLE\}"),
    ],
)
def test_what_is_no_manifest_of_the_component_is_refused(manifest: str, component: str, why: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"the manifest of the {component} can't be used: .*{why}"):
        legacy_manifest(manifest, component)


@pytest.mark.parametrize(("value", "component"), [({}, "controller"), (None, "webhook"), ("", "both")])
def test_what_is_not_of_the_form_is_refused(value: Any, component: str) -> None:
    with pytest.raises(AnsibleFilterError, match="legacy_manifest takes a text"):
        legacy_manifest(value, component)
