# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role legacy_remove on the real control plane, where nothing but the webhook's configuration leads to its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.legacy import ADMISSION, left_of_legacy, variant_of
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec
from tests.testbed.testbed import Testbed

STEPS = ["remove_legacy_controller", "remove_legacy_webhook", "remove_legacy_leftovers"]
STOPPED = {"matchLabels": {"eks-windows.cloudops/removed": "true"}}
SPACE = "windows"
# As AWS's script installs it with -Namespace. Pods would be refused if the API server asked what serves no more.
SPEC = ClusterSpec("elsewhere", legacy=LegacySpec("B", namespace=SPACE, failure_policy="Fail"))


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real") as testbed:
        yield testbed


def selectors(cluster: TestbedCluster) -> list[object]:
    """What the webhooks of the configuration select objects by."""
    name = variant_of(cluster).configuration
    found = cluster.admin.get("mutatingwebhookconfigurations", name, api=f"{ADMISSION}/v1")
    return [webhook["objectSelector"] for webhook in found["webhooks"]]


def test_a_removal_that_stops_half_way_is_completed_by_the_next(bed: Testbed) -> None:
    cluster = bed.clusters["elsewhere"]
    names = variant_of(cluster)
    before = left_of_legacy(cluster)
    assert f"services {SPACE}/{names.service}" in before
    bed.forget_requests()

    predicted = run_role("legacy_remove", bed, cluster, "--check", "--diff")
    assert changed_steps(predicted) == STEPS
    (step,) = [each for each in result(predicted)["plan"] if each["step"] == "remove_legacy_webhook"]
    assert json.loads(step["before"])["stopped"] == {names.configuration: ["vpc-admission-webhook.amazonaws.com"]}
    assert result(predicted)["after"]["legacy"]["components"] == []
    assert left_of_legacy(cluster) == before
    assert selectors(cluster) == [{}]
    assert writes(bed, cluster) == []

    held = {"metadata": {"finalizers": ["example.com/held"]}}
    cluster.admin.patch("services", names.service, held, SPACE)
    run = run_role("legacy_remove", bed, cluster, eks_windows_wait_timeout=4)
    assert run.returncode == 2
    assert run.failure("localhost").startswith("Cluster elsewhere: step remove_legacy_webhook failed on ")
    left = {found for found in left_of_legacy(cluster) if names.deployment.removesuffix("-deployment") in found}
    assert left == {f"services {SPACE}/{names.service}", f"mutatingwebhookconfigurations {names.configuration}"}
    assert selectors(cluster) == [STOPPED]
    assert cluster.admits_pods()

    cluster.admin.patch("services", names.service, {"metadata": {"finalizers": None}}, SPACE)
    cluster.wait(lambda: cluster.admin.find("services", names.service, SPACE) is None, "the Service is gone")
    bed.forget_requests()
    assert changed_steps(run_role("legacy_remove", bed, cluster)) == STEPS[1:]
    assert left_of_legacy(cluster) == set()
    assert not [write for write in writes(bed, cluster) if write.startswith("patch ")]

    bed.forget_requests()
    assert changed_steps(run_role("legacy_remove", bed, cluster)) == []
    assert writes(bed, cluster) == []
