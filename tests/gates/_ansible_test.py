# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test, run on a copy of the project."""

from __future__ import annotations

from pathlib import Path

from tests.gates._outcome import NotRunError, Outcome
from tests.gates._places import capture, collection_copy, environment, run
from tests.gates._pytest import counted, has_tests


def units(venv: Path) -> Outcome:
    """``ansible-test units --local`` with an environment's Ansible and Python.

    Raises:
        NotRunError: When there are no tests.
    """
    if not has_tests("tests/unit/plugins"):
        raise NotRunError("no tests below tests/unit/plugins")
    with collection_copy(venv) as copy:
        # Tests of module_utils would run once for each Python found, and only this one has what they need.
        python = capture([venv / "bin" / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
        status = run(
            [
                venv / "bin" / "ansible-test",
                "units",
                "--local",
                "--python",
                python,
                "--color",
                "no",
                "--num-workers",
                "1",
                "tests/unit/plugins/",
            ],
            environment(venv, own_home=True, TERM="dumb"),
            cwd=copy,
        )
        reports = sorted((copy / "tests" / "output" / "junit").glob("*.xml"))
        outcomes = [counted(report) for report in reports]
    passed, failed = sum(each.passed for each in outcomes), sum(each.failed for each in outcomes)
    if status and not failed:
        failed = 1
    return Outcome(
        passed,
        failed,
        sum(each.skipped for each in outcomes),
        [reason for each in outcomes for reason in each.reasons],
    )
