# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of tests counts as."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates._catalogue import GateFile, catalogue
from tests.gates._outcome import Outcome, judged
from tests.gates._pytest import counted
from tests.gates._report import print_summary
from tests.gates._runner import Result, run_gates

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="x"/></testcase><testcase name="c"><error message="y"/></testcase>
<testcase name="d"><skipped message="no etcd"/></testcase><testcase name="e"><skipped>no etcd</skipped></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A JUnit report with each kind of end."""
    file = tmp_path / "report.xml"
    file.write_text(REPORT)
    return file


def test_each_kind_of_end_is_counted(report: Path) -> None:
    assert counted(report, 1) == Outcome(passed=1, failed=2, skipped=2, reasons=["2 x no etcd"])


def test_a_run_that_broke_before_its_tests_is_a_failure(tmp_path: Path) -> None:
    assert counted(tmp_path / "absent.xml", 4) == Outcome(failed=1)


def test_a_bad_status_without_a_failed_test_is_a_failure(report: Path) -> None:
    report.write_text('<testsuites><testcase name="a"/></testsuites>')
    assert counted(report, 3) == Outcome(passed=1, failed=1)


def test_a_problem_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(["it leaks"], "it is tight").failed == 1
    assert "it leaks" in capsys.readouterr().out
    assert judged([], "it is tight").passed == 1


def result(outcome: Outcome, not_run: str = "") -> Result:
    return Result(GateFile("tight", "", 1, 1), outcome, 1.0, Path("log"), not_run)


@pytest.mark.parametrize(
    ("outcomes", "line", "status"),
    [
        ([Outcome(3)], "3 passed, 0 failed", 0),
        ([Outcome(3), Outcome(2, 1)], "5 passed, 1 failed", 1),
        ([Outcome(3), Outcome(skipped=1, reasons=["no etcd"])], "3 passed, 0 failed, 1 skipped", 0),
        ([Outcome(skipped=1, reasons=["no etcd"])], "0 passed, 0 failed, 1 skipped", 1),
    ],
)
def test_the_closing_line_and_the_status(
    outcomes: list[Outcome], line: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_summary([result(each) for each in outcomes]) == status
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == line
    for reason in (reason for each in outcomes for reason in each.reasons):
        assert f"  tight: {reason}" in printed


def test_a_gate_that_dies_has_failed() -> None:
    (died,) = run_gates([GateFile("no_such_gate", "", 1, 60)], 1, verbose=False)
    assert died.outcome.failed == 1


def test_every_gate_says_what_it_is() -> None:
    gates = catalogue()
    assert {"sanity", "unit", "integration", "ruff", "mypy"} <= set(gates)
    assert all(gate.title and gate.title != gate.name for gate in gates.values())
    assert gates["integration"].timeout > gates["integration"].seconds > gates["headers"].seconds
