# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role cert_renew on the real control plane: how the webhook's Deployment and the owners of stuck pods go on is theirs.

The tasks are those that the oldest releases run in test_cert_renew.py, with other Deployments and owners.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import wait_for_address
from tests.support.legacy import serial_number, variant_of
from tests.support.once import OnceItHolds
from tests.support.roles import changed_steps, run_role
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ADMISSION = "admissionregistration.k8s.io/v1"
AT_ONCE = 366
SHORT_WAIT = 6
RENEWED = ["renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"]
ENDS_FIRST = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
POLICY_OF_OTHERS: dict[str, Any] = {
    "name": "policy.team.example",
    "clientConfig": {"service": {"namespace": "team", "name": "policy"}},
    "rules": [
        {"operations": ["CREATE"], "apiGroups": ["team.example"], "apiVersions": ["v1"], "resources": ["things"]}
    ],
    "failurePolicy": "Fail",
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}


def old_cluster(name: str, legacy: LegacySpec) -> ClusterSpec:
    nodes = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
    return ClusterSpec(name, version="1.21", platform_version="eks.1", nodes=nodes, legacy=legacy, controller=False)


ENDED = LegacySpec(
    "B", not_before=timedelta(days=-366), not_after=timedelta(days=-1), strategy="RollingUpdate", controller=True
)
FLEET = (
    old_cluster("ended", ENDED),
    old_cluster("strict", LegacySpec("D", failure_policy="Fail", strategy="RollingUpdate")),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        yield testbed


def stateful_set_of_windows_pods(cluster: TestbedCluster, name: str) -> None:
    """A StatefulSet of one Windows pod in namespace default, which always has the same name."""
    labels = {"app": name}
    spec = {"nodeSelector": {"kubernetes.io/os": "windows"}, "containers": [{"name": "app", "image": "app"}]}
    cluster.admin.create(
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "serviceName": name,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        }
    )


def uid_of_pending(cluster: TestbedCluster, pod: str) -> str:
    found = cluster.admin.find("pods", pod, "default")
    # Before the kubelet tells of its containers it is not known to be stuck.
    waits = found is not None and found["status"].get("containerStatuses") and found["status"]["phase"] == "Pending"
    return str(found["metadata"]["uid"]) if found is not None and waits else ""


def change_deployment(cluster: TestbedCluster, change: dict[str, Any]) -> None:
    names = variant_of(cluster)
    cluster.admin.patch("deployments", names.deployment, {"spec": change}, names.namespace)


def policies(cluster: TestbedCluster) -> dict[str, str]:
    """The failurePolicy of each webhook of the configuration, by name."""
    found = cluster.admin.get("mutatingwebhookconfigurations", variant_of(cluster).configuration, api=ADMISSION)
    return {webhook["name"]: webhook["failurePolicy"] for webhook in found["webhooks"]}


def has_policy(cluster: TestbedCluster, name: str, policy: str) -> Callable[[], bool]:
    return lambda: policies(cluster)[name] == policy


def test_pod_that_is_made_again_under_its_name_is_recycled(fleet: Testbed) -> None:
    cluster = fleet.clusters["ended"]
    stateful_set_of_windows_pods(cluster, "db")
    cluster.wait(lambda: bool(uid_of_pending(cluster, "db-0")), "a pod waits for its address")
    before = uid_of_pending(cluster, "db-0")
    run = run_role("cert_renew", fleet, cluster, eks_windows_wait_timeout=60)
    assert changed_steps(run) == [*RENEWED[:2], "recycle_stuck_pods", RENEWED[2]]
    assert wait_for_address(cluster, "db-0", seconds=30)
    assert cluster.admin.get("pods", "db-0", "default")["metadata"]["uid"] != before


def test_deployment_that_replaces_no_pod_gets_its_old_certificate(fleet: Testbed) -> None:
    cluster = fleet.clusters["ended"]
    before = serial_number(cluster)
    change_deployment(cluster, {"paused": True})
    # Without the waiver nothing would be changed: as where it is paused after the first look.
    run = run_role(
        "cert_renew",
        fleet,
        cluster,
        eks_windows_ignore=["legacy.rollout"],
        eks_windows_renewal_days=AT_ONCE,
        eks_windows_wait_timeout=SHORT_WAIT,
    )
    assert run.returncode == 2, "the old pods serve with what is gone from the Secret"
    message = run.failure("localhost")
    names = variant_of(cluster)
    assert f"Deployment {names.namespace}/{names.deployment} has not replaced its pods after {SHORT_WAIT} s" in message
    assert "0 of 1 are new ones, 1 are available, and it is paused" in message
    assert "Its previous certificate is back, and the webhook was not restarted with it" in message
    assert serial_number(cluster) == before
    change_deployment(cluster, {"paused": None})
    assert changed_steps(run_role("cert_renew", fleet, cluster, eks_windows_renewal_days=AT_ONCE)) == RENEWED


def test_webhook_that_ends_its_pod_first_comes_back_and_others_may_not_fail(fleet: Testbed) -> None:
    cluster = fleet.clusters["strict"]
    change_deployment(cluster, {"strategy": ENDS_FIRST})
    configuration = variant_of(cluster).configuration
    (own,) = cluster.admin.get("mutatingwebhookconfigurations", configuration, api=ADMISSION)["webhooks"]
    cluster.admin.patch(
        "mutatingwebhookconfigurations", configuration, {"webhooks": [own, POLICY_OF_OTHERS]}, api=ADMISSION
    )
    name, others = own["name"], POLICY_OF_OTHERS["name"]
    with (
        OnceItHolds(has_policy(cluster, name, "Ignore"), lambda: None) as eased,
        OnceItHolds(has_policy(cluster, others, "Ignore"), lambda: None) as too_much,
    ):
        run = run_role("cert_renew", fleet, cluster, eks_windows_renewal_days=AT_ONCE, eks_windows_wait_timeout=30)
    assert run.returncode == 0, run.stdout[-3000:]
    assert eased.acted
    assert not too_much.acted
    assert policies(cluster) == {name: "Fail", others: "Fail"}
    assert cluster.injects_address()
