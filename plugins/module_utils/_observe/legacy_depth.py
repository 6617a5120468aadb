# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What is asked for where something of legacy Windows support was seen: nothing of it on a cluster that has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import (
    kubernetes_reads,
    legacy_reads,
    legacy_references,
    webhook_pods,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    LegacyObjects,
    LegacyReferences,
    ObjectRef,
    Unknown,
    WebhookConfiguration,
    WebhookPods,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading, mapped

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

Items = Known[tuple[Mapping[str, Any], ...]]
Chains: TypeAlias = "Known[tuple[WebhookChain, ...]]"
Namespaces = Known[Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class LegacyDepth:
    """The objects with what was asked of them; the other parts as :class:`Observation` has them, ``pods`` being
    ``webhook_pods``, and ``webhooks`` the ``legacy_webhooks``."""

    objects: LegacyObjects
    webhooks: Chains | None = None
    pods: Known[tuple[WebhookPods, ...]] | None = None
    namespaces: Namespaces | None = None


def legacy_depth(
    reading: Reading, legacy: LegacyObjects, items: Items, configurations: Known[tuple[WebhookConfiguration, ...]]
) -> LegacyDepth:
    """The objects with their details and what refers to them, and what serves the webhooks of legacy support.

    Args:
        reading: The observation under way.
        legacy: What was seen by name.
        items: All webhook configurations as the API gives them.
        configurations: The same, as they are observed.
    """
    of_legacy = legacy_reads.of_legacy(items, configurations)
    goal = reading.options.get("goal")
    details = reading.kubernetes(legacy_reads.CLUSTER_ROLES, lambda api: legacy_reads.details(api, goal))
    chains: Chains | None = None
    if of_legacy:
        # cryptography is imported with it, which costs more than all the rest of a look without it.
        from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import read_chain

        chains = reading.kubernetes(
            kubernetes_reads.WEBHOOK_CONFIGURATIONS,
            lambda api: tuple(chain for item in of_legacy for chain in read_chain(api, item)),
        ).result()
    found = details.result()
    objects = mapped(found, lambda known: known.objects)
    with_details = replace(
        legacy,
        details=objects,
        certificates_api=legacy.certificates_api if isinstance(found, Unknown) else found.certificates_api,
        account_roles={} if isinstance(found, Unknown) else found.account_roles,
    )
    objects_with_references = replace(with_details, references=_references(reading, with_details, chains))
    return LegacyDepth(
        objects_with_references,
        chains,
        _pods(reading, chains, objects_with_references.references),
        _namespaces(reading, chains),
    )


def _references(reading: Reading, legacy: LegacyObjects, chains: Chains | None) -> Any:
    if isinstance(chains, Unknown):
        return chains
    named: list[ObjectRef] = []
    for part in (legacy.deployments, legacy.services, legacy.secrets, legacy.details):
        if isinstance(part, Unknown):
            return part
        named += part
    # Who would write the webhook's Secret again matters where it is deleted.
    owners = reading.options.get("goal") in legacy_reads.REMOVAL_GOALS

    def read(api: KubernetesApi) -> Any:
        return legacy_references.references(api, named, chains or (), owners=owners)

    found = reading.kubernetes("/apis/apps/v1/deployments", read).result()
    return found if isinstance(found, Unknown) else _readable(found)


def _readable(references: LegacyReferences) -> Known[LegacyReferences]:
    """The references, where the certificates among them can be read."""
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.key_pair import HAS_CRYPTOGRAPHY

    for secret, certificate in references.certificates.items():
        if certificate and not HAS_CRYPTOGRAPHY:
            return Unknown(
                str(secret),
                "whose certificate it holds can't be told without the Python library cryptography",
                "Install cryptography for the Python that runs this",
            )
    return references


def _pods(
    reading: Reading, chains: Chains | None, references: Known[LegacyReferences] | None
) -> Known[tuple[WebhookPods, ...]] | None:
    """When the webhooks' pods started, where a certificate is to be renewed."""
    if reading.options.get("goal") != "cert_renew" or chains is None:
        return None
    if isinstance(chains, Unknown):
        return chains
    if references is None or isinstance(references, Unknown):
        return references
    of_webhooks, found = chains, references
    return reading.kubernetes(
        "/api/v1/pods", lambda api: webhook_pods.webhook_pods(api, of_webhooks, found.deployments)
    ).result()


def _namespaces(reading: Reading, chains: Chains | None) -> Namespaces | None:
    """The labels of the namespaces, where a certificate is to be renewed and a webhook selects by them."""
    if reading.options.get("goal") != "cert_renew" or chains is None or isinstance(chains, Unknown):
        return None
    selectors = [entry.selection.namespaces for chain in chains for entry in chain.entries]
    if all(selector.is_empty for selector in selectors):
        return None
    return reading.kubernetes(kubernetes_reads.NAMESPACES, kubernetes_reads.namespace_labels).result()
