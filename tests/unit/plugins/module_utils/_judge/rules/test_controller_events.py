# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeEvent
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    node,
    observed,
)

FAILURES = {
    "network.prefix_blocks": Failure(
        observed(node_events=(NodeEvent("windows-1", "InsufficientCidrBlocks", "no block"),)), "warning"
    ),
    "nodes.controller_events": Failure(
        observed(
            node_events=(
                NodeEvent(
                    "windows-1",
                    "Unsupported",
                    "The instance type x9.large is not supported yet by the vpc resource controller",
                ),
            )
        ),
        "error",
        stops_pods=True,
    ),
}

FATAL = "The instance type x9.large is not supported yet by the vpc resource controller"
XEN = "The instance type m4.large is not supported for Windows prefix delegation"
NO_BLOCK = "InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request."


def said(*events: tuple[str, str], on: str = "windows-1", **changes: Any) -> Any:
    return observed(
        node_events=tuple(NodeEvent(on, reason, message, "2026-11-24T09:50:00Z") for reason, message in events),
        **changes,
    )


@pytest.mark.parametrize(
    ("seen", "status", "severity", "words"),
    [
        (observed(nodes=(node(),)), "not_applicable", "error", ""),
        (observed(), "pass", "error", ""),
        (said(("ControllerVersionNotice", "v1.7.9")), "pass", "error", ""),
        (said(("Unsupported", FATAL), on="linux-1"), "pass", "error", ""),
        (said(("Unsupported", FATAL)), "fail", "error", "does not know the instance type of Windows nodes: 1 of 1"),
        (said(("Unsupported", XEN)), "fail", "info", "can't have prefix delegation: 1 of 1"),
        (said(("Unsupported", XEN), ("Unsupported", FATAL)), "fail", "error", FATAL),
        (said(("CNINodeCreationFailed", "forbidden")), "fail", "warning", "CNINodeCreationFailed: forbidden"),
        (said(("CNINodeDeletionFailed", "x"), ("Unsupported", XEN)), "fail", "warning", XEN),
        (observed(node_events=DENIED), "unknown", "error", "forbidden"),
        (observed(nodes=DENIED), "unknown", "error", "forbidden"),
    ],
)
def test_controller_events(seen: Any, status: str, severity: str, words: str) -> None:
    found = finding("nodes.controller_events", seen)
    assert (found.status, found.severity, found.blocks) == (status, severity, ())
    assert words in found.summary + str(found.evidence)


def test_pods_are_stopped_where_the_controller_knows_no_node_s_type() -> None:
    two = (node("windows-1", "windows"), node("windows-2", "windows"))
    assert finding("nodes.controller_events", said(("Unsupported", FATAL))).stops_pods is True
    assert finding("nodes.controller_events", said(("Unsupported", FATAL), nodes=two)).stops_pods is False


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (observed(nodes=(node(),)), "not_applicable"),
        (observed(), "pass"),
        (said(("Unsupported", FATAL)), "pass"),
        (said(("InsufficientCidrBlocks", "no free block")), "fail"),
        # As older controllers tell it.
        (said(("Unsupported", NO_BLOCK)), "fail"),
        (said(("InsufficientCidrBlocks", NO_BLOCK), on="linux-1"), "pass"),
        (observed(node_events=DENIED), "unknown"),
        (observed(nodes=DENIED), "unknown"),
    ],
)
def test_prefix_blocks(seen: Any, status: str) -> None:
    found = finding("network.prefix_blocks", seen)
    assert (found.status, found.severity) == (status, "warning")
    if status == "fail":
        assert found.summary == "Windows nodes whose subnet had no free block for a prefix: 1 of 1"
        assert found.evidence[0].value.endswith("(last seen 2026-11-24T09:50:00Z)")
