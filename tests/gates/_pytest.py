# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs pytest and counts what it did."""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from tests.gates._outcome import NotRunError, Outcome
from tests.gates._places import CHECKOUT, NEWEST, environment, run


def counted(report: Path, status: int = 0) -> Outcome:
    """The counts of a JUnit report; a run that broke without a failed test counts as one failure."""
    passed = failed = 0
    reasons: Counter[str] = Counter()
    if report.exists():
        for case in ET.parse(report).getroot().iter("testcase"):
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif skipped is not None:
                reasons[skipped.get("message") or skipped.text or "no reason given"] += 1
            else:
                passed += 1
    if status and not failed:
        failed = 1
    return Outcome(passed, failed, sum(reasons.values()), [f"{count} x {why}" for why, count in reasons.items()])


def has_tests(*folders: str) -> bool:
    return any(list((CHECKOUT / folder).rglob("test_*.py")) for folder in folders)


def pytest(*folders: str, venv: Path = NEWEST, options: tuple[str, ...] = (), **variables: str) -> Outcome:
    """Run the tests below these folders in an environment.

    Raises:
        NotRunError: When there are no tests there.
    """
    present = [folder for folder in folders if has_tests(folder)]
    if not present:
        raise NotRunError(f"no tests below {', '.join(folders)}")
    with tempfile.TemporaryDirectory(prefix="eks-windows-report-") as folder:
        report = Path(folder) / "report.xml"
        status = run(
            [venv / "bin" / "python", "-m", "pytest", *present, f"--junitxml={report}", "--durations=10", *options],
            environment(venv) | variables,
        )
        return counted(report, status)
