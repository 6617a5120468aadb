# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run makes of a probe's end, without any cluster."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest
from kubernetes.client.exceptions import ApiException

from tests.live.asking import Asking
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe, Verdict, disproved, proved
from tests.live.report import counts, elsewhere, line, status
from tests.live.restoring import NotPutBackError
from tests.live.runner import Result, run_probe

NO_CLUSTER = cast("LiveCluster", None)


class Terminal(io.StringIO):
    """Something that is typed at."""

    def isatty(self) -> bool:
        return True


def probe(run: Any, changes: Any = None) -> Probe:
    return Probe("some-probe", "a title", run, changes)


def raising(error: Exception) -> Any:
    def run(_cluster: LiveCluster) -> Outcome:
        raise error

    return run


def result(verdict: Verdict, left: str = "") -> Result:
    return Result(probe(None), Outcome(verdict, "seen"), left)


@pytest.mark.parametrize(
    ("run", "verdict", "reason"),
    [
        (lambda _cluster: proved("this"), "proved", "this"),
        (lambda _cluster: disproved("that"), "disproved", "that"),
        (raising(NotRunError("no nodes")), "not run", "no nodes"),
        (raising(ApiException(403, "Forbidden")), "not run", "no verdict: Kubernetes answered 403 Forbidden:"),
        (raising(TimeoutError("it goes on")), "not run", "no verdict: it goes on"),
    ],
)
def test_verdicts(run: Any, verdict: str, reason: str) -> None:
    ended = run_probe(NO_CLUSTER, probe(run), lambda _probe, _change: "never asked")
    assert (ended.outcome.verdict, ended.outcome.reason, ended.left) == (verdict, reason, "")


def test_a_probe_that_writes_runs_only_where_it_may() -> None:
    writing = probe(lambda _cluster: proved("this"), lambda _cluster: Change("a", "b"))
    assert run_probe(NO_CLUSTER, writing, lambda _probe, _change: "").outcome.verdict == "proved"
    assert run_probe(NO_CLUSTER, writing, lambda _probe, _change: "no").outcome == Outcome("not run", "no")


def test_nobody_is_asked_about_what_can_not_run() -> None:
    writing = probe(lambda _cluster: proved("this"), raising(NotRunError("no add-on")))
    asked: list[Probe] = []

    def allow(asking: Probe, _change: Change) -> str:
        asked.append(asking)
        return ""

    assert run_probe(NO_CLUSTER, writing, allow).outcome == Outcome("not run", "no add-on")
    assert asked == []


def test_what_stays_changed_is_told() -> None:
    ended = run_probe(NO_CLUSTER, probe(raising(NotPutBackError("a stays b"))), lambda _probe, _change: "")
    assert ended.left == "a stays b"
    assert "LEFT CHANGED: a stays b" in line(ended)


@pytest.mark.parametrize(
    ("results", "expected", "summary"),
    [
        ([result("proved"), result("not run")], 0, "1 proved, 0 disproved, 1 not run"),
        ([result("proved"), result("disproved"), result("not run")], 1, "1 proved, 1 disproved, 1 not run"),
        ([result("not run"), result("not run")], 3, "0 proved, 0 disproved, 2 not run"),
        ([], 3, "0 proved, 0 disproved, 0 not run"),
        ([result("proved"), result("disproved"), result("not run", left="x")], 4, "1 proved, 1 disproved, 1 not run"),
    ],
)
def test_exit_status_and_summary(results: list[Result], expected: int, summary: str) -> None:
    assert status(results) == expected
    assert counts(results) == summary


@pytest.mark.parametrize(
    ("questions", "answered", "allowed"),
    [
        (Terminal("y\n"), (), True),
        (Terminal("YES\n"), (), True),
        (Terminal("\n"), (), False),
        (Terminal(""), (), False),
        (Terminal("n\n"), (), False),
        (io.StringIO("y\n"), (), False),
        (io.StringIO(""), ("some-probe",), True),
        (io.StringIO(""), ("another",), False),
    ],
)
def test_asking(questions: io.StringIO, answered: tuple[str, ...], allowed: bool) -> None:
    output = io.StringIO()
    asking = Asking("arn:cluster", answered, questions, output)
    refusal = asking(probe(None, None), Change("the switch", "the switch again"))
    assert (refusal == "") is allowed
    for word in ("arn:cluster", "the switch", "the switch again"):
        assert word in output.getvalue()


def test_endpoints_that_are_not_of_aws_are_said() -> None:
    assert elsewhere({"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_EKS": ""}) == ""
    assert elsewhere({"AWS_ENDPOINT_URL_EKS": "http://127.0.0.1:1", "AWS_ENDPOINT_URL": "http://127.0.0.1:2"}) == (
        "Not asked of AWS itself, so that it proves nothing of AWS: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EKS"
    )
