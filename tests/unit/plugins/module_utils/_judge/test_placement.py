# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.placement import may_run_on
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeTerm, Placement
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
