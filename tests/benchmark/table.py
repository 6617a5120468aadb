# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the figures of the ways mean for one cluster, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmark.fleet import Measured

OURS = ("c", "d")
"""The ways of this collection; the others are compared with the first."""

GOALS: Mapping[tuple[str, int], int] = {("c", 1): 4, ("c", 10): 15, ("c", 50): 25}
"""By way and number of clusters: how many times the CPU of it each other way takes at least."""

HEAD = ("clusters", "way", "CPU s", "wall s", "API calls", "peak MiB", "times (c)")
WAY = 1
"""The one column that is text."""


@dataclass(frozen=True)
class Share:
    """What one way takes for each of so many clusters.

    Attributes:
        cpu: Seconds of CPU, those of all its processes.
        wall: Seconds.
        calls: Calls that the servers of AWS and Kubernetes counted.
        peak_mib: Of the largest process, and not a share.
    """

    letter: str
    clusters: int
    cpu: float
    wall: float
    calls: float
    peak_mib: float


def share(measured: Measured) -> Share:
    """What it is for one cluster."""
    number, cost = measured.clusters, measured.cost
    return Share(measured.letter, number, cost.cpu / number, cost.wall / number, measured.calls / number, cost.peak_mib)


@dataclass(frozen=True)
class Verdict:
    """How a way of this collection compares with the cheapest other; ``goal`` is None where there is none."""

    ours: str
    clusters: int
    other: str
    times: float
    goal: int | None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met."""
        return None if self.goal is None else self.times >= self.goal

    def __str__(self) -> str:
        size = f"{self.clusters} cluster{'s' if self.clusters > 1 else ''}"
        said = f"{size}: ({self.ours}) takes 1/{self.times:.1f} of the CPU of ({self.other}), the cheaper of the others"
        if self.goal is None:
            return said
        return f"{said}; the goal of 1/{self.goal} is {'met' if self.met else 'missed'}"


def verdicts(shares: Sequence[Share]) -> list[Verdict]:
    """One for each way of this collection and number of clusters for which another way was measured, too."""
    found = []
    for ours in OURS:
        for each in shares:
            others = [other for other in shares if other.clusters == each.clusters and other.letter not in OURS]
            if each.letter == ours and others:
                other = min(others, key=lambda share: share.cpu)
                goal = GOALS.get((ours, each.clusters))
                found.append(Verdict(ours, each.clusters, other.letter, other.cpu / each.cpu, goal))
    return found


def table(shares: Sequence[Share]) -> str:
    """Lines by the number of clusters and way, numbers to the right."""
    first = {each.clusters: each.cpu for each in shares if each.letter == OURS[0]}
    rows = [HEAD, *(_row(each, first.get(each.clusters)) for each in shares)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _rule(widths), *lines[1:]])


def _row(each: Share, first: float | None) -> tuple[str, ...]:
    return (
        str(each.clusters),
        f"({each.letter})",
        f"{each.cpu:.2f}",
        f"{each.wall:.2f}",
        f"{each.calls:.0f}",
        f"{each.peak_mib:.0f}",
        "" if first is None else f"{each.cpu / first:.1f}",
    )


def _rule(widths: Sequence[int]) -> str:
    dashes = ["-" * (width + 1) for width in widths]
    return f"|{'|'.join(f':{dash}' if column == WAY else f'{dash}:' for column, dash in enumerate(dashes))}|"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    columns = enumerate(zip(row, widths, strict=True))
    cells = (cell.ljust(width) if column == WAY else cell.rjust(width) for column, (cell, width) in columns)
    return f"| {' | '.join(cells)} |"
