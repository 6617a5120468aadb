# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A renewal that is interrupted, by a call that fails or by SIGKILL: the webhook serves, the next run completes."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.legacy import serial_number, variant_of
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.support.roles import changed_steps, result, run_role
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.newest_client

AT_ONCE = 366
SPEC = ClusterSpec(
    "old",
    version="1.21",
    platform_version="eks.1",
    nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
    legacy=LegacySpec("B", strategy="RollingUpdate"),
    controller=False,
)


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed([SPEC]) as testbed:
        yield testbed


@pytest.fixture(scope="module")
def real_bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real") as testbed:
        yield testbed


@pytest.fixture
def cluster(bed: Testbed) -> Iterator[TestbedCluster]:
    found = bed.clusters["old"]
    yield found
    found.kubernetes.faults.clear()


def backup(cluster: TestbedCluster) -> bool:
    names = variant_of(cluster)
    return cluster.admin.find("secrets", f"{names.secret}-backup", names.namespace) is not None


@pytest.mark.parametrize("after_applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("verb", "path", "times", "step"),
    [
        ("create", "certificatesigningrequests", 1, "renew_webhook_certificate"),
        ("update", "approval", 1, "renew_webhook_certificate"),
        ("create", "secrets", 1, "renew_webhook_certificate"),
        ("update", "secrets/", 1, "renew_webhook_certificate"),
        ("patch", "mutatingwebhookconfigurations", 1, "renew_webhook_certificate"),
        # kubernetes.core sends a patch a second time, as one of another kind.
        ("patch", "deployments/", 2, "restart_webhook"),
        ("delete", "secrets/", 1, "drop_certificate_backup"),
    ],
)
def test_call_that_fails_once_is_healed(
    bed: Testbed, cluster: TestbedCluster, verb: str, path: str, times: int, step: str, after_applied: bool
) -> None:
    before = serial_number(cluster)
    cluster.kubernetes.faults.fail_next(verb, path, 500, "Not now", times=times, after_applied=after_applied)
    first = run_role("cert_renew", bed, cluster, eks_windows_renewal_days=AT_ONCE)
    cluster.kubernetes.faults.clear()
    assert cluster.injects_address()
    if first.returncode:
        message = first.failure("localhost")
        assert message.startswith(f"Cluster old: step {step} failed on "), message
        assert "Not now" in message
        assert "Remedy: " in message
        # What was begun is completed, due or not.
        healed = run_role("cert_renew", bed, cluster, eks_windows_renewal_days=AT_ONCE)
        assert healed.returncode == 0, healed.stdout[-3000:]
    assert serial_number(cluster) != before
    assert not backup(cluster)
    assert cluster.injects_address()


def stored(cluster: TestbedCluster, before: int) -> bool:
    return serial_number(cluster) != before


def restarted(cluster: TestbedCluster, before: int) -> bool:
    names = variant_of(cluster)
    deployment = cluster.admin.get("deployments", names.deployment, names.namespace)
    annotations = deployment["spec"]["template"]["metadata"].get("annotations") or {}
    return stored(cluster, before) and bool(annotations.get("eks-windows.cloudops/certificate"))


def backed_up(cluster: TestbedCluster, _before: int) -> bool:
    return backup(cluster)


@pytest.mark.parametrize("point", [backed_up, stored, restarted], ids=lambda point: point.__name__)
def test_killed_renewal_is_completed_by_the_next_run(
    real_bed: Testbed, point: Callable[[TestbedCluster, int], bool], tmp_path: Path
) -> None:
    bed, cluster = real_bed, real_bed.clusters["old"]
    names = variant_of(cluster)
    cluster.admin.patch(
        "deployments",
        names.deployment,
        {"spec": {"template": {"metadata": {"annotations": {"eks-windows.cloudops/certificate": None}}}}},
        names.namespace,
    )
    cluster.wait(cluster.injects_address, "the webhook answers")
    before = serial_number(cluster)
    key = cluster.admin.get("secrets", names.secret, names.namespace)["data"][names.keys[1]]
    command = [ANSIBLE_PLAYBOOK, "cloudops.eks_windows.cert_renew", "-vvvv", "--diff"]
    for name, value in (("cluster_name", "old"), ("region", "us-east-1"), ("renewal_days", AT_ONCE)):
        command += ["-e", f"eks_windows_{name}={value}"]
    log = tmp_path / "log"
    home = tmp_path / "home"
    home.mkdir()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=clean_environment(home, bed.environment),
            cwd=home,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while not point(cluster, before):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert cluster.injects_address()
    run = run_role("cert_renew", bed, cluster)
    assert run.returncode == 0, run.stdout[-3000:]
    assert not backup(cluster)
    assert result(run)["after"]["legacy"]["certificate"]["problems"] == []
    assert cluster.injects_address()
    assert changed_steps(run_role("cert_renew", bed, cluster)) == []
    new = cluster.admin.get("secrets", names.secret, names.namespace)["data"][names.keys[1]]
    said = log.read_bytes() + b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert b"k8s-aws-v1." not in said
    for secret in (key, new):
        decoded = base64.b64decode(secret)
        assert secret.encode() not in said
        assert decoded not in said
        assert decoded.splitlines()[1] not in said
