# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test sanity: every test of it that has something to look at, on what the collection ships.

The project's own tools under tests/ are not shipped; ruff, mypy and shellcheck look after them.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.gates._outcome import Outcome
from tests.gates._places import CHECKOUT, NEWEST, collection_copy, environment, run
from tests.gates._pytest import counted

SECONDS = 90
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# ansible-test writes a result for each test it knows, also for those with no file to look at: no .ps1, no .sh.
NOTHING_TO_SEE = "No tests applicable."


def runnable_pythons(folder: Path) -> None:
    """Link each supported Python that really runs, for the tests that ansible-test does once per version."""
    folder.mkdir(parents=True, exist_ok=True)
    for version in PYTHONS:
        answer = subprocess.run(
            ["sh", str(CHECKOUT / "tests" / "setup" / "find_python.sh"), version],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode == 0:
            link = folder / f"python{version}"
            link.unlink(missing_ok=True)
            link.symlink_to(answer.stdout.strip())


def gate() -> Outcome:
    """Run them; each sanity test and Python version counts as one."""
    variables = environment(own_home=True, TERM="dumb", LC_ALL="C.UTF-8")
    with collection_copy() as copy:
        for folder in (copy / "tests").iterdir():
            if folder.is_dir() and folder.name != "sanity":
                shutil.rmtree(folder)
        (copy / "tests" / "conftest.py").unlink(missing_ok=True)
        pythons = copy.parents[2] / "pythons"
        runnable_pythons(pythons)
        variables["PATH"] = variables["PATH"].replace("/bin:", f"/bin:{pythons}:", 1)
        status = run(
            [NEWEST / "bin" / "ansible-test", "sanity", "--local", "--color", "no", "--junit"], variables, cwd=copy
        )
        reports = sorted((copy / "tests" / "output" / "junit").glob("*.xml"))
        told = [counted(report) for report in reports]
    reasons = [reason for each in told for reason in each.reasons if NOTHING_TO_SEE not in reason]
    passed, failed = sum(each.passed for each in told), sum(each.failed for each in told)
    return Outcome(passed, max(failed, 1) if status else failed, len(reasons), reasons)
