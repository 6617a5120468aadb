# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role cert_renew where the API server refuses every pod that the webhook does not answer for: failurePolicy Fail.

What is proved, what is put back and what is given back does not depend on the client's releases; that the oldest ones
renew such a certificate at all is shown in test_cert_renew.py.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from tests.support.legacy import serial_number, variant_of
from tests.support.once import OnceItHolds
from tests.support.roles import changed_steps, run_role
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ADMISSION = "admissionregistration.k8s.io/v1"
REMEMBERED = "eks-windows.cloudops/failure-policy"
MARK = "eks-windows.cloudops/certificate"
AWAY = 'Internal error occurred: failed calling webhook "vpc-admission-webhook.amazonaws.com": no answer'
WAIT = {"eks_windows_wait_timeout": 20}
ATTEMPTS = 2
"""How often the client sends a change that is refused for now."""

OLD = timedelta(days=-355)


def old_cluster(name: str, *, ended: bool) -> ClusterSpec:
    """A cluster whose webhook may not fail."""
    legacy = LegacySpec(
        "B",
        not_before=OLD,
        not_after=timedelta(days=-1 if ended else 10),
        failure_policy="Fail",
        strategy="RollingUpdate",
    )
    nodes = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
    return ClusterSpec(name, version="1.21", platform_version="eks.1", nodes=nodes, legacy=legacy, controller=False)


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    fleet = [old_cluster("silent", ended=False), old_cluster("answering", ended=True), old_cluster("two", ended=True)]
    with Testbed(fleet) as testbed:
        yield testbed


def configuration(cluster: TestbedCluster) -> Json:
    return cluster.admin.get("mutatingwebhookconfigurations", variant_of(cluster).configuration, api=ADMISSION)


def policies(cluster: TestbedCluster) -> list[str]:
    return [webhook["failurePolicy"] for webhook in configuration(cluster)["webhooks"]]


def remembered(cluster: TestbedCluster) -> bool:
    return REMEMBERED in (configuration(cluster)["metadata"].get("annotations") or {})


def restarted(cluster: TestbedCluster) -> bool:
    names = variant_of(cluster)
    template = cluster.admin.get("deployments", names.deployment, names.namespace, api="apps/v1")["spec"]["template"]
    return MARK in (template["metadata"].get("annotations") or {})


def backup(cluster: TestbedCluster) -> bool:
    names = variant_of(cluster)
    return cluster.admin.find("secrets", f"{names.secret}-backup", names.namespace) is not None


def test_pods_that_are_refused_after_the_restart_are_no_proof(bed: Testbed) -> None:
    cluster = bed.clusters["silent"]
    before = serial_number(cluster)
    faults = cluster.kubernetes.faults
    refuse = partial(faults.fail_next, "create", "namespaces/default/pods", 500, AWAY, times=1000)
    with OnceItHolds(partial(restarted, cluster), refuse) as refused:
        run = run_role("cert_renew", bed, cluster, **WAIT)
    faults.clear()
    assert refused.acted
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "failed calling webhook" in message
    assert "Its previous certificate is back" in message
    assert serial_number(cluster) == before
    assert policies(cluster) == ["Fail"]
    assert changed_steps(run_role("cert_renew", bed, cluster)) == [
        "renew_webhook_certificate",
        "restart_webhook",
        "drop_certificate_backup",
    ]
    assert not backup(cluster)


def test_failure_after_the_webhook_has_answered_takes_nothing_back(bed: Testbed) -> None:
    cluster = bed.clusters["answering"]
    before = serial_number(cluster)
    faults = cluster.kubernetes.faults
    # The next change of the configuration is what gives its failurePolicy back.
    refuse = partial(faults.fail_next, "patch", "mutatingwebhookconfigurations", 500, "Not now", times=2)
    with OnceItHolds(partial(restarted, cluster), refuse) as refused:
        run = run_role("cert_renew", bed, cluster, **WAIT)
    faults.clear()
    assert refused.acted
    assert run.returncode == 2
    message = run.failure("localhost")
    assert message.startswith("Cluster answering: step restart_webhook failed on "), message
    assert "Not now" in message
    assert "did not come back" not in message
    assert serial_number(cluster) != before
    assert cluster.admits_pods()
    assert cluster.injects_address()
    # As it is where there was no pair before: what the run left undone is seen without a backup.
    names = variant_of(cluster)
    cluster.admin.delete("secrets", f"{names.secret}-backup", names.namespace)
    assert policies(cluster) == ["Ignore"]
    new = serial_number(cluster)
    restart = f"deployments/{names.deployment}"
    faults.fail_next("patch", restart, 500, "Not now", times=ATTEMPTS)
    bed.forget_requests()
    run = run_role("cert_renew", bed, cluster, **WAIT)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "No previous certificate is kept, so that its certificate was not changed." in message
    assert "restarted with it" not in message
    assert serial_number(cluster) == new
    restarts = [each for each in cluster.requests() if each.write and each.path.endswith(restart)]
    assert len(restarts) == ATTEMPTS, "nothing is restarted a second time for nothing"
    assert "restart_webhook" in changed_steps(run_role("cert_renew", bed, cluster))
    assert policies(cluster) == ["Fail"]
    assert not remembered(cluster)
    assert not backup(cluster)


def test_each_webhook_may_not_fail_again_after_an_interrupted_run(bed: Testbed) -> None:
    cluster = bed.clusters["two"]
    (first,) = configuration(cluster)["webhooks"]
    second = {**copy.deepcopy(first), "name": "second.amazonaws.com"}
    name = variant_of(cluster).configuration
    cluster.admin.patch("mutatingwebhookconfigurations", name, {"webhooks": [first, second]}, api=ADMISSION)
    faults = cluster.kubernetes.faults
    refuse = partial(faults.fail_next, "patch", "mutatingwebhookconfigurations", 500, "Not now", times=1)
    with OnceItHolds(lambda: policies(cluster) == ["Ignore", "Fail"], refuse) as refused:
        run = run_role("cert_renew", bed, cluster, **WAIT)
    faults.clear()
    assert refused.acted
    assert run.returncode == 2
    assert run_role("cert_renew", bed, cluster).returncode == 0
    assert policies(cluster) == ["Fail", "Fail"]
    assert not remembered(cluster)
