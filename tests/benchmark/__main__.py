# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures what it costs to look at clusters, by this collection and by what else there is, and prints it."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from tests.benchmark.fleet import SIZES, measure
from tests.benchmark.one_cluster import CALL_BUDGET, CPU_BUDGET, figures
from tests.benchmark.preflight import PREFLIGHT, WHOLE_PLAYBOOK
from tests.benchmark.report import PAGE, Conditions, replaced, this_machine
from tests.benchmark.report import figures as fleet_figures
from tests.benchmark.shell_procedure import procedure
from tests.benchmark.table import share
from tests.benchmark.tools import ToolMissingError, Tools, find_tools
from tests.benchmark.upstream_modules import UPSTREAM


def say(line: str) -> None:
    """Progress, apart from the figures."""
    print(f"benchmark: {line}", file=sys.stderr, flush=True)


def one_cluster() -> None:
    """Measure and print what a converged cluster costs beyond the start of a playbook."""
    say("measuring one converged cluster")
    found = figures()
    print("One converged cluster, embedded fleet, cheapest runs\n")
    print(f"{'':34}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
    for title, cost in (("playbook start, task skipped", found.start), ("the same with preflight", found.preflight)):
        print(f"{title:34}{cost.cpu:8.2f}{cost.wall:8.2f}{cost.peak_mib:10.0f}")
    print(f"{'preflight beyond the start':34}{found.cpu:8.2f}  (budget {CPU_BUDGET})")
    print(f"\nAPI calls of preflight, counted at the servers: {len(found.calls)} (budget {CALL_BUDGET})")
    print("\n".join(f"  {call}" for call in found.calls))
    print(f"\nAPI calls of enable: {len(found.enable_calls)}")
    print(f"Tasks of enable that talk to an API: {', '.join(found.enable_api_tasks)}")


def side_by_side(sizes: Sequence[int], write: bool) -> None:
    """Measure each way at each size, print the table and, where asked to, put it into the page."""
    tools: Tools | None = None
    missing = ""
    try:
        tools = find_tools()
    except ToolMissingError as error:
        missing = str(error)
    ways = [*([procedure(tools)] if tools else []), UPSTREAM, PREFLIGHT, WHOLE_PLAYBOOK]
    packages = ("ansible-core", "boto3", "kubernetes")
    conditions = Conditions(
        day=datetime.now(UTC).date(),
        machine=this_machine(),
        versions=[
            f"Python {platform.python_version()}",
            *(f"{package} {version(package)}" for package in packages),
            *(tools.versions if tools else ()),
        ],
        ways=[(way.letter, way.title) for way in ways],
        missing=missing,
    )
    text = fleet_figures([share(each) for each in measure(ways, sizes, say)], conditions)
    print(f"\nSide by side, for each cluster\n\n{text}")
    if write:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
        say(f"wrote {PAGE}")


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--clusters", type=int, nargs="+", default=SIZES, help="sizes of the fleet (default: 1 10 50)")
    parser.add_argument("--side-by-side", action="store_true", help="leave out the figures of one converged cluster")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    arguments = parser.parse_args()
    if not arguments.side_by_side:
        one_cluster()
    side_by_side(sorted(arguments.clusters), arguments.write)


if __name__ == "__main__":
    main()
