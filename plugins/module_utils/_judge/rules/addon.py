# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the managed add-ons themselves."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import NO_UPDATE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import needed_patch
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import IPAM_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import ADDON
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    not_applicable,
    passed,
    rule,
    unknown_part,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []


@rule(
    RULES,
    id="addon.health",
    severity="warning",
    title="The managed vpc-cni add-on is ACTIVE and has no health issues",
    evidence="The add-on's version with its status, and each health issue with its code, message and resources.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html",
    remedy="Look at aws eks describe-addon and describe-update, and mend what the issues name. An add-on that is being "
    "updated is ACTIVE again by itself.",
    blocks=IPAM_GOALS,
)
def health(subject: Subject) -> Verdict:
    """DescribeAddon gives the status of the managed vpc-cni add-on as ACTIVE and lists no health issue.

    It stops a goal, as an error, only where the add-on's configuration would have to change and its status allows no
    update. It does not apply where EKS does not manage the add-on.
    """
    addon = subject.observation.vpc_cni
    if isinstance(addon, Unknown):
        return unknown_part(addon, blocks=())
    if addon is None:
        return not_applicable("EKS does not manage the vpc-cni add-on")
    name = f"{ADDON} {addon.version}"
    evidence = [Evidence(name, addon.status or "no status")]
    for issue in addon.issues:
        concerned = f" ({', '.join(issue.resource_ids)})" if issue.resource_ids else ""
        evidence.append(Evidence(name, f"{issue.code}: {' '.join(issue.message.split())}{concerned}"))
    codes = ", ".join(dict.fromkeys(issue.code for issue in addon.issues))
    if addon.status in NO_UPDATE and needed_patch(subject) is not None:
        return failed(
            f"Add-on vpc-cni is {addon.status}, so that its configuration can't be changed{_with(codes)}",
            evidence,
            severity="error",
            remedy="Wait until the add-on is deleted, or create it anew, then run again. Or set ipam_owner (role "
            "variable eks_windows_ipam_owner) to config_map, which leaves the add-on alone.",
        )
    if addon.status != "ACTIVE":
        return failed(f"Add-on vpc-cni is {addon.status or 'without a status'}{_with(codes)}", evidence, blocks=())
    if addon.issues:
        return failed(f"Add-on vpc-cni has health issues: {codes}", evidence, blocks=())
    return passed("Add-on vpc-cni is ACTIVE and has no health issues", *evidence)


def _with(codes: str) -> str:
    return f", with health issues: {codes}" if codes else ""
