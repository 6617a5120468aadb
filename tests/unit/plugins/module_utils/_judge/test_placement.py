# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge import placement as placement_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.placement import Candidates, may_run_on
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    NodeTerm,
    Placement,
    Taint,
    Toleration,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import node


@pytest.mark.parametrize(
    ("requirement", "holds"),
    [
        (("cores", "Gt", ("3",)), True),
        (("cores", "Gt", ("4",)), False),
        (("cores", "Lt", ("5",)), True),
        (("cores", "Lt", ("4",)), False),
        (("cores", "Gt", ("many",)), False),
        (("other", "Lt", ("5",)), False),
        (("cores", "Lt", ()), False),
        (("cores", "In", ("4", "8")), True),
        (("cores", "NotIn", ("8",)), True),
        (("other", "NotIn", ("8",)), True),
        (("other", "In", ("8",)), False),
        (("cores", "Exists", ()), True),
        (("other", "DoesNotExist", ()), True),
    ],
)
def test_requirements(requirement: Any, holds: bool) -> None:
    placement = Placement(terms=(NodeTerm(labels=(requirement,)),))
    assert may_run_on(placement, node(labels={"cores": "4"})) is holds


def test_a_term_holds_as_a_whole() -> None:
    labels, fields = (("cores", "Exists", ()),), (("metadata.name", "In", ("linux-1",)),)
    placement = Placement(terms=(NodeTerm(labels, fields),))
    assert may_run_on(placement, node("linux-1", labels={"cores": "4"})) is True
    assert may_run_on(placement, node("linux-2", labels={"cores": "4"})) is False
    assert may_run_on(placement, node("linux-1", labels={})) is False


def test_no_term_selects_nothing() -> None:
    assert may_run_on(Placement(terms=()), node()) is False
    assert may_run_on(Placement(), node()) is True


def test_an_operator_that_kubernetes_does_not_have() -> None:
    with pytest.raises(ValueError, match="operator Near of cores"):
        may_run_on(Placement(terms=(NodeTerm(labels=(("cores", "Near", ()),)),)), node())


KEYS, VALUES, NAMES = st.sampled_from(["os", "arch", "pool"]), st.sampled_from(["", "1", "2", "three"]), ["a", "b", "c"]
OPERATORS = st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])
EFFECTS = st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"])
TAINT_KEYS = st.sampled_from(["os", "pool", "node.kubernetes.io/not-ready"])
NODES = st.lists(
    st.builds(
        node,
        st.sampled_from(NAMES),
        labels=st.dictionaries(KEYS, VALUES),
        taints=st.lists(st.builds(Taint, TAINT_KEYS, VALUES, EFFECTS), max_size=2).map(tuple),
    ),
    max_size=6,
)
LABELS = st.tuples(KEYS, OPERATORS, st.lists(VALUES, max_size=2).map(tuple))
FIELDS = st.tuples(st.just("metadata.name"), OPERATORS, st.lists(st.sampled_from(NAMES), max_size=2).map(tuple))
TERMS = st.lists(
    st.builds(NodeTerm, st.lists(LABELS, max_size=2).map(tuple), st.lists(FIELDS, max_size=1).map(tuple)), max_size=2
).map(tuple)
TOLERATIONS = st.builds(
    Toleration, TAINT_KEYS | st.just(""), st.sampled_from(["Equal", "Exists"]), VALUES, EFFECTS | st.just("")
)
PLACEMENTS = st.builds(
    Placement,
    st.dictionaries(KEYS, VALUES, max_size=2),
    st.none() | TERMS,
    st.lists(TOLERATIONS, max_size=2).map(tuple),
)


@settings(deadline=None)
@given(NODES, st.lists(PLACEMENTS, max_size=5))
def test_the_first_of_the_candidates_is_that_of_all_nodes(nodes: Sequence[Node], placements: list[Placement]) -> None:
    candidates = Candidates(nodes)
    for each in placements:
        plain = next((one for one in nodes if may_run_on(each, one)), None)
        assert candidates.first_for(each) is plain


@pytest.mark.parametrize(
    ("placement", "first"),
    [
        (Placement(), "tainted"),
        (Placement({"pool": "b"}), "other"),
        (Placement(terms=(NodeTerm(labels=(("pool", "In", ("b",)),)),)), "other"),
        (Placement(terms=(NodeTerm(labels=(("pool", "DoesNotExist", ()),)),)), "without"),
        (Placement(terms=(NodeTerm(fields=(("metadata.name", "In", ("again",)),)),)), "again"),
        (Placement(terms=(NodeTerm(fields=(("metadata.name", "NotIn", ("tainted", "bare")),)),)), "again"),
    ],
)
@pytest.mark.parametrize("tolerant", [True, False])
def test_nodes_that_differ_in_what_is_asked_for_are_told_apart(
    placement: Placement, first: str, tolerant: bool
) -> None:
    nodes = (
        node("tainted", labels={"pool": "a"}, taints=(Taint("os", "windows", "NoSchedule"),)),
        node("bare", labels={"pool": "a"}),
        node("again", labels={"pool": "a"}),
        node("other", labels={"pool": "b"}),
        node("without", labels={}),
    )
    candidates = Candidates(nodes)
    # One that asks for nothing comes before, and changes nothing.
    assert candidates.first_for(Placement()) is nodes[1]
    tolerations = (Toleration("", "Exists", "", ""),) if tolerant else ()
    found = candidates.first_for(replace(placement, tolerations=tolerations))
    assert found is not None
    assert found.name == (first if tolerant or first != "tainted" else "bare")


def test_nodes_that_are_alike_to_a_workload_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def counted(placement: Placement, seen: Node) -> bool:
        looked.append(seen.name)
        return may_run_on(placement, seen)

    monkeypatch.setattr(placement_of, "may_run_on", counted)
    nodes = [
        node(f"{os}-{number}", os, labels={"os": os, "kubernetes.io/hostname": f"{os}-{number}"})
        for os, count in (("linux", 350), ("windows", 150))
        for number in range(count)
    ]
    candidates = Candidates(nodes)
    nowhere = (Placement({"os": "none"}), Placement(terms=(NodeTerm((("os", "In", ("none",)),)),)))
    for each in nowhere * 1500:
        assert candidates.first_for(each) is None
    assert len(looked) == 3000 * 2
    assert set(looked) == {"linux-0", "windows-0"}
