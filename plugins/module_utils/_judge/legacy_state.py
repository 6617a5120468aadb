# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is left of legacy Windows support, told by its objects.

Legacy support is what ran Windows pods before the control plane did: a controller and an admission webhook, as
Deployments of the cluster. It was installed in ways that differ in the names of their objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    KUBE_PROXY_BINDING,
    VARIANTS,
    LegacyVariant,
    is_controller,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_ownership import ownership
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_reads import (
    called_services,
    is_legacy_configuration,
    is_shared_configuration,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Observation,
    Unknown,
    WebhookConfiguration,
)

T = TypeVar("T")

BLOCKING_CONTROLLER = ObjectRef("Deployment", "kube-system", "vpc-resource-controller")
"""While it exists, scaled to 0 or not, the controller of the control plane holds Windows support to be off."""

HELM = next(variant for variant in VARIANTS if variant.name == "helm")
"""The chart: the only way with names of its own for everything, in a namespace of the user's choice."""


@dataclass(frozen=True)
class LegacyState:
    """The legacy objects that were found.

    Attributes:
        components: All of them, those that act first.
        acting: Deployments and webhook configurations: what runs, or is called.
        controllers: The controller Deployments among them.
        webhooks: The webhooks' Deployments among them.
        configurations: The webhook configurations among them.
        shared: Those of the configurations that call what is not of legacy support, too.
        services: The webhooks' Services among them.
        secrets: The webhooks' Secrets among them, backups of a renewal included.
        shared_secrets: The webhooks' Secrets that stay, with the Deployments of others that have them, too.
        namesakes: Services, Secrets and service accounts that only have a name of legacy support: nothing of it refers
            to them.
        variant: A name of ``legacy_variants``; None where nothing is left or what is left does not tell.
        unread_acting: Acting parts that could not be read.
        unread: Other parts that could not be read.
    """

    components: tuple[ObjectRef, ...]
    acting: tuple[ObjectRef, ...]
    controllers: tuple[ObjectRef, ...]
    webhooks: tuple[ObjectRef, ...]
    configurations: tuple[ObjectRef, ...]
    shared: tuple[ObjectRef, ...]
    services: tuple[ObjectRef, ...]
    secrets: tuple[ObjectRef, ...]
    shared_secrets: Mapping[ObjectRef, tuple[ObjectRef, ...]]
    namesakes: tuple[ObjectRef, ...]
    variant: str | None
    unread_acting: tuple[Unknown, ...]
    unread: tuple[Unknown, ...]

    @property
    def blocking_controller(self) -> bool:
        """Whether the Deployment that turns control-plane support off was seen."""
        return BLOCKING_CONTROLLER in self.controllers

    @property
    def complete(self) -> bool:
        """Whether a controller, a webhook and its configuration are there, so that legacy support may work."""
        return bool(self.controllers and self.configurations and self.webhooks)


def legacy_state(observation: Observation) -> LegacyState:
    """Tell the legacy objects of an observation."""
    legacy = observation.legacy
    chains = observation.legacy_webhooks
    unread_acting = tuple(
        part for part in (legacy.deployments, observation.webhook_configurations) if isinstance(part, Unknown)
    )
    passive = (
        legacy.services,
        legacy.secrets,
        legacy.cluster_role_bindings,
        legacy.details,
        legacy.references,
        chains,
    )
    unread = _distinct(part for part in passive if isinstance(part, Unknown))

    owned = ownership(observation)
    deployments = _distinct((*_seen(legacy.deployments), *owned.deployments))
    configurations = (
        () if isinstance(observation.webhook_configurations, Unknown) else observation.webhook_configurations
    )
    legacy_configurations = tuple(
        ObjectRef("MutatingWebhookConfiguration", "", configuration.name)
        for configuration in configurations
        if is_legacy_configuration(configuration)
    )
    details = _seen(legacy.details)
    others = tuple(found for found in _seen(legacy.cluster_role_bindings) if found.name != KUBE_PROXY_BINDING)
    acting = deployments + legacy_configurations
    controllers = tuple(found for found in deployments if is_controller(found.namespace, found.name))
    return LegacyState(
        components=(
            *acting,
            *owned.services,
            *owned.secrets,
            *others,
            *(found for found in details if found.kind != "Secret" and found not in owned.namesakes),
        ),
        acting=acting,
        controllers=controllers,
        webhooks=tuple(found for found in deployments if found not in controllers),
        configurations=legacy_configurations,
        shared=tuple(
            ObjectRef("MutatingWebhookConfiguration", "", configuration.name)
            for configuration in configurations
            if is_legacy_configuration(configuration) and is_shared_configuration(configuration)
        ),
        services=owned.services,
        secrets=owned.secrets,
        shared_secrets=owned.shared_secrets,
        namesakes=owned.namesakes,
        variant=_variant(deployments, _services(legacy.services, configurations), legacy_configurations),
        unread_acting=unread_acting,
        unread=unread,
    )


def _seen(part: tuple[ObjectRef, ...] | Unknown) -> tuple[ObjectRef, ...]:
    return () if isinstance(part, Unknown) else part


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _services(
    part: tuple[ObjectRef, ...] | Unknown, configurations: tuple[WebhookConfiguration, ...]
) -> set[tuple[str, str]]:
    """Namespace and name of the webhook services that exist, or that a legacy configuration calls."""
    found = {(service.namespace, service.name) for service in _seen(part)}
    return found | {(service.namespace, service.name) for service in called_services(configurations)}


def _variant(
    deployments: tuple[ObjectRef, ...], services: set[tuple[str, str]], configurations: tuple[ObjectRef, ...]
) -> str | None:
    """How legacy support was installed. The webhook's Deployment and Service tell the ways apart."""
    names = {found.name for found in deployments + configurations}
    if names & {HELM.controller, HELM.deployment, HELM.webhook_configuration}:
        return HELM.name
    places = {(found.namespace, found.name) for found in deployments}
    possible: tuple[LegacyVariant, ...] = VARIANTS
    for narrowed in (
        tuple(variant for variant in VARIANTS if (variant.namespace, variant.deployment) in places),
        tuple(variant for variant in VARIANTS if (variant.namespace, variant.service) in services),
    ):
        # What is left of a second way must not rule the first one out.
        possible = tuple(variant for variant in possible if variant in narrowed) or possible
    return possible[0].name if len(possible) == 1 else None
