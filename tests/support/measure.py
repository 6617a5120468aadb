# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a command costs: CPU and wall time of the process and its children."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEASURED_COMMAND = Path(__file__).with_name("measured_command.py")


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU (user and system, children included), seconds of wall time, and MiB at the peak of its largest
    process."""

    cpu: float
    wall: float
    peak_mib: float


def cost_of(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run the command to its end; raises RuntimeError where it fails, with what it printed."""
    output, report = folder / "output.txt", folder / "used.json"
    with output.open("w", encoding="utf-8") as stream:
        subprocess.run(
            [sys.executable, "-I", "-S", str(MEASURED_COMMAND), str(report), *command],
            env=dict(environment),
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    used = json.loads(report.read_text(encoding="utf-8"))
    if used["status"]:
        raise RuntimeError(f"{' '.join(command)} ended with status {used['status']}:\n{output.read_text()}")
    return Cost(used["cpu"], used["wall"], used["peak_mib"])


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
