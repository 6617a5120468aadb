# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The ways in which legacy Windows support was installed, by the names of their objects.

Sources, read 2026-11-24: aws/containers-roadmap, preview programs, eks-windows-preview (preview); the files that AWS
published in S3 and the EKS user guide of 2022 (manifests); eksctl-io/eksctl, pkg/addons/vpc_controller.go with its
assets, the same from 0.7.0 on (eksctl); a public Terraform copy (terraform); the chart of
aws-ia/terraform-aws-eks-blueprints v4 (helm). Objects of the control plane's own controller, such as
``vpc-resource-mutating-webhook`` or ClusterRole ``vpc-resource-controller-role``, are not among them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LegacyVariant:
    """One way. Namespaces are empty where the installer chose them; names are empty where there is no such object.

    Attributes:
        name: What the collection calls it.
        namespace: Of the webhook's Deployment, Service and Secret.
        deployment: The webhook's Deployment.
        service: The webhook's Service.
        webhook_configuration: The MutatingWebhookConfiguration.
        secret: The webhook's certificate and key.
        certificate_key: Key of the certificate in the Secret.
        private_key: Key of the private key in the Secret.
        certificate_signing_request: Its CertificateSigningRequest, which Kubernetes deletes after about an hour.
        controller_namespace: Of the controller's Deployment.
        controller: The controller's Deployment.
        service_accounts: Of the controller, in its namespace.
        cluster_roles: Of the controller; its ClusterRoleBindings have the same names.
    """

    name: str
    namespace: str
    deployment: str
    service: str
    webhook_configuration: str
    secret: str
    certificate_key: str
    private_key: str
    certificate_signing_request: str
    controller_namespace: str
    controller: str
    service_accounts: tuple[str, ...]
    cluster_roles: tuple[str, ...]


VARIANTS = (
    LegacyVariant(
        name="preview",
        namespace="default",
        deployment="vpc-admission-webhook-deployment",
        service="vpc-admission-webhook-svc",
        webhook_configuration="vpc-admission-webhook-cfg",
        secret="vpc-admission-webhook-certs",
        certificate_key="cert.pem",
        private_key="key.pem",
        certificate_signing_request="vpc-admission-webhook-svc.default",
        controller_namespace="kube-system",
        controller="vpc-resource-controller",
        service_accounts=("vpc-resource-controller",),
        cluster_roles=("vpc-resource-controller",),
    ),
    LegacyVariant(
        name="manifests",
        namespace="kube-system",
        deployment="vpc-admission-webhook-deployment",
        service="vpc-admission-webhook-svc",
        webhook_configuration="vpc-admission-webhook-cfg",
        secret="vpc-admission-webhook-certs",
        certificate_key="cert.pem",
        private_key="key.pem",
        certificate_signing_request="vpc-admission-webhook-svc.kube-system",
        controller_namespace="kube-system",
        controller="vpc-resource-controller",
        service_accounts=("vpc-resource-controller",),
        cluster_roles=("vpc-resource-controller",),
    ),
    LegacyVariant(
        name="eksctl",
        namespace="kube-system",
        deployment="vpc-admission-webhook",
        service="vpc-admission-webhook",
        webhook_configuration="vpc-admission-webhook-cfg",
        secret="vpc-admission-webhook-certs",
        certificate_key="cert.pem",
        private_key="key.pem",
        certificate_signing_request="vpc-admission-webhook.kube-system",
        controller_namespace="kube-system",
        controller="vpc-resource-controller",
        service_accounts=("vpc-resource-controller",),
        cluster_roles=("vpc-resource-controller",),
    ),
    LegacyVariant(
        name="terraform",
        namespace="kube-system",
        deployment="vpc-admission-webhook",
        service="vpc-admission-webhook-svc",
        webhook_configuration="vpc-admission-webhook-cfg",
        secret="vpc-admission-webhook-certs",
        certificate_key="cert.pem",
        private_key="key.pem",
        certificate_signing_request="vpc-admission-webhook",
        controller_namespace="kube-system",
        controller="vpc-resource-controller",
        service_accounts=("vpc-resource-controller-2",),
        cluster_roles=("vpc-resource-controller",),
    ),
    LegacyVariant(
        name="helm",
        namespace="",
        deployment="windows-vpc-admission-webhook",
        service="windows-vpc-admission-webhook",
        webhook_configuration="windows-vpc-admission-webhook",
        secret="windows-vpc-admission-webhook-tls",
        certificate_key="tls.crt",
        private_key="tls.key",
        certificate_signing_request="",
        controller_namespace="",
        controller="windows-vpc-resource-controller",
        service_accounts=("windows-vpc-resource-controller",),
        cluster_roles=("windows-vpc-resource-controller",),
    ),
)

KUBE_PROXY_BINDING = "eks:kube-proxy-windows"
"""ClusterRoleBinding that some ways created beside their own objects. Windows nodes need it whoever supports them."""

SECRET = "vpc-admission-webhook-certs"
"""Secret of every way but the Helm chart's."""

# A name counts in the namespaces that its installers used; the Helm chart let people choose. In another one a webhook
# is found by the configuration that calls it, and not by a name that may be somebody else's.
WEBHOOKS_ANYWHERE = frozenset(variant.deployment for variant in VARIANTS if not variant.namespace)
WEBHOOKS = frozenset((variant.namespace, variant.deployment) for variant in VARIANTS if variant.namespace)
WEBHOOK_LABELS = frozenset(variant.deployment for variant in VARIANTS)
"""Values of label app of the webhooks' pods."""
CONTROLLERS_ANYWHERE = frozenset(variant.controller for variant in VARIANTS if not variant.controller_namespace)
CONTROLLERS = frozenset(
    (variant.controller_namespace, variant.controller) for variant in VARIANTS if variant.controller_namespace
)
SECRETS = frozenset(variant.secret for variant in VARIANTS)
SERVICES = frozenset(variant.service for variant in VARIANTS)
WEBHOOK_CONFIGURATIONS = frozenset(variant.webhook_configuration for variant in VARIANTS)
CLUSTER_ROLES = frozenset(role for variant in VARIANTS for role in variant.cluster_roles)
SERVICE_ACCOUNTS = frozenset(account for variant in VARIANTS for account in variant.service_accounts)
CERTIFICATE_SIGNING_REQUESTS = frozenset(
    variant.certificate_signing_request for variant in VARIANTS if variant.certificate_signing_request
)


def is_controller(namespace: str, name: str) -> bool:
    """Whether a Deployment's name is that of a legacy controller."""
    return name in CONTROLLERS_ANYWHERE or (namespace, name) in CONTROLLERS


def is_deployment(namespace: str, name: str) -> bool:
    """Whether a Deployment's name is that of a legacy controller or webhook."""
    return name in WEBHOOKS_ANYWHERE or (namespace, name) in WEBHOOKS or is_controller(namespace, name)
