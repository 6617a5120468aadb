# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Objects that a step deletes: how it names them, and an observation without them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import ABSENT, Step, compact
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    LegacyReferences,
    ObjectRef,
    Observation,
    Unknown,
)

API_VERSIONS: Mapping[str, str] = {
    "Certificate": "cert-manager.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "Deployment": "apps/v1",
    "MutatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
    "Pod": "v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
}


def removal(id: str, reason: str, objects: Iterable[ObjectRef], observation: Observation) -> Step | None:  # noqa: A002
    """The step that deletes the objects in this order; None where there are none."""
    found = tuple(objects)
    if not found:
        return None
    return Step(
        step=id,
        reason=reason,
        object=named(found),
        before=compact({"objects": described(found, observation)}),
        after=ABSENT,
    )


def named(objects: Iterable[ObjectRef]) -> str:
    """The objects as ``object`` of a step shows them."""
    return ", ".join(map(str, objects))


def described(objects: Iterable[ObjectRef], observation: Observation) -> list[dict[str, Any]]:
    """The objects as a role's tasks take them."""
    versions = {**API_VERSIONS, "CertificateSigningRequest": observation.legacy.certificates_api}
    return [
        {"apiVersion": versions[found.kind], "kind": found.kind, "namespace": found.namespace, "name": found.name}
        for found in objects
    ]


def without(observation: Observation, objects: Collection[ObjectRef]) -> Observation:
    """The observation after the objects are deleted. Parts that could not be read stay so."""
    legacy = observation.legacy
    configurations = observation.webhook_configurations
    chains = observation.legacy_webhooks
    gone = {found.name for found in objects if found.kind == "MutatingWebhookConfiguration"}
    references = legacy.references
    if isinstance(references, LegacyReferences):
        references = replace(
            references,
            deployments=tuple(found for found in references.deployments if found.ref not in objects),
            owners=_left(references.owners, objects),
        )
    if chains is not None and not isinstance(chains, Unknown):
        chains = tuple(chain for chain in chains if chain.configuration not in gone)
    return replace(
        observation,
        webhook_configurations=configurations
        if isinstance(configurations, Unknown)
        else tuple(found for found in configurations if found.name not in gone),
        legacy_webhooks=chains,
        legacy=replace(
            legacy,
            deployments=_left(legacy.deployments, objects),
            services=_left(legacy.services, objects),
            secrets=_left(legacy.secrets, objects),
            cluster_role_bindings=_left(legacy.cluster_role_bindings, objects),
            details=_left(legacy.details, objects),
            references=references,
        ),
    )


def _left(part: Known[tuple[ObjectRef, ...]], objects: Collection[ObjectRef]) -> Any:
    return part if isinstance(part, Unknown) else tuple(found for found in part if found not in objects)
