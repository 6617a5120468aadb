# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role cert_renew where the webhook is not asked about, or does not know, each Windows pod, or is not the only one.

What the real API server makes of selectors is shown in tests/integration/modules/test_legacy_rules_on_a_cluster.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.legacy import deployment_of_windows_pods, running_pods, serial_number
from tests.support.roles import changed_steps, run_role, writes
from tests.testbed import chart_data
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

# The same modules with other answers of the servers.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

RENEWED = ["renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"]
WINDOWS = {"windows": "yes"}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": WINDOWS}}


NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))


def ended(**legacy: object) -> LegacySpec:
    """A webhook whose certificate has ended."""
    return LegacySpec(
        "B",
        not_before=timedelta(days=-355),
        not_after=timedelta(days=-1),
        strategy="RollingUpdate",
        **legacy,  # type: ignore[arg-type]
    )


def old_cluster(name: str, **legacy: object) -> ClusterSpec:
    """A cluster whose webhook's certificate has ended."""
    return ClusterSpec(
        name,
        version="1.21",
        platform_version="eks.1",
        nodes=NODES,
        legacy=ended(**legacy),
        controller=False,
        objects=(NAMESPACE,),
    )


FLEET = [
    old_cluster("deprecated-label", image_tag="v0.2.2"),
    old_cluster("selecting", selection={"namespaceSelector": {"matchLabels": WINDOWS}}),
    old_cluster("again", image_tag="v0.2.2"),
    ClusterSpec(
        "half-migrated",
        nodes=NODES,
        legacy=ended(controller=False),
        config_map={**chart_data(), "enable-windows-ipam": "true"},
    ),
]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed(FLEET, control_plane="emulated") as testbed:
        yield testbed


def test_webhook_that_knows_the_deprecated_label_alone_is_seen_to_answer(bed: Testbed) -> None:
    cluster = bed.clusters["deprecated-label"]
    before = serial_number(cluster)
    assert changed_steps(run_role("cert_renew", bed, cluster)) == RENEWED
    assert serial_number(cluster) != before


def test_dry_run_that_the_webhook_is_not_asked_about_stops_the_renewal_before_anything_is_changed(
    bed: Testbed,
) -> None:
    cluster = bed.clusters["selecting"]
    deployment_of_windows_pods(cluster, "left-out")
    cluster.wait(lambda: len(running_pods(cluster, "left-out", phase="Pending")) == 2, "pods that are left out")
    pods = running_pods(cluster, "left-out", phase="Pending")
    before = serial_number(cluster)
    bed.forget_requests()
    run = run_role("cert_renew", bed, cluster)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert "nothing was changed" in message
    assert "namespaceSelector windows=yes of MutatingWebhookConfiguration vpc-admission-webhook-cfg" in message
    assert "role variable eks_windows_probe_namespace" in message
    assert writes(bed, cluster) == []
    # Whom it is not asked about gets no limit by it, made again or not.
    assert changed_steps(run_role("cert_renew", bed, cluster, eks_windows_probe_namespace="shop")) == RENEWED
    assert serial_number(cluster) != before
    assert sorted(running_pods(cluster, "left-out", phase="Pending")) == sorted(pods)


def test_pods_that_wait_again_at_the_end_are_not_called_undone(bed: Testbed) -> None:
    cluster = bed.clusters["again"]
    # By the newer label, which its webhook does not know: what is made again waits again.
    deployment_of_windows_pods(cluster, "unknown-label")
    cluster.wait(lambda: len(running_pods(cluster, "unknown-label", phase="Pending")) == 2, "pods without a limit")
    before = serial_number(cluster)
    run = run_role("cert_renew", bed, cluster, eks_windows_wait_timeout=15)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert serial_number(cluster) != before
    assert "Something undid" not in message
    assert "Created without an address limit since: Pod default/unknown-label" in message
    assert "run this again, which deletes them" in message


def test_dry_run_that_the_control_plane_answers_is_not_said_to_show_the_renewal(bed: Testbed) -> None:
    cluster = bed.clusters["half-migrated"]
    assert cluster.injects_address(), "the webhook of the control plane sets the limit, whatever the other does"
    before = serial_number(cluster)
    run = run_role("cert_renew", bed, cluster)
    assert changed_steps(run) == RENEWED
    assert serial_number(cluster) != before
    told = run.of("localhost")
    (unproved,) = [task.result["results"] for task in told if task.name.endswith("Say what could not be proved")]
    (finding,) = [item["msg"] for item in unproved]
    assert finding.startswith("ipam.probe: The webhook of the control plane gives the pod of the dry run its address")
    (said,) = [task.message for task in told if task.name.endswith("Say what was reached")]
    assert said.endswith("No dry run of a Windows pod could show it.")
