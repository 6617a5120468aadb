# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The steps from the state seen to a goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    INTERFACE_ACTIONS,
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import role_grants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import live_value
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

ABSENT = "absent"


@dataclass(frozen=True)
class Step:
    """One step of a plan: the return value ``plan``. ``step`` is a published id, the same for ever."""

    step: str
    reason: str
    object: str
    before: str
    after: str


def plan(subject: Subject) -> tuple[Step, ...]:
    """The steps to the goal of the options, in order; empty where nothing is to be done.

    A part that could not be read gives no step: the finding on it stops the goal. Raises ValueError for a goal that
    has no plan.
    """
    goal = subject.options.goal
    if goal not in PLANS:
        raise ValueError(f"goal {goal} is not supported; goals are {', '.join(PLANS)}")
    steps = (make(subject) for make in PLANS[goal])
    return tuple(step for step in steps if step is not None)


def attach_cluster_policy(subject: Subject) -> Step | None:
    """Where the managed policy is not attached, and no equivalent is known for certain."""
    role = subject.observation.cluster_role
    if subject.options.cluster_policy != "manage" or isinstance(role, Unknown):
        return None
    partition = role.arn.split(":")[1] if role.arn.count(":") > 1 else "aws"
    grants = role_grants(role, partition)
    if grants.attached or not grants.lacks(INTERFACE_ACTIONS):
        return None
    return Step(
        step="attach_cluster_policy",
        reason=f"{VPC_RESOURCE_CONTROLLER} is not attached to the cluster's role",
        object=f"IAM role {role.name}",
        before="not attached",
        after=managed_policy_arn(partition, VPC_RESOURCE_CONTROLLER),
    )


def enable_windows_ipam(subject: Subject) -> Step | None:
    """Where the live value is not true. The one key is set; the ConfigMap is created where it is absent."""
    live = live_value(subject)
    if isinstance(live, Unknown) or parse_bool(live):
        return None
    config_map = subject.observation.cni_config_map
    if config_map is None:
        reason = f"{CONFIG_MAP} does not exist"
    elif live is None:
        reason = f"{ENABLE_WINDOWS_IPAM} is not set"
    else:
        reason = f'{ENABLE_WINDOWS_IPAM} is "{live}"'
    return Step(
        step="enable_windows_ipam",
        reason=reason,
        object=CONFIG_MAP,
        before=ABSENT if live is None else live,
        after="true",
    )


PLANS: Mapping[Goal, tuple[Callable[[Subject], Step | None], ...]] = {
    "enable": (attach_cluster_policy, enable_windows_ipam),
    "none": (),
}
"""The steps of each goal that has a plan, in their order: those that the goal's role carries out, and no other."""
