# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on how many pods Windows nodes have room for."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.prefix_delegation import in_prefix_mode
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import ADDRESS_RESOURCE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, Unknown

RULES: list[Rule] = []

FULL = 90
"""Percent of a limit from above which a node counts as full."""


MORE_NODES = "Add Windows nodes."
MORE_ADDRESSES = "A type with more IPv4 addresses for each network interface has room for more pods."
BY_PREFIX = "Prefix delegation gives 16 times as many addresses (role variable eks_windows_prefix_delegation)."
MORE_PODS = (
    "Where the kubelet's limit of pods is reached and the node has addresses for more, raise it for new nodes: "
    "--max-pods in -KubeletExtraArgs of the bootstrap script."
)


class _Room(NamedTuple):
    """What a node has of something, and what is used of it.

    Attributes:
        node: The node.
        kind: Of what.
        used: How much of it.
        limits: How much there may be: several where it is not known which of them, none where nothing is known.
        unread: What could not be read, and would tell.
    """

    node: Node
    kind: str
    used: int
    limits: tuple[int, ...]
    unread: tuple[Unknown, ...] = ()

    @property
    def is_short(self) -> bool:
        return bool(self.limits) and all(map(self._is_exceeded_by, self.limits))

    @property
    def is_untold(self) -> bool:
        return not self.is_short and (not self.limits or any(map(self._is_exceeded_by, self.limits)))

    @property
    def evidence(self) -> Evidence:
        limit = " or ".join(map(str, self.limits)) or "unknown"
        return Evidence(f"Node {self.node.name}", f"{self.used} of {limit} {self.kind}")

    def _is_exceeded_by(self, limit: int) -> bool:
        return self.used * 100 > limit * FULL


@rule(
    RULES,
    id="capacity.pods",
    severity="warning",
    title="Windows nodes have room for more pods",
    evidence="Each Windows node with the addresses and pods that it has and that are used.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy=f"{MORE_NODES} {MORE_ADDRESSES} {BY_PREFIX} {MORE_PODS}",
)
def pods(subject: Subject) -> Verdict:
    """Windows pods use at most 90 percent of the addresses and of the pods that their node has room for. A Windows node
    has one network interface, so that it has addresses for as many pods as the interface has IPv4 addresses less one,
    16 times as many under prefix delegation: the node's capacity tells it, or else the instance type, with prefix
    delegation where the ConfigMap and the cluster's versions have it. How many pods there may be at all is the
    kubelet's to say, 110 by default.

    The remedy is for what is short: addresses, or pods that the kubelet may run.

    Pods on the network of their node need no address, and those that no webhook sees and that ask for none get none:
    they count among the kubelet's alone. A node whose capacity and instance type tell nothing is unknown,
    and so is one that is full without prefix delegation alone, where that is not known, since the ConfigMap or the
    cluster's versions can't be read. It does not apply to goal disable, after which no Windows pod is to run.
    """
    if subject.options.goal == "disable":
        return not_applicable("It does not matter to goal disable")
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    running = known(subject.observation.windows_pods)
    everything = Counter(pod.node_name for pod in running)
    addressed = Counter(pod.node_name for pod in running if pod.takes_address)
    rooms = [_Room(node, "addresses", addressed[node.name], *_addresses(subject, node)) for node in nodes]
    limits = [(node, _number(node.capacity.get("pods"))) for node in nodes]
    rooms += [_Room(node, "pods", everything[node.name], (limit,)) for node, limit in limits if limit is not None]
    short = [room for room in rooms if room.is_short]
    untold = [room for room in rooms if room.is_untold]
    told = [*short, *untold] or rooms
    missed = list(dict.fromkeys(part for room in told for part in room.unread))
    evidence = [*(room.evidence for room in told), *map(unread, missed)]
    if short:
        names = len({room.node.name for room in short})
        return failed(
            f"Windows nodes that are more than {FULL} percent full: {names} of {len(nodes)}",
            evidence,
            remedy=_remedy(subject, short),
        )
    if untold:
        why = f" ({not_known(missed[0])})" if missed else ""
        return unknown(
            f"How many addresses Windows nodes have is not known: {len(untold)} of {len(nodes)}{why}",
            evidence,
            remedy=missed[0].remedy
            if missed
            else "Look at these nodes' capacity (nodes.address_capacity) and instance type.",
        )
    return passed(f"No Windows node is more than {FULL} percent full", *evidence)


def _remedy(subject: Subject, short: list[_Room]) -> str:
    """What mends these, by what they are short of."""
    lacking = [room.node for room in short if room.kind == "addresses"]
    parts = [MORE_NODES]
    if lacking:
        parts.append(MORE_ADDRESSES)
        if in_prefix_mode(subject) is False and any(_can_have_prefixes(subject, node) for node in lacking):
            parts.append(BY_PREFIX)
    if len(lacking) < len(short):
        parts.append(MORE_PODS)
    return " ".join(parts)


def _can_have_prefixes(subject: Subject, node: Node) -> bool:
    """Whether nothing that is known keeps a node of this type from prefix delegation."""
    limits = subject.limits(node.instance_type)
    return subject.prefix_delegation_supported is not False and (limits is None or limits.prefix is not None)


def _addresses(subject: Subject, node: Node) -> tuple[tuple[int, ...], tuple[Unknown, ...]]:
    """How many addresses for pods a node may have, by what it advertises, or else by what its type could have; and what
    could not be read of it."""
    advertised = _number(node.capacity.get(ADDRESS_RESOURCE))
    if advertised:
        return (advertised,), ()
    limits = subject.limits(node.instance_type)
    if limits is None:
        told = subject.observation.instance_types
        return (), (told,) if isinstance(told, Unknown) else ()
    if limits.prefix is None:
        return (limits.secondary,), ()
    prefixes = in_prefix_mode(subject)
    if isinstance(prefixes, Unknown):
        return (limits.secondary, limits.prefix), (prefixes,)
    return (limits.prefix if prefixes else limits.secondary,), ()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
