# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what the VPC resource controller says of Windows nodes by events, which the API server keeps for an hour."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeEvent

PREFIX_RULES: list[Rule] = []
RULES: list[Rule] = []

SOURCE = "https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/docs/troubleshooting.md"

UNKNOWN_TYPE = "not supported yet by the vpc resource controller"
WITHOUT_PREFIXES = "not supported for Windows prefix delegation"
NO_PREFIX_FREE = "InsufficientCidrBlocks"
"""Reasons of events can't be told by: older controllers gave each the reason Unsupported (pkg/utils/events.go)."""

CNI_NODE_FAILURES = ("CNINodeCreationFailed", "CNINodeDeletionFailed")


@rule(
    RULES,
    id="nodes.controller_events",
    severity="error",
    title="The controller rejects no Windows node",
    evidence="The controller's events on Windows nodes that say so, with the message and when it was seen last.",
    reference=SOURCE,
    remedy="Use an instance type for Windows nodes that the controller knows, for example m5.large: EKS brings its "
    "list up to date with platform versions.",
)
def controller_events(subject: Subject) -> Verdict:
    """The VPC resource controller has sent no event Unsupported for a Windows node within the hour that events are
    kept, and none that a CNINode could not be created or deleted. Unsupported has two meanings: an instance type that
    the controller does not know gets no addresses, and its event is an error; one that can't have prefix delegation
    works in secondary mode, also where prefix delegation is off, and its event is information. A CNINode that failed is
    a warning. What the message says decides.

    It does not apply where there is no Windows node.
    """
    nodes = {node.name for node in known(subject.windows_nodes)}
    if not nodes:
        return not_applicable("There is no Windows node")
    events = _of_nodes(subject, nodes)
    rejected = [event for event in events if UNKNOWN_TYPE in event.message]
    without = [event for event in events if WITHOUT_PREFIXES in event.message]
    failing = [event for event in events if event.reason in CNI_NODE_FAILURES]
    evidence = [*map(_evidence, (*rejected, *failing, *without))]
    if rejected:
        names = {event.node for event in rejected}
        return failed(
            f"The controller does not know the instance type of Windows nodes: {len(names)} of {len(nodes)}",
            evidence,
            stops_pods=names == nodes,
        )
    if failing:
        return failed(
            f"CNINodes of Windows nodes that the controller could not manage: {len({event.node for event in failing})}",
            evidence,
            remedy="Look at the message, and at the permissions of user eks:vpc-resource-controller on cninodes.",
            severity="warning",
        )
    if without:
        return failed(
            "The controller says of Windows nodes that they can't have prefix delegation: "
            f"{len({event.node for event in without})} of {len(nodes)}",
            evidence,
            remedy="Nothing to mend where it is not wanted: secondary mode works. Else use instance types on Nitro.",
            severity="info",
        )
    return passed("The controller sent no event that rejects a Windows node")


@rule(
    PREFIX_RULES,
    id="network.prefix_blocks",
    severity="warning",
    title="Subnets have free blocks of addresses for prefix delegation",
    evidence="The controller's events on Windows nodes that say so, with the message and when it was seen last.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html",
    remedy="Reserve blocks in the subnets of Windows nodes for prefixes (aws ec2 create-subnet-cidr-reservation "
    "--reservation-type prefix), use new subnets, or turn Windows prefix delegation off.",
)
def prefix_blocks(subject: Subject) -> Verdict:
    """The VPC resource controller has sent no event InsufficientCidrBlocks for a Windows node within the hour that
    events are kept. A prefix needs 16 addresses in one block; a subnet whose free addresses lie scattered has none, and
    no API tells that but this event.

    It does not apply where there is no Windows node.
    """
    nodes = {node.name for node in known(subject.windows_nodes)}
    if not nodes:
        return not_applicable("There is no Windows node")
    events = _of_nodes(subject, nodes)
    found = [event for event in events if NO_PREFIX_FREE in (event.reason, event.message.partition(":")[0])]
    if found:
        names = {event.node for event in found}
        return failed(
            f"Windows nodes whose subnet had no free block for a prefix: {len(names)} of {len(nodes)}",
            [*map(_evidence, found)],
        )
    return passed("No Windows node lacked a block of addresses for a prefix")


def _of_nodes(subject: Subject, nodes: set[str]) -> list[NodeEvent]:
    return [event for event in known(subject.observation.node_events) if event.node in nodes]


def _evidence(event: NodeEvent) -> Evidence:
    seen = f" (last seen {event.last_seen})" if event.last_seen else ""
    return Evidence(f"Node {event.node}", f"{event.reason}: {event.message}{seen}")
