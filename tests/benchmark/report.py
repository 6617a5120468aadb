# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as text: what was measured, by which ways, on what machine and when."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.benchmark.table import Share, table, verdicts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN = "<!-- figures, written by python -m tests.benchmark --write -->"
END = "<!-- end of figures -->"


@dataclass(frozen=True)
class Conditions:
    """What the figures hold for.

    Attributes:
        day: When they were taken.
        machine: Its processor and how many cores of it.
        versions: Of the programs, such as ``ansible-core 2.21.1``.
        ways: Letter and title of each way.
        missing: Why a way was not measured, empty where all were.
    """

    day: date
    machine: str
    versions: Sequence[str]
    ways: Sequence[tuple[str, str]]
    missing: str = ""


def machine(cpu_info: str, cores: int, memory_bytes: int) -> str:
    """``Intel Xeon, 2 cores, 24 GB`` of the text of /proc/cpuinfo and what the system counts."""
    found = re.search(r"(?m)^model name\s*:\s*(.+)$", cpu_info)
    name = " ".join(found.group(1).split()) if found else "unknown processor"
    return f"{name}, {cores} core{'s' if cores > 1 else ''}, {memory_bytes / 2**30:.0f} GiB"


def this_machine() -> str:
    """The machine that this runs on."""
    info = Path("/proc/cpuinfo")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return machine(info.read_text(encoding="utf-8") if info.exists() else "", os.cpu_count() or 1, memory)


def figures(shares: Sequence[Share], conditions: Conditions) -> str:
    """The part of the page that is measured."""
    lines = [
        f"Taken on {conditions.day.isoformat()} on {conditions.machine}, with {', '.join(conditions.versions)}.",
        "",
    ]
    lines += [f"- ({letter}) {title}" for letter, title in conditions.ways]
    if conditions.missing:
        lines.append(f"- (a) was not measured: {conditions.missing}")
    lines += ["", table(shares), ""]
    lines += [f"- {verdict}." for verdict in verdicts(shares)]
    return "\n".join(lines).rstrip()


def replaced(page: str, text: str) -> str:
    """The page with ``text`` in place of the figures that it has.

    Raises:
        ValueError: The page has no place for them.
    """
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
