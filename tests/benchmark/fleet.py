# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every way on fleets of several sizes, side by side, and counts what the servers were asked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmark.way import Way
from tests.support.measure import Cost, cheapest_in_turn, cost_of
from tests.testbed import Testbed
from tests.testbed.fleets import ready_fleet

SIZES = (1, 10, 50)
ROUNDS: Mapping[int, int] = {1: 5, 10: 2}
"""Of which the cheapest counts; one for other sizes, which take long enough for noise to weigh little."""


@dataclass(frozen=True)
class Measured:
    """What one way took for a number of clusters, all of them together; ``calls`` are those of one run."""

    letter: str
    clusters: int
    cost: Cost
    calls: int


class NotAskedError(Exception):
    """A way did not ask a cluster anything, so that what it took means nothing."""


def measure(ways: Sequence[Way], sizes: Sequence[int], progress: Callable[[str], None]) -> list[Measured]:
    """The figures of each way at each size, from one fleet of emulated clusters that need nothing.

    Raises:
        RuntimeError: A run failed; with what it printed.
        NotAskedError: A run left out a cluster.
    """
    progress(f"starting {max(sizes)} emulated clusters")
    found: list[Measured] = []
    with Testbed(ready_fleet(max(sizes)), "emulated") as testbed:
        names = list(testbed.clusters)
        for way in ways:
            # Byte code is there from now on.
            progress(f"warming up ({way.letter})")
            _run(way, testbed, names[:1])
        for size in sizes:
            found += _measure_size(ways, testbed, names[:size], progress)
    return found


def _measure_size(
    ways: Sequence[Way], testbed: Testbed, names: Sequence[str], progress: Callable[[str], None]
) -> list[Measured]:
    calls: dict[str, int] = {}

    def turn(way: Way) -> Cost:
        cost, calls[way.letter] = _run(way, testbed, names)
        progress(f"{len(names)} clusters, ({way.letter}): {cost.cpu:.1f} s of CPU in {cost.wall:.0f} s")
        return cost

    rounds = ROUNDS.get(len(names), 1)
    costs = cheapest_in_turn(
        [lambda way=way: turn(way) for way in ways],  # type: ignore[misc]
        least=rounds,
        most=rounds,
        enough=lambda found: True,
    )
    return [Measured(way.letter, len(names), cost, calls[way.letter]) for way, cost in zip(ways, costs, strict=True)]


def _run(way: Way, testbed: Testbed, names: Sequence[str]) -> tuple[Cost, int]:
    """One run in a home of its own, and how many calls of it the servers counted."""
    with tempfile.TemporaryDirectory(prefix="eks-windows-benchmark-") as name:
        folder = Path(name)
        run = way.prepare(testbed, names, folder)
        testbed.forget_requests()
        cost = cost_of(run.command, run.environment, folder)
        requests = {name: len(testbed.clusters[name].requests()) for name in names}
        missed = [name for name, count in requests.items() if not count]
        if missed:
            raise NotAskedError(f"({way.letter}) did not look at {', '.join(missed)}")
        return cost, len(testbed.aws.requests()) + sum(requests.values())
