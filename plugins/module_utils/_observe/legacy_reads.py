# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is left of legacy Windows support: by name, from metadata alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data import legacy_variants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    ObjectRef,
    Unknown,
    WebhookConfiguration,
    WebhookService,
)

DEPLOYMENTS = "/apis/apps/v1/deployments"
SERVICES = "/api/v1/services"
SECRETS = "/api/v1/secrets"
CLUSTER_ROLE_BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
SERVICE_ACCOUNTS = "/api/v1/serviceaccounts"
CERTIFICATE_SIGNING_REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


@dataclass(frozen=True)
class Listed:
    """Objects of one kind by metadata: all there are, of which those of legacy support are told later."""

    objects: tuple[ObjectRef, ...]

    def among(self, wanted: Callable[[ObjectRef], bool]) -> tuple[ObjectRef, ...]:
        """Those that are wanted."""
        return tuple(found for found in self.objects if wanted(found))


def listed(api: KubernetesApi, path: str, kind: str, field_selector: str = "") -> Listed:
    """The objects of a collection, by metadata alone."""
    return Listed(
        tuple(
            ObjectRef(kind, item["metadata"].get("namespace") or "", item["metadata"]["name"])
            for item in api.list(path, metadata_only=True, field_selector=field_selector)
        )
    )


def deployments(api: KubernetesApi) -> Listed:
    """All Deployments."""
    return listed(api, DEPLOYMENTS, "Deployment")


def services(api: KubernetesApi) -> Listed:
    """All Services."""
    return listed(api, SERVICES, "Service")


def secrets(api: KubernetesApi) -> Listed:
    """Secrets of the one name that all ways but the Helm chart's use. A role can allow that name alone."""
    return listed(api, SECRETS, "Secret", f"metadata.name={legacy_variants.SECRET}")


def cluster_role_bindings(api: KubernetesApi) -> Listed:
    """All ClusterRoleBindings."""
    return listed(api, CLUSTER_ROLE_BINDINGS, "ClusterRoleBinding")


def legacy_deployments(found: Listed, configurations: Known[tuple[WebhookConfiguration, ...]]) -> tuple[ObjectRef, ...]:
    """Deployments of legacy support: by name, or by the name of the service that a legacy webhook calls."""
    called = {(service.namespace, service.name) for service in called_services(configurations)}
    return found.among(
        lambda ref: legacy_variants.is_deployment(ref.namespace, ref.name) or (ref.namespace, ref.name) in called
    )


def legacy_services(found: Listed, configurations: Known[tuple[WebhookConfiguration, ...]]) -> tuple[ObjectRef, ...]:
    """Services of legacy support: by name, or because a legacy webhook calls them."""
    called = {(service.namespace, service.name) for service in called_services(configurations)}
    return found.among(lambda ref: ref.name in legacy_variants.SERVICES or (ref.namespace, ref.name) in called)


def legacy_bindings(found: Listed) -> tuple[ObjectRef, ...]:
    """ClusterRoleBindings that legacy support has or shares."""
    names = legacy_variants.CLUSTER_ROLES | {legacy_variants.KUBE_PROXY_BINDING}
    return found.among(lambda ref: ref.name in names)


def called_services(configurations: Known[tuple[WebhookConfiguration, ...]]) -> tuple[WebhookService, ...]:
    """The services that webhook configurations of legacy support call."""
    if isinstance(configurations, Unknown):
        return ()
    return tuple(
        webhook.service
        for configuration in configurations
        if configuration.name in legacy_variants.WEBHOOK_CONFIGURATIONS
        for webhook in configuration.webhooks
        if webhook.service
    )


def has_traces(
    parts: Iterable[Known[tuple[ObjectRef, ...]]], configurations: Known[tuple[WebhookConfiguration, ...]]
) -> bool:
    """Whether anything of legacy support was seen, the binding that it shares with its successor aside."""
    found = any(
        ref.name != legacy_variants.KUBE_PROXY_BINDING
        for part in parts
        if not isinstance(part, Unknown)
        for ref in part
    )
    return found or (
        not isinstance(configurations, Unknown)
        and any(entry.name in legacy_variants.WEBHOOK_CONFIGURATIONS for entry in configurations)
    )


def details(api: KubernetesApi) -> tuple[ObjectRef, ...]:
    """Service accounts, cluster roles, signing requests and the Helm chart's secrets of legacy support."""
    accounts = listed(api, SERVICE_ACCOUNTS, "ServiceAccount")
    roles = listed(api, CLUSTER_ROLES, "ClusterRole")
    requests = listed(api, CERTIFICATE_SIGNING_REQUESTS, "CertificateSigningRequest")
    further = sorted({variant.secret for variant in legacy_variants.VARIANTS} - {legacy_variants.SECRET})
    return (
        *accounts.among(
            lambda ref: (
                ref.name in legacy_variants.SERVICE_ACCOUNTS
                and (ref.namespace == "kube-system" or ref.name.startswith("windows-"))
            )
        ),
        *roles.among(lambda ref: ref.name in legacy_variants.CLUSTER_ROLES),
        *requests.among(lambda ref: ref.name in legacy_variants.CERTIFICATE_SIGNING_REQUESTS),
        *(ref for name in further for ref in listed(api, SECRETS, "Secret", f"metadata.name={name}").objects),
    )
