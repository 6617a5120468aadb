# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a rule is, and what its check may answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import (
    CONTROL_PLANE_GOALS,
    WINDOWS_GOALS,
    WRITING_GOALS,
    Evidence,
    Goal,
    Severity,
    Status,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Known, Unknown

__all__ = [
    "CONTROL_PLANE_GOALS",
    "WINDOWS_GOALS",
    "WRITING_GOALS",
    "Check",
    "PartUnknownError",
    "Rule",
    "Verdict",
    "failed",
    "known",
    "not_applicable",
    "not_known",
    "passed",
    "rule",
    "unknown",
    "unknown_part",
    "unread",
]

T = TypeVar("T")


class PartUnknownError(Exception):
    """A part that a check needs could not be read: the finding is unknown, for the part's own reason."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


def known(part: Known[T]) -> T:
    """The value of a part; raises :class:`PartUnknownError` where it could not be read."""
    if isinstance(part, Unknown):
        raise PartUnknownError(part)
    return part


@dataclass(frozen=True)
class Verdict:
    """What a check says. A field that is None leaves what the rule says."""

    status: Status
    summary: str
    evidence: Sequence[Evidence] = ()
    remedy: str | None = None
    severity: Severity | None = None
    blocks: tuple[Goal, ...] | None = None
    resolved_by: tuple[str, ...] | None = None
    stops_pods: bool | None = None


Check = Callable[[Subject], Verdict]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: Its published id, topic and name.
        severity: How grave a failure is; an unknown counts the same.
        title: What holds when it passes, in one line.
        evidence: What the evidence of its findings shows, in one sentence.
        reference: URL of its source.
        remedy: What mends a failure.
        blocks: The goals that a failure stops, unless a planned step resolves it.
        resolved_by: Ids of the plan steps that mend it.
        stops_pods: Whether Windows pods can't run while it stands.
        guard: Whether it only keeps steps from being taken, so that it stops nothing where the plan has none.
        check: Looks at a subject and answers.
    """

    id: str
    severity: Severity
    title: str
    evidence: str
    reference: str
    remedy: str
    blocks: tuple[Goal, ...]
    resolved_by: tuple[str, ...]
    stops_pods: bool
    guard: bool
    check: Check


def rule(
    registry: list[Rule],
    *,
    id: str,  # noqa: A002
    severity: Severity,
    title: str,
    evidence: str,
    reference: str,
    remedy: str = "",
    blocks: tuple[Goal, ...] = (),
    resolved_by: tuple[str, ...] = (),
    stops_pods: bool = False,
    guard: bool = False,
) -> Callable[[Check], Check]:
    """Enter a check into a topic's registry as a rule."""

    def enter(check: Check) -> Check:
        registry.append(
            Rule(id, severity, title, evidence, reference, remedy, blocks, resolved_by, stops_pods, guard, check)
        )
        return check

    return enter


def passed(summary: str, *evidence: Evidence) -> Verdict:
    """It holds."""
    return Verdict("pass", summary, evidence)


def not_applicable(summary: str, *evidence: Evidence) -> Verdict:
    """There is nothing to judge; the summary says why."""
    return Verdict("not_applicable", summary, evidence)


def failed(
    summary: str,
    evidence: Sequence[Evidence] = (),
    *,
    remedy: str | None = None,
    severity: Severity | None = None,
    blocks: tuple[Goal, ...] | None = None,
    resolved_by: tuple[str, ...] | None = None,
    stops_pods: bool | None = None,
) -> Verdict:
    """It does not hold."""
    return Verdict("fail", summary, evidence, remedy, severity, blocks, resolved_by, stops_pods)


def unknown(
    summary: str,
    evidence: Sequence[Evidence] = (),
    *,
    remedy: str | None = None,
    severity: Severity | None = None,
    blocks: tuple[Goal, ...] | None = None,
    resolved_by: tuple[str, ...] | None = None,
    stops_pods: bool | None = None,
) -> Verdict:
    """It can't be told, although every part that was asked for may have been read."""
    return Verdict("unknown", summary, evidence, remedy, severity, blocks, resolved_by, stops_pods)


def unread(part: Unknown) -> Evidence:
    """A part that could not be read, as evidence."""
    return Evidence(part.source, " ".join(part.reason.split()))


def not_known(part: Unknown) -> str:
    """The summary of a finding for a part that could not be read."""
    return f"Not known: {part.source}: {' '.join(part.reason.split())}"


def unknown_part(
    part: Unknown,
    *,
    blocks: tuple[Goal, ...] | None = None,
    resolved_by: tuple[str, ...] | None = None,
    stops_pods: bool | None = None,
) -> Verdict:
    """A part that could not be read, where that is less grave than the rule says."""
    return unknown(
        not_known(part),
        [unread(part)],
        remedy=part.remedy,
        blocks=blocks,
        resolved_by=resolved_by,
        stops_pods=stops_pods,
    )
