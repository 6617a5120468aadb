# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role legacy_remove on the real control plane: every variant goes, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import (
    BACKUP_OF,
    backup_name,
)
from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import create_windows_pod, delete_pod
from tests.support.legacy import has_windows_binding, left_of_legacy, variant_of
from tests.support.playbook import PlaybookRun, run_playbook
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import ApiError
from tests.testbed.legacy_objects import VARIANTS as VARIANTS_OF_TESTBED
from tests.testbed.legacy_objects import legacy_objects
from tests.testbed.pki import Authority
from tests.testbed.specs import ClusterSpec, LegacySpec, LegacyVariant
from tests.testbed.testbed import Testbed

SYSTEM = "kube-system"
STEPS = ["remove_legacy_controller", "remove_legacy_webhook", "remove_legacy_leftovers"]
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}},
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "vpc-admission-webhook-certs", "namespace": "team"},
        "data": {"cert.pem": "b3VycyE="},
    },
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "vpc-admission-webhook-svc", "namespace": "team"},
        "spec": {"ports": [{"port": 443}]},
    },
    {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "windows-vpc-resource-controller", "namespace": "team"},
    },
)
# Variant E alone has one of this name.
SECOND_ACCOUNT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "vpc-resource-controller-2", "namespace": SYSTEM},
}
# As the preview had them, but for its Deployment.
OF_DEFAULT = tuple(
    manifest
    for manifest in legacy_objects(LegacySpec("A"), Authority("somebody")).first
    if manifest["kind"] in ("Secret", "Service")
)
OTHERS = {
    "secrets team/vpc-admission-webhook-certs",
    "services team/vpc-admission-webhook-svc",
    "serviceaccounts team/windows-vpc-resource-controller",
}
OTHERS_OF_SYSTEM = {"serviceaccounts kube-system/vpc-resource-controller-2"}
OTHERS_OF_DEFAULT = {"secrets default/vpc-admission-webhook-certs", "services default/vpc-admission-webhook-svc"}
VARIANTS: tuple[LegacyVariant, ...] = ("A", "B", "D", "E", "F")
FLEET = tuple(
    ClusterSpec(
        f"variant-{name.lower()}",
        legacy=name,
        objects=(*ELSEWHERE, *(OF_DEFAULT if name != "A" else ()), *((SECOND_ACCOUNT,) if name != "E" else ())),
    )
    for name in VARIANTS
)
STAYING = {
    spec.name: OTHERS
    | (OTHERS_OF_DEFAULT if spec.legacy != "A" else set())
    | (OTHERS_OF_SYSTEM if spec.legacy != "E" else set())
    for spec in FLEET
}
ROLE = "arn:aws:iam::123456789012:role/eksctl-variant-d-addon-iamserviceaccount-kube-Role1-1ABCDEFGHIJKL"
STACK = "eksctl-variant-d-addon-iamserviceaccount-kube-system-vpc-resource-controller"


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        yield testbed


def remove_everywhere(testbed: Testbed, *arguments: str) -> PlaybookRun:
    return run_playbook(
        "cloudops.eks_windows.legacy_remove", testbed.environment, inventory=testbed.inventory, arguments=arguments
    )


def results(run: PlaybookRun) -> dict[str, Any]:
    return {host: run.facts(host)["eks_windows_result"] for host in run.stats}


def test_every_variant_is_removed_and_nothing_else(fleet: Testbed) -> None:
    clusters = fleet.clusters
    before = {name: left_of_legacy(cluster) for name, cluster in clusters.items()}
    bindings = {name: has_windows_binding(cluster) for name, cluster in clusters.items()}
    assert all(len(found - STAYING[name]) >= 7 for name, found in before.items())
    account = variant_of(clusters["variant-d"]).controller_account
    change = {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": ROLE}}}
    clusters["variant-d"].admin.patch("serviceaccounts", account, change, SYSTEM)
    fleet.forget_requests()

    predicted = remove_everywhere(fleet, "--check", "--diff")
    assert predicted.returncode == 0, predicted.stdout[-3000:]
    assert {name: left_of_legacy(cluster) for name, cluster in clusters.items()} == before
    assert [write for cluster in clusters.values() for write in writes(fleet, cluster)] == []

    first = remove_everywhere(fleet)
    assert first.returncode == 0, first.stdout[-3000:]
    assert {name: found["changed_steps"] for name, found in results(first).items()} == dict.fromkeys(clusters, STEPS)
    assert results(predicted) == results(first)
    assert {name: left_of_legacy(cluster) for name, cluster in clusters.items()} == STAYING
    assert {name: has_windows_binding(cluster) for name, cluster in clusters.items()} == bindings
    reasons = {step["step"]: step["reason"] for step in results(first)["variant-d"]["plan"]}
    assert "Secret default/vpc-admission-webhook-certs" in reasons["remove_legacy_webhook"]
    namesakes = (
        "ServiceAccount kube-system/vpc-resource-controller-2, ServiceAccount team/windows-vpc-resource-controller"
    )
    assert f"{namesakes} stay, since nothing" in reasons["remove_legacy_leftovers"]
    assert f"IAM role {ROLE}" in reasons["remove_legacy_leftovers"]
    assert f"CloudFormation stack {STACK}" in reasons["remove_legacy_leftovers"]

    fleet.forget_requests()
    second = remove_everywhere(fleet)
    assert second.returncode == 0, second.stdout[-3000:]
    assert all(counts["changed"] == 0 for counts in second.stats.values())
    assert [write for cluster in clusters.values() for write in writes(fleet, cluster)] == []


# Told and planned by the library, and deleted as in every other run.
@pytest.mark.newest_client
def test_secrets_that_nothing_leads_to_any_more_are_removed(fleet: Testbed) -> None:
    """As helm uninstall leaves the chart's, and a removal by hand in the middle of a renewal a backup."""
    cluster = fleet.clusters["variant-f"]
    names, others = variant_of(cluster), VARIANTS_OF_TESTBED["B"]
    assert run_role("legacy_remove", fleet, cluster).returncode == 0
    (chart_secret,) = [each for each in of_legacy(cluster) if each["kind"] == "Secret"]
    pair = {"cert.pem": "b2xk", "key.pem": "a2V5"}
    left = (
        chart_secret,
        secret(backup_name(others.secret), SYSTEM, pair, {BACKUP_OF: others.secret}),
    )
    staying = (
        # Somebody's own: a certificate for another Service, and a copy by hand.
        secret(names.secret, "team", {"tls.crt": "b3VycyE=", "tls.key": "a2V5"}),
        secret(backup_name(names.secret), SYSTEM, pair),
    )
    for each in (*left, *staying):
        cluster.admin.create(each)

    run = run_role("legacy_remove", fleet, cluster)
    assert changed_steps(run) == ["remove_legacy_webhook"]
    (step,) = result(run)["plan"]
    assert step["object"] == f"Secret {SYSTEM}/{others.secret}-backup, Secret {SYSTEM}/{names.secret}"
    assert "stay, since nothing of legacy support refers to them" in step["reason"]
    assert not [each for each in left if is_there(cluster, each)]
    assert all(is_there(cluster, each) for each in staying)

    fleet.forget_requests()
    assert changed_steps(run_role("legacy_remove", fleet, cluster)) == []
    assert writes(fleet, cluster) == []
    for each in staying:
        cluster.admin.delete("secrets", each["metadata"]["name"], each["metadata"]["namespace"])


def secret(name: str, namespace: str, data: dict[str, str], labels: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


def is_there(cluster: TestbedCluster, manifest: dict[str, Any]) -> bool:
    metadata = manifest["metadata"]
    return cluster.admin.find("secrets", metadata["name"], metadata["namespace"]) is not None


# Told and planned by the library, and deleted as in every other run.
@pytest.mark.newest_client
def test_a_secret_that_others_have_too_stays(fleet: Testbed) -> None:
    cluster = fleet.clusters["variant-d"]
    names, shared = variant_of(cluster), "shared-tls"
    assert run_role("legacy_remove", fleet, cluster).returncode == 0
    for manifest in of_legacy(cluster):
        name = (manifest["kind"], manifest["metadata"]["name"])
        if name == ("Secret", names.secret):
            manifest["metadata"]["name"] = shared
        elif name == ("Deployment", names.deployment):
            manifest["spec"]["template"]["spec"]["volumes"][0]["secret"]["secretName"] = shared
        cluster.admin.create(manifest)
    cluster.admin.create(shop(shared))

    run = run_role("legacy_remove", fleet, cluster)
    assert changed_steps(run) == STEPS
    (reason,) = [each["reason"] for each in result(run)["plan"] if each["step"] == "remove_legacy_webhook"]
    assert f"Secret {SYSTEM}/{shared} stays, since Deployment {SYSTEM}/shop has it, too" in reason
    assert cluster.admin.find("secrets", shared, SYSTEM)
    assert cluster.admin.find("deployments", "shop", SYSTEM)
    assert left_of_legacy(cluster) == STAYING[cluster.name]

    fleet.forget_requests()
    assert changed_steps(run_role("legacy_remove", fleet, cluster)) == []
    assert writes(fleet, cluster) == []


def shop(secret_name: str) -> dict[str, Any]:
    """Somebody's Deployment, scaled to 0, that has a Secret in a variable."""
    labels = {"app": "shop"}
    key = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": secret_name, "key": "key.pem"}}}
    pod = {"nodeSelector": {"kubernetes.io/os": "linux"}, "containers": [{"name": "app", "image": "app", "env": [key]}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": SYSTEM},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


# What is said is made by the role's own tasks. The oldest client's modules give such a wait no message of their own.
def test_controller_s_pods_that_do_not_end_are_named(fleet: Testbed) -> None:
    cluster = fleet.clusters["variant-e"]
    restore(cluster)
    label = {"labelSelector": f"app={variant_of(cluster).controller}"}
    cluster.wait(lambda: len(cluster.admin.list("pods", SYSTEM, query=label)) == 1, "the controller runs")
    (pod,) = cluster.admin.list("pods", SYSTEM, query=label)
    name = pod["metadata"]["name"]
    cluster.admin.patch("pods", name, {"metadata": {"finalizers": ["example.com/held"]}}, SYSTEM)
    try:
        run = run_role("legacy_remove", fleet, cluster, eks_windows_wait_timeout=4)
    finally:
        cluster.admin.patch("pods", name, {"metadata": {"finalizers": None}}, SYSTEM)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert message.startswith("Cluster variant-e: step remove_legacy_controller failed on "), message
    assert f"are not gone after 4 s, so that its Deployment stays, scaled to 0: Pod {name}." in message
    assert "Remedy: " in message
    assert run_role("legacy_remove", fleet, cluster).returncode == 0


# The list of the pods is the same with other selectors.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_pods_that_have_ended_and_those_of_others_are_not_waited_for(fleet: Testbed) -> None:
    cluster = fleet.clusters["variant-a"]
    name = variant_of(cluster).controller
    labels, others = {"app": name}, {"key": "tier", "operator": "NotIn", "values": ["others"]}

    def pods(phase: str = "") -> list[str]:
        found = cluster.admin.list("pods", SYSTEM, query={"labelSelector": f"app={name},tier!=others"})
        return [pod["metadata"]["name"] for pod in found if phase in ("", pod["status"].get("phase"))]

    if cluster.admin.find("deployments", name, SYSTEM):
        cluster.admin.delete("deployments", name, SYSTEM)
    cluster.wait(lambda: not pods(), "the controller is gone")
    cluster.admin.create(with_selector(cluster, {"matchLabels": labels, "matchExpressions": [others]}))
    restore(cluster)
    cluster.admin.create(pod_of_others({**labels, "tier": "others"}))
    cluster.wait(lambda: bool(pods("Running")), "the controller runs")
    (evicted,) = pods("Running")
    cluster.admin.patch_status("pods", evicted, {"phase": "Failed", "reason": "Evicted"}, SYSTEM)
    cluster.wait(lambda: bool(pods("Running")), "the controller runs again")
    assert pods("Failed") == [evicted]
    run = run_role("legacy_remove", fleet, cluster, eks_windows_wait_timeout=10)
    assert changed_steps(run) == STEPS
    assert cluster.admin.find("pods", "of-others", SYSTEM)


def with_selector(cluster: TestbedCluster, selector: dict[str, Any]) -> dict[str, Any]:
    """The controller's Deployment, with another selector."""
    spec = cluster.spec.legacy_spec
    assert spec is not None
    (deployment,) = [
        manifest
        for manifest in legacy_objects(spec, cluster.kubernetes.authority).first
        if manifest["kind"] == "Deployment" and manifest["metadata"]["name"] == variant_of(cluster).controller
    ]
    return {**deployment, "spec": {**deployment["spec"], "selector": selector}}


def pod_of_others(labels: dict[str, str]) -> dict[str, Any]:
    """A pod of kube-system that nobody owns."""
    metadata = {"name": "of-others", "namespace": SYSTEM, "labels": labels}
    spec = {"nodeSelector": {"kubernetes.io/os": "linux"}, "containers": [{"name": "app", "image": "app"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


# Refused or judged by the library before any module of another collection runs.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_windows_pods_that_would_lose_their_support_stop_it(fleet: Testbed) -> None:
    cluster = fleet.clusters["variant-b"]
    restore(cluster)
    before = left_of_legacy(cluster)
    create_windows_pod(cluster, "in-use")
    try:
        run = run_role("legacy_remove", fleet, cluster)
    finally:
        delete_pod(cluster, "in-use")
    assert run.returncode == 2
    assert "Pod default/in-use" in run.failure("localhost")
    assert "usage.windows" in run.failure("localhost")
    assert left_of_legacy(cluster) == before


def of_legacy(cluster: TestbedCluster) -> list[dict[str, Any]]:
    """All that the cluster's variant made, in an order in which it can be created."""
    spec = cluster.spec.legacy_spec
    assert spec is not None
    legacy = legacy_objects(spec, cluster.kubernetes.authority)
    return [*legacy.first, *legacy.configurations]


def restore(cluster: TestbedCluster) -> None:
    """Install the cluster's variant again, as far as it is not there."""
    for manifest in of_legacy(cluster):
        try:
            cluster.admin.create(manifest)
        except ApiError as error:
            if error.status != 409:
                raise
