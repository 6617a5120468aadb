# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which rules are shown failing on a real control plane, and by which tests.

A test that shows some is parametrized with :class:`Shown`, and what it declares so is what it checks.
"""

from __future__ import annotations

import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.examination import Examination

CHECKOUT = Path(__file__).resolve().parents[2]
INTEGRATION = CHECKOUT / "tests" / "integration"
FINE = ("pass", "not_applicable")
PARAM = type(pytest.param())


@dataclass(frozen=True)
class Shown:
    """A rule that is shown failing.

    Attributes:
        rule: Its id.
        severity: How grave it is then.
        words: What its finding says, in summary or evidence.
        options: Those of the module with which the cluster is examined.
    """

    rule: str
    severity: str
    words: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    def assert_shown(self, before: Examination, after: Examination) -> str:
        """Hold the rule to be fine before and to fail after, on a real control plane; returns what it said."""
        assert before.is_real, "the control plane is emulated"
        assert after.is_real, "the control plane is emulated"
        sound, found = before.findings[self.rule], after.findings[self.rule]
        assert sound["status"] in FINE, sound
        assert (found["status"], found["severity"]) == ("fail", self.severity), found
        said = f"{found['summary']} {found['evidence']}"
        missing = [word for word in self.words if word not in said]
        assert not missing, f"{missing} not in {said}"
        return said

    def __str__(self) -> str:
        return self.rule


def shown_rules() -> dict[str, list[str]]:
    """By rule, the tests that show it failing."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(INTEGRATION.rglob("test_*.py")):
        # Importing them all would take seconds.
        if Shown.__name__ not in file.read_text(encoding="utf-8"):
            continue
        place = file.relative_to(CHECKOUT)
        module = importlib.import_module(".".join(place.with_suffix("").parts))
        for name, test in inspect.getmembers(module, inspect.isfunction):
            for shown in _declared(test) if name.startswith("test_") else ():
                if f"{place}::{name}" not in found[shown.rule]:
                    found[shown.rule].append(f"{place}::{name}")
    return dict(found)


def _declared(test: Any) -> Iterator[Shown]:
    """What a test is parametrized with, and does check."""
    marks = getattr(test, "pytestmark", ())
    if Shown.assert_shown.__name__ not in test.__code__.co_names or _may_not_hold(marks):
        return
    for mark in marks:
        for case in mark.args[1] if mark.name == "parametrize" else ():
            of_case, values = (case.marks, case.values) if isinstance(case, PARAM) else ((), case)
            if not _may_not_hold(of_case):
                listed = values if isinstance(values, tuple) else (values,)
                yield from (each for each in listed if isinstance(each, Shown))


def _may_not_hold(marks: Iterable[Any]) -> bool:
    return any(mark.name in ("skip", "skipif", "xfail") for mark in marks)
