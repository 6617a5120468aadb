# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role cert_renew on the real control plane, while a client creates Windows pods."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import wait_for_address
from tests.support.legacy import deployment_of_windows_pods, running_pods, secret_of, serial_number, variant_of
from tests.support.once import OnceItHolds
from tests.support.playbook import run_playbook
from tests.support.roles import changed_steps, result, run_role, writes
from tests.support.windows_pods import WindowsPods
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
# A certificate is not due before the last third of its life, so it has to be an old one.
ISSUED = timedelta(days=-355)
DUE = timedelta(days=10)
ENDED = timedelta(days=-1)
AT_ONCE = 366
DECLARED = "declare_side_effects"
RENEWED = ["renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"]


def old_cluster(name: str, legacy: LegacySpec, *, beta_apis: bool = True) -> ClusterSpec:
    """A cluster whose version has no Windows support in the control plane."""
    return ClusterSpec(
        name,
        version="1.21" if beta_apis else "1.22",
        platform_version="eks.1",
        nodes=NODES,
        legacy=legacy,
        controller=False,
        beta_apis=beta_apis,
    )


SEAMLESS = LegacySpec(not_before=ISSUED, not_after=DUE, strategy="RollingUpdate", readiness_probe=True)
"""Without a readinessProbe the old pod may end before the new one listens."""

FLEET = (
    old_cluster("rolling", replace(SEAMLESS, variant="B")),
    # As eksctl's manifest has it.
    old_cluster("recreated", LegacySpec("D", not_before=ISSUED, not_after=DUE, side_effects="Unknown")),
    old_cluster(
        "expired", LegacySpec("E", not_before=ISSUED, not_after=ENDED, strategy="RollingUpdate"), beta_apis=False
    ),
    old_cluster("preview", replace(SEAMLESS, variant="A"), beta_apis=False),
    old_cluster("fresh", LegacySpec("B", strategy="RollingUpdate")),
    old_cluster(
        "strict",
        LegacySpec("D", not_before=ISSUED, not_after=ENDED, failure_policy="Fail", side_effects="Unknown"),
    ),
    old_cluster("chart", LegacySpec("F", not_before=ISSUED, not_after=DUE)),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        yield testbed


def left_backup(cluster: TestbedCluster) -> None:
    """What a run leaves that is killed before it stores the new pair."""
    secret, names = secret_of(cluster), variant_of(cluster)
    assert secret is not None
    metadata = {
        "name": f"{names.secret}-backup",
        "namespace": names.namespace,
        "labels": {"eks-windows.cloudops/backup-of": names.secret},
    }
    cluster.admin.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": secret["data"]})


def backup(cluster: TestbedCluster) -> bool:
    names = variant_of(cluster)
    return cluster.admin.find("secrets", f"{names.secret}-backup", names.namespace) is not None


# What differs is the variant's names and the version of the signing API, which the modules' own tests show.
@pytest.mark.parametrize(
    "name", ["rolling", pytest.param("preview", marks=(pytest.mark.newest_client, pytest.mark.thorough))]
)
def test_no_windows_pod_is_refused_or_left_without_its_limit(fleet: Testbed, name: str) -> None:
    cluster = fleet.clusters[name]
    before = serial_number(cluster)
    fleet.forget_requests()
    predicted = run_role("cert_renew", fleet, cluster, "--check", "--diff")
    assert changed_steps(predicted) == RENEWED
    assert serial_number(cluster) == before
    assert writes(fleet, cluster) == []

    with WindowsPods(cluster) as pods:
        first = run_role("cert_renew", fleet, cluster)
    assert changed_steps(first) == RENEWED
    assert serial_number(cluster) != before
    assert predicted.changes("localhost") == first.changes("localhost")
    assert pods.created > 0
    assert (pods.refused, pods.without_limit) == ([], [])
    assert not backup(cluster)

    fleet.forget_requests()
    second = run_role("cert_renew", fleet, cluster)
    assert changed_steps(second) == []
    assert second.stats["localhost"]["changed"] == 0
    assert writes(fleet, cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_pods_of_the_gap_of_a_recreated_webhook_are_made_again(
    fleet: Testbed, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = fleet.clusters["recreated"]
    stand_ins = cluster.stand_ins
    assert stand_ins is not None
    # Until it is healed: a gap that lasts as long as the test needs, however busy the machine is.
    stand_ins.legacy_webhook.delay_starts(600)
    try:
        with WindowsPods(cluster) as pods, ThreadPoolExecutor(1) as pool:
            renewal = pool.submit(run_role, "cert_renew", fleet, cluster)
            cluster.wait(lambda: bool(pods.without_limit), "the webhook is away", 120)
            deployment_of_windows_pods(cluster, "in-the-gap")
            cluster.wait(lambda: len(running_pods(cluster, "in-the-gap", phase="Pending")) == 2, "pods in the gap", 60)
            stand_ins.legacy_webhook.heal()
            run = renewal.result()
    finally:
        stand_ins.legacy_webhook.heal()
    assert changed_steps(run) == [DECLARED, *RENEWED[:2], "recycle_stuck_pods", RENEWED[2]]
    with capsys.disabled():
        print(
            f"\ncert_renew, Recreate: {len(pods.without_limit)} pods without their limit, {len(pods.refused)} refused"
        )
    assert pods.refused == []
    cluster.wait(lambda: len(running_pods(cluster, "in-the-gap")) == 2, "the pods of the gap were made again")
    # Bare pods are nobody's to make again: they are listed, and stay.
    (said,) = [task.message for task in run.of("localhost") if task.name.endswith("Say which pods are stuck")]
    assert "without a limit" in said
    for name in pods.without_limit:
        assert cluster.admin.find("pods", name, "default")
        cluster.admin.delete("pods", name, "default", options={"gracePeriodSeconds": 0})


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_expired_certificate_and_the_pods_that_are_created_before_the_restart(fleet: Testbed) -> None:
    cluster = fleet.clusters["expired"]
    # After the look at the cluster, and before the restart: as somebody's rollout in the middle of a renewal.
    with OnceItHolds(lambda: backup(cluster), lambda: deployment_of_windows_pods(cluster, "stuck")) as created:
        run = run_role("cert_renew", fleet, cluster)
    assert created.acted
    assert changed_steps(run) == [*RENEWED[:2], "recycle_stuck_pods", RENEWED[2]]
    assert result(run)["after"]["legacy"]["certificate"]["expired"] is False
    cluster.wait(lambda: len(running_pods(cluster, "stuck", phase="Running")) == 2, "the pods run")
    assert all(wait_for_address(cluster, name, 10) for name in running_pods(cluster, "stuck"))


def test_webhook_that_may_not_fail_comes_back_and_still_may_not(fleet: Testbed) -> None:
    cluster = fleet.clusters["strict"]
    assert not cluster.admits_pods()
    left_backup(cluster)
    fleet.forget_requests()
    predicted = run_role("cert_renew", fleet, cluster, "--check", "--diff")
    assert writes(fleet, cluster) == []
    assert not cluster.admits_pods()
    run = run_role("cert_renew", fleet, cluster)
    assert changed_steps(predicted) == changed_steps(run) == [DECLARED, *RENEWED]
    assert cluster.admits_pods()
    assert cluster.injects_address()
    configuration = cluster.admin.get(
        "mutatingwebhookconfigurations", variant_of(cluster).configuration, api="admissionregistration.k8s.io/v1"
    )
    assert [webhook["failurePolicy"] for webhook in configuration["webhooks"]] == ["Fail"]
    assert "eks-windows.cloudops/failure-policy" not in (configuration["metadata"].get("annotations") or {})


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_certificate_that_is_not_due_is_left_alone(fleet: Testbed) -> None:
    cluster = fleet.clusters["fresh"]
    before = serial_number(cluster)
    fleet.forget_requests()
    assert changed_steps(run_role("cert_renew", fleet, cluster)) == []
    assert writes(fleet, cluster) == []
    assert serial_number(cluster) == before
    assert changed_steps(run_role("cert_renew", fleet, cluster, eks_windows_renewal_days=AT_ONCE)) == RENEWED
    assert serial_number(cluster) != before


# Refused or judged by the library before any module of another collection runs.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_certificate_of_cert_manager_is_not_touched(fleet: Testbed) -> None:
    cluster = fleet.clusters["chart"]
    before = serial_number(cluster)
    run = run_role("cert_renew", fleet, cluster)
    assert run.returncode == 2
    assert "legacy.certificate_owner" in run.failure("localhost")
    assert "cert-manager" in run.failure("localhost")
    assert serial_number(cluster) == before


# What differs is why the pod does not come back: the way back is the same.
@pytest.mark.parametrize(
    "fault", ["crash", pytest.param("hang", marks=(pytest.mark.newest_client, pytest.mark.thorough))]
)
def test_webhook_that_does_not_come_back_gets_its_old_certificate(fleet: Testbed, fault: str) -> None:
    cluster = fleet.clusters["fresh"]
    before = secret_of(cluster)
    assert before is not None and cluster.stand_ins is not None
    cluster.stand_ins.legacy_webhook.fail_next_start(fault)
    try:
        with WindowsPods(cluster) as pods:
            run = run_role("cert_renew", fleet, cluster, eks_windows_renewal_days=AT_ONCE, eks_windows_wait_timeout=15)
    finally:
        cluster.stand_ins.legacy_webhook.heal()
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "step restart_webhook failed" in message
    assert "Its previous certificate is back, and the webhook was restarted with it." in message
    after = secret_of(cluster)
    assert after is not None and after["data"] == before["data"]
    assert cluster.injects_address()
    assert pods.refused == []
    assert len(pods.without_limit) <= 1 < pods.created, (
        "the old pod served, but for a call that was under way at its end"
    )
    assert changed_steps(run_role("cert_renew", fleet, cluster, eks_windows_renewal_days=AT_ONCE)) == RENEWED


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_whole_inventory(fleet: Testbed) -> None:
    before = {name: serial_number(cluster) for name, cluster in fleet.clusters.items()}
    run = run_playbook(
        "cloudops.eks_windows.cert_renew",
        fleet.environment,
        inventory=fleet.inventory,
        variables={"eks_windows_renewal_days": AT_ONCE},
    )
    failed = {host for host, counts in run.stats.items() if counts["failures"]}
    assert failed == {"chart"}
    after = {name: serial_number(cluster) for name, cluster in fleet.clusters.items()}
    assert {name for name in after if after[name] == before[name]} == {"chart"}
    assert all(cluster.injects_address() for cluster in fleet.clusters.values())
