# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what the controller of the control plane may read."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import BELOW, TROUBLESHOOTING
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.controller_role import (
    BINDING,
    GOAL,
    NAMESPACE,
    ROLE,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []


@rule(
    RULES,
    id="ipam.controller_role",
    severity="warning",
    title="The control plane's controller has its Role in kube-system",
    evidence="Whether the Role and the RoleBinding are present.",
    reference=TROUBLESHOOTING,
    remedy="EKS makes the Role and the RoleBinding: where they don't come back, ask AWS Support to restore them. Rule "
    "ipam.probe (option probe, role variable eks_windows_probe) and role cloudops.eks_windows.smoke_test tell whether "
    "the controller still works.",
)
def controller_role(subject: Subject) -> Verdict:
    """Role eks-vpc-resource-controller-role and RoleBinding eks-vpc-resource-controller-rolebinding exist in
    kube-system. EKS makes them for the controller of the control plane, which reads ConfigMap amazon-vpc-cni there, and
    holds Windows IPAM to be off where it can't.

    What they allow, and to whom, is not looked at. It applies for goal enable alone, which asks for them, and not to
    versions whose control plane has no Windows support.
    """
    if subject.options.goal != GOAL:
        return not_applicable("Only goal enable asks for them")
    if subject.control_plane_supported is False:
        return not_applicable(BELOW)
    found = subject.observation.controller_role
    if found is None:
        return not_applicable("They were not asked for")
    parts = {f"Role {NAMESPACE}/{ROLE}": found.role, f"RoleBinding {NAMESPACE}/{BINDING}": found.binding}
    absent = [name for name, part in parts.items() if part is False]
    missed = [part for part in parts.values() if isinstance(part, Unknown)]
    if absent:
        # A control plane without Windows support has no such controller.
        known(subject.observation.cluster)
        return failed(
            f"{' and '.join(absent)} {'are' if len(absent) > 1 else 'is'} missing: the controller may hold Windows "
            "IPAM to be off",
            [*(Evidence(name, "absent") for name in absent), *map(unread, missed)],
        )
    if missed:
        return unknown_part(missed[0])
    return passed("The controller's Role and RoleBinding exist", *(Evidence(name, "present") for name in parts))
