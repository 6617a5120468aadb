# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a command costs: CPU and wall time of the process and its children."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU (user and system, children included), seconds of wall time, and MiB at the peak."""

    cpu: float
    wall: float
    peak_mib: float


def cost_of(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run the command to its end; raises where it fails, with what it printed."""
    output = folder / "output.txt"
    started = time.monotonic()
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            list(command), env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}:\n{output.read_text()}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def cheapest(costs: Sequence[Cost]) -> Cost:
    """The run that took the least CPU: what the machine did besides only ever adds."""
    return min(costs, key=lambda cost: cost.cpu)


def cheapest_in_turn(
    measures: Sequence[Callable[[], Cost]], *, least: int, most: int, enough: Callable[[Sequence[Cost]], bool]
) -> list[Cost]:
    """The cheapest run of each measure, where the measures take turns.

    Taking turns, all of them meet the same machine, busy or not. Further rounds can only take away what it did besides.

    Args:
        measures: Each makes one run.
        least: Rounds that are made in any case.
        most: Rounds after which it ends.
        enough: Whether the cheapest runs so far will do, given in the order of ``measures``.
    """
    runs: list[list[Cost]] = [[] for _measure in measures]
    for made in range(1, most + 1):
        for costs, measure in zip(runs, measures, strict=True):
            costs.append(measure())
        found = [cheapest(costs) for costs in runs]
        if made >= least and enough(found):
            break
    return found
