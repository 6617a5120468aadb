# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says at its end, and its exit status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.live.runner import Result

PASSED, DISPROVED, UNUSABLE, NOTHING_RUN, NOT_PUT_BACK = 0, 1, 2, 3, 4


def line(result: Result) -> str:
    """One result."""
    text = f"{result.outcome.verdict:10} {result.probe.id:28} {result.outcome.reason}"
    return f"{text}\n  LEFT CHANGED: {result.left}" if result.left else text


def counts(results: Sequence[Result]) -> str:
    """The summary. What did not run is no pass, and is counted by itself."""
    verdicts = [result.outcome.verdict for result in results]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("proved", "disproved", "not run"))


def elsewhere(environment: Mapping[str, str]) -> str:
    """A word on endpoints that are not AWS's own, empty where none is set: what answers there proves nothing of AWS."""
    names = sorted(name for name in environment if name.startswith("AWS_ENDPOINT_URL") and environment[name])
    return f"Not asked of AWS itself, so that it proves nothing of AWS: {', '.join(names)}" if names else ""


def status(results: Sequence[Result]) -> int:
    """The exit status: 4 something stays changed, 1 something is disproved, 3 nothing came to a verdict, else 0."""
    verdicts = {result.outcome.verdict for result in results}
    if any(result.left for result in results):
        return NOT_PUT_BACK
    if "disproved" in verdicts:
        return DISPROVED
    return PASSED if "proved" in verdicts else NOTHING_RUN
