# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The steps from the state seen to a goal."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.addon import CONFIGURE_ADDON
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.cluster_policy import (
    ATTACH_CLUSTER_POLICY,
    DETACH_CLUSTER_POLICY,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import (
    CREATE_ROLE_BINDING,
    INSTALL_LEGACY_CONTROLLER,
    INSTALL_LEGACY_WEBHOOK,
    ISSUE_WEBHOOK_CERTIFICATE,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_removal import (
    REMOVE_LEGACY_CONTROLLER,
    REMOVE_LEGACY_LEFTOVERS,
    REMOVE_LEGACY_WEBHOOK,
    REMOVE_SECOND_CONTROLLER,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.side_effects import (
    DECLARE_SIDE_EFFECTS,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.stuck_pods import RECYCLE_STUCK_PODS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    DROP_CERTIFICATE_BACKUP,
    RENEW_WEBHOOK_CERTIFICATE,
    RESTART_WEBHOOK,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.windows_addressing import (
    CONFIGURE_WINDOWS_ADDRESSING,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.windows_ipam import (
    DISABLE_WINDOWS_IPAM_STEP,
    ENABLE_WINDOWS_IPAM_STEP,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject

__all__ = ["PLANS", "Step", "plan"]

PLANS: Mapping[Goal, tuple[StepKind, ...]] = {
    "enable": (ATTACH_CLUSTER_POLICY, CONFIGURE_WINDOWS_ADDRESSING, ENABLE_WINDOWS_IPAM_STEP, CONFIGURE_ADDON),
    "disable": (DISABLE_WINDOWS_IPAM_STEP, CONFIGURE_ADDON, DETACH_CLUSTER_POLICY),
    "legacy_install": (
        CREATE_ROLE_BINDING,
        INSTALL_LEGACY_CONTROLLER,
        ISSUE_WEBHOOK_CERTIFICATE,
        INSTALL_LEGACY_WEBHOOK,
    ),
    "legacy_remove": (REMOVE_LEGACY_CONTROLLER, REMOVE_LEGACY_WEBHOOK, REMOVE_LEGACY_LEFTOVERS),
    "migrate": (
        DECLARE_SIDE_EFFECTS,
        ATTACH_CLUSTER_POLICY,
        CONFIGURE_WINDOWS_ADDRESSING,
        REMOVE_SECOND_CONTROLLER,
        ENABLE_WINDOWS_IPAM_STEP,
        CONFIGURE_ADDON,
        REMOVE_LEGACY_CONTROLLER,
        REMOVE_LEGACY_WEBHOOK,
        REMOVE_LEGACY_LEFTOVERS,
    ),
    "cert_renew": (
        DECLARE_SIDE_EFFECTS,
        RENEW_WEBHOOK_CERTIFICATE,
        RESTART_WEBHOOK,
        RECYCLE_STUCK_PODS,
        DROP_CERTIFICATE_BACKUP,
    ),
    "none": (),
}
"""The steps of each goal, in their order: those that the goal's role carries out, and no other."""

KINDS: Mapping[str, StepKind] = {kind.id: kind for kinds in PLANS.values() for kind in kinds}
"""Every step that a plan may have, by its id."""


def plan(subject: Subject) -> tuple[Step, ...]:
    """The steps to the goal of the options, in order; empty where nothing is to be done.

    A part that could not be read gives no step: the finding on it stops the goal.
    """
    steps = (kind.make(subject) for kind in PLANS[subject.options.goal])
    return tuple(step for step in steps if step is not None)
