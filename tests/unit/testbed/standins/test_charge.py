# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long no controller, or two, were in charge."""

from __future__ import annotations

import pytest

from tests.testbed.standins import charge
from tests.testbed.standins.charge import Charge, ChargeLog


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> ChargeLog:
    """Legacy from 10 on, both from 20, none from 25, the control plane's from 40; now it is 50."""
    log = ChargeLog()
    for now, controllers in (
        (10.0, {"legacy"}),
        (15.0, {"legacy"}),
        (20.0, {"legacy", "control-plane"}),
        (25.0, set()),
        (40.0, {"control-plane"}),
    ):
        monkeypatch.setattr(charge.time, "monotonic", lambda now=now: now)
        log.record(frozenset(controllers))  # type: ignore[arg-type]
    monkeypatch.setattr(charge.time, "monotonic", lambda: 50.0)
    return log


def test_changes_alone_are_noted(log: ChargeLog) -> None:
    assert [entry.since for entry in log.entries()] == [10.0, 20.0, 25.0, 40.0]
    assert log.entries()[0] == Charge(10.0, frozenset({"legacy"}))
    assert log.in_charge == {"control-plane"}


@pytest.mark.parametrize(("since", "none", "two"), [(0.0, 15.0, 5.0), (22.0, 15.0, 3.0), (30.0, 10.0, 0.0), (45, 0, 0)])
def test_times_are_added_up(log: ChargeLog, since: float, none: float, two: float) -> None:
    assert (log.seconds_without(since), log.seconds_with_two(since)) == (none, two)


def test_the_present_counts(log: ChargeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.record(frozenset())
    monkeypatch.setattr(charge.time, "monotonic", lambda: 53.0)
    assert log.seconds_without(45) == 3


def test_an_empty_log_knows_of_nobody() -> None:
    assert (ChargeLog().in_charge, ChargeLog().seconds_without()) == (frozenset(), 0)
