# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role cert_renew where one configuration calls two legacy webhooks that both need it, a run for each; and where two
configurations call one webhook."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.legacy import serial_number, variant_of
from tests.support.playbook import PlaybookRun
from tests.support.roles import changed_steps, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.legacy_objects import configuration, legacy_objects
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ADMISSION = "admissionregistration.k8s.io/v1"
LABELS = {"app": "second"}
SECOND = "second-certs"
DECLARED = "declare_side_effects"
RENEWED = ["renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"]
FIRST_LEGACY = LegacySpec("B", not_before=timedelta(days=-355), not_after=timedelta(days=10), strategy="RollingUpdate")
# Its certificate is good: only what trusts it is missing.
SECOND_LEGACY = LegacySpec("D", strategy="RollingUpdate", controller=False, role_binding=False)
SPEC = ClusterSpec(
    "two",
    version="1.21",
    platform_version="eks.1",
    nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
    legacy=FIRST_LEGACY,
    controller=False,
)
# As eksctl's manifest has it: it says nothing of side effects.
UNDECLARED = replace(SPEC, name="undeclared", legacy=replace(FIRST_LEGACY, variant="D", side_effects="Unknown"))


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed([SPEC, UNDECLARED], control_plane="emulated") as testbed:
        install_second(testbed.clusters["two"])
        call_twice(testbed.clusters["undeclared"])
        yield testbed


def install_second(cluster: TestbedCluster) -> None:
    """eksctl's webhook beside that of the manifests, with a Secret of its own, called by the same configuration."""
    for found in legacy_objects(SECOND_LEGACY, cluster.kubernetes.authority).first:
        made = copy.deepcopy(found)
        if made["kind"] == "Secret":
            made["metadata"]["name"] = SECOND
        elif made["kind"] == "Service":
            made["spec"]["selector"] = LABELS
        elif made["kind"] == "Deployment":
            made["spec"]["selector"]["matchLabels"] = LABELS
            made["spec"]["template"]["metadata"]["labels"] = LABELS
            made["spec"]["template"]["spec"]["volumes"][0]["secret"]["secretName"] = SECOND
        cluster.admin.create(made)
    names = variant_of(cluster)
    (first,) = cluster.admin.get("mutatingwebhookconfigurations", names.configuration, api=ADMISSION)["webhooks"]
    (second,) = configuration(SECOND_LEGACY, "")["webhooks"]
    del second["clientConfig"]["caBundle"]
    webhooks = [first, {**second, "name": "second.amazonaws.com"}]
    cluster.admin.patch("mutatingwebhookconfigurations", names.configuration, {"webhooks": webhooks}, api=ADMISSION)


def call_twice(cluster: TestbedCluster) -> None:
    """A second configuration of another name that calls the same webhook, by the API that lets it say nothing."""
    api = "admissionregistration.k8s.io/v1beta1"
    found = cluster.admin.get("mutatingwebhookconfigurations", variant_of(cluster).configuration, api=api)
    cluster.admin.create({**found, "metadata": {"name": "called-twice"}})


def side_effects(cluster: TestbedCluster) -> list[str]:
    names = (variant_of(cluster).configuration, "called-twice")
    found = [cluster.admin.get("mutatingwebhookconfigurations", name, api=ADMISSION) for name in names]
    return [webhook["sideEffects"] for each in found for webhook in each["webhooks"]]


def left_to_the_next(run: PlaybookRun) -> list[str]:
    return [task.message for task in run.of("localhost") if task.name.endswith("Say what is left to the next run")]


def trusted_bundles(cluster: TestbedCluster) -> list[bool]:
    found = cluster.admin.get("mutatingwebhookconfigurations", variant_of(cluster).configuration, api=ADMISSION)
    return [bool(webhook["clientConfig"].get("caBundle")) for webhook in found["webhooks"]]


def test_each_run_works_on_one_secret_and_names_the_other(bed: Testbed) -> None:
    cluster = bed.clusters["two"]
    names = variant_of(cluster)
    before = serial_number(cluster)
    second = cluster.admin.get("secrets", SECOND, names.namespace)["data"]
    bed.forget_requests()
    predicted = run_role("cert_renew", bed, cluster, "--check", "--diff")
    assert writes(bed, cluster) == []
    run = run_role("cert_renew", bed, cluster)
    # No pair is replaced, so that there is no backup to drop.
    assert changed_steps(predicted) == changed_steps(run) == RENEWED[:2]
    assert predicted.changes("localhost") == run.changes("localhost")
    assert trusted_bundles(cluster) == [True, True]
    assert cluster.admin.get("secrets", SECOND, names.namespace)["data"] == second
    assert serial_number(cluster) == before
    (left,) = left_to_the_next(run)
    assert left.endswith(f"Secret {names.namespace}/{names.secret}")

    run = run_role("cert_renew", bed, cluster)
    assert changed_steps(run) == RENEWED
    assert serial_number(cluster) != before
    assert left_to_the_next(run) == []
    assert cluster.admin.get("secrets", SECOND, names.namespace)["data"] == second
    assert cluster.injects_address()

    bed.forget_requests()
    assert changed_steps(run_role("cert_renew", bed, cluster)) == []
    assert writes(bed, cluster) == []


def test_each_configuration_is_declared_once(bed: Testbed) -> None:
    cluster = bed.clusters["undeclared"]
    assert side_effects(cluster) == ["Unknown", "Unknown"]
    predicted = run_role("cert_renew", bed, cluster, "--check", "--diff")
    run = run_role("cert_renew", bed, cluster)
    assert side_effects(cluster) == ["None", "None"]
    assert changed_steps(predicted) == changed_steps(run) == [DECLARED, *RENEWED]
    assert predicted.changes("localhost") == run.changes("localhost")
