# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe on the real control plane: what admission really does to a Windows pod, and that nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import read_only_user, set_config_map
from tests.support.playbook import run_tasks
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, chart_data
from tests.testbed.standins.pod_webhooks import MUTATING, PodWebhooks
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.newest_client

STATUS = "(examined.findings | selectattr('id', 'equalto', 'ipam.probe') | first).status"
ON = chart_data(enable_windows_ipam="true")
REGISTRATION = "admissionregistration.k8s.io/v1"
LEGACY_CONTROLLER = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "vpc-resource-controller", "namespace": "kube-system"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "vpc-resource-controller"}},
        "template": {
            "metadata": {"labels": {"app": "vpc-resource-controller"}},
            "spec": {"containers": [{"name": "controller", "image": "controller"}]},
        },
    },
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([ClusterSpec("probed", config_map=ON)], control_plane="real") as testbed:
        yield testbed


@pytest.fixture
def cluster(fleet: Testbed) -> TestbedCluster:
    found = fleet.clusters["probed"]
    set_config_map(found, ON)
    fleet.forget_requests()
    return found


@pytest.fixture
def webhooks(cluster: TestbedCluster) -> Iterator[PodWebhooks]:
    assert cluster.stand_ins is not None
    assert cluster.stand_ins.webhooks is not None
    yield cluster.stand_ins.webhooks
    cluster.stand_ins.webhooks.delay_seconds = 0


@contextmanager
def mutating_webhook(cluster: TestbedCluster, **changes: Any) -> Iterator[None]:
    """While it lasts, the configuration of the mutating webhook is changed; without changes it is gone."""
    original = cluster.admin.get("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)
    kept = {**original, "metadata": {"name": MUTATING, "labels": original["metadata"].get("labels", {})}}
    cluster.admin.delete("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)
    if changes:
        cluster.admin.create({**kept, "webhooks": [{**kept["webhooks"][0], **changes}]})
    try:
        yield
    finally:
        if changes:
            cluster.admin.delete("mutatingwebhookconfigurations", MUTATING, api=REGISTRATION)
        cluster.admin.create(kept)


def probe(fleet: Testbed, cluster: TestbedCluster, expected: str, **options: Any) -> dict[str, Any]:
    """The preflight's result once its probe has the status: the API server learns of changes by watches of its own."""
    run = run_tasks(
        [
            {
                "cloudops.eks_windows.eks_windows_preflight": {
                    "cluster_name": cluster.name,
                    "probe": True,
                    **options,
                },
                "register": "examined",
                "until": f"{STATUS} == '{expected}'",
                "retries": 8,
                "delay": 1,
            }
        ],
        fleet.environment,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert not [request for request in cluster.requests() if request.write]
    found: dict[str, Any] = dict(run.of("localhost")[-1].result)
    return found


def finding(examined: dict[str, Any], rule: str) -> dict[str, Any]:
    return next(found for found in examined["findings"] if found["id"] == rule)


def test_on(fleet: Testbed, cluster: TestbedCluster) -> None:
    examined = probe(fleet, cluster, "pass")
    assert finding(examined, "ipam.probe")["evidence"] == [
        {"object": "Dry run of a Windows pod in default", "value": "address limit 1"}
    ]
    assert examined["ready"] is True
    assert cluster.admin.list("pods", "default") == []


def test_off(fleet: Testbed, cluster: TestbedCluster) -> None:
    set_config_map(cluster, chart_data())
    examined = probe(fleet, cluster, "fail")
    assert examined["ready"] is False
    assert "ipam.enabled" in finding(examined, "ipam.probe")["remedy"]


def test_beside_a_legacy_controller(fleet: Testbed, cluster: TestbedCluster) -> None:
    cluster.admin.create(LEGACY_CONTROLLER)
    try:
        examined = probe(fleet, cluster, "fail")
    finally:
        cluster.admin.delete("deployments", "vpc-resource-controller", "kube-system", api="apps/v1")
    assert examined["support"]["windows_ipam"] == {
        "live": "true",
        "effective": False,
        "owner": "config_map",
        "addon_value": None,
    }
    assert finding(examined, "legacy.controller_blocks")["status"] == "fail"


def test_without_the_webhook(fleet: Testbed, cluster: TestbedCluster) -> None:
    with mutating_webhook(cluster):
        examined = probe(fleet, cluster, "fail")
    assert finding(examined, "ipam.controller_webhook")["status"] == "fail"
    assert examined["ready"] is False


def test_slow_webhook_is_waited_for(fleet: Testbed, cluster: TestbedCluster, webhooks: PodWebhooks) -> None:
    webhooks.delay_seconds = 2
    assert probe(fleet, cluster, "pass")["ready"] is True


@pytest.mark.parametrize("failure", ["too slow", "down"])
def test_webhook_that_does_not_answer_is_passed_over(
    fleet: Testbed, cluster: TestbedCluster, webhooks: PodWebhooks, failure: str
) -> None:
    """Its failurePolicy is Ignore, so that a pod is admitted without an address, and the probe says so."""
    if failure == "down":
        changes: dict[str, Any] = {"clientConfig": {"url": "https://127.0.0.1:9/mutate-v1-pod"}}
    else:
        webhooks.delay_seconds = 3
        changes = {"timeoutSeconds": 1}
    with mutating_webhook(cluster, **changes):
        examined = probe(fleet, cluster, "fail")
    assert finding(examined, "ipam.enabled")["status"] == "pass"
    assert finding(examined, "ipam.controller_webhook")["status"] == "pass"
    assert examined["ready"] is False


def test_without_the_permission(fleet: Testbed, cluster: TestbedCluster) -> None:
    role = read_only_user(fleet, cluster, "reader")
    examined = probe(fleet, cluster, "unknown", kubernetes_role_arn=role, probe_namespace="kube-public")
    found = finding(examined, "ipam.probe")
    assert 'cannot create resource "pods"' in found["summary"]
    assert found["remedy"] == "Allow the identity to create pods in namespace kube-public"
    assert examined["ready"] is True, "what is on is known from the other rules"
