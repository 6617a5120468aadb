# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that each way of installing legacy Windows support left in a cluster.

Sources: the EKS Windows preview (A), the manifests of the EKS user guide of 2022 and copies of the files that it
names (B), eksctl pkg/addons (D), a public Terraform copy (E), the Helm chart of EKS Blueprints v4 (F). Certificate
signing requests are left out: the control plane deletes issued ones within about an hour.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.testbed.cluster_objects import SYSTEM, WINDOWS_GROUP, cluster_role_binding
from tests.testbed.pki import Authority, KeyPair
from tests.testbed.specs import LegacyVariant

Json = dict[str, Any]

REGISTRY = "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks"
CERTIFICATE_FOLDER = "/etc/webhook/certs"


@dataclass(frozen=True)
class Variant:
    """The names that a variant uses. ``keys`` are those of the certificate and its key in the Secret."""

    controller: str
    controller_account: str
    namespace: str
    deployment: str
    service: str
    configuration: str
    secret: str
    keys: tuple[str, str] = ("cert.pem", "key.pem")
    secret_type: str = "Opaque"
    role_binding: bool = False


_MANIFESTS = Variant(
    controller="vpc-resource-controller",
    controller_account="vpc-resource-controller",
    namespace=SYSTEM,
    deployment="vpc-admission-webhook-deployment",
    service="vpc-admission-webhook-svc",
    configuration="vpc-admission-webhook-cfg",
    secret="vpc-admission-webhook-certs",
)

VARIANTS: Mapping[LegacyVariant, Variant] = {
    "A": replace(_MANIFESTS, namespace="default", role_binding=True),
    "B": replace(_MANIFESTS, role_binding=True),
    "D": replace(_MANIFESTS, deployment="vpc-admission-webhook", service="vpc-admission-webhook"),
    "E": replace(_MANIFESTS, deployment="vpc-admission-webhook", controller_account="vpc-resource-controller-2"),
    "F": Variant(
        controller="windows-vpc-resource-controller",
        controller_account="windows-vpc-resource-controller",
        namespace=SYSTEM,
        deployment="windows-vpc-admission-webhook",
        service="windows-vpc-admission-webhook",
        configuration="windows-vpc-admission-webhook",
        secret="windows-vpc-admission-webhook-tls",
        keys=("tls.crt", "tls.key"),
        secret_type="kubernetes.io/tls",
    ),
}


def legacy_objects(variant: LegacyVariant, days: int = 365) -> list[Json]:
    """All objects of a variant, in an order in which they can be created.

    Args:
        days: How long the webhook's certificate lasts. Its authority is one of its own, and the caBundle names it.
    """
    names = VARIANTS[variant]
    authority = Authority("legacy-webhook", days)
    hosts = [f"{names.service}{suffix}" for suffix in ("", f".{names.namespace}", f".{names.namespace}.svc")]
    found = [*controller(names), *webhook(names, authority.pem, authority.server(hosts[-1], hosts))]
    if names.role_binding:
        found.append(cluster_role_binding(WINDOWS_GROUP, "system:node-proxier", WINDOWS_GROUP))
    return found


def controller(names: Variant) -> list[Json]:
    """The controller on a Linux node, which blocks the one of the control plane by its mere presence."""
    api = "rbac.authorization.k8s.io"
    account = {"name": names.controller_account, "namespace": SYSTEM}
    rule = {
        "apiGroups": [""],
        "resources": ["nodes", "nodes/status", "pods", "configmaps"],
        "verbs": ["get", "list", "watch", "update", "patch", "create"],
    }
    labels = {"app": names.controller, "tier": "backend", "track": "stable"}
    container = {
        "name": names.controller,
        "image": f"{REGISTRY}/windows-vpc-resource-controller:v0.2.7",
        "command": ["/vpc-resource-controller"],
        "args": ["-stderrthreshold=info"],
    }
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account},
        {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": names.controller}, "rules": [rule]},
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": names.controller},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": names.controller},
            "subjects": [{"kind": "ServiceAccount", **account}],
        },
        _deployment(names.controller, SYSTEM, labels, container, serviceAccountName=names.controller_account),
    ]


def webhook(names: Variant, ca_pem: str, pair: KeyPair) -> list[Json]:
    """The admission webhook with its Service, certificate and configuration."""
    certificate, key = names.keys
    labels = {"app": names.service.removesuffix("-svc")}
    container = {
        "name": "vpc-admission-webhook",
        "image": f"{REGISTRY}/vpc-admission-webhook:v0.2.7",
        "args": [
            f"-tlsCertFile={CERTIFICATE_FOLDER}/{certificate}",
            f"-tlsKeyFile={CERTIFICATE_FOLDER}/{key}",
            "-OSLabelSelectorOverride=windows",
        ],
        "volumeMounts": [{"name": "webhook-certs", "mountPath": CERTIFICATE_FOLDER, "readOnly": True}],
    }
    volumes = [{"name": "webhook-certs", "secret": {"secretName": names.secret}}]
    place = {"namespace": names.namespace}
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": names.secret, **place},
            "type": names.secret_type,
            "data": {certificate: _base64(pair.certificate), key: _base64(pair.key)},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": names.service, "labels": labels, **place},
            "spec": {"ports": [{"port": 443, "targetPort": 443}], "selector": labels},
        },
        _deployment(names.deployment, names.namespace, labels, container, volumes=volumes),
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": names.configuration, "labels": labels},
            "webhooks": [
                {
                    "name": "vpc-admission-webhook.amazonaws.com",
                    "clientConfig": {
                        "service": {"name": names.service, "namespace": names.namespace, "path": "/mutate"},
                        "caBundle": _base64(ca_pem),
                    },
                    "rules": [
                        {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
                    ],
                    "failurePolicy": "Ignore",
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1beta1"],
                }
            ],
        },
    ]


def _deployment(name: str, namespace: str, labels: Mapping[str, str], container: Json, **pod: Any) -> Json:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": dict(labels)},
            "template": {
                "metadata": {"labels": dict(labels)},
                "spec": {
                    "hostNetwork": True,
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "containers": [container],
                    **pod,
                },
            },
        },
    }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
