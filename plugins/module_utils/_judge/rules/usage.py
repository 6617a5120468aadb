# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what uses Windows support."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.node_groups import untold_groups
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    PartUnknownError,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    not_known,
    passed,
    rule,
    unknown,
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.iam import cluster_policy
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import controller_webhook
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import live_value
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    KarpenterNodeClass,
    Known,
    Node,
    NodeGroup,
    Unknown,
    WindowsPod,
)

T = TypeVar("T")

RULES: list[Rule] = []

FINISHED = ("Succeeded", "Failed")
KINDS = ("nodes", "pods", "node groups", "Karpenter node classes")

LINUX = re.compile(
    r"linux|(?<![a-z0-9])(al2|amzn|amazon-eks-|bottlerocket|ubuntu|debian|rhel|centos|flatcar|suse|sles)"
)
"""What an AMI of Linux is called, in lower case: Karpenter's families, names and public parameters of AWS's AMIs (for
example ``amazon-eks-node-al2023-x86_64-standard-1.35-v20260101``), and distributions."""

HOW_TO_TELL = (
    "Find out which operating system the AMIs of those in the evidence have: aws ec2 describe-images --image-ids ID "
    "--query 'Images[].[Name,PlatformDetails]' tells it. The AMI of a node group is in its launch template (aws ec2 "
    "describe-launch-template-versions), those of a node class are in its status.amis. Delete what has Windows; where "
    "nothing has, put usage.windows into ignore (role variable eks_windows_ignore)."
)


@rule(
    RULES,
    id="usage.windows",
    severity="error",
    title="Nothing uses Windows support",
    evidence="Each Windows node, pod, node group and Karpenter node class, and each of them whose operating system "
    "can't be told.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Delete the Windows workloads in the evidence, then Windows nodes, their node groups and Karpenter's node "
    "classes. To disable all the same, put usage.windows into ignore (role variable eks_windows_ignore): Windows pods "
    "that start afterwards get no address.",
    blocks=("disable", "legacy_remove"),
    guard=True,
)
def windows(subject: Subject) -> Verdict:
    """There is no Windows node, no Windows pod that has not finished, no managed node group with a Windows AMI, even of
    size zero, and no node class of Karpenter with one. What starts after Windows support is off gets no address.

    It is unknown where a node group's launch template names the AMI and none of its nodes tells the operating system,
    and where a node class selects AMIs by what does not name one. Self-managed node groups without a node are not seen.

    It matters to goals disable and legacy_remove, and only where they have something to do. To goal legacy_remove
    Windows pods alone matter, and those only where the control plane does not take over: its version can't, Windows
    IPAM is off, its role lacks a permission or its webhook is missing. Pods that landed on a Windows node without
    asking, and have no address, are none: legacy support gives them none either.
    """
    if subject.options.goal == "legacy_remove":
        return _without_legacy(subject)
    if subject.options.goal != "disable":
        return not_applicable("It matters to goals disable and legacy_remove")
    observation = subject.observation
    parts = (
        _users(subject.windows_nodes, "Nodes", _nodes),
        _users(observation.windows_pods, "Windows pods", _pods),
        _users(observation.node_groups, "Node groups", _node_groups),
        _users(observation.karpenter_node_classes, "Karpenter node classes", _node_classes),
    )
    found = [evidence for part in parts if not isinstance(part, Unknown) for evidence in part]
    missed = [part for part in parts if isinstance(part, Unknown)]
    silent: tuple[list[Evidence], ...] = (
        [],
        [],
        list(map(_node_group, untold_groups(_read(observation.node_groups), _read(observation.nodes)))),
        _untold_classes(_read(observation.karpenter_node_classes)),
    )
    untold = [evidence for part in silent for evidence in part]
    evidence = [*map(unread, missed), *untold]
    if found:
        also = f"; {', '.join(part.source for part in missed)} could not be read" if missed else ""
        doubt = f"; operating system not known of {_counted(silent)}" if untold else ""
        return failed(f"Windows is in use ({_counted(parts)}){also}{doubt}", [*found, *evidence])
    if missed:
        remedy = f"{missed[0].remedy.rstrip('.')}. {HOW_TO_TELL}" if untold else missed[0].remedy
        return unknown(not_known(missed[0]), evidence, remedy=remedy)
    if untold:
        return unknown(f"Not known: the operating system of {_counted(silent)}", evidence, remedy=HOW_TO_TELL)
    return passed("Nothing uses Windows")


def _without_legacy(subject: Subject) -> Verdict:
    """The verdict where legacy support is to go, and nothing is turned on in its place."""
    live = live_value(subject)
    on = subject.control_plane_supported and not isinstance(live, Unknown) and parse_bool(live)
    lacking = _lacking(subject) if on else []
    if on and not lacking:
        return not_applicable("The control plane runs Windows support once legacy support is gone")
    pods = known(subject.observation.windows_pods)
    found = _pods(pod for pod in pods if pod.asks_for_windows or pod.takes_address)
    if not found:
        return passed("No Windows pod runs")
    if subject.control_plane_supported and isinstance(live, Unknown):
        return unknown_part(live)
    wrong = [verdict for verdict in lacking if verdict.status == "fail"]
    if lacking and not wrong:
        return unknown(lacking[0].summary, [*found, *lacking[0].evidence], remedy=lacking[0].remedy)
    why = "".join(f": {verdict.summary}" for verdict in wrong[:1])
    return failed(
        f"Windows pods run ({len(found)}), and those that start after legacy support is gone get no address{why}",
        [*found, *(evidence for verdict in lacking for evidence in verdict.evidence)],
        remedy=(
            "Run playbook cloudops.eks_windows.migrate_legacy in place of this: the control plane then takes over. "
            if subject.control_plane_supported is not False
            else ""
        )
        + "Or delete the Windows workloads first. To remove it all the same, put usage.windows into ignore (role "
        "variable eks_windows_ignore).",
    )


def _lacking(subject: Subject) -> list[Verdict]:
    """What the control plane lacks, or may lack, to give pods their addresses; what is waived is not looked at."""
    waived = {waiver.id for waiver in subject.options.ignore if waiver.holds(subject.options.today)}
    verdicts = []
    for name, check in (("iam.cluster_policy", cluster_policy), ("ipam.controller_webhook", controller_webhook)):
        if name in waived:
            continue
        try:
            verdicts.append(check(subject))
        except PartUnknownError as error:
            verdicts.append(unknown_part(error.unknown))
    return [verdict for verdict in verdicts if verdict.status in ("fail", "unknown")]


def _users(
    part: Known[tuple[T, ...]] | None, what: str, look: Callable[[tuple[T, ...]], list[Evidence]]
) -> Known[list[Evidence]]:
    """What of a part uses Windows."""
    if part is None:
        return Unknown(what, "not asked for", "Run with goal disable, which asks for it.")
    return part if isinstance(part, Unknown) else look(part)


def _nodes(nodes: Iterable[Node]) -> list[Evidence]:
    return [Evidence(f"Node {node.name}", f"Windows, {node.instance_type or 'type not given'}") for node in nodes]


def _pods(pods: Iterable[WindowsPod]) -> list[Evidence]:
    return [
        Evidence(f"Pod {pod.namespace}/{pod.name}", pod.phase or "no phase")
        for pod in pods
        if pod.phase not in FINISHED
    ]


def _node_groups(groups: Iterable[NodeGroup]) -> list[Evidence]:
    return [_node_group(group) for group in groups if group.ami_type.upper().startswith("WINDOWS")]


def _node_group(group: NodeGroup) -> Evidence:
    return Evidence(f"Node group {group.name}", f"{group.ami_type or 'AMI type not given'}, size {group.desired_size}")


def _node_classes(classes: Iterable[KarpenterNodeClass]) -> list[Evidence]:
    found = []
    for node_class in classes:
        named = _of_windows(node_class)
        if named:
            found.append(Evidence(f"EC2NodeClass {node_class.name}", ", ".join(named)))
    return found


def _of_windows(node_class: KarpenterNodeClass) -> list[str]:
    """What of a node class names Windows."""
    said = (node_class.ami_family, *_named_terms(node_class), *node_class.selected_amis)
    return [text for text in said if "windows" in text.lower()]


def _untold_classes(classes: Iterable[KarpenterNodeClass]) -> list[Evidence]:
    return [
        Evidence(
            f"EC2NodeClass {node_class.name}",
            "; ".join(
                (
                    f"amiFamily {node_class.ami_family or 'not given'}",
                    *_named_terms(node_class),
                    *node_class.nameless_terms,
                )
            ),
        )
        for node_class in classes
        if not _of_windows(node_class) and not _is_linux(node_class)
    ]


def _is_linux(node_class: KarpenterNodeClass) -> bool:
    """Whether its family, each of its terms, or each AMI that they select names Linux. The family decides the user
    data, so that no other AMI becomes a node."""
    terms = _named_terms(node_class)
    return (
        _names_linux(node_class.ami_family)
        or (bool(terms) and not node_class.nameless_terms and all(map(_names_linux, terms)))
        or (bool(node_class.selected_amis) and all(map(_names_linux, node_class.selected_amis)))
    )


def _named_terms(node_class: KarpenterNodeClass) -> tuple[str, ...]:
    return (*node_class.aliases, *node_class.ami_names, *node_class.ssm_parameters)


def _names_linux(text: str) -> bool:
    return LINUX.search(text.lower()) is not None


def _read(part: Known[tuple[T, ...]] | None) -> tuple[T, ...]:
    """A part as far as it was read."""
    return () if part is None or isinstance(part, Unknown) else part


def _counted(parts: Iterable[Known[list[Evidence]]]) -> str:
    return ", ".join(
        f"{kind}: {len(part)}"
        for kind, part in zip(KINDS, parts, strict=True)
        if not isinstance(part, Unknown) and part
    )
