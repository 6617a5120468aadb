# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Clusters that are reached in every way: for role enable without Windows nodes, so that it has nothing to wait for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.access import OTHER_ACCOUNT
from tests.support.fleets import NO_WINDOWS_POLICY
from tests.support.webhook_certificates import RUNNING
from tests.testbed import ClusterSpec, Testbed

# So that what it finds in place of what it wanted is shown.
pytest.register_assert_rewrite("tests.integration.access.renewals")


@pytest.fixture(scope="module")
def emulated() -> Iterator[Testbed]:
    """Three clusters of one account, and one of another."""
    specs = [ClusterSpec(name, policies=NO_WINDOWS_POLICY) for name in ("one", "two", "three")]
    other = ClusterSpec("elsewhere", account=OTHER_ACCOUNT, policies=NO_WINDOWS_POLICY)
    with Testbed([*specs, other], control_plane="emulated") as testbed:
        yield testbed


@pytest.fixture(scope="module")
def real() -> Iterator[Testbed]:
    """A cluster for each of EKS's ways to tell who somebody is: by aws-auth, and by access entries."""
    require_real_control_plane()
    specs = (
        ClusterSpec("aws-auth", authentication_mode="CONFIG_MAP", policies=NO_WINDOWS_POLICY),
        ClusterSpec("entries", authentication_mode="API", policies=NO_WINDOWS_POLICY),
    )
    with Testbed(specs, control_plane="real") as testbed:
        yield testbed


@pytest.fixture(scope="module")
def webhooks() -> Iterator[Testbed]:
    """A cluster with a legacy webhook that runs, and that knows people by aws-auth and by access entries."""
    require_real_control_plane()
    spec = ClusterSpec(
        "webhook",
        version="1.22",
        platform_version="eks.1",
        authentication_mode="API_AND_CONFIG_MAP",
        controller=False,
        legacy=RUNNING,
        beta_apis=False,
    )
    with Testbed([spec], control_plane="real") as testbed:
        yield testbed
