# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import LIST_DATE, instance_type
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.unsupported_instance_families import (
    documented_2022,
    family,
    without_windows_ami,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.node_groups import groups_without_types
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    WINDOWS_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.legacy import MIGRATE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import (
    CONTROLLER_ID as INSTALL_ID,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_removal import CONTROLLER_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.windows_ipam import ENABLE_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import GROUPS_NOT_ASKED, Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import effective_ipam
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, Unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import windows_groups

RULES: list[Rule] = []

ADDRESS_CAPACITY = "vpc.amazonaws.com/PrivateIPv4Address"


NOT_LISTED = f"not in the controller's list of {LIST_DATE}"
_OUTDATED = f"{NOT_LISTED}, yet the node advertises addresses"


def advertises_addresses(node: Node) -> bool:
    """Whether the node's capacity has addresses for pods: absent is not 0, but neither has any."""
    return node.capacity.get(ADDRESS_CAPACITY, "0") != "0"


def type_problems(subject: Subject, name: str, in_use: bool = False) -> list[str]:
    """Why an EC2 instance type can't be a Windows node; empty where nothing speaks against it.

    ``in_use`` says that the controller has taken up a node of it: then the list is older than the controller's own.
    """
    problems = []
    told = subject.observation.instance_types
    row = next((each for each in (() if isinstance(told, Unknown) else told or ()) if each.name == name), None)
    if instance_type(name) is None and not in_use:
        asked = isinstance(told, tuple) and name in subject.windows_types
        problems.append(f"{NOT_LISTED}, and EC2 has no such type in the region" if asked and not row else NOT_LISTED)
    without = without_windows_ami(name)
    # EC2 knows better than the name, where it was asked.
    if row is not None and row.architectures and "x86_64" not in row.architectures and not without:
        without = ", ".join(row.architectures)
    if without:
        problems.append("has no Windows AMI" if without == "no Windows AMI" else f"has no Windows AMI ({without})")
    if documented_2022(name):
        problems.append(f"family {family(name).upper()} is on AWS's list of 2022")
    return problems


@rule(
    RULES,
    id="nodes.instance_type",
    severity="error",
    title="Windows nodes are of instance types that can be one",
    evidence="Each Windows node, Windows node group and planned type with its type and what speaks against it.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/aws/vpc/limits.go",
    remedy="Use another instance type for Windows nodes, for example m5.large. AWS's list of 2022 is gone from today's "
    "page: where the type has proved itself, put nodes.instance_type into ignore (role variable "
    "eks_windows_ignore) with that reason.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def instance_types(subject: Subject) -> Verdict:
    """No Windows node, type that a Windows node group names, or planned type is missing from the controller's list, is
    without a Windows AMI, or is on AWS's list of 2022 (C3, C4, D2, I2, M4 but m4.16xlarge, M6a, R3). The summary says
    which of the three it is. Where EC2 tells the type's architectures, they decide whether it can have a Windows AMI.

    The controller's list here, from limits.go, is of a day. A type that is missing from it is only a warning where the
    node advertises addresses all the same, which it does once the controller has taken it up. Pods are stopped where no
    Windows node is of a good type, never by one to come. A node that does not say its type is unknown.

    Where nothing speaks against the types that are seen, and node groups can't be read, it is unknown, which stops
    nothing. So it is where a Windows node group has no node yet, its launch template names the type, and no type is
    planned. A failure names what could not be read beside it.
    """
    nodes, groups = subject.windows_nodes, subject.observation.node_groups
    seen = () if isinstance(nodes, Unknown) else nodes
    planned = [("Planned type", name) for name in subject.options.planned_instance_types if name]
    planned += types_to_come(subject)
    untold = types_of_templates(subject)
    if not seen and not planned and not untold:
        known(nodes)
        if isinstance(groups, Unknown):
            return unknown_part(groups, blocks=(), stops_pods=False)
        return not_applicable(GROUPS_NOT_ASKED if groups is None else "There is no Windows node and no planned type")
    running = [
        _Judged(
            f"Node {node.name}",
            node.instance_type,
            type_problems(subject, node.instance_type, advertises_addresses(node)),
        )
        for node in seen
        if node.instance_type
    ]
    judged = running + [_Judged(where, name, type_problems(subject, name)) for where, name in planned]
    stops_pods = bool(seen) and all(item.problems for item in running)
    bad = [item for item in judged if item.problems]
    unlisted = [item for item in running if not item.problems and instance_type(item.type) is None]
    warned = [Evidence(item.where, f"{item.type}: {_OUTDATED}") for item in unlisted]
    if bad:
        evidence = [Evidence(item.where, f"{item.type}: {', '.join(item.problems)}") for item in bad]
        summary = f"{bad[0].type}: {', '.join(bad[0].problems)}{_more(bad)}"
        unseen = [unread(part) for part in (nodes, groups) if isinstance(part, Unknown)]
        return failed(summary, evidence + warned + untold + unseen, stops_pods=stops_pods)
    known(nodes)
    untyped = [Evidence(f"Node {node.name}", "no instance type") for node in seen if not node.instance_type]
    if untyped:
        return unknown(
            f"Windows nodes that don't say their instance type: {len(untyped)}",
            untyped + warned,
            remedy="Look at label node.kubernetes.io/instance-type of these nodes.",
            stops_pods=stops_pods,
        )
    if unlisted:
        return failed(
            f"{unlisted[0].type}: {_OUTDATED}{_more(unlisted)}",
            warned + untold,
            remedy="Nothing to mend while new Windows pods get addresses on these nodes. Where they don't, their "
            "capacity is left from before: use another instance type.",
            severity="warning",
            blocks=(),
            stops_pods=False,
        )
    if isinstance(groups, Unknown):
        return unknown_part(groups, blocks=(), stops_pods=False)
    not_told = types_not_told(subject, "Whether the instance type can be a Windows node")
    if not_told:
        # Nothing speaks against them: a failure would be graver.
        return replace(not_told, severity="warning")
    good = [Evidence(item.where, item.type) for item in judged] + untold
    return passed(f"{', '.join(sorted({item.type for item in judged}))} can be Windows nodes", *good)


def types_to_come(subject: Subject) -> list[tuple[str, str]]:
    """Types of nodes that may yet come: those that Windows node groups name and no node has, each with the node group
    in words; as far as nodes and node groups were read."""
    nodes = () if isinstance(subject.windows_nodes, Unknown) else subject.windows_nodes
    groups = subject.observation.node_groups
    found = windows_groups(nodes, () if groups is None or isinstance(groups, Unknown) else groups)
    there = {node.instance_type for node in nodes}
    return [(f"Node group {group.name}", name) for group in found for name in group.instance_types if name not in there]


def types_of_templates(subject: Subject) -> list[Evidence]:
    """The Windows node groups whose launch template names the instance type, and that have no node to tell it; none
    where nodes or node groups were not read."""
    nodes, groups = subject.observation.nodes, subject.observation.node_groups
    if isinstance(nodes, Unknown) or groups is None or isinstance(groups, Unknown):
        return []
    found = groups_without_types(groups, nodes)
    return [
        Evidence(f"Node group {group.name}", "no node yet, and its launch template names the type") for group in found
    ]


def types_not_told(subject: Subject, what: str) -> Verdict | None:
    """The verdict where ``what`` hangs on the instance type of such a node group. Planned types answer for it."""
    found = types_of_templates(subject)
    if not found or any(subject.options.planned_instance_types):
        return None
    names = ", ".join(item.object.removeprefix("Node group ") for item in found)
    return unknown(
        f"{what} is not known for node groups that have no node yet, and whose launch template names the type: {names}",
        found,
        remedy="Look the type up (aws ec2 describe-launch-template-versions), and name it in planned_instance_types "
        "(role variable eks_windows_planned_instance_types), which is judged in its place.",
        blocks=(),
        stops_pods=False,
    )


class _Judged(NamedTuple):
    """An instance type, where it was seen, and what speaks against it there."""

    where: str
    type: str
    problems: list[str]


def _more(items: list[_Judged]) -> str:
    """How many other types there are."""
    others = len({item.type for item in items}) - 1
    return f" (types like it: {others})" if others else ""


@rule(
    RULES,
    id="nodes.address_capacity",
    severity="error",
    title="Each Windows node advertises addresses for pods",
    evidence="The address capacity of each Windows node, or that it is absent.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/docs/troubleshooting.md",
    remedy="Wait some minutes: the controller takes a node up at its next event or within 30 minutes. Then look at the "
    "node's events from vpc-resource-controller, and replace the node.",
    resolved_by=("attach_cluster_policy", "enable_windows_ipam"),
    stops_pods=True,
)
def address_capacity(subject: Subject) -> Verdict:
    """The capacity of each Windows node has vpc.amazonaws.com/PrivateIPv4Address above 0. The controller puts it there
    when it has taken the node up; an instance type that it does not know never gets it.

    It stops no goal, since a node that has just joined lacks it for minutes. It passes also after Windows support was
    disabled, as the capacity stays: whether support is on is for rule ipam.enabled to say. A node that lacks it while
    support is off does not matter to goal disable.
    """
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    lacking = [_capacity(node) for node in nodes if not advertises_addresses(node)]
    if not lacking:
        evidence = map(_capacity, nodes)
        return passed("Every Windows node advertises addresses, as it also does after disabling", *evidence)
    summary = f"Windows nodes that don't advertise addresses for pods: {len(lacking)} of {len(nodes)}"
    if subject.control_plane_supported is not False and effective_ipam(subject) is False:
        if subject.options.goal == "disable":
            return not_applicable("Windows IPAM is off, as goal disable wants it", *lacking)
        return _without_ipam(subject, summary, lacking)
    if subject.control_plane_supported is False and not _may_act(subject):
        return failed(
            f"{summary}, as no controller is there: this version's control plane has none, nor is there legacy support",
            lacking,
            remedy="Update the cluster and run role cloudops.eks_windows.enable, or run role "
            "cloudops.eks_windows.legacy_install.",
            resolved_by=(INSTALL_ID,),
        )
    # Pods can run on the nodes that do.
    return failed(summary, lacking, stops_pods=len(lacking) == len(nodes))


def _may_act(subject: Subject) -> bool:
    """Whether legacy support acts, or could not be looked for."""
    return isinstance(subject.observation.legacy.deployments, Unknown) or bool(subject.legacy.acting)


def _without_ipam(subject: Subject, summary: str, lacking: list[Evidence]) -> Verdict:
    """The verdict where the controller of the control plane takes up no node. Role enable refuses beside what acts of
    legacy support."""
    if subject.legacy.blocking_controller:
        return failed(
            f"{summary}, as {BLOCKING_CONTROLLER} turns control-plane Windows support off",
            lacking,
            remedy=f"Where legacy support is to give the addresses, see its controller's log. {MIGRATE}",
            resolved_by=(CONTROLLER_ID,),
        )
    return failed(
        f"{summary}, as Windows IPAM is off",
        lacking,
        remedy=MIGRATE if subject.legacy.acting else "Run role cloudops.eks_windows.enable.",
        resolved_by=(ENABLE_ID,),
    )


def _capacity(node: Node) -> Evidence:
    return Evidence(f"Node {node.name}", f"{ADDRESS_CAPACITY}: {node.capacity.get(ADDRESS_CAPACITY, 'absent')}")


@rule(
    RULES,
    id="nodes.ready",
    severity="warning",
    title="Each Windows node is ready",
    evidence="Each Windows node that is not ready.",
    reference="https://kubernetes.io/docs/reference/node/node-status/#condition",
    remedy="See the conditions and events of the nodes in the evidence (kubectl describe node), and not the status of "
    "their node group, which can be ACTIVE all the same. kubelet and kube-proxy write to the event log EKS Windows of "
    "the node. Replace a node that stays so.",
)
def ready(subject: Subject) -> Verdict:
    """Condition Ready of each Windows node is True. No new pod starts on a node that is not ready, and those on it are
    made anew on others, where there are others. The status of a managed node group proves nothing: users saw groups
    that were ACTIVE, on whose nodes Windows pods could not work.

    It stops no goal, since a node that has just joined is not ready for some minutes.
    """
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    waiting = [Evidence(f"Node {node.name}", "not ready") for node in nodes if not node.ready]
    if waiting:
        return failed(f"Windows nodes that are not ready: {len(waiting)} of {len(nodes)}", waiting)
    return passed(
        f"Windows nodes that are ready: {len(nodes)}", *(Evidence(f"Node {node.name}", "ready") for node in nodes)
    )
