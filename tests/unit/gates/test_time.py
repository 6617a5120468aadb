# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Thorough tests begin as long as there is time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.gates._time import SECONDS_FOR_THOROUGH, THOROUGH_UNTIL, is_over, limit_thorough_tests
from tests.integration import conftest
from tests.integration.conftest import pytest_runtest_setup


@pytest.mark.thorough
def test_a_thorough_test_is_told_as_not_run_when_its_time_is_over(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(THOROUGH_UNTIL, str(time.time() - 1))
    with pytest.raises(pytest.skip.Exception, match="no time was left for it: make test-thorough"):
        pytest_runtest_setup(request.node)
    monkeypatch.setenv(THOROUGH_UNTIL, str(time.time() + 60))
    pytest_runtest_setup(request.node)


def test_those_of_the_oldest_releases_are_told_as_not_run_too(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "CLIENT", Path("/oldest"))
    monkeypatch.setenv(THOROUGH_UNTIL, str(time.time() - 1))
    with pytest.raises(pytest.skip.Exception, match="no time was left for it: make test-oldest-integration"):
        pytest_runtest_setup(request.node)
    monkeypatch.setenv(THOROUGH_UNTIL, str(time.time() + 60))
    pytest_runtest_setup(request.node)


def test_others_run_whatever_the_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THOROUGH_UNTIL, "1")
    assert is_over()
    pytest_runtest_setup(request.node)


def test_a_limit_that_somebody_gave_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THOROUGH_UNTIL, "1")
    limit_thorough_tests()
    assert is_over()


def test_the_limit_counts_from_the_start_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set before it is taken away, so that what the function sets is undone.
    monkeypatch.setenv(THOROUGH_UNTIL, "")
    monkeypatch.delenv(THOROUGH_UNTIL)
    assert not is_over()
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    limit_thorough_tests()
    monkeypatch.setattr(time, "time", lambda: 1000.0 + SECONDS_FOR_THOROUGH + 1)
    assert is_over()
