# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import node_events
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeEvent


def test_node_events(kubernetes) -> None:
    kubernetes.answers[node_events.EVENTS] = [
        {
            "involvedObject": {"kind": "Node", "name": "w"},
            "reason": "Unsupported",
            "message": "The instance type\n is not supported",
            "lastTimestamp": "2026-11-24T10:00:00Z",
        },
        {"involvedObject": {"name": "v"}, "lastTimestamp": None, "eventTime": "2026-11-24T11:00:00.000000Z"},
    ]
    assert node_events.node_events(kubernetes) == (
        NodeEvent("w", "Unsupported", "The instance type is not supported", "2026-11-24T10:00:00Z"),
        NodeEvent("v", "", "", "2026-11-24T11:00:00.000000Z"),
    )
    selector = "involvedObject.kind=Node,source=vpc-resource-controller"
    assert kubernetes.asked == [(node_events.EVENTS, "", selector, False)]
