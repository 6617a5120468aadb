# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A renewal that is interrupted by SIGKILL: the webhook serves, the next run completes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.legacy import serial_number, variant_of
from tests.support.planted_secrets import Leavings, planted_key
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
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real") as testbed:
        yield testbed


def backup(cluster: TestbedCluster) -> bool:
    names = variant_of(cluster)
    return cluster.admin.find("secrets", f"{names.secret}-backup", names.namespace) is not None


def stored(cluster: TestbedCluster, before: int) -> bool:
    return serial_number(cluster) != before


def restarted(cluster: TestbedCluster, before: int) -> bool:
    names = variant_of(cluster)
    deployment = cluster.admin.get("deployments", names.deployment, names.namespace)
    annotations = deployment["spec"]["template"]["metadata"].get("annotations") or {}
    return stored(cluster, before) and bool(annotations.get("eks-windows.cloudops/certificate"))


def backed_up(cluster: TestbedCluster, _before: int) -> bool:
    return backup(cluster)


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(backed_up, marks=pytest.mark.thorough),
        pytest.param(stored, marks=pytest.mark.thorough),
        restarted,
    ],
    ids=lambda point: point.__name__,
)
def test_killed_renewal_is_completed_by_the_next_run(
    bed: Testbed, point: Callable[[TestbedCluster, int], bool], tmp_path: Path
) -> None:
    cluster = bed.clusters["old"]
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
    secrets = [planted_key("the previous key", key), planted_key("the new key", new)]
    assert Leavings(log.read_bytes(), home).leaks(secrets) == []
