# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role plan's templates of legacy support give what AWS's manifests did, by the names that the other roles look for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2
import pytest

from ansible_collections.cloudops.eks_windows.plugins.filter.legacy_image import legacy_image
from ansible_collections.cloudops.eks_windows.plugins.filter.legacy_manifest import legacy_manifest
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "plan" / "templates"
NAMES = next(variant for variant in VARIANTS if variant.name == "manifests")


def rendered(component: str, region: str = "cn-north-1", partition: str = "aws-cn") -> dict[str, Any]:
    """The objects by kind; the webhook's configuration is one of them."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined)
    environment.filters |= {"to_json": json.dumps, "cloudops.eks_windows.legacy_image": legacy_image}
    cluster = {"region": region, "partition": partition}
    text = environment.get_template(f"legacy_{component}.yml.j2").render(eks_windows_preflight={"cluster": cluster})
    found = legacy_manifest(text, component, "Q0E=")
    return {each["kind"]: each for each in [*found["objects"], *found["webhook_configurations"]]}


@pytest.mark.parametrize(
    ("region", "partition", "registry"),
    [
        ("us-east-1", "aws", "602401143452.dkr.ecr.us-east-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_images_are_those_of_the_region(region: str, partition: str, registry: str) -> None:
    images = {"controller": "windows-vpc-resource-controller:v0.2.7", "webhook": "vpc-admission-webhook:v0.2.7"}
    for component, image in images.items():
        pod = rendered(component, region, partition)["Deployment"]["spec"]["template"]["spec"]
        assert [each["image"] for each in pod["containers"]] == [f"{registry}/eks/{image}"]


def test_controller_has_its_rights_and_no_others() -> None:
    found = rendered("controller")
    assert found["ServiceAccount"]["metadata"] == {
        "name": NAMES.service_accounts[0],
        "namespace": NAMES.controller_namespace,
    }
    assert found["ClusterRole"]["metadata"]["name"] == NAMES.cluster_roles[0]
    assert found["ClusterRole"]["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["nodes", "nodes/status", "pods", "configmaps"],
            "verbs": ["get", "list", "watch", "update", "patch", "create"],
        }
    ]
    binding = found["ClusterRoleBinding"]
    assert binding["roleRef"]["name"] == NAMES.cluster_roles[0]
    assert binding["subjects"] == [{"kind": "ServiceAccount", **found["ServiceAccount"]["metadata"]}]
    pod = found["Deployment"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == NAMES.service_accounts[0]
    assert pod["hostNetwork"] is True
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}


def test_only_one_controller_at_a_time() -> None:
    assert rendered("controller")["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}


def test_webhook_is_called_through_its_service_with_its_certificate() -> None:
    found = rendered("webhook")
    configuration, deployment, service = found["MutatingWebhookConfiguration"], found["Deployment"], found["Service"]
    assert configuration["metadata"]["name"] == NAMES.webhook_configuration
    entry = configuration["webhooks"][0]
    assert entry["clientConfig"] == {
        "service": {"name": NAMES.service, "namespace": NAMES.namespace, "path": "/mutate"},
        "caBundle": "Q0E=",
    }
    assert (service["metadata"]["name"], service["metadata"]["namespace"]) == (NAMES.service, NAMES.namespace)
    assert deployment["metadata"]["name"] == NAMES.deployment
    template = deployment["spec"]["template"]
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    container = template["spec"]["containers"][0]
    folder = container["volumeMounts"][0]["mountPath"]
    assert container["args"] == [
        f"-tlsCertFile={folder}/{NAMES.certificate_key}",
        f"-tlsKeyFile={folder}/{NAMES.private_key}",
        "-OSLabelSelectorOverride=windows",
    ]
    assert template["spec"]["volumes"] == [
        {"name": container["volumeMounts"][0]["name"], "secret": {"secretName": NAMES.secret}}
    ]


def test_webhook_failing_refuses_no_pod_and_is_called_for_dry_runs() -> None:
    entry = rendered("webhook")["MutatingWebhookConfiguration"]["webhooks"][0]
    assert entry["failurePolicy"] == "Ignore"
    assert entry["sideEffects"] == "None"
    assert entry["admissionReviewVersions"] == ["v1beta1"]
    assert entry["rules"] == [
        {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
    ]


def test_webhook_serves_while_it_is_restarted() -> None:
    spec = rendered("webhook")["Deployment"]["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert "hostNetwork" not in spec["template"]["spec"], "a second pod could not listen beside the first"
    container = spec["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["tcpSocket"] == {"port": container["ports"][0]["containerPort"]}
