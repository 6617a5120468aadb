# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the VPC resource controller said of nodes lately: the API server keeps an event for an hour.

Source: pkg/utils/events.go and pkg/config/type.go of aws/amazon-vpc-resource-controller-k8s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeEvent

EVENTS = "/api/v1/events"
OF_CONTROLLER = "involvedObject.kind=Node,source=vpc-resource-controller"


def node_events(api: KubernetesApi) -> tuple[NodeEvent, ...]:
    """The controller's events of nodes."""
    return api.collect(EVENTS, _event, field_selector=OF_CONTROLLER)


def _event(item: Mapping[str, Any]) -> NodeEvent:
    return NodeEvent(
        node=str((item.get("involvedObject") or {}).get("name") or ""),
        reason=str(item.get("reason") or ""),
        message=" ".join(str(item.get("message") or "").split()),
        last_seen=str(item.get("lastTimestamp") or item.get("eventTime") or ""),
    )
