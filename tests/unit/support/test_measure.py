# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arithmetic of measurements."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.measure import Cost, cheapest, cheapest_in_turn, cost_of


def costs(*seconds: float) -> Callable[[], Cost]:
    """A measure that finds one after another, and fails when it is asked for more."""
    left: Iterator[float] = iter(seconds)
    return lambda: Cost(cpu=next(left), wall=1.0, peak_mib=1.0)


def within(budget: float) -> Callable[[Sequence[Cost]], bool]:
    return lambda found: found[1].cpu - found[0].cpu <= budget


def test_cheapest_is_that_of_the_least_cpu() -> None:
    assert cheapest([Cost(2.0, 1.0, 9.0), Cost(1.0, 3.0, 8.0)]) == Cost(1.0, 3.0, 8.0)


def test_rounds_end_when_it_is_enough() -> None:
    start, task = cheapest_in_turn([costs(1.0, 0.8), costs(1.4, 0.9)], least=1, most=5, enough=within(0.15))
    assert (start.cpu, task.cpu) == (0.8, 0.9)


def test_a_lucky_first_round_is_not_believed() -> None:
    start, task = cheapest_in_turn([costs(1.3, 0.8), costs(1.3, 1.2)], least=2, most=2, enough=within(0.15))
    assert (start.cpu, task.cpu) == (0.8, 1.2)


def test_rounds_end_where_it_is_never_enough() -> None:
    start, task = cheapest_in_turn([costs(1.0, 1.0, 1.0), costs(2.0, 1.9, 2.1)], least=1, most=3, enough=within(0.15))
    assert (start.cpu, task.cpu) == (1.0, 1.9)


def test_measures_take_turns() -> None:
    asked: list[str] = []

    def measure(name: str) -> Callable[[], Cost]:
        def run() -> Cost:
            asked.append(name)
            return Cost(1.0, 1.0, 1.0)

        return run

    cheapest_in_turn([measure("a"), measure("b")], least=2, most=2, enough=lambda found: False)
    assert asked == ["a", "b", "a", "b"]


BUSY = "import time\nwhile time.process_time() < 0.3: pass\n"


@pytest.mark.parametrize("script", [BUSY, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"])
def test_cpu_of_a_command_and_of_its_children(tmp_path: Path, script: str) -> None:
    found = cost_of([sys.executable, "-S", "-c", script], os.environ, tmp_path)
    assert 0.3 <= found.cpu < 5
    assert found.wall > 0.2
    assert found.peak_mib > 1


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with status 3:\nno luck"):
        cost_of([sys.executable, "-c", "print('no luck'); raise SystemExit(3)"], os.environ, tmp_path)


def test_memory_is_that_of_the_command(tmp_path: Path) -> None:
    own = bytearray(b"x" * 300 * 2**20)
    assert cost_of([sys.executable, "-S", "-c", "pass"], os.environ, tmp_path).peak_mib < 100
    command = [sys.executable, "-S", "-c", "bytearray(b'x' * 100 * 2**20)"]
    assert 100 < cost_of(command, os.environ, tmp_path).peak_mib < 300
    assert own
