# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is left of legacy Windows support: by name, from metadata, and from whom its bindings are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data import legacy_variants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import BACKUP_OF, BACKUPS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    ObjectRef,
    Unknown,
    WebhookConfiguration,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

SECRETS = "/api/v1/secrets"
CLUSTER_ROLE_BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
SERVICE_ACCOUNTS = "/api/v1/serviceaccounts"
ROLE_OF_ACCOUNT = "eks.amazonaws.com/role-arn"
"""Annotation of a ServiceAccount: the IAM role that its pods have. Source: EKS user guide, IAM roles for service
accounts."""

REMOVAL_GOALS = ("legacy_remove", "migrate")
"""Goals that delete what belongs to legacy support, so that what is left of it alone matters too."""

CHART_SECRETS = tuple(sorted(legacy_variants.SECRETS - {legacy_variants.SECRET}))
"""Names of Secrets that the Helm chart alone uses."""

CERTIFICATES_APIS = ("certificates.k8s.io/v1", "certificates.k8s.io/v1beta1")
"""The API of signing requests: v1 from Kubernetes 1.19 on, v1beta1 until 1.21."""


@dataclass(frozen=True)
class Listed:
    """Objects of one kind by metadata: all there are, of which those of legacy support are told later."""

    objects: tuple[ObjectRef, ...]

    def among(self, wanted: Callable[[ObjectRef], bool]) -> tuple[ObjectRef, ...]:
        """Those that are wanted."""
        return tuple(found for found in self.objects if wanted(found))


def listed(api: KubernetesApi, path: str, kind: str, field_selector: str = "") -> Listed:
    """The objects of a collection, by metadata alone."""
    return Listed(tuple(_ref(kind, item) for item in api.list(path, metadata_only=True, field_selector=field_selector)))


def _ref(kind: str, item: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(kind, item["metadata"].get("namespace") or "", item["metadata"]["name"])


def secrets(api: KubernetesApi, goal: str | None = None) -> Listed:
    """Secrets of the one name that all ways but the Helm chart's use. A role can allow that name alone.

    For a goal that removes them, also those of the chart's name, and the backups that renewals left of either: helm
    uninstall and the removal by hand leave them behind, where nothing else leads to them. They are asked for by their
    names, not by the backups' label, since a role can't allow a label.
    """
    names = [legacy_variants.SECRET]
    if goal in REMOVAL_GOALS:
        names += [*CHART_SECRETS, *BACKUPS]
    found = concurrently(lambda name: _secrets_of_name(api, name), names, len(names))
    return Listed(tuple(ref for refs in found for ref in refs))


def _secrets_of_name(api: KubernetesApi, name: str) -> list[ObjectRef]:
    """By metadata alone. One of a backup's name without its label is somebody's own."""
    items = api.list(SECRETS, metadata_only=True, field_selector=f"metadata.name={name}")
    named = [item for item in items if item["metadata"]["name"] == name]
    return [_ref("Secret", item) for item in named if name not in BACKUPS or _backed_up(item) == BACKUPS[name]]


def _backed_up(item: Mapping[str, Any]) -> str | None:
    """The Secret that a backup was made of, by its label; the names of legacy support fit into one."""
    return (item["metadata"].get("labels") or {}).get(BACKUP_OF)


@dataclass(frozen=True)
class Bindings(Listed):
    """All ClusterRoleBindings, and the service accounts that those of legacy support are for."""

    accounts: tuple[ObjectRef, ...] = ()


def cluster_role_bindings(api: KubernetesApi) -> Bindings:
    """All ClusterRoleBindings. Whole, since their subjects come with them at no further call."""
    found = api.collect(
        CLUSTER_ROLE_BINDINGS, lambda item: (_ref("ClusterRoleBinding", item), item.get("subjects") or ())
    )
    accounts = dict.fromkeys(
        ObjectRef("ServiceAccount", str(subject.get("namespace") or ""), str(subject.get("name") or ""))
        for ref, subjects in found
        if ref.name in legacy_variants.CLUSTER_ROLES
        for subject in subjects
        if subject.get("kind") == "ServiceAccount"
    )
    return Bindings(tuple(ref for ref, _subjects in found), tuple(accounts))


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
    """The services of legacy support that webhook configurations call."""
    if isinstance(configurations, Unknown):
        return ()
    return tuple(
        webhook.service
        for configuration in configurations
        for webhook in configuration.webhooks
        if webhook.service and _calls_legacy(configuration.name, _services(configuration), webhook.service)
    )


def legacy_chains(chains: tuple[WebhookChain, ...]) -> tuple[WebhookChain, ...]:
    """Those that lead to a webhook of legacy support, of the chains of its configurations.

    What somebody else's entry of such a configuration calls is theirs: it is neither renewed nor deleted.
    """
    called: dict[str, list[WebhookService]] = {}
    for chain in chains:
        called.setdefault(chain.configuration, []).extend([chain.service] if chain.service else ())
    return tuple(
        chain for chain in chains if _calls_legacy(chain.configuration, called[chain.configuration], chain.service)
    )


def _calls_legacy(configuration: str, called: Iterable[WebhookService], service: WebhookService | None) -> bool:
    """Whether an entry of a configuration is one of legacy support: by the name of the service that it calls; where
    no entry calls one of a known name, by that of the configuration, as where people renamed the service."""
    if any(each.name in legacy_variants.SERVICES for each in called):
        return service is not None and service.name in legacy_variants.SERVICES
    return configuration in legacy_variants.WEBHOOK_CONFIGURATIONS


def _services(configuration: WebhookConfiguration) -> tuple[WebhookService, ...]:
    return tuple(webhook.service for webhook in configuration.webhooks if webhook.service)


def of_legacy(
    items: Known[tuple[Mapping[str, Any], ...]], configurations: Known[tuple[WebhookConfiguration, ...]]
) -> tuple[Mapping[str, Any], ...]:
    """The webhook configurations of legacy support, as the API gives them, without others' entries: what serves those
    is nobody's business here, and its Secret may not even be read."""
    if isinstance(items, Unknown) or isinstance(configurations, Unknown):
        return ()
    return tuple(
        {**item, "webhooks": _own_entries(item, configuration)}
        for item, configuration in zip(items, configurations, strict=True)
        if is_legacy_configuration(configuration)
    )


def _own_entries(item: Mapping[str, Any], configuration: WebhookConfiguration) -> list[Mapping[str, Any]]:
    services = _services(configuration)
    return [
        entry
        for entry, webhook in zip(item.get("webhooks") or (), configuration.webhooks, strict=True)
        if _calls_legacy(configuration.name, services, webhook.service)
    ]


def is_legacy_configuration(configuration: WebhookConfiguration) -> bool:
    """Whether a webhook configuration is one of legacy support: by its name, or by the service that it calls."""
    return configuration.name in legacy_variants.WEBHOOK_CONFIGURATIONS or any(
        webhook.service is not None and webhook.service.name in legacy_variants.SERVICES
        for webhook in configuration.webhooks
    )


def is_shared_configuration(configuration: WebhookConfiguration) -> bool:
    """Whether a webhook configuration of legacy support also calls what is not of it."""
    services = _services(configuration)
    return any(not _calls_legacy(configuration.name, services, webhook.service) for webhook in configuration.webhooks)


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
    return found or (not isinstance(configurations, Unknown) and any(map(is_legacy_configuration, configurations)))


@dataclass(frozen=True)
class Details:
    """What is asked for where something of legacy support was seen, the API that signing requests are served by, and
    the IAM roles of the service accounts, by ARN."""

    objects: tuple[ObjectRef, ...]
    certificates_api: str
    account_roles: Mapping[ObjectRef, str]


def details(api: KubernetesApi, goal: str | None = None) -> Details:
    """Service accounts, cluster roles and signing requests of legacy support, and the Helm chart's secrets where
    :func:`secrets` has not asked for them."""
    accounts = _service_accounts(api)
    roles = listed(api, CLUSTER_ROLES, "ClusterRole")
    certificates_api, requests = signing_requests(api)
    further = () if goal in REMOVAL_GOALS else CHART_SECRETS
    objects = (
        *accounts,
        *roles.among(lambda ref: ref.name in legacy_variants.CLUSTER_ROLES),
        *requests.among(lambda ref: ref.name in legacy_variants.CERTIFICATE_SIGNING_REQUESTS),
        *(ref for name in further for ref in _secrets_of_name(api, name)),
    )
    return Details(objects, certificates_api, {ref: arn for ref, arn in accounts.items() if arn})


def _service_accounts(api: KubernetesApi) -> dict[ObjectRef, str]:
    """Those with a name of legacy support, with the ARN of their IAM role, empty for none."""
    found = {
        _ref("ServiceAccount", item): str((item["metadata"].get("annotations") or {}).get(ROLE_OF_ACCOUNT) or "")
        for item in api.list(SERVICE_ACCOUNTS, metadata_only=True)
    }
    return {
        ref: arn
        for ref, arn in found.items()
        if ref.name in legacy_variants.SERVICE_ACCOUNTS
        and (ref.namespace == "kube-system" or ref.name.startswith("windows-"))
    }


def signing_requests(api: KubernetesApi) -> tuple[str, Listed]:
    """The API version that the cluster serves signing requests by, the newest, and all of them."""
    newest, oldest = CERTIFICATES_APIS
    try:
        return newest, _signing_requests(api, newest)
    except KubernetesError as error:
        if error.status != 404:
            raise
    return oldest, _signing_requests(api, oldest)


def _signing_requests(api: KubernetesApi, version: str) -> Listed:
    return listed(api, f"/apis/{version}/certificatesigningrequests", "CertificateSigningRequest")
