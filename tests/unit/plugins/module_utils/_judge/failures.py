# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of each topic's rules say of every rule: one way in which it fails, which is judged for each goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.topics import topics

EVERY_GOAL = ("enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew", "none")
WRITING_GOALS = EVERY_GOAL[:-1]
"""Every goal that changes something."""

WINDOWS_GOALS = ("enable", "legacy_install", "migrate")
CONTROL_PLANE_GOALS = ("enable", "migrate")
IPAM_GOALS = (*CONTROL_PLANE_GOALS, "disable")
ALL_BUT_DISABLE = tuple(goal for goal in EVERY_GOAL if goal != "disable")


@dataclass(frozen=True)
class Failure:
    """An observation in which a rule fails, and what it then says.

    Attributes:
        observation: What is judged.
        severity: How grave it is.
        blocks: The goals that it stops.
        stops_pods: Whether Windows pods can't run.
        goals: Those that the rule matters to; for the others it is not applicable.
        passes: Those that want it so: it passes.
        options: How it is judged besides the goal.
    """

    observation: Observation
    severity: str
    blocks: tuple[str, ...] = ()
    stops_pods: bool = False
    goals: tuple[str, ...] = EVERY_GOAL
    passes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def failures() -> dict[str, Failure]:
    """The failure of every rule, by its id: ``FAILURES`` of each topic's tests."""
    return {rule_id: found for topic in topics() for rule_id, found in topic.FAILURES.items()}
