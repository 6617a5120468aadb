# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ruff: lint rules and formatting."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import NEWEST, run


def gate() -> Outcome:
    """Check, then compare the formatting."""
    results = [run([NEWEST / "bin" / "ruff", *words, "."]) for words in (["check"], ["format", "--check", "--diff"])]
    return Outcome(passed=results.count(0), failed=len(results) - results.count(0))
