# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end."""

from __future__ import annotations

from tests.gates._runner import Result, word


def print_summary(results: list[Result]) -> int:
    """Print what ran, what could not and why, and the closing line; give the exit status."""
    print("\ngate                     result    passed  failed  skipped  seconds")
    for result in results:
        counts = result.outcome
        print(
            f"{result.gate.name:24} {word(result):8} {counts.passed:7} {counts.failed:7} {counts.skipped:8}"
            f" {result.seconds:8.1f}"
        )
    reasons = [f"  {result.gate.name}: {why}" for result in results for why in result.outcome.reasons]
    if reasons:
        print("\ndid not run, and why:")
        print("\n".join(reasons))
    passed = sum(result.outcome.passed for result in results)
    failed = sum(result.outcome.failed for result in results)
    skipped = sum(result.outcome.skipped for result in results)
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0
