# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Each write of webhook_cert fails once, before and after the server has stored it, and the next run goes on.

The client sends a write three times where the server fails, so that one lost answer is nothing that a user sees. API
servers fail on purpose in the emulator alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.webhook_certificates import (
    BACKUP,
    DUE_OF_ANOTHER_AUTHORITY,
    SPECS,
    Ensure,
    bundle,
    ensuring,
    given,
    pair,
    requests,
    secret,
    subject_of,
)
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.emulator import EmulatedKubernetes
from tests.testbed.kubernetes.emulator.faults import Faults
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.newest_client


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(SPECS) as testbed:
        yield testbed


@pytest.fixture
def cluster(fleet: Testbed, request: pytest.FixtureRequest) -> Iterator[TestbedCluster]:
    """``v1``, or the one that a test names."""
    found = fleet.clusters[getattr(request, "param", "v1")]
    yield found
    faults_of(found).clear()


def faults_of(cluster: TestbedCluster) -> Faults:
    assert isinstance(cluster.kubernetes, EmulatedKubernetes)
    return cluster.kubernetes.faults


@pytest.fixture
def ensure(fleet: Testbed, monkeypatch: pytest.MonkeyPatch) -> Ensure:
    return ensuring(fleet, monkeypatch)


OF_REQUESTS = [("create", r"/certificatesigningrequests$"), ("update", r"/approval$")]
WRITES = [
    *OF_REQUESTS,
    ("create", r"/secrets$"),
    ("patch", r"/mutatingwebhookconfigurations/"),
    ("patch", r"/secrets/"),
]
BY_BOTH_VERSIONS = [*(("v1", *write) for write in WRITES), *(("beta", *write) for write in OF_REQUESTS)]


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize(("cluster", "verb", "path"), BY_BOTH_VERSIONS, indirect=["cluster"])
def test_a_write_that_keeps_failing_is_healed_by_the_next_run(
    ensure: Ensure, cluster: TestbedCluster, verb: str, path: str, stored: bool
) -> None:
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    due = pair(cluster)
    # The client sends each write three times: all of them fail, the last one perhaps when it was stored.
    faults = faults_of(cluster)
    if stored:
        faults.fail_next(verb, path, 503, after_applied=True)
    faults.fail_next(verb, path, 503, times=2 if stored else 3)
    failed = ensure(cluster)
    assert failed.get("failed"), failed
    assert "the server is broken on purpose" in failed["msg"]
    faults.clear()
    healed_by = ensure(cluster)
    assert "failed" not in healed_by, healed_by
    assert pair(cluster) != due
    assert pair(cluster, BACKUP) == due
    assert requests(cluster) == []
    assert bundle(cluster) == ["CN=legacy-webhook", subject_of(cluster.certificate_authority)]
    assert ensure(cluster, "proved")["changed"]
    assert ensure(cluster)["changed"] is False


@pytest.mark.parametrize(("verb", "path"), [*WRITES, ("delete", r"/certificatesigningrequests/")])
def test_a_write_whose_answer_is_lost_once_is_made_once(
    ensure: Ensure, cluster: TestbedCluster, verb: str, path: str
) -> None:
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    due = pair(cluster)
    faults_of(cluster).fail_next(verb, path, 503, after_applied=True)
    issued = ensure(cluster)
    assert issued.get("changed"), issued
    assert issued.get("warnings") is None
    assert pair(cluster, BACKUP) == due
    assert requests(cluster) == []
    assert ensure(cluster)["changed"] is False


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize(
    ("state", "verb", "path"),
    [
        ("proved", "patch", r"/mutatingwebhookconfigurations/"),
        ("proved", "delete", r"/secrets/"),
        ("restored", "patch", r"/secrets/"),
        ("restored", "delete", r"/secrets/"),
    ],
)
def test_an_end_that_fails_is_healed_by_the_next_run(
    ensure: Ensure, cluster: TestbedCluster, verb: str, path: str, state: str, stored: bool
) -> None:
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    due = pair(cluster)
    assert ensure(cluster)["changed"]
    issued = pair(cluster)
    faults = faults_of(cluster)
    if stored:
        faults.fail_next(verb, path, 503, after_applied=True)
    faults.fail_next(verb, path, 503, times=2 if stored else 3)
    failed = ensure(cluster, state)
    assert failed.get("failed"), failed
    faults.clear()
    assert "failed" not in ensure(cluster, state)
    assert pair(cluster) == (issued if state == "proved" else due)
    assert secret(cluster, BACKUP) is None
    own = subject_of(cluster.certificate_authority)
    assert bundle(cluster) == ([own] if state == "proved" else ["CN=legacy-webhook", own])
