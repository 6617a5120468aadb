# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on how many pods Windows nodes have room for."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_PREFIX_DELEGATION,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    not_known,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import ADDRESS_RESOURCE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, Unknown

RULES: list[Rule] = []

FULL = 90
"""Percent of a limit from above which a node counts as full."""


class _Room(NamedTuple):
    """What a node has of something, and what is used of it; ``limit`` is None where it is not known."""

    node: Node
    kind: str
    used: int
    limit: int | None

    @property
    def is_short(self) -> bool:
        return self.limit is not None and self.used * 100 > self.limit * FULL

    @property
    def evidence(self) -> Evidence:
        return Evidence(f"Node {self.node.name}", f"{self.used} of {self.limit or 'unknown'} {self.kind}")


@rule(
    RULES,
    id="capacity.pods",
    severity="warning",
    title="Windows nodes have room for more pods",
    evidence="Each Windows node with the addresses and pods that it has and that are used.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Add Windows nodes, or use a type with more IPv4 addresses for each network interface. Prefix delegation "
    "gives 16 times as many (role variable eks_windows_prefix_delegation).",
)
def pods(subject: Subject) -> Verdict:
    """Windows pods use at most 90 percent of the addresses and of the pods that their node has room for. A Windows node
    has one network interface, so that it has addresses for as many pods as the interface has IPv4 addresses less one,
    16 times as many under prefix delegation: the node's capacity tells it, or else the instance type. How many pods
    there may be at all is the kubelet's to say, 110 by default.

    Pods on the network of their node need no address. A node whose capacity and instance type tell nothing is unknown.
    It does not apply to goal disable, after which no Windows pod is to run.
    """
    if subject.options.goal == "disable":
        return not_applicable("It does not matter to goal disable")
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    running = known(subject.observation.windows_pods)
    everything = Counter(pod.node_name for pod in running)
    addressed = Counter(pod.node_name for pod in running if not pod.host_network)
    rooms = [_Room(node, "addresses", addressed[node.name], _addresses(subject, node)) for node in nodes]
    limits = [(node, _number(node.capacity.get("pods"))) for node in nodes]
    rooms += [_Room(node, "pods", everything[node.name], limit) for node, limit in limits if limit is not None]
    short = [room for room in rooms if room.is_short]
    untold = [room for room in rooms if room.limit is None]
    missed = [part for part in (subject.cni_data, subject.observation.instance_types) if isinstance(part, Unknown)]
    evidence = [*(room.evidence for room in (*short, *untold)), *map(unread, missed if untold else ())]
    if short:
        names = len({room.node.name for room in short})
        return failed(f"Windows nodes that are more than {FULL} percent full: {names} of {len(nodes)}", evidence)
    if untold:
        why = f" ({not_known(missed[0])})" if missed else ""
        return unknown(
            f"How many addresses Windows nodes have is not known: {len(untold)} of {len(nodes)}{why}",
            evidence,
            remedy=missed[0].remedy
            if missed
            else "Look at these nodes' capacity (nodes.address_capacity) and instance type.",
        )
    return passed(f"No Windows node is more than {FULL} percent full", *(room.evidence for room in rooms))


def _addresses(subject: Subject, node: Node) -> int | None:
    """Addresses for pods on a node: what it advertises, or else what its type could have."""
    advertised = _number(node.capacity.get(ADDRESS_RESOURCE))
    if advertised:
        return advertised
    limits = subject.limits(node.instance_type)
    data = subject.cni_data
    if limits is None or isinstance(data, Unknown):
        return None
    by_prefix = bool(parse_bool(data.get(ENABLE_WINDOWS_PREFIX_DELEGATION)))
    return (limits.prefix if by_prefix else None) or limits.secondary


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
