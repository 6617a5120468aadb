# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What Karpenter would make nodes of. Sources: Kubernetes API reference for discovery; aws/karpenter-provider-aws,
EC2NodeClass of v1 and v1beta1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import (
    items_of_kind,
    object_at,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import KarpenterNodeClass

GROUP = "/apis/karpenter.k8s.aws"

TELLING = ("alias", "name", "ssmParameter")
"""The fields of an AMI selector term that may name an operating system."""


def karpenter_node_classes(api: KubernetesApi) -> tuple[KarpenterNodeClass, ...]:
    """All EC2NodeClasses, in the version that the cluster prefers; none where it does not know the group or the kind.

    Raises:
        KubernetesError: Refused or not reached.
    """
    group = object_at(api, GROUP)
    version = str(((group or {}).get("preferredVersion") or {}).get("version") or "")
    if not version:
        return ()
    return tuple(_node_class(item) for item in items_of_kind(api, f"{GROUP}/{version}/ec2nodeclasses"))


def _node_class(item: Mapping[str, Any]) -> KarpenterNodeClass:
    spec = item.get("spec") or {}
    terms = spec.get("amiSelectorTerms") or ()
    selected = (item.get("status") or {}).get("amis") or ()
    return KarpenterNodeClass(
        name=str((item.get("metadata") or {}).get("name") or ""),
        ami_family=str(spec.get("amiFamily") or ""),
        aliases=_values(terms, "alias"),
        ami_names=_values(terms, "name"),
        ssm_parameters=_values(terms, "ssmParameter"),
        nameless_terms=tuple(_nameless(term) for term in terms if not any(term.get(field) for field in TELLING)),
        selected_amis=tuple(str(ami.get("name") or ami.get("id") or "") for ami in selected),
    )


def _values(terms: Iterable[Mapping[str, Any]], field: str) -> tuple[str, ...]:
    return tuple(str(term[field]) for term in terms if term.get(field))


def _nameless(term: Mapping[str, Any]) -> str:
    if term.get("id"):
        return f"id {term['id']}"
    return " ".join(("tags", *(f"{key}={value}" for key, value in sorted((term.get("tags") or {}).items()))))
