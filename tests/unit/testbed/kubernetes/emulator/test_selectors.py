# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label and field selectors, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.testbed.kubernetes.emulator.selectors import (
    SelectorError,
    exact_name,
    field_selector,
    label_selector,
    matches,
)


@pytest.mark.parametrize(
    ("selector", "labels", "selected"),
    [
        ("", {}, True),
        ("a=1", {"a": "1"}, True),
        ("a = 1", {"a": "1"}, True),
        ("a==1", {"a": "2"}, False),
        ("a!=1", {}, True),
        ("a!=1", {"a": "1"}, False),
        ("a", {"a": ""}, True),
        ("a", {}, False),
        ("!a", {}, True),
        ("! a", {"a": "1"}, False),
        ("a in (1,2)", {"a": "2"}, True),
        ("a in (1, 2)", {"a": "3"}, False),
        ("a in(1)", {"a": "1"}, True),
        ("a notin (1)", {}, True),
        ("a notin (1)", {"a": "1"}, False),
        ("a=1,b in (x,y),!c", {"a": "1", "b": "y"}, True),
        ("a=1,b in (x,y),!c", {"a": "1", "b": "y", "c": ""}, False),
        ("kubernetes.io/os=windows", {"kubernetes.io/os": "windows"}, True),
        ("a>1", {"a": "2"}, True),
        ("a>1", {"a": "text"}, False),
        ("a<1", {}, False),
    ],
)
def test_label_selectors(selector: str, labels: dict[str, str], selected: bool) -> None:
    assert label_selector(selector)({"metadata": {"labels": labels}}) is selected


def test_an_object_without_labels() -> None:
    assert not label_selector("a")({"metadata": {}})
    assert label_selector("!a")({"metadata": {"labels": None}})


@pytest.mark.parametrize("selector", ["a b", "a=1,,b", "=1", "a in 1", "a in (1", "a>x"])
def test_label_selectors_that_cannot_be_read(selector: str) -> None:
    with pytest.raises(SelectorError):
        label_selector(selector)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("", True),
        ("spec.nodeName=n", True),
        ("spec.nodeName==n", True),
        ("spec.nodeName!=n", False),
        ("status.phase=", True),
        ("spec.nodeName=n,metadata.name!=x", False),
    ],
)
def test_field_selectors(selector: str, selected: bool) -> None:
    pod = {"metadata": {"name": "x"}, "spec": {"nodeName": "n"}}
    assert field_selector(selector, ("", "pods"))(pod) is selected


def test_a_node_is_schedulable_unless_it_says_otherwise() -> None:
    chosen = field_selector("spec.unschedulable=false", ("", "nodes"))
    assert chosen({"metadata": {}, "spec": {}})
    assert not chosen({"metadata": {}, "spec": {"unschedulable": True}})


@pytest.mark.parametrize("selector", ["spec.x=1", "nonsense", "a>1"])
def test_field_selectors_that_are_refused(selector: str) -> None:
    with pytest.raises(SelectorError):
        field_selector(selector, ("", "pods"))


@pytest.mark.parametrize(
    ("selector", "name"),
    [("metadata.name=x", "x"), ("a=b,metadata.name==x", "x"), ("metadata.name!=x", ""), ("", ""), ("nonsense", "")],
)
def test_the_name_that_a_selector_pins(selector: str, name: str) -> None:
    assert exact_name(selector) == name


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (None, True),
        ({}, True),
        ({"matchLabels": {"a": "1"}}, True),
        ({"matchLabels": {"a": "2"}}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1", "2"]}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, False),
        ({"matchLabels": {"a": "1"}, "matchExpressions": [{"key": "b", "operator": "Exists"}]}, False),
    ],
)
def test_selector_objects(selector: dict[str, Any] | None, selected: bool) -> None:
    assert matches(selector, {"a": "1"}) is selected
