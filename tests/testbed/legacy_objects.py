# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that each way of installing legacy Windows support left in a cluster.

Sources: the EKS Windows preview (A), the manifests of the EKS user guide of 2022 and copies of the files that it
names (B), eksctl pkg/addons (D), a public Terraform copy (E), the Helm chart of EKS Blueprints v4 (F). Certificate
signing requests come only where asked for: the control plane deletes issued ones within about an hour.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tests.testbed.cluster_objects import SYSTEM, WINDOWS_GROUP, cluster_role_binding
from tests.testbed.kubernetes.app_serving import SIGNER, USAGES
from tests.testbed.pki import Authority, KeyPair, new_key_pem, request_pem
from tests.testbed.specs import LegacySpec, LegacyVariant

Json = dict[str, Any]

REGISTRY = "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks"
CERTIFICATE_FOLDER = "/etc/webhook/certs"


@dataclass(frozen=True)
class Variant:
    """The names that a variant uses. ``keys`` are those of the certificate and its key in the Secret, ``issuer`` is
    whose authority signed the certificate."""

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
    issuer: Literal["cluster", "own"] = "cluster"
    signing_request: str = ""

    @property
    def certificate(self) -> str:
        """cert-manager's Certificate, where that keeps the Secret: the chart names it as the webhook, not as the
        Secret."""
        return self.service


_MANIFESTS = Variant(
    controller="vpc-resource-controller",
    controller_account="vpc-resource-controller",
    namespace=SYSTEM,
    deployment="vpc-admission-webhook-deployment",
    service="vpc-admission-webhook-svc",
    configuration="vpc-admission-webhook-cfg",
    secret="vpc-admission-webhook-certs",
    signing_request="vpc-admission-webhook-svc.kube-system",
)

VARIANTS: Mapping[LegacyVariant, Variant] = {
    "A": replace(
        _MANIFESTS,
        namespace="default",
        role_binding=True,
        signing_request="vpc-admission-webhook-svc.default",
    ),
    "B": replace(_MANIFESTS, role_binding=True),
    "D": replace(
        _MANIFESTS,
        deployment="vpc-admission-webhook",
        service="vpc-admission-webhook",
        signing_request="vpc-admission-webhook.kube-system",
    ),
    "E": replace(
        _MANIFESTS,
        deployment="vpc-admission-webhook",
        controller_account="vpc-resource-controller-2",
        signing_request="vpc-admission-webhook",
    ),
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
        issuer="own",
    ),
}


@dataclass(frozen=True)
class LegacyObjects:
    """What makes up legacy support, each list in an order in which it can be created.

    Attributes:
        first: All but the configurations.
        configurations: What makes the API server ask the webhook. They come when its pods are there, since with
            failurePolicy Fail none would come any more.
    """

    first: list[Json]
    configurations: list[Json]


def names_of(spec: LegacySpec) -> Variant:
    """The names that the spec's objects have, where its webhook is."""
    names = VARIANTS[spec.variant]
    return replace(names, namespace=spec.namespace) if spec.namespace else names


def legacy_objects(spec: LegacySpec, cluster: Authority) -> LegacyObjects:
    """All objects of legacy support.

    Args:
        cluster: The cluster's authority.
    """
    names = names_of(spec)
    first: list[Json] = []
    configurations: list[Json] = []
    if spec.namespace:
        first.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": spec.namespace}})
    if spec.controller:
        first += controller(names, spec.controller_replicas)
    if spec.webhook:
        issuer = Authority("legacy-webhook") if (spec.issuer or names.issuer) == "own" else cluster
        others = [Authority("another").pem] if spec.ca_bundle.startswith("another") else []
        bundle = [*others, *([] if spec.ca_bundle == "another" else [issuer.pem])]
        first += [*secret(spec, issuer), *service(spec)]
        configurations = [configuration(spec, "".join(bundle))]
    if spec.signing_request and names.signing_request:
        first.append(signing_request(names))
    if names.role_binding if spec.role_binding is None else spec.role_binding:
        first.append(cluster_role_binding(WINDOWS_GROUP, "system:node-proxier", WINDOWS_GROUP))
    return LegacyObjects(first, configurations)


def pair_of(spec: LegacySpec, issuer: Authority) -> KeyPair:
    """Certificate and key as the spec's Secret holds them."""
    names = names_of(spec)
    hosts = spec.hosts or [f"{names.service}{suffix}" for suffix in ("", *_suffixes(names))]
    pair = issuer.serving(hosts, spec.not_before, spec.not_after, spec.key)
    certificates = {
        "leaf": pair.certificate,
        "leaf_and_issuer": pair.certificate + issuer.pem,
        "issuer_and_leaf": issuer.pem + pair.certificate,
    }
    return KeyPair(certificates[spec.chain], pair.key if spec.key_matches else new_key_pem(spec.key))


def _suffixes(names: Variant) -> tuple[str, str]:
    return f".{names.namespace}", f".{names.namespace}.svc"


def controller(names: Variant, replicas: int) -> list[Json]:
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
    deployment = _deployment(names.controller, SYSTEM, labels, container, serviceAccountName=names.controller_account)
    deployment["spec"]["replicas"] = replicas
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
        deployment,
    ]


def secret(spec: LegacySpec, issuer: Authority) -> list[Json]:
    """The Secret with certificate and key, and cert-manager's Certificate where that keeps it."""
    names = names_of(spec)
    place = {"namespace": names.namespace}
    found: list[Json] = []
    annotations: dict[str, str] = {}
    labels: dict[str, str] = {}
    if _managed(spec):
        hosts = [f"{names.service}{suffix}" for suffix in _suffixes(names)]
        issuer_reference = {"kind": "Issuer", "name": names.service, "group": "cert-manager.io"}
        found.append(
            {
                "apiVersion": "cert-manager.io/v1",
                "kind": "Certificate",
                "metadata": {"name": names.certificate, **place},
                "spec": {
                    "secretName": names.secret,
                    "dnsNames": hosts,
                    "issuerRef": issuer_reference,
                    "duration": "8760h0m0s",
                    "renewBefore": "360h0m0s",
                },
            }
        )
        annotations = {
            "cert-manager.io/certificate-name": names.certificate,
            "cert-manager.io/issuer-kind": "Issuer",
            "cert-manager.io/issuer-name": names.service,
            "cert-manager.io/issuer-group": "cert-manager.io",
        }
        labels = {"controller.cert-manager.io/fao": "true"}
    if spec.secret == "absent":
        return found
    pair = pair_of(spec, issuer)
    data = dict(zip(names.keys, (_base64(pair.certificate), _base64(pair.key)), strict=True))
    if spec.secret == "without_certificate":
        del data[names.keys[0]]
    elif spec.secret == "without_key":
        del data[names.keys[1]]
    metadata = {"name": names.secret, "annotations": annotations, "labels": labels, **place}
    # Secrets of type kubernetes.io/tls must have both keys.
    kind = names.secret_type if len(data) == len(names.keys) else "Opaque"
    return [*found, {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": data}]


def signing_request(names: Variant) -> Json:
    """The request that the webhook's certificate came from, by the API version that every cluster serves."""
    pem = request_pem([f"{names.service}{suffix}" for suffix in ("", *_suffixes(names))])
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": names.signing_request},
        "spec": {"request": _base64(pem), "signerName": SIGNER, "usages": sorted(USAGES)},
    }


def _managed(spec: LegacySpec) -> bool:
    return spec.variant == "F" if spec.cert_manager is None else spec.cert_manager


def service(spec: LegacySpec) -> list[Json]:
    """The webhook's Service and its Deployment."""
    names = names_of(spec)
    certificate, key = names.keys
    labels = _webhook_labels(names)
    container: Json = {
        "name": "vpc-admission-webhook",
        "image": f"{REGISTRY}/vpc-admission-webhook:{spec.image_tag}",
        "args": [
            f"-tlsCertFile={CERTIFICATE_FOLDER}/{certificate}",
            f"-tlsKeyFile={CERTIFICATE_FOLDER}/{key}",
            "-OSLabelSelectorOverride=windows",
        ],
        "volumeMounts": [{"name": "webhook-certs", "mountPath": CERTIFICATE_FOLDER, "readOnly": True}],
    }
    if spec.readiness_probe:
        container["readinessProbe"] = {"tcpSocket": {"port": 443}}
    volumes = [{"name": "webhook-certs", "secret": {"secretName": names.secret}}]
    deployment = _deployment(names.deployment, names.namespace, labels, container, volumes=volumes)
    deployment["spec"]["replicas"] = spec.replicas
    deployment["spec"]["strategy"] = {"type": spec.strategy}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": names.service, "labels": labels, "namespace": names.namespace},
            "spec": {"ports": [{"port": 443, "targetPort": 443}], "selector": labels},
        },
        deployment,
    ]


def _webhook_labels(names: Variant) -> dict[str, str]:
    return {"app": names.service.removesuffix("-svc")}


def configuration(spec: LegacySpec, ca_pem: str) -> Json:
    """The webhook configuration, which trusts ``ca_pem``."""
    names = names_of(spec)
    # Before v1 a manifest may say nothing of either.
    said = {} if spec.side_effects == "Unknown" else {"sideEffects": "None", "admissionReviewVersions": ["v1beta1"]}
    inject = {"cert-manager.io/inject-ca-from": f"{names.namespace}/{names.certificate}"} if _managed(spec) else {}
    return {
        "apiVersion": f"admissionregistration.k8s.io/{'v1' if said else 'v1beta1'}",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": names.configuration, "labels": _webhook_labels(names), "annotations": inject},
        "webhooks": [
            {
                "name": "vpc-admission-webhook.amazonaws.com",
                "clientConfig": {
                    "service": {"name": names.service, "namespace": names.namespace, "path": "/mutate"},
                    "caBundle": _base64(ca_pem),
                },
                "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
                "failurePolicy": spec.failure_policy,
                **spec.selection,
                **said,
            }
        ],
    }


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
