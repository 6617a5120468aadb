# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a gate answers."""

from __future__ import annotations

from dataclasses import dataclass, field


class NotRunError(Exception):
    """The gate could not run here; the text says what is missing."""


@dataclass(frozen=True)
class Outcome:
    """Counts of one gate.

    Attributes:
        passed: Tests that passed. A gate that makes one statement counts as one test.
        failed: Tests that failed or broke.
        skipped: Tests that did not run.
        reasons: Why they did not run, one line each.
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)


def judged(problems: list[str], statement: str) -> Outcome:
    """One test that passes when there is no problem; prints each problem, or what was found to hold."""
    for problem in problems:
        print(problem)
    if not problems:
        print(statement)
    return Outcome(failed=1) if problems else Outcome(passed=1)
