# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps on managed policy AmazonEKSVPCResourceController of the cluster's role."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    INTERFACE_ACTIONS,
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import partition_of, role_grants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.policy_use import policy_is_kept
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Observation,
    Policy,
    Unknown,
)

ATTACH_ID = "attach_cluster_policy"
DETACH_ID = "detach_cluster_policy"
NOT_ATTACHED = "not attached"


def attach(subject: Subject) -> Step | None:
    """Where the managed policy is not attached, and no equivalent is known for certain."""
    role = subject.observation.cluster_role
    if subject.options.cluster_policy != "manage" or isinstance(role, Unknown):
        return None
    partition = partition_of(role)
    grants = role_grants(role, partition)
    if grants.attached or not grants.lacks(INTERFACE_ACTIONS):
        return None
    return Step(
        step=ATTACH_ID,
        reason=f"{VPC_RESOURCE_CONTROLLER} is not attached to the cluster's role",
        object=f"IAM role {role.name}",
        before=NOT_ATTACHED,
        after=managed_policy_arn(partition, VPC_RESOURCE_CONTROLLER),
    )


def detach(subject: Subject) -> Step | None:
    """Where the managed policy is attached and nothing else needs it. Never where Windows IPAM's value is unknown:
    it would be left on without what it needs."""
    role = subject.observation.cluster_role
    if subject.options.cluster_policy != "manage" or isinstance(role, Unknown):
        return None
    if isinstance(subject.cni_data, Unknown):
        return None
    partition = partition_of(role)
    if not role_grants(role, partition).attached or policy_is_kept(subject):
        return None
    return Step(
        step=DETACH_ID,
        reason=f"Nothing but Windows support needs {VPC_RESOURCE_CONTROLLER}",
        object=f"IAM role {role.name}",
        before=managed_policy_arn(partition, VPC_RESOURCE_CONTROLLER),
        after=NOT_ATTACHED,
    )


def attached(step: Step, observation: Observation) -> Observation:
    """The observation with the policy attached."""
    role = observation.cluster_role
    if isinstance(role, Unknown):
        return observation
    policies = (*role.attached, Policy(VPC_RESOURCE_CONTROLLER, step.after))
    return replace(observation, cluster_role=replace(role, attached=policies))


def detached(step: Step, observation: Observation) -> Observation:
    """The observation with the policy detached."""
    role = observation.cluster_role
    if isinstance(role, Unknown):
        return observation
    policies = tuple(policy for policy in role.attached if policy.arn != step.before)
    return replace(observation, cluster_role=replace(role, attached=policies))


ATTACH_CLUSTER_POLICY = StepKind(ATTACH_ID, attach, attached)
DETACH_CLUSTER_POLICY = StepKind(DETACH_ID, detach, detached)
