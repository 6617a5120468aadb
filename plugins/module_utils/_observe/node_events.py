# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the VPC resource controller said of nodes lately: the API server keeps an event for an hour.

Sources: pkg/utils/events.go and pkg/config/type.go of aws/amazon-vpc-resource-controller-k8s; its
controllers/crds/cninode_controller.go for CNINodeDeletionFailed, which it sends on the CNINode of a node that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeEvent

EVENTS = "/api/v1/events"
OF_CONTROLLER = "involvedObject.kind!=Pod,source=vpc-resource-controller"
"""A field selector knows no "or": this leaves out the controller's events of pods, which are most of them."""

KINDS = ("Node", "CNINode")
"""A CNINode has its node's name."""


def node_events(api: KubernetesApi) -> tuple[NodeEvent, ...]:
    """The controller's events of nodes and of their CNINodes."""
    return tuple(chain.from_iterable(api.collect(EVENTS, _event, field_selector=OF_CONTROLLER)))


def _event(item: Mapping[str, Any]) -> tuple[NodeEvent, ...]:
    """The event, or nothing where it is of another kind of object."""
    involved = item.get("involvedObject") or {}
    if involved.get("kind") not in KINDS:
        return ()
    event = NodeEvent(
        node=str(involved.get("name") or ""),
        reason=str(item.get("reason") or ""),
        message=" ".join(str(item.get("message") or "").split()),
        last_seen=str(item.get("lastTimestamp") or item.get("eventTime") or ""),
    )
    return (event,)
