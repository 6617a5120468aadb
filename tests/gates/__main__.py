# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the gates and says what ran, what failed and what could not run.

python -m tests.gates                 all of them
python -m tests.gates ruff unit       these
python -m tests.gates --list
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.gates._catalogue import GateFile, catalogue
from tests.gates._report import print_summary
from tests.gates._runner import run_gates
from tests.gates._time import limit_thorough_tests


def chosen(names: list[str], known: dict[str, GateFile]) -> list[GateFile]:
    """The gates of these names; dashes and underscores mean the same.

    Raises:
        SystemExit: For a name that is no gate.
    """
    wanted = [name.replace("-", "_") for name in names]
    for name in wanted:
        if name not in known:
            sys.exit(f"{name} is no gate. There are: {', '.join(known)}")
    return [known[name] for name in wanted] if wanted else list(known.values())


def main() -> int:
    """Run what was asked for; the status is 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.gates")
    parser.add_argument("names", nargs="*", metavar="gate")
    parser.add_argument("--list", action="store_true", help="name the gates and stop")
    parser.add_argument("--verbose", action="store_true", help="show the output while it comes")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", min(2, os.cpu_count() or 1))))
    arguments = parser.parse_args()
    known = catalogue()
    if arguments.list:
        for gate in known.values():
            print(f"{gate.name.replace('_', '-'):24} {gate.title}")
        return 0
    if not arguments.names:
        limit_thorough_tests()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    results = run_gates(chosen(arguments.names, known), max(1, arguments.jobs), arguments.verbose)
    return print_summary(results)


if __name__ == "__main__":
    sys.exit(main())
