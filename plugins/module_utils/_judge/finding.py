# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a rule says, and the words it says it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
Status = Literal["pass", "fail", "unknown", "not_applicable"]
Goal = Literal["enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew", "none"]

GOALS: tuple[Goal, ...] = ("enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew", "none")

WRITING_GOALS: tuple[Goal, ...] = tuple(goal for goal in GOALS if goal != "none")
"""Every goal that changes something."""

WINDOWS_GOALS: tuple[Goal, ...] = ("enable", "legacy_install", "migrate")
"""The goals that end with Windows pods running, by whichever controller."""

CONTROL_PLANE_GOALS: tuple[Goal, ...] = ("enable", "migrate")
"""The goals that end with the controller of the control plane at work."""

IPAM_GOALS: tuple[Goal, ...] = (*CONTROL_PLANE_GOALS, "disable")
"""The goals that set Windows IPAM."""


@dataclass(frozen=True)
class Evidence:
    """One object or value that was seen, and what was seen of it."""

    object: str
    value: str


@dataclass(frozen=True)
class WaiverHeld:
    """The waiver of a finding that failed or is unknown.

    Attributes:
        severity: How grave the finding is without it.
        holds: Whether it has not ended; one that has ended changes nothing.
        reason: Why it was given; may be empty, as ``owner``.
        owner: Who gave it.
        until: Its last day as ISO 8601 text; None is for ever.
    """

    severity: Severity
    holds: bool
    reason: str
    owner: str
    until: str | None


@dataclass(frozen=True)
class Finding:
    """What one rule says of one cluster: the public return value ``findings``.

    ``stops_pods`` says that Windows pods can't run while it stands, ``guard`` that it stops nothing where the plan has
    no step; they are not returned, ``ready`` and ``blockers`` come of them.
    """

    id: str
    severity: Severity
    status: Status
    summary: str
    evidence: tuple[Evidence, ...]
    evidence_total: int
    remedy: str
    reference: str
    blocks: tuple[Goal, ...]
    resolved_by: tuple[str, ...]
    stops_pods: bool = False
    guard: bool = False
    waiver: WaiverHeld | None = None
