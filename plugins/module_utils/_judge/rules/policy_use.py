# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what keeps AmazonEKSVPCResourceController on the cluster's role when Windows support is disabled."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import VPC_RESOURCE_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import partition_of, role_grants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.policy_use import (
    IN_USE_RULE,
    SHARED_RULE,
    PolicyUse,
    role_sharing,
    security_groups_use,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject

RULES: list[Rule] = []


def _lifted_by(rule_id: str) -> str:
    return f"To have it detached all the same, put {rule_id} into ignore (role variable eks_windows_ignore)."


@rule(
    RULES,
    id=SHARED_RULE,
    severity="warning",
    title="No other cluster has the cluster's role",
    evidence="Each other cluster that has the role, and each region or cluster that could not be searched.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html",
    remedy=f"The policy is kept, as the other clusters may need it. {_lifted_by(SHARED_RULE)}",
)
def cluster_role_shared(subject: Subject) -> Verdict:
    """No other cluster, in any region that is enabled for the account, has the role from which goal disable would
    detach the managed policy: several clusters may run as one role. What could not be searched is unknown, and the
    policy is then kept.

    It matters to goal disable alone, where the policy is attached and option cluster_policy is manage. It stops
    nothing: where it fails the policy stays and everything else is done.
    """
    reason = _not_at_stake(subject)
    if reason:
        return not_applicable(reason)
    use = role_sharing(subject)
    name = known(subject.observation.cluster_role).name
    if use.found:
        clusters = "cluster has" if len(use.found) == 1 else "clusters have"
        also = f"; {len(use.undecided)} could not be searched" if use.undecided else ""
        return failed(
            f"{VPC_RESOURCE_CONTROLLER} is kept: {len(use.found)} other {clusters} role {name}{also}",
            (*use.found, *use.undecided),
        )
    if use.undecided:
        return _undecided(use, f"whether other clusters have role {name}", SHARED_RULE)
    users = known(subject.observation.role_users)
    regions = len(users.searched) if users else 0
    return passed(f"No other cluster has role {name} (regions searched: {regions})")


@rule(
    RULES,
    id=IN_USE_RULE,
    severity="info",
    title="Nothing but Windows support needs the managed policy",
    evidence="The variable ENABLE_POD_ENI of aws-node, each SecurityGroupPolicy and each CNINode with the feature.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
    remedy=f"Nothing to mend: the policy is kept, as security groups for pods need it. {_lifted_by(IN_USE_RULE)}",
)
def policy_in_use(subject: Subject) -> Verdict:
    """Security groups for pods are not used: they are not switched on in aws-node, there is no SecurityGroupPolicy, and
    no CNINode has feature SecurityGroupsForPods. They need AmazonEKSVPCResourceController as Windows does, so that the
    user guide leaves it attached where they are used.

    It matters to goal disable alone, where the policy is attached and option cluster_policy is manage. It stops
    nothing: where it fails, or is unknown, the policy stays and everything else is done.
    """
    reason = _not_at_stake(subject)
    if reason:
        return not_applicable(reason)
    use = security_groups_use(subject)
    if use.found:
        return failed(
            f"{VPC_RESOURCE_CONTROLLER} is kept: security groups for pods are in use", (*use.found, *use.undecided)
        )
    if use.undecided:
        return _undecided(use, "whether security groups for pods are in use", IN_USE_RULE)
    return passed(f"Nothing but Windows support needs {VPC_RESOURCE_CONTROLLER}")


def _not_at_stake(subject: Subject) -> str:
    """Why the policy would not be detached whatever else needs it; empty where it would."""
    if subject.options.goal != "disable":
        return "It matters to goal disable alone"
    if subject.options.cluster_policy != "manage":
        return f"{VPC_RESOURCE_CONTROLLER} is left as it is, as cluster_policy is {subject.options.cluster_policy}"
    role = known(subject.observation.cluster_role)
    if not role_grants(role, partition_of(role)).attached:
        return f"{VPC_RESOURCE_CONTROLLER} is not attached to role {role.name}"
    return ""


def _undecided(use: PolicyUse, what: str, rule_id: str) -> Verdict:
    first = use.undecided[0]
    return unknown(
        f"{VPC_RESOURCE_CONTROLLER} is kept, as it is not known {what}: {first.object}: {first.value}",
        use.undecided,
        remedy=f"{use.remedies[0].rstrip('.')}. {_lifted_by(rule_id)}",
    )
