# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Roles that prove their effect half-way by a dry run change nothing where its namespace does not admit the pod."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.legacy import serial_number
from tests.support.roles import changed_steps, run_role, writes
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

# The same modules with other answers of the servers.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
FLEET = [
    ClusterSpec(
        "old",
        version="1.21",
        platform_version="eks.1",
        nodes=NODES,
        legacy=LegacySpec("B", not_before=timedelta(days=-355), not_after=timedelta(days=-1), strategy="RollingUpdate"),
        controller=False,
    ),
    ClusterSpec("migrating", legacy="B", nodes=NODES),
]
QUOTA = 'pods "eks-windows-probe-x" is forbidden: failed quota: team: must specify limits.cpu'


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed(FLEET, control_plane="emulated") as testbed:
        yield testbed


@pytest.mark.parametrize(("role", "name"), [("cert_renew", "old"), ("migrate_legacy", "migrating")])
def test_nothing_is_changed_where_the_effect_could_not_be_seen(bed: Testbed, role: str, name: str) -> None:
    cluster = bed.clusters[name]
    cluster.kubernetes.faults.fail_next("create", "namespaces/default/pods", 403, QUOTA, times=1000)
    bed.forget_requests()
    try:
        run = run_role(role, bed, cluster, eks_windows_wait_timeout=20)
    finally:
        cluster.kubernetes.faults.clear()
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "nothing was changed" in message
    assert "failed quota: team" in message
    assert "role variable eks_windows_probe_namespace" in message
    assert writes(bed, cluster) == []


def test_a_namespace_that_admits_it_lets_the_certificate_be_renewed(bed: Testbed) -> None:
    cluster = bed.clusters["old"]
    before = serial_number(cluster)
    cluster.kubernetes.faults.fail_next("create", "namespaces/default/pods", 403, QUOTA, times=1000)
    try:
        run = run_role("cert_renew", bed, cluster, eks_windows_probe_namespace="kube-public")
    finally:
        cluster.kubernetes.faults.clear()
    assert "restart_webhook" in changed_steps(run)
    assert serial_number(cluster) != before
