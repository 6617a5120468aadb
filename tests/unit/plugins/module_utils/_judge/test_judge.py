# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import evaluate, judge
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Check,
    Rule,
    Verdict,
    failed,
    known,
    passed,
    rule,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    node,
    observed,
    options,
)


def entered(check: Check) -> Rule:
    registry: list[Rule] = []
    rule(
        registry,
        id="topic.name",
        severity="error",
        title="It holds",
        evidence="What was looked at.",
        reference="https://example.org",
        remedy="Mend it.",
        blocks=("enable",),
        resolved_by=("step",),
        stops_pods=True,
    )(check)
    return registry[0]


def outcome(check: Check) -> Any:
    return evaluate(entered(check), Subject(observed(nodes=DENIED), options()))


def test_a_failure_takes_what_the_rule_says() -> None:
    found = outcome(lambda _subject: failed("It does not hold", [Evidence("Node a", "b")]))
    assert (found.id, found.severity, found.status, found.summary) == (
        "topic.name",
        "error",
        "fail",
        "It does not hold",
    )
    assert (found.remedy, found.reference, found.blocks) == ("Mend it.", "https://example.org", ("enable",))
    assert (found.resolved_by, found.stops_pods) == (("step",), True)
    assert (found.evidence, found.evidence_total) == ((Evidence("Node a", "b"),), 1)


def test_a_verdict_overrides_the_rule() -> None:
    found = outcome(
        lambda _subject: failed(
            "x", remedy="Other.", severity="info", blocks=("disable",), resolved_by=(), stops_pods=False
        )
    )
    assert (found.severity, found.remedy, found.blocks) == ("info", "Other.", ("disable",))
    assert (found.resolved_by, found.stops_pods) == ((), False)


def test_what_passes_needs_no_remedy_and_stops_no_pods() -> None:
    found = outcome(lambda _subject: passed("It holds"))
    assert (found.status, found.remedy, found.stops_pods) == ("pass", "", False)
    stubborn = outcome(lambda _subject: Verdict("pass", "It holds", stops_pods=True))
    assert not stubborn.stops_pods


def test_an_unread_part_makes_it_unknown_with_the_reason_of_the_part() -> None:
    def check(subject: Subject) -> Verdict:
        nodes: tuple[Node, ...] = known(subject.observation.nodes)
        return passed(str(len(nodes)))

    found = outcome(check)
    assert (found.status, found.severity, found.remedy) == ("unknown", "error", DENIED.remedy)
    assert found.summary == "Not known: GET /api/v1/something: somethings is forbidden: User cannot list"
    assert found.evidence == (Evidence("GET /api/v1/something", "somethings is forbidden: User cannot list"),)
    assert (found.blocks, found.stops_pods) == (("enable",), True)


class SpeechlessError(Exception):
    """One that can't even say what is wrong."""

    def __str__(self) -> str:
        raise ValueError("nor this")


def endless(subject: Subject) -> Verdict:
    return endless(subject)


def raising(error: Exception) -> Check:
    def broken(_subject: Subject) -> Verdict:
        raise error

    return broken


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (raising(KeyError("nothing\nhere")), "KeyError: 'nothing\\nhere'"),
        (raising(ValueError("two\n lines")), "ValueError: two lines"),
        (raising(AssertionError()), "AssertionError"),
        (raising(StopIteration("over")), "StopIteration: over"),
        (raising(MemoryError()), "MemoryError"),
        (raising(OSError(2, "No such file")), "FileNotFoundError: [Errno 2] No such file"),
        (raising(SpeechlessError()), "SpeechlessError"),
        (endless, "RecursionError: maximum recursion depth exceeded"),
        (lambda _subject: None, "AttributeError: 'NoneType' object has no attribute 'status'"),
        (lambda _subject: Verdict("fail", "x", evidence=7), "TypeError: 'int' object is not subscriptable"),
    ],
)
def test_an_error_in_a_rule_is_an_unknown_that_names_it_and_hides_no_other(broken: Any, kind: str) -> None:
    rules = (entered(broken), entered(lambda _subject: passed("fine")))
    first, second = judge(observed(), options(), rules)
    assert (first.status, first.severity, first.stops_pods) == ("unknown", "error", True)
    assert (first.blocks, first.reference) == (("enable",), "https://example.org")
    assert first.summary.startswith(f"Rule topic.name could not be judged: {kind}")
    assert first.summary.isprintable()
    assert first.evidence[0].object == "Rule topic.name"
    assert "mistake in the collection" in first.remedy
    assert second.status == "pass"


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (20, 20), (21, 20), (500, 20)])
def test_evidence_is_cut_and_counted(count: int, shown: int) -> None:
    found = outcome(lambda _subject: failed("x", [Evidence("Node", str(number)) for number in range(count)]))
    assert (len(found.evidence), found.evidence_total) == (shown, count)


def test_judging_changes_nothing_and_is_repeatable() -> None:
    seen = observed(nodes=(node(),))
    assert judge(seen, options(goal="enable")) == judge(seen, options(goal="enable"))
    assert seen == observed(nodes=(node(),))
