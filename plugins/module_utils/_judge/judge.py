# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Judge an observation: every rule, one finding each."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence, Finding
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore, waive
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions, Waiver
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    PartUnknownError,
    Rule,
    Verdict,
    not_known,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation

__all__ = ["MAX_EVIDENCE", "JudgeOptions", "Waiver", "judge", "parse_ignore"]

MAX_EVIDENCE = 20


def judge(observation: Observation, options: JudgeOptions, rules: tuple[Rule, ...] = RULES) -> tuple[Finding, ...]:
    """One finding for each rule, in the order of the catalogue, with the waivers applied."""
    subject = Subject(observation, options)
    waivers = {waiver.id: waiver for waiver in options.ignore}
    findings = []
    for entry in rules:
        finding = evaluate(entry, subject)
        if entry.id in waivers:
            finding = waive(finding, waivers[entry.id], options.today)
        findings.append(finding)
    return tuple(findings)


def evaluate(entry: Rule, subject: Subject) -> Finding:
    """What one rule says. A part that could not be read, or an error in the rule itself, makes it unknown."""
    try:
        return _finding(entry, _verdict(entry, subject))
    except Exception as error:  # noqa: BLE001  # one rule's mistake must not hide what the others found
        return _finding(entry, _broken(entry, error))


def _verdict(entry: Rule, subject: Subject) -> Verdict:
    try:
        return entry.check(subject)
    except PartUnknownError as error:
        return unknown(not_known(error.unknown), [unread(error.unknown)], remedy=error.unknown.remedy)


def _broken(entry: Rule, error: Exception) -> Verdict:
    words = ""
    # What an error says of itself may be broken too.
    with contextlib.suppress(Exception):
        words = " ".join(str(error).split())
    kind = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return unknown(
        f"Rule {entry.id} could not be judged: {kind}",
        [Evidence(f"Rule {entry.id}", kind)],
        remedy="This is a mistake in the collection: report it with this line.",
    )


def _finding(entry: Rule, verdict: Verdict) -> Finding:
    stands = verdict.status in ("fail", "unknown")
    finding = Finding(
        id=entry.id,
        severity=entry.severity,
        status=verdict.status,
        summary=verdict.summary,
        evidence=tuple(verdict.evidence[:MAX_EVIDENCE]),
        evidence_total=len(verdict.evidence),
        remedy=entry.remedy if stands else "",
        reference=entry.reference,
        blocks=entry.blocks,
        resolved_by=entry.resolved_by,
        stops_pods=entry.stops_pods and stands,
        guard=entry.guard,
    )
    named = {
        name: getattr(verdict, name)
        for name in ("severity", "remedy", "blocks", "resolved_by")
        if getattr(verdict, name) is not None
    }
    if verdict.stops_pods is not None:
        named["stops_pods"] = verdict.stops_pods and stands
    return replace(finding, **named) if named else finding
