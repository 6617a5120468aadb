# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command and writes what it used, as JSON: ``measured_command.py REPORT COMMAND...``.

A process of its own, since a system counts the memory of whoever started a command as the command's, until it has more.
This one has next to none. It imports the standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main(report: str, *command: str) -> None:
    """Run the command to its end; its status is in the report."""
    started = time.monotonic()
    process = os.posix_spawnp(command[0], command, os.environ)
    _pid, status, usage = os.wait4(process, 0)
    used = {
        "status": os.waitstatus_to_exitcode(status),
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mib": usage.ru_maxrss / 1024,
    }
    Path(report).write_text(json.dumps(used), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
