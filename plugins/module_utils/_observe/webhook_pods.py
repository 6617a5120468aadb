# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether the pods of a webhook have started since the pair that they serve with was changed: they read it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyDeployment,
    ObjectRef,
    WebhookPods,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_pods import NOT_ENDED

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain


def webhook_pods(
    api: KubernetesApi, chains: Iterable[WebhookChain], deployments: Iterable[LegacyDeployment]
) -> tuple[WebhookPods, ...]:
    """When the pods behind each chain started, and when its Secret was changed: by metadata alone.

    Args:
        api: The cluster's API.
        chains: Those without a Deployment or a Secret are left out.
        deployments: What is known of the Deployments, their labels among it.

    Raises:
        KubernetesError: Something could not be read.
    """
    labels = {deployment.ref: deployment.labels for deployment in deployments}
    return tuple(
        WebhookPods(
            deployment=chain.deployment,
            started_at=_started(api, chain.deployment, labels[chain.deployment]),
            changed_at=_changed(api, chain.secret),
        )
        for chain in chains
        if chain.deployment and chain.secret and labels.get(chain.deployment)
    )


def _started(api: KubernetesApi, deployment: ObjectRef, labels: Mapping[str, str]) -> str:
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    path = f"/api/v1/namespaces/{deployment.namespace}/pods"
    # A ReplicaSet leaves pods that were evicted where they are: they serve nothing any more.
    found = api.list(path, label_selector=selector, field_selector=NOT_ENDED, metadata_only=True)
    return min((_created(item) for item in found if not item["metadata"].get("deletionTimestamp")), default="")


def _changed(api: KubernetesApi, secret: ObjectRef) -> str:
    path = f"/api/v1/namespaces/{secret.namespace}/secrets"
    found = api.list(path, field_selector=f"metadata.name={secret.name}", metadata_only=True)
    return max((_data_changed(item) for item in found), default="")


def _data_changed(item: Mapping[str, Any]) -> str:
    """The last write of somebody who has a part of the Secret's data; without such a record, its creation."""
    written = [
        str(entry.get("time") or "")
        for entry in item["metadata"].get("managedFields") or ()
        if "f:data" in (entry.get("fieldsV1") or {})
    ]
    return max([_created(item), *written])


def _created(item: Mapping[str, Any]) -> str:
    return str(item["metadata"].get("creationTimestamp") or "")
