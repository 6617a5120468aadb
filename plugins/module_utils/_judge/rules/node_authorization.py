# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what the cluster lets Windows nodes do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.aws_auth import (
    MAP_ROLES,
    WINDOWS_GROUP,
    AwsAuthUnreadableError,
    RoleRow,
    YamlMissingError,
    map_roles,
    row_of,
    row_with_blanks,
    row_with_path,
)
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
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import GROUPS_NOT_ASKED, Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    NodeGroup,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import (
    NodeRole,
    windows_groups,
)

RULES: list[Rule] = []

AWS_AUTH = "ConfigMap kube-system/aws-auth"
ENTRY_TYPE = "EC2_WINDOWS"
ACCESS_ENTRIES = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"


@dataclass(frozen=True)
class _State:
    """What a role is let do: ``lacking`` says what is wrong, empty where nothing is."""

    role: NodeRole
    seen: str
    lacking: str = ""


@rule(
    RULES,
    id="iam.node_authorization",
    severity="error",
    title="The cluster lets the role of each Windows node run kube-proxy",
    evidence="Each role of Windows nodes with its access entry's type or its groups in aws-auth, each node whose role "
    "is not known, and each node group that may be of Windows.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy=f"Where an access entry decides, delete it and create it anew with type {ENTRY_TYPE}: its type can't be "
    "changed. Linux nodes of that role need a role of their own first. Else add group "
    f"{WINDOWS_GROUP} to the role's row in {MAP_ROLES} of {AWS_AUTH}, by its ARN without a path.",
    stops_pods=True,
)
def node_authorization(subject: Subject) -> Verdict:
    """Each IAM role that Windows nodes run as has an access entry of type EC2_WINDOWS, in whatever case, or a row in
    aws-auth with group eks:kube-proxy-windows. Without it kube-proxy on Windows can't read Services and endpoints, so
    that neither DNS nor any Service is reached from pods there, while the nodes are Ready and the node group is ACTIVE.

    The cluster's authentication mode says what counts. In mode API it is the access entry; in mode CONFIG_MAP aws-auth;
    in mode API_AND_CONFIG_MAP the entry where the role has one, else aws-auth. A row whose ARN has a path, or
    blanks about it, maps nothing, of several rows for a role the last one counts, and where mapRoles is no YAML it
    maps nobody.

    Roles are those of managed node groups, also without a node, and those of the instance profiles of other Windows
    nodes. It is unknown where they, the entries or the ConfigMap can't be read. Windows pods are held to be kept from
    running where no role is known to be right.

    A managed node group whose launch template names the AMI may be of Windows, which EKS does not tell, and has to be
    let in by hand. Where there is such a group, no node of it tells, and nothing else is of Windows, it is unknown, as
    a warning.

    It does not apply for goal disable, where there is nothing of Windows, and where node groups are not asked for: a
    goal that does not turn Windows on, while Windows IPAM is off and no Windows node is there or planned.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    if subject.observation.node_groups is None:
        return not_applicable(GROUPS_NOT_ASKED)
    decide = _decider(subject)
    states: list[_State] = []
    undecided: list[tuple[NodeRole, Unknown]] = []
    for role in subject.node_roles.roles:
        try:
            states.append(decide(role))
        except PartUnknownError as error:
            undecided.append((role, error.unknown))
    lacking = [state for state in states if state.lacking]
    none_is_right = len(lacking) == len(states)
    missed = [unread(part) for part in _unread_parts(subject)]
    untold = [Evidence(name, f"role not known: {part.reason}") for name, part in subject.node_roles.untold]
    unsure = [Evidence(f"IAM role {role.arn}", f"not known: {part.source}: {part.reason}") for role, part in undecided]
    if lacking:
        shown = [Evidence(f"IAM role {state.role.arn}", f"{state.seen} ({_users(state.role)})") for state in lacking]
        others = f" (roles like it: {len(lacking) - 1})" if len(lacking) > 1 else ""
        return failed(
            f"{lacking[0].lacking}{others}",
            [*shown, *unsure, *untold, *missed],
            stops_pods=none_is_right,
        )
    causes = [*_unread_parts(subject), *(part for _role, part in undecided)]
    causes += [part for _name, part in subject.node_roles.untold]
    if causes:
        first = causes[0]
        return unknown(
            f"Not known of each role of Windows nodes: {first.source}: {' '.join(first.reason.split())}",
            [*unsure, *untold, *missed],
            remedy=first.remedy,
            stops_pods=none_is_right,
        )
    silent = untold_groups(known(subject.observation.node_groups), known(subject.observation.nodes))
    if not states:
        return _of_groups_alone(silent)
    return passed(
        f"Roles of Windows nodes that may run kube-proxy: {len(states)}",
        *(Evidence(f"IAM role {state.role.arn}", f"{state.seen} ({_users(state.role)})") for state in states),
        *map(_doubtful, silent),
    )


def _of_groups_alone(silent: tuple[NodeGroup, ...]) -> Verdict:
    """The verdict where nothing is known to be of Windows, but these node groups may be."""
    if not silent:
        return not_applicable("There is no Windows node and no Windows node group")
    return unknown(
        f"Not known: the operating system of node groups whose launch template names the AMI: {len(silent)}",
        list(map(_doubtful, silent)),
        remedy="Look which AMI the launch template of these node groups names (aws ec2 "
        "describe-launch-template-versions), and whether it is of Windows (aws ec2 describe-images). Where it is, give "
        f"their role an access entry of type {ENTRY_TYPE}, or add group {WINDOWS_GROUP} to its row in {AWS_AUTH}, as "
        "the cluster's authentication mode wants.",
        severity="warning",
        stops_pods=False,
    )


def _unread_parts(subject: Subject) -> list[Unknown]:
    """Parts that may have further roles."""
    parts = (subject.observation.cluster, subject.windows_nodes, subject.observation.node_groups)
    return [part for part in parts if isinstance(part, Unknown)]


def _users(role: NodeRole) -> str:
    shown = ", ".join(role.users[:2])
    return shown if len(role.users) <= 2 else f"{shown} and {len(role.users) - 2} more"


def _decider(subject: Subject) -> Callable[[NodeRole], _State]:
    """Judges one role by the cluster's authentication mode; raises PartUnknownError where that can't be told."""
    rows: list[tuple[RoleRow, ...] | AwsAuthUnreadableError] = []

    def aws_auth() -> tuple[RoleRow, ...] | AwsAuthUnreadableError:
        if not rows:
            rows.append(_rows(subject))
        return rows[0]

    def decide(role: NodeRole) -> _State:
        mode = known(subject.observation.cluster).authentication_mode
        entry = _entry(subject, role) if "API" in mode else None
        if entry is not None:
            return _by_entry(role, entry)
        if mode == "API":
            return _State(
                role,
                "no access entry",
                f"Role {_name(role)} of Windows nodes has no access entry, and authentication mode API takes no other",
            )
        state = _by_aws_auth(role, aws_auth())
        if state.lacking and not mode:
            raise PartUnknownError(
                Unknown(
                    "eks:DescribeCluster",
                    f"EKS does not say the authentication mode, and {state.lacking}",
                    "Look at accessConfig.authenticationMode of aws eks describe-cluster, and at the role's access "
                    "entry (aws eks describe-access-entry)",
                )
            )
        return state

    return decide


def _entry(subject: Subject, role: NodeRole) -> AccessEntry | None:
    entries = known(subject.observation.access_entries or ())
    return next((entry for entry in entries if entry.principal_arn == role.arn), None)


def _by_entry(role: NodeRole, entry: AccessEntry) -> _State:
    seen = f"access entry of type {entry.type or 'not given'}"
    if entry.type.upper() == ENTRY_TYPE:
        return _State(role, seen)
    return _State(
        role, seen, f"The access entry of role {_name(role)} of Windows nodes is of type {entry.type or 'not given'}"
    )


def _rows(subject: Subject) -> tuple[RoleRow, ...] | AwsAuthUnreadableError:
    try:
        return map_roles(known(subject.observation.aws_auth or {}))
    except AwsAuthUnreadableError as error:
        return error
    except YamlMissingError:
        raise PartUnknownError(
            Unknown(AWS_AUTH, "PyYAML is not installed where this runs", "Install the Python package PyYAML there")
        ) from None


def _by_aws_auth(role: NodeRole, rows: tuple[RoleRow, ...] | AwsAuthUnreadableError) -> _State:
    if isinstance(rows, AwsAuthUnreadableError):
        return _State(
            role,
            f"{MAP_ROLES} of {AWS_AUTH} can't be read: {rows}",
            f"{MAP_ROLES} of {AWS_AUTH} is no list in YAML: it maps no role, nor {_name(role)} of Windows nodes",
        )
    row = row_of(rows, role.arn)
    if row is None:
        with_path = row_with_path(rows, role.arn)
        if with_path is not None:
            return _State(
                role,
                f"{AWS_AUTH} names it as {with_path.role_arn}",
                f"{AWS_AUTH} names role {_name(role)} of Windows nodes with a path, and so does not map it",
            )
        with_blanks = row_with_blanks(rows, role.arn)
        if with_blanks is not None:
            return _State(
                role,
                f"{AWS_AUTH} names it as {with_blanks.role_arn!r}",
                f"{AWS_AUTH} names role {_name(role)} of Windows nodes with blanks about its ARN: it maps nothing",
            )
        return _State(role, f"no row in {AWS_AUTH}", f"Role {_name(role)} of Windows nodes is not in {AWS_AUTH}")
    seen = f"groups in {AWS_AUTH}: {', '.join(row.groups) or 'none'}"
    if WINDOWS_GROUP in row.groups:
        return _State(role, seen)
    return _State(role, seen, f"Role {_name(role)} of Windows nodes lacks group {WINDOWS_GROUP} in {AWS_AUTH}")


def _name(role: NodeRole) -> str:
    return role.arn.rpartition("/")[2]


@rule(
    RULES,
    id="iam.node_role_shared",
    severity="warning",
    title="No Linux node group has the role of Windows nodes",
    evidence="Each Linux node group, and each whose operating system can't be told, with the role that it shares with "
    "Windows nodes.",
    reference=ACCESS_ENTRIES,
    remedy="Give the Windows node groups a role of their own when they are next replaced.",
)
def node_role_shared(subject: Subject) -> Verdict:
    """No managed node group of Linux runs as a role that Windows nodes run as too. An access entry has a single type,
    so that the user guide recommends separate roles. Where aws-auth maps the role, a new node group of Linux was seen
    to take group eks:kube-proxy-windows out of its row. The summary speaks of aws-auth only where the cluster's
    authentication mode reads it, and the role is known to have no access entry.

    It is information where the role has an access entry, which a new node group leaves as it is. Self-managed Linux
    nodes are not looked at. Where no group of Linux is known to share a role, it is unknown where the role of a Windows
    node could not be read, and where one is shared by a group whose launch template names the AMI and of which no node
    tells the operating system. It does not apply for goal disable, and where there is nothing of Windows.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    if subject.observation.node_groups is None:
        return not_applicable(GROUPS_NOT_ASKED)
    groups = known(subject.observation.node_groups)
    nodes = known(subject.windows_nodes)
    roles = {role.arn: role for role in subject.node_roles.roles}
    if not roles and not subject.node_roles.untold:
        return not_applicable("There is no Windows node, and no node group known to be of Windows")
    of_windows = windows_groups(nodes, groups)
    others = [group for group in groups if group not in of_windows and group.node_role in roles]
    silent = untold_groups(others, known(subject.observation.nodes))
    sharing = [group for group in others if group not in silent]
    doubtful = list(map(_doubtful, silent))
    if not sharing and subject.node_roles.untold:
        part = subject.node_roles.untold[0][1]
        return unknown(not_known(part), [unread(part), *doubtful], remedy=part.remedy)
    if silent and not sharing:
        return unknown(
            f"Not known: the operating system of node groups that run as a role of Windows nodes: {len(silent)}",
            doubtful,
            remedy="Look which AMI the launch template of these node groups names (aws ec2 "
            "describe-launch-template-versions), and whether it is of Windows (aws ec2 describe-images). Where it is "
            "not, give the Windows node groups a role of their own when they are next replaced.",
            severity="info" if _entries_decide(subject, silent) else None,
        )
    if not sharing:
        return passed(
            "Windows nodes share their roles with no Linux node group", *(Evidence("IAM role", arn) for arn in roles)
        )
    evidence = [*(Evidence(f"Node group {group.name}", _runs_as(group)) for group in sharing), *doubtful]
    summary = f"Linux node groups that run as a role of Windows nodes: {len(sharing)}"
    if _entries_decide(subject, sharing):
        return failed(f"{summary}, whose access entry has a single type", evidence, severity="info")
    entries, cluster = subject.observation.access_entries, subject.observation.cluster
    mode = "" if isinstance(cluster, Unknown) else cluster.authentication_mode
    if mode == "API":
        return failed(f"{summary}, and access entries, which alone count in mode API, have a single type", evidence)
    if not mode or isinstance(entries, Unknown):
        return failed(summary, evidence)
    return failed(f"{summary}, so that a new node group may take {WINDOWS_GROUP} from it in aws-auth", evidence)


def _entries_decide(subject: Subject, groups: Iterable[NodeGroup]) -> bool:
    """Whether the role of each of these node groups is known to have an access entry."""
    entries = subject.observation.access_entries
    decided = {entry.principal_arn for entry in (() if isinstance(entries, Unknown) else entries or ())}
    return {group.node_role for group in groups} <= decided


def _doubtful(group: NodeGroup) -> Evidence:
    """A node group of which nothing tells the operating system."""
    return Evidence(f"Node group {group.name}", f"{_runs_as(group)}, operating system not known")


def _runs_as(group: NodeGroup) -> str:
    return f"{group.ami_type or 'AMI type not given'}, role {group.node_role}"
