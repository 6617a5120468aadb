# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import fault, selects, shown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    Requirement,
)

LABELS = {"app": "iis"}


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        (("app", "In", ("iis", "x")), True),
        (("app", "In", ("x",)), False),
        (("tier", "In", ("x",)), False),
        (("app", "NotIn", ("iis",)), False),
        (("tier", "NotIn", ("x",)), True),
        (("app", "Exists", ()), True),
        (("tier", "Exists", ()), False),
        (("app", "DoesNotExist", ()), False),
        (("tier", "DoesNotExist", ()), True),
    ],
)
def test_an_expression(expression: Requirement, selected: bool) -> None:
    selector = LabelSelector({}, (expression,))
    assert fault(selector) == ""
    assert selects(selector, LABELS) is selected
    assert selects(LabelSelector({"app": "other"}, (expression,)), LABELS) is False


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (("tier", "Like", ("x",)), "operator Like of label tier"),
        (("tier", "", ()), "operator not given of label tier"),
        (("tier", "doesnotexist", ()), "operator doesnotexist of label tier"),
        (("tier", "NotIn", ()), "operator NotIn of label tier without values"),
        (("tier", "In", ()), "operator In of label tier without values"),
        (("app", "Exists", ("iis",)), "operator Exists of label app with values"),
        (("tier", "DoesNotExist", ("x",)), "operator DoesNotExist of label tier with values"),
    ],
)
def test_an_expression_that_kubernetes_does_not_know_selects_nothing(expression: Requirement, words: str) -> None:
    selector = LabelSelector({}, (("app", "Exists", ()), expression))
    assert fault(selector) == words
    assert selects(selector, LABELS) is False


def test_a_selector_as_people_write_it() -> None:
    expressions = (("a", "In", ("x", "y")), ("b", "NotIn", ("z",)), ("c", "Exists", ()), ("d", "DoesNotExist", ()))
    assert shown(LabelSelector({"app": "iis"}, expressions)) == "app=iis,a in (x, y),b notin (z),c,!d"
    assert shown(LabelSelector({}, ())) == ""


def test_an_empty_selector_selects_everything() -> None:
    assert selects(LabelSelector({}, ()), {})
