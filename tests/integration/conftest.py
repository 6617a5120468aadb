# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What integration tests share. Real control planes live no longer than their module: they cost even when idle."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gates._time import is_over
from tests.support.fleets import ENABLE_FLEET, MODULE_FLEET
from tests.support.playbook import CLIENT
from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError, find_binaries
from tests.testbed.testbed import Testbed


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin no thorough test, and none of the oldest releases, once their time is over: the run tells of it."""
    if item.get_closest_marker("thorough") and is_over():
        pytest.skip("no time was left for it: make test-thorough-roles test-thorough-modules")
    if Path(sys.prefix) != CLIENT and is_over():
        pytest.skip("no time was left for it: make test-oldest-integration")


def require_real_control_plane() -> None:
    """Skip, with the reason, where no real control plane can be run."""
    try:
        find_binaries()
    except ControlPlaneMissingError as error:
        pytest.skip(f"no real control plane: {error}")


@pytest.fixture(scope="module")
def enable_fleet() -> Iterator[Testbed]:
    """Real control planes for role enable."""
    require_real_control_plane()
    with Testbed(ENABLE_FLEET, control_plane="real") as testbed:
        yield testbed


@pytest.fixture(scope="session")
def module_fleet() -> Iterator[Testbed]:
    """Emulated clusters for what modules do with their options."""
    with Testbed(MODULE_FLEET, control_plane="emulated") as testbed:
        yield testbed
