# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which objects belong to legacy Windows support, and which only have a name of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import BACKUPS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    SECRETS,
    VARIANTS,
    WEBHOOK_LABELS,
    LegacyVariant,
    is_controller,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_reads import legacy_chains
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyDeployment,
    LegacyReferences,
    ObjectRef,
    Observation,
    Unknown,
    WebhookService,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain


EVERYBODYS = "default"
"""Namespace of the preview's webhook, and of whatever people make without naming one: what is there belongs by what
refers to it alone, not by how it looks.

That goes for a cluster without any webhook too. Else a removal would leave alone what the webhook somewhere else does
not refer to, and the run after it would take the same object for a trace of legacy support.
"""


@dataclass(frozen=True)
class Ownership:
    """What belongs to legacy support because something of it refers to it, or because its content shows it.

    Attributes:
        deployments: Those that a legacy webhook's Service selects.
        services: Those that it calls, or that select its pods.
        secrets: Those that its Deployments take their certificate from, with the backups of a renewal.
        shared_secrets: Such that have no name of legacy support, with the Deployments of others that have them, too.
        namesakes: Services, Secrets and service accounts that have a name of legacy support and nothing else of it.
    """

    deployments: tuple[ObjectRef, ...]
    services: tuple[ObjectRef, ...]
    secrets: tuple[ObjectRef, ...]
    shared_secrets: Mapping[ObjectRef, tuple[ObjectRef, ...]]
    namesakes: tuple[ObjectRef, ...]


def ownership(observation: Observation) -> Ownership:
    """Tell them. What could not be looked at counts as belonging, so that nothing is called clean unseen."""
    legacy = observation.legacy
    chains = observation.legacy_webhooks
    seen = () if chains is None or isinstance(chains, Unknown) else legacy_chains(chains)
    named = [found for part in (legacy.services, legacy.secrets, legacy.details) for found in _seen(part)]
    services = [found for found in named if found.kind == "Service"]
    secrets = [found for found in named if found.kind == "Secret"]
    called = _called(seen)
    shared = _shared(seen, _seen(legacy.deployments))
    held = _held(seen, shared)
    namesakes: list[ObjectRef] = []
    references = legacy.references
    unseen = isinstance(chains, Unknown) or isinstance(observation.webhook_configurations, Unknown)
    if isinstance(references, LegacyReferences) and not unseen:
        called += [found for found in services if _selects_webhook(found, references)]
        held += [
            deployment.secret
            for deployment in _webhooks(references)
            # One of another name belongs by the webhook that calls its Deployment alone: it may be everybody's.
            if deployment.secret and deployment.secret in secrets
        ]
        held += [found for found in secrets if _is_for_webhook(found, references)]
        held += [found for found in secrets if found.name in BACKUPS and _backs_up_one_of(found, secrets, held)]
        namesakes = [found for found in (*services, *secrets) if found not in called and found not in held]
    # Deployments and bindings name them, whatever a webhook calls.
    if isinstance(references, LegacyReferences) and not isinstance(legacy.bound_accounts, Unknown):
        used = {*references.accounts, *legacy.bound_accounts}
        namesakes += [found for found in named if found.kind == "ServiceAccount" and found not in used]
    return Ownership(
        deployments=_distinct(chain.deployment for chain in seen if chain.deployment),
        services=_distinct(found for found in (*services, *called) if found not in namesakes),
        secrets=_distinct(found for found in (*secrets, *held) if found not in namesakes),
        shared_secrets=shared,
        namesakes=_distinct(namesakes),
    )


def _called(chains: Iterable[WebhookChain]) -> list[ObjectRef]:
    return [
        ObjectRef("Service", chain.service.namespace, chain.service.name)
        for chain in chains
        if chain.service and chain.service_exists
    ]


def _shared(
    chains: Iterable[WebhookChain], deployments: Collection[ObjectRef]
) -> dict[ObjectRef, tuple[ObjectRef, ...]]:
    """The webhooks' Secrets that others have, too. One of a known name was made for the webhook alone."""
    seen = tuple(chains)
    own = {*deployments, *(chain.deployment for chain in seen)}
    found = {
        chain.secret: tuple(each for each in chain.sharers if each not in own)
        for chain in seen
        if chain.secret and chain.secret_exists and chain.secret.name not in SECRETS
    }
    return {secret: others for secret, others in found.items() if others}


def _held(chains: Iterable[WebhookChain], shared: Collection[ObjectRef]) -> list[ObjectRef]:
    found = []
    for chain in chains:
        if chain.secret and chain.secret_exists and chain.secret not in shared:
            found.append(chain.secret)
        if chain.backup:
            found.append(chain.backup)
    return found


def _selects_webhook(service: ObjectRef, references: LegacyReferences) -> bool:
    """Whether it selects pods of a legacy webhook: of a Deployment that is there, or by their label in a namespace
    that tells."""
    selector = references.selectors.get(service)
    if not selector:
        return False
    known = any(variant.service == service.name for variant in _installed(service.namespace))
    return (known and selector.get("app") in WEBHOOK_LABELS) or any(
        deployment.ref.namespace == service.namespace and selector.items() <= deployment.labels.items()
        for deployment in _webhooks(references)
    )


def _webhooks(references: LegacyReferences) -> list[LegacyDeployment]:
    return [each for each in references.deployments if not is_controller(each.ref.namespace, each.ref.name)]


def _is_for_webhook(secret: ObjectRef, references: LegacyReferences) -> bool:
    """Whether its certificate is for the Service of a legacy webhook in its namespace, where that tells: AWS's way of
    removal leaves such a Secret."""
    # Imported where it is used, here and elsewhere: cryptography costs more than all the rest of a look at a cluster
    # that has nothing of legacy support.
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
        CertificateUnreadableError,
        covers,
        parse,
    )

    try:
        certificate = parse(references.certificates.get(secret, ""))[0]
    except CertificateUnreadableError:
        return False
    return any(
        covers(certificate, WebhookService(secret.namespace, variant.service, ""))
        for variant in _installed(secret.namespace)
        if variant.secret == secret.name
    )


def _backs_up_one_of(backup: ObjectRef, secrets: Collection[ObjectRef], held: Collection[ObjectRef]) -> bool:
    """Whether it is of a Secret that belongs; where that is gone, of one in a namespace that a webhook was in.

    Its label says that a renewal of this collection made it, so that ``default`` tells as well as any namespace.
    """
    original = ObjectRef("Secret", backup.namespace, BACKUPS[backup.name])
    if original in secrets:
        return original in held
    return any(each.secret == original.name and each.namespace in ("", backup.namespace) for each in VARIANTS)


def _installed(namespace: str) -> list[LegacyVariant]:
    """The ways that had their webhook in a namespace, where the looks of an object tell that it is theirs."""
    return [each for each in VARIANTS if each.namespace in ("", namespace) and each.namespace != EVERYBODYS]


def _seen(part: tuple[ObjectRef, ...] | Unknown) -> tuple[ObjectRef, ...]:
    return () if isinstance(part, Unknown) else part


def _distinct(items: Iterable[ObjectRef]) -> tuple[ObjectRef, ...]:
    return tuple(dict.fromkeys(items))
