# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on IAM."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    CLUSTER_POLICY,
    DESCRIBE_ACTIONS,
    INTERFACE_ACTIONS,
    VPC_RESOURCE_CONTROLLER,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import (
    RoleGrants,
    partition_of,
    role_grants,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    CONTROL_PLANE_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ClusterRole

RULES: list[Rule] = []

ATTACH = "attach_cluster_policy"


@rule(
    RULES,
    id="iam.cluster_policy",
    severity="error",
    title="The cluster's role may manage the addresses of Windows nodes",
    evidence="The policies of the cluster's role, and each action that is not allowed.",
    reference="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSVPCResourceController.html",
    remedy=f"Run role cloudops.eks_windows.enable, which attaches {VPC_RESOURCE_CONTROLLER}, or attach it where the "
    "role is managed.",
    blocks=CONTROL_PLANE_GOALS,
    resolved_by=(ATTACH,),
    stops_pods=True,
)
def cluster_policy(subject: Subject) -> Verdict:
    """Managed policy AmazonEKSVPCResourceController is attached to the cluster's role, by its ARN in the cluster's
    partition, or another policy allows its actions. The Describe calls of EC2 that it lacks, and the controller makes
    for Windows nodes, are allowed too: AmazonEKSClusterPolicy has them.

    Permissions boundaries and policies of the organization are not looked at. Where AmazonEKSVPCResourceController and
    AmazonEKSClusterPolicy are both attached, no other policy is read, so that a Deny in one would not be seen. Actions
    under conditions, and policies that could not be read, make it unknown.

    It does not apply where option cluster_policy is ignore, for goal disable, and on versions whose control plane has
    no Windows support.
    """
    if subject.options.cluster_policy == "ignore":
        return not_applicable("Not looked at, as cluster_policy is ignore")
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support to allow anything to")
    role = known(subject.observation.cluster_role)
    grants = role_grants(role, partition_of(role))
    interface = grants.lacks(INTERFACE_ACTIONS)
    describe = grants.lacks(DESCRIBE_ACTIONS)
    if interface or describe:
        return _lacking(role, grants, interface, describe)
    if grants.attached:
        summary = f"{VPC_RESOURCE_CONTROLLER} is attached to role {role.name}"
    else:
        summary = f"Role {role.name} has an equivalent of {VPC_RESOURCE_CONTROLLER}: {', '.join(grants.by)}"
    if not role.complete:
        summary += "; the role's other policies were not read"
    elif grants.unreadable:
        summary += f"; {', '.join(grants.unreadable)} could not be read"
    return passed(summary, *_policies(role))


def _lacking(role: ClusterRole, grants: RoleGrants, interface: tuple[str, ...], describe: tuple[str, ...]) -> Verdict:
    """The verdict where an action is not certainly allowed."""
    lacking = interface + describe
    evidence = [*(Evidence(f"IAM action {action}", _state(grants, action)) for action in lacking), *_policies(role)]
    # Attaching the managed policy allows the interface actions, unless one is denied; it has no Describe call.
    resolved_by = () if describe or grants.attached or set(interface) & grants.denied else (ATTACH,)
    denied = [action for action in lacking if action in grants.denied]
    if denied:
        return failed(
            f"A policy of role {role.name} denies {_few(denied)}",
            evidence,
            remedy="Take the Deny statement for these actions out of the role's policies.",
            resolved_by=(),
        )
    if grants.unreadable and role.complete:
        return unknown(
            f"What was read of role {role.name} doesn't allow {_few(lacking)}; {', '.join(grants.unreadable)} has no "
            "document of statements",
            evidence,
            remedy="Look at the policy (aws iam get-role-policy, or get-policy-version). Or attach "
            f"{VPC_RESOURCE_CONTROLLER} and {CLUSTER_POLICY}.",
            resolved_by=resolved_by,
        )
    if not role.complete:
        reason = f": {' '.join(role.unread.reason.split())}" if role.unread else ""
        ask = role.unread.remedy if role.unread else "Allow the caller to read the policies of the role."
        return unknown(
            f"The managed policies of role {role.name} don't allow {_few(lacking)}; others could not be read{reason}",
            [*evidence, *([unread(role.unread)] if role.unread else [])],
            remedy=f"{ask.rstrip('.')}. Or attach {VPC_RESOURCE_CONTROLLER} and {CLUSTER_POLICY}.",
            resolved_by=resolved_by,
        )
    missing = [action for action in lacking if action in grants.missing]
    if not missing:
        return unknown(
            f"Role {role.name} has {_few(lacking)} under conditions, or on some resources, that can't be judged here",
            evidence,
            remedy=f"Attach {VPC_RESOURCE_CONTROLLER} and {CLUSTER_POLICY}. Where the conditions are known to hold, "
            "put iam.cluster_policy into ignore (role variable eks_windows_ignore).",
            resolved_by=resolved_by,
        )
    if set(missing) & set(INTERFACE_ACTIONS):
        also = f", nor {_few(describe)} allowed" if describe else ""
        summary = f"{VPC_RESOURCE_CONTROLLER} is not attached to role {role.name}{also}"
        if grants.by:
            summary += f"; {', '.join(grants.by)} has a part of it"
    else:
        summary = f"Role {role.name} lacks {_few(missing)}, which {VPC_RESOURCE_CONTROLLER} does not have"
    if describe:
        return failed(
            summary,
            evidence,
            remedy=f"Attach {CLUSTER_POLICY}, or allow {', '.join(describe)} in the role's own policy"
            f"{'' if not interface else f', and attach {VPC_RESOURCE_CONTROLLER}'}.",
            resolved_by=resolved_by,
        )
    return failed(summary, evidence, resolved_by=resolved_by)


def _state(grants: RoleGrants, action: str) -> str:
    if action in grants.denied:
        return "denied"
    return "allowed or denied under conditions" if action in grants.conditional else "not allowed"


def _policies(role: ClusterRole) -> list[Evidence]:
    attached = [Evidence(f"IAM role {role.name}", policy.arn) for policy in role.attached]
    return attached + [Evidence(f"IAM role {role.name}", f"inline policy {policy.name}") for policy in role.inline]


def _few(actions: tuple[str, ...] | list[str]) -> str:
    """Up to two of them by name, the rest by number."""
    shown = ", ".join(actions[:2])
    return shown if len(actions) <= 2 else f"{shown} and {len(actions) - 2} more actions"
