# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the managed add-ons themselves."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import NO_UPDATE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import needed_patch
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import IPAM_GOALS, Evidence
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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    Known,
    Unknown,
)

RULES: list[Rule] = []

GRAVITY = ("fail", "unknown", "pass", "not_applicable")
"""Statuses of a verdict, the gravest first."""


@rule(
    RULES,
    id="addon.health",
    severity="warning",
    title="The managed vpc-cni and coredns add-ons are ACTIVE and have no health issues",
    evidence="Each add-on's version with its status, and each health issue with its code, message and resources.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html",
    remedy="Look at aws eks describe-addon and describe-update, and mend what the issues name. An add-on that is being "
    "updated is ACTIVE again by itself.",
    blocks=IPAM_GOALS,
)
def health(subject: Subject) -> Verdict:
    """DescribeAddon gives the status of the managed vpc-cni and coredns add-ons as ACTIVE and lists no health issue.
    Windows pods need both: their addresses are set up by the one, and names are resolved by the other, on Linux nodes.

    It stops a goal, as an error, only where the configuration of vpc-cni would have to change and its status allows no
    update. An add-on that EKS does not manage is not looked at; it does not apply where it manages neither.
    """
    return _both(_vpc_cni(subject), _coredns(subject.observation.coredns))


def _both(first: Verdict, second: Verdict) -> Verdict:
    """The graver of two verdicts, with the evidence of both; what both say where they are alike."""
    chosen = min((first, second), key=lambda verdict: GRAVITY.index(verdict.status))
    summary = f"{first.summary}; {second.summary}" if first.status == second.status else chosen.summary
    return replace(chosen, summary=summary, evidence=(*first.evidence, *second.evidence))


def _vpc_cni(subject: Subject) -> Verdict:
    addon = subject.observation.vpc_cni
    if not isinstance(addon, Addon):
        return _without(addon, "vpc-cni")
    if addon.status in NO_UPDATE and needed_patch(subject) is not None:
        return failed(
            f"Add-on vpc-cni is {addon.status}, so that its configuration can't be changed{_with(_codes(addon))}",
            _evidence(addon),
            severity="error",
            remedy="Wait until the add-on is deleted, or create it anew, then run again. Or set ipam_owner (role "
            "variable eks_windows_ipam_owner) to config_map, which leaves the add-on alone.",
        )
    return _state(addon)


def _coredns(addon: Known[Addon | None]) -> Verdict:
    return _state(addon) if isinstance(addon, Addon) else _without(addon, "coredns")


def _without(addon: Unknown | None, name: str) -> Verdict:
    if isinstance(addon, Unknown):
        return unknown_part(addon, blocks=())
    return not_applicable(f"EKS does not manage the {name} add-on")


def _state(addon: Addon) -> Verdict:
    codes, evidence = _codes(addon), _evidence(addon)
    if addon.status != "ACTIVE":
        summary = f"Add-on {addon.name} is {addon.status or 'without a status'}{_with(codes)}"
        return failed(summary, evidence, blocks=())
    if addon.issues:
        return failed(f"Add-on {addon.name} has health issues: {codes}", evidence, blocks=())
    return passed(f"Add-on {addon.name} is ACTIVE and has no health issues", *evidence)


def _evidence(addon: Addon) -> list[Evidence]:
    name = f"Add-on {addon.name} {addon.version}"
    evidence = [Evidence(name, addon.status or "no status")]
    for issue in addon.issues:
        concerned = f" ({', '.join(issue.resource_ids)})" if issue.resource_ids else ""
        evidence.append(Evidence(name, f"{issue.code}: {' '.join(issue.message.split())}{concerned}"))
    return evidence


def _codes(addon: Addon) -> str:
    return ", ".join(dict.fromkeys(issue.code for issue in addon.issues))


def _with(codes: str) -> str:
    return f", with health issues: {codes}" if codes else ""
