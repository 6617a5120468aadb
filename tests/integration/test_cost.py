# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A cluster that needs nothing costs next to nothing: counted at the servers, and measured."""

from __future__ import annotations

import pytest

from tests.benchmark.one_cluster import CALL_BUDGET, CPU_BUDGET, Figures, figures


@pytest.fixture(scope="module")
def found() -> Figures:
    return figures(rounds=3)


def test_calls_of_a_converged_cluster(found: Figures) -> None:
    assert 0 < len(found.calls) <= CALL_BUDGET, found.calls
    assert len(set(found.calls)) == len(found.calls), "nothing is asked twice"


def test_cpu_of_a_preflight(found: Figures) -> None:
    assert found.cpu <= CPU_BUDGET


def test_enable_asks_no_more_than_its_one_preflight(found: Figures) -> None:
    assert found.enable_calls == found.calls
    assert found.enable_api_tasks == ("cloudops.eks_windows.eks_windows_preflight",)
