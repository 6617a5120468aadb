# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What else needs AmazonEKSVPCResourceController on the cluster's role, beside Windows support."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import AWS_NODE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

POD_ENI = "ENABLE_POD_ENI"
POD_FEATURE = "SecurityGroupsForPods"

IN_USE_RULE = "iam.policy_in_use"
SHARED_RULE = "iam.cluster_role_shared"


@dataclass(frozen=True)
class PolicyUse:
    """What was found of one reason to keep the policy.

    Attributes:
        found: Each user of it.
        undecided: What could not be read, or does not tell.
        remedies: What would decide it, one for each of ``undecided``.
    """

    found: tuple[Evidence, ...]
    undecided: tuple[Evidence, ...]
    remedies: tuple[str, ...]

    @property
    def keeps(self) -> bool:
        """Whether the policy has to be kept: also where that can't be told."""
        return bool(self.found or self.undecided)


def policy_is_kept(subject: Subject) -> bool:
    """Whether disabling leaves the policy attached. A waiver of a reason's rule lifts that reason."""
    return any(
        use.keeps and not subject.options.waives(rule_id)
        for rule_id, use in ((IN_USE_RULE, security_groups_use(subject)), (SHARED_RULE, role_sharing(subject)))
    )


def security_groups_use(subject: Subject) -> PolicyUse:
    """Security groups for pods: switched on in aws-node, asked for by an object, or carried by a CNINode."""
    collected = _Collected()
    _aws_node(subject, collected)
    policies = subject.observation.security_group_policies
    if isinstance(policies, Unknown):
        collected.unread(policies)
    else:
        collected.found += [
            Evidence(f"SecurityGroupPolicy {policy.namespace}/{policy.name}", "present") for policy in policies
        ]
    cni_nodes = subject.observation.cni_nodes
    if cni_nodes is None:
        collected.not_asked("CNINodes")
    elif isinstance(cni_nodes, Unknown):
        collected.unread(cni_nodes)
    else:
        collected.found += [
            Evidence(f"CNINode {cni_node.name}", f"feature {POD_FEATURE}")
            for cni_node in cni_nodes
            if POD_FEATURE in cni_node.features
        ]
    return collected.use()


def role_sharing(subject: Subject) -> PolicyUse:
    """Other clusters that run as the cluster's role, in every region enabled for the account."""
    collected = _Collected()
    users = subject.observation.role_users
    if users is None:
        collected.not_asked("Clusters of the role")
    elif isinstance(users, Unknown):
        collected.unread(users)
    else:
        collected.found += [
            Evidence(f"EKS cluster {user.region}/{user.name}", "has the role") for user in users.clusters
        ]
        for part in users.unsearched:
            collected.unread(part)
    return collected.use()


class _Collected:
    """What is collected of one reason."""

    def __init__(self) -> None:
        self.found: list[Evidence] = []
        self.undecided: list[tuple[Evidence, str]] = []

    def unread(self, part: Unknown) -> None:
        self.undecided.append((Evidence(part.source, " ".join(part.reason.split())), part.remedy))

    def not_asked(self, what: str) -> None:
        self.undecided.append((Evidence(what, "not asked for"), "Run with goal disable, which asks for it."))

    def use(self) -> PolicyUse:
        return PolicyUse(
            tuple(self.found),
            tuple(item[0] for item in self.undecided),
            tuple(item[1] for item in self.undecided),
        )


def _aws_node(subject: Subject, collected: _Collected) -> None:
    aws_node = subject.observation.aws_node
    if isinstance(aws_node, Unknown):
        collected.unread(aws_node)
    elif aws_node is not None and not aws_node.is_resolved(POD_ENI):
        collected.undecided.append(
            (
                Evidence(AWS_NODE, f"{POD_ENI} from {'valueFrom' if POD_ENI in aws_node.unresolved else 'envFrom'}"),
                f"Look where {AWS_NODE} takes {POD_ENI} from.",
            )
        )
    elif aws_node is not None and parse_bool(aws_node.env.get(POD_ENI)):
        collected.found.append(Evidence(AWS_NODE, f"{POD_ENI}={aws_node.env[POD_ENI]}"))
