# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Playbook migrate_legacy where the controller of the control plane is not seen at work: the legacy webhook stays."""

from __future__ import annotations

import pytest

from tests.support.legacy import left_of_legacy
from tests.support.roles import run_role
from tests.testbed.legacy_objects import VARIANTS
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

# The same modules with other answers of the servers.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
SERVICE = f"services kube-system/{VARIANTS['B'].service}"


def test_namespace_that_refuses_the_dry_run_is_named() -> None:
    spec = ClusterSpec("unseen", legacy=LegacySpec("B", controller=False), nodes=NODES)
    quota = 'pods "eks-windows-migrate-1" is forbidden: failed quota: team: must specify limits.cpu'
    with Testbed([spec]) as testbed:
        cluster = testbed.clusters["unseen"]
        # The probe that comes before the first step finds the namespace open.
        cluster.kubernetes.faults.fail_next(
            "create", "namespaces/default/pods", 403, quota, times=1000, body_regex="eks-windows-migrate"
        )
        run = run_role("migrate_legacy", testbed, cluster, eks_windows_wait_timeout=2)
        assert cluster.admits_pods()
        assert SERVICE in left_of_legacy(cluster)
    message = run.failure("localhost")
    assert message.startswith("Cluster unseen: step remove_legacy_webhook failed on "), message
    assert "so that the legacy webhook stays. " in message
    assert "failed quota: team: must specify limits.cpu" in message
    assert "where namespace default refuses the pod" in message
    assert "name another one with eks_windows_probe_namespace" in message
