# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each playbook succeeds with the documented permissions and nothing else, on real API servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.integration.permissions.documented import Permissions, documented, each_taken
from tests.integration.permissions.identities import CNI_ROLE, admit, cni_role_arn, enforced_role, words
from tests.integration.permissions.plays import State, run_play, said, state
from tests.support.legacy import RBAC, WINDOWS_BINDING, has_windows_binding, left_of_legacy, serial_number
from tests.support.playbook import PlaybookRun
from tests.testbed.specs import AddonSpec, ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

FLEET = (
    ClusterSpec(
        "on",
        policies=("AmazonEKSClusterPolicy",),
        nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
        addon=AddonSpec(service_account_role_arn=cni_role_arn()),
    ),
    ClusterSpec(
        "off",
        addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}', service_account_role_arn=cni_role_arn()),
    ),
    # Of a version before 1.22, with the signer of those.
    ClusterSpec(
        "old",
        version="1.21",
        platform_version="eks.1",
        nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
        controller=False,
        legacy=LegacySpec("B", strategy="RollingUpdate", signing_request=True),
    ),
    # Of an earlier one, without beta APIs and without anything of legacy support.
    ClusterSpec(
        "bare",
        version="1.20",
        platform_version="eks.1",
        nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
        controller=False,
        beta_apis=False,
    ),
    # By AWS's script in a namespace of its own, where nothing but the configuration leads to it.
    ClusterSpec("elsewhere", controller=False, legacy=LegacySpec("B", namespace="windows", failure_policy="Fail")),
    # Of a later version, with EKS's signer and cert-manager, from where it moves to the control plane.
    ClusterSpec(
        "chart",
        policies=("AmazonEKSClusterPolicy",),
        nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
        addon=AddonSpec(service_account_role_arn=cni_role_arn()),
        beta_apis=False,
        legacy="F",
    ),
)
AT_ONCE = {"eks_windows_renewal_days": 366}


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        testbed.aws.add_role(CNI_ROLE)
        yield testbed


def also_in(namespace: str, permissions: Permissions) -> Permissions:
    """The permissions with those of kube-system in another namespace, too, as the document asks for."""
    of_system = [each for each in permissions.manifests if each["metadata"].get("namespace") == "kube-system"]
    copies = [{**each, "metadata": {**each["metadata"], "namespace": namespace}} for each in of_system]
    return replace(permissions, manifests=(*permissions.manifests, *copies))


def run(
    bed: Testbed, playbook: str, name: str, folder: Path, dry_runs_denied: bool = False, **variables: object
) -> PlaybookRun:
    """Run a playbook as a role of its own, and look that it was refused nothing, but dry runs where they are to be."""
    cluster = bed.clusters[name]
    permissions = documented(playbook, words(cluster))
    legacy = cluster.spec.legacy_spec
    if legacy and legacy.namespace:
        permissions = also_in(legacy.namespace, permissions)
    role = enforced_role(bed, f"{playbook.replace('_', '-')}-{name}", permissions)
    admit(bed, cluster, role, permissions)
    bed.forget_requests()
    done = run_play(bed, playbook, {name: role}, folder, **variables)
    assert done.returncode == 0, said(done, name)[-3000:]
    refused = [request for request in cluster.requests() if request.status == 403]
    assert [request for request in refused if not (dry_runs_denied and request.query == {"dryRun": "All"})] == []
    return done


def test_preflight_enable_and_smoke_test(bed: Testbed, tmp_path: Path) -> None:
    examined = run(bed, "preflight", "on", tmp_path, eks_windows_goal="enable", eks_windows_fail_on="never")
    (found,) = [task.result["findings"] for task in examined.of("on") if "findings" in task.result]
    assert "unknown" not in [finding["status"] for finding in found]
    assert state(bed.clusters["on"]) == State(policy=False, live="false", configured=None)
    run(bed, "enable", "on", tmp_path)
    assert state(bed.clusters["on"]) == State(policy=True, live="true", configured="true")
    run(bed, "smoke_test", "on", tmp_path, eks_windows_smoke_test_start_timeout=60)
    assert bed.clusters["on"].admin.list("deployments", "default", api="apps/v1") == []


def test_disable(bed: Testbed, tmp_path: Path) -> None:
    run(bed, "disable", "off", tmp_path)
    assert state(bed.clusters["off"]) == State(policy=False, live="false", configured="false")


def refused(
    bed: Testbed, playbook: str, name: str, permission: str, words_of_server: str, folder: Path, **variables: object
) -> None:
    """Run a playbook without one permission that only a real API server asks for, and look that it says so."""
    cluster = bed.clusters[name]
    (taken,) = [each for each in each_taken(documented(playbook, words(cluster))) if each.name == permission]
    given = taken.left.named("-refused")
    role = enforced_role(bed, f"{playbook.replace('_', '-')}-refused-{name}", given)
    admit(bed, cluster, role, given)
    run = run_play(bed, playbook, {name: role}, folder, **variables)
    assert run.returncode == 2
    message = run.failure(name)
    assert words_of_server in message.replace('\\"', '"'), message
    assert "Remedy" in message


def test_renewal_and_removal_in_an_old_cluster(bed: Testbed, tmp_path: Path) -> None:
    cluster = bed.clusters["old"]
    before = serial_number(cluster)
    approve = 'approve requests with signerName "kubernetes.io/legacy-unknown"'
    refused(bed, "cert_renew", "old", "approve signers kubernetes.io/legacy-unknown", approve, tmp_path, **AT_ONCE)
    assert serial_number(cluster) == before
    run(bed, "cert_renew", "old", tmp_path, **AT_ONCE)
    assert serial_number(cluster) != before
    run(bed, "legacy_remove", "old", tmp_path)
    assert left_of_legacy(cluster) == set()
    assert cluster.admin.list("certificatesigningrequests", api="certificates.k8s.io/v1") == []


def test_removal_from_a_namespace_of_its_own(bed: Testbed, tmp_path: Path) -> None:
    cluster = bed.clusters["elsewhere"]
    run(bed, "legacy_remove", "elsewhere", tmp_path)
    assert left_of_legacy(cluster) == set()


def test_migration(bed: Testbed, tmp_path: Path) -> None:
    cluster = bed.clusters["chart"]
    # That admission denies a pod which has an address already is how the controller is seen at work.
    done = run(bed, "migrate_legacy", "chart", tmp_path, dry_runs_denied=True)
    assert "could not be seen" not in said(done, "chart")
    assert left_of_legacy(cluster) == set()
    assert state(cluster) == State(policy=True, live="true", configured="true")


def test_installation(bed: Testbed, tmp_path: Path) -> None:
    cluster = bed.clusters["bare"]
    cluster.admin.delete("clusterrolebindings", WINDOWS_BINDING, api=f"{RBAC}/v1")
    bind = "attempting to grant RBAC permissions not currently held"
    refused(bed, "legacy_install", "bare", "bind clusterroles system:node-proxier", bind, tmp_path)
    assert left_of_legacy(cluster) == set()
    run(bed, "legacy_install", "bare", tmp_path)
    assert has_windows_binding(cluster)
    assert cluster.injects_address()
