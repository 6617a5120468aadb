# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What tells that an object belongs to legacy Windows support: who mounts, selects or is named in it.

Only what nothing else has told yet is looked at, so that a cluster whose webhook is whole costs its Deployments alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS, is_controller
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    items_of_kind,
    object_at,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyDeployment,
    LegacyReferences,
    ObjectRef,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pod_template import pod_spec
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_mount import mounted_pair

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

CERTIFICATES = "/apis/cert-manager.io/v1/certificates"
HELM_SECRET = next(variant.secret for variant in VARIANTS if variant.name == "helm")
CERTIFICATE_KEYS: Mapping[str, str] = {variant.secret: variant.certificate_key for variant in VARIANTS}


def references(
    api: KubernetesApi, objects: Iterable[ObjectRef], chains: Iterable[WebhookChain], *, owners: bool
) -> LegacyReferences:
    """Look at what has a name of legacy support and is in no chain of a webhook.

    Args:
        api: The cluster's API.
        objects: The Deployments, Services and Secrets by their names.
        chains: Of the legacy webhooks; what is in them is not looked at again, Deployments aside.
        owners: Whether cert-manager's Certificates matter, since the Helm chart's Secret is to go.

    Raises:
        KubernetesError: Something could not be read. That it is gone meanwhile is no error.
    """
    named = tuple(objects)
    seen = tuple(chains)
    told = {ObjectRef("Service", chain.service.namespace, chain.service.name) for chain in seen if chain.service}
    told |= {chain.secret for chain in seen if chain.secret}
    wanted = [found for found in named if found.kind == "Deployment"]
    wanted += [chain.deployment for chain in seen if chain.deployment and chain.deployment not in wanted]
    items = _read(api, "/apis/apps/v1", dict.fromkeys(wanted))
    deployments = [_deployment(ref, item) for ref, item in items]
    told |= {deployment.secret for deployment in deployments if deployment.secret}
    services = [found for found in named if found.kind == "Service" and found not in told]
    # A backup belongs with the Secret that it was made of: nobody has to look into it.
    secrets = [found for found in named if found.name in CERTIFICATE_KEYS and found not in told]
    return LegacyReferences(
        deployments=tuple(deployments),
        selectors={
            ref: dict((item.get("spec") or {}).get("selector") or {}) for ref, item in _read(api, "/api/v1", services)
        },
        certificates={ref: _certificate(ref, item) for ref, item in _read(api, "/api/v1", secrets)},
        owners=_owners(api, {found for found in named if found.name == HELM_SECRET}) if owners else (),
        accounts=tuple(dict.fromkeys(account for ref, item in items for account in _accounts(ref, item))),
    )


def _read(api: KubernetesApi, root: str, refs: Iterable[ObjectRef]) -> list[tuple[ObjectRef, dict[str, Any]]]:
    """Each object with its reference; those that are gone are left out."""
    found = ((ref, object_at(api, f"{root}/namespaces/{ref.namespace}/{ref.kind.lower()}s/{ref.name}")) for ref in refs)
    return [(ref, item) for ref, item in found if item is not None]


def _deployment(ref: ObjectRef, item: Mapping[str, Any]) -> LegacyDeployment:
    spec: Mapping[str, Any] = item.get("spec") or {}
    status: Mapping[str, Any] = item.get("status") or {}
    replicas = spec.get("replicas")
    wanted = 1 if replicas is None else int(replicas)
    rolled_out = int(status.get("observedGeneration") or 0) >= int(item["metadata"].get("generation") or 0) and all(
        int(status.get(count) or 0) == wanted for count in ("replicas", "updatedReplicas", "availableReplicas")
    )
    secret = "" if is_controller(ref.namespace, ref.name) else mounted_pair(item).secret
    return LegacyDeployment(
        ref=ref,
        ready=rolled_out and wanted > 0,
        secret=ObjectRef("Secret", ref.namespace, secret) if secret else None,
        labels=dict(((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}),
    )


def _accounts(ref: ObjectRef, item: Mapping[str, Any]) -> list[ObjectRef]:
    """The service account that a Deployment names; none where its pods run as their namespace's default."""
    name = pod_spec(item).get("serviceAccountName")
    return [ObjectRef("ServiceAccount", ref.namespace, str(name))] if name else []


def _certificate(ref: ObjectRef, item: Mapping[str, Any]) -> str:
    """The certificate of a Secret, and nothing that stands beside it."""
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.key_pair import certificates_in

    return certificates_in((item.get("data") or {}).get(CERTIFICATE_KEYS.get(ref.name, "")) or "")


def _owners(api: KubernetesApi, secrets: Collection[ObjectRef]) -> tuple[ObjectRef, ...]:
    """cert-manager's Certificates that write one of the Secrets; none where the cluster does not know the kind."""
    if not secrets:
        return ()
    places = {(secret.namespace, secret.name) for secret in secrets}
    return tuple(
        ObjectRef("Certificate", item["metadata"]["namespace"], item["metadata"]["name"])
        for item in items_of_kind(api, CERTIFICATES)
        if (item["metadata"]["namespace"], (item.get("spec") or {}).get("secretName")) in places
    )
