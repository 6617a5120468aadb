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
        {
            "involvedObject": {"kind": "Node", "name": "v"},
            "lastTimestamp": None,
            "eventTime": "2026-11-24T11:00:00.000000Z",
        },
        # It is called as its node.
        {
            "involvedObject": {"apiVersion": "vpcresources.k8s.aws/v1alpha1", "kind": "CNINode", "name": "w"},
            "reason": "CNINodeDeletionFailed",
            "message": "CNINode delete failed, will be retried",
        },
        {"involvedObject": {"kind": "ConfigMap", "name": "w"}, "reason": "Unsupported"},
        {"involvedObject": {"name": "w"}, "reason": "Unsupported"},
    ]
    assert node_events.node_events(kubernetes) == (
        NodeEvent("w", "Unsupported", "The instance type is not supported", "2026-11-24T10:00:00Z"),
        NodeEvent("v", "", "", "2026-11-24T11:00:00.000000Z"),
        NodeEvent("w", "CNINodeDeletionFailed", "CNINode delete failed, will be retried"),
    )
    # A pod's have its name: one may be called as a node.
    selector = "involvedObject.kind!=Pod,source=vpc-resource-controller"
    assert kubernetes.asked == [(node_events.EVENTS, "", selector, False)]
