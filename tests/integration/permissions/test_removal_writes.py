# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the playbooks that remove legacy support delete: where one permission is missing, the message names it, all that
comes after in the order of the removal stays, and with all permissions the next run removes the rest.

Each missing permission has a cluster and a role of its own, all of a playbook are one play.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.permissions.documented import documented
from tests.integration.permissions.identities import apply, words
from tests.integration.permissions.lacking import refusal, role_without, unquoted
from tests.integration.permissions.plays import State, run_play, said, state
from tests.support.legacy import left_of_legacy, variant_of
from tests.support.playbook import PlaybookRun
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec, LegacyVariant, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

SYSTEM = "kube-system"
WEBHOOK, CONTROLLER = "vpc-admission-webhook", "vpc-resource-controller"
CONFIGURATION, SECRET = f"{WEBHOOK}-cfg", f"{WEBHOOK}-certs"
POLICIES = ("AmazonEKSClusterPolicy",)
OLD = ClusterSpec(
    "old",
    version="1.21",
    platform_version="eks.1",
    nodes=(NodeSpec(),),
    controller=False,
    legacy=LegacySpec("B", signing_request=True),
)

ORDER: Mapping[LegacyVariant, tuple[str, ...]] = {
    "B": (
        f"deployments {SYSTEM}/{CONTROLLER}",
        f"mutatingwebhookconfigurations {CONFIGURATION}",
        f"services {SYSTEM}/{WEBHOOK}-svc",
        f"secrets {SYSTEM}/{SECRET}",
        f"deployments {SYSTEM}/{WEBHOOK}-deployment",
        f"clusterroles {CONTROLLER}",
        f"serviceaccounts {SYSTEM}/{CONTROLLER}",
        f"certificatesigningrequests {WEBHOOK}-svc.{SYSTEM}",
        f"clusterrolebindings {CONTROLLER}",
    ),
    "F": (
        f"deployments {SYSTEM}/windows-{CONTROLLER}",
        f"mutatingwebhookconfigurations windows-{WEBHOOK}",
        f"certificates {SYSTEM}/windows-{WEBHOOK}",
        f"services {SYSTEM}/windows-{WEBHOOK}",
        f"secrets {SYSTEM}/windows-{WEBHOOK}-tls",
        f"deployments {SYSTEM}/windows-{WEBHOOK}",
        f"clusterroles windows-{CONTROLLER}",
        f"serviceaccounts {SYSTEM}/windows-{CONTROLLER}",
        f"clusterrolebindings windows-{CONTROLLER}",
    ),
}
"""What is removed, in its order."""

REMOVED_BEFORE = {
    f"patch deployments {CONTROLLER} {SYSTEM}": 0,
    f"delete deployments {CONTROLLER} {SYSTEM}": 0,
    f"get mutatingwebhookconfigurations {CONFIGURATION}": 1,
    f"delete mutatingwebhookconfigurations {CONFIGURATION}": 1,
    f"get certificates windows-{WEBHOOK} {SYSTEM}": 2,
    f"delete certificates windows-{WEBHOOK} {SYSTEM}": 2,
    f"delete services {WEBHOOK}-svc {SYSTEM}": 2,
    f"delete secrets {SECRET} {SYSTEM}": 3,
    f"delete deployments {WEBHOOK}-deployment {SYSTEM}": 4,
    f"get clusterroles {CONTROLLER}": 5,
    f"delete clusterroles {CONTROLLER}": 5,
    f"get serviceaccounts {CONTROLLER} {SYSTEM}": 6,
    f"delete serviceaccounts {CONTROLLER} {SYSTEM}": 6,
    f"get certificatesigningrequests {WEBHOOK}-svc.{SYSTEM}": 7,
    f"delete certificatesigningrequests {WEBHOOK}-svc.{SYSTEM}": 7,
    f"get clusterrolebindings {CONTROLLER}": 8,
    f"delete clusterrolebindings {CONTROLLER}": 8,
}
"""What is missing, and how many objects are gone all the same."""

AGAIN = ("patch deployments", "delete secrets", "delete certificates ", "delete services ", "delete certificatesigning")
DECLARE = STOP = f"patch mutatingwebhookconfigurations {CONFIGURATION}"
ATTACH, SWITCH = "iam:AttachRolePolicy", f"patch configmaps amazon-vpc-cni {SYSTEM}"
PLAYBOOKS: Mapping[str, tuple[str, ...]] = {
    "legacy_remove": (*REMOVED_BEFORE, STOP),
    # The same tasks remove here, but in other steps, and after those of role enable.
    "migrate_legacy": (DECLARE, ATTACH, SWITCH, *(taken for taken in REMOVED_BEFORE if not taken.startswith("get "))),
}
CASES = [(playbook, taken) for playbook, missing in PLAYBOOKS.items() for taken in missing]
VARIABLES = {"eks_windows_wait_timeout": 20}


def name_of(playbook: str, taken: str) -> str:
    """Name of a case's cluster."""
    return f"{playbook.replace('_', '-')}-{PLAYBOOKS[playbook].index(taken)}"


def spec_of(playbook: str, taken: str) -> ClusterSpec:
    """A case's cluster."""
    changes: dict[str, Any] = {}
    if " certificates " in taken:
        changes = {"legacy": "F"}
    if playbook == "migrate_legacy":
        changes |= {"version": "1.31", "platform_version": "eks.20", "controller": True, "policies": POLICIES}
    if (playbook, taken) == ("legacy_remove", STOP):
        # Found by its configuration alone.
        changes = {"legacy": LegacySpec("B", namespace="windows", signing_request=True)}
    elif taken == DECLARE:
        # The last version whose manifest of it may say nothing, and the first of its platform versions with support.
        changes |= {"version": "1.21", "legacy": LegacySpec("B", signing_request=True, side_effects="Unknown")}
    return replace(OLD, name=name_of(playbook, taken), **changes)


def removed_before(playbook: str, taken: str) -> int:
    """How many objects are gone though this is missing."""
    return 1 if (playbook, taken) == ("legacy_remove", STOP) else REMOVED_BEFORE.get(taken, 0)


def order(cluster: TestbedCluster) -> list[str]:
    """:data:`ORDER` of the cluster's variant, with the namespace where its webhook is."""
    variant = cluster.spec.legacy_variant
    assert variant
    place = f" {variant_of(cluster).namespace}/"
    return [each.replace(f" {SYSTEM}/", place) if f"/{WEBHOOK}" in each else each for each in ORDER[variant]]


@dataclass(frozen=True)
class Runs:
    """The play of each playbook, and the role of each cluster."""

    plays: Mapping[str, PlaybookRun]
    roles: Mapping[str, str]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed([spec_of(playbook, taken) for playbook, taken in CASES]) as testbed:
        yield testbed


@pytest.fixture(scope="module")
def runs(bed: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    roles: dict[str, str] = {}
    for playbook, taken in CASES:
        name = name_of(playbook, taken)
        roles[name] = role_without(bed, bed.clusters[name], playbook, taken)
    folder = tmp_path_factory.mktemp("plays")
    plays = {}
    for playbook in PLAYBOOKS:
        names = [name_of(playbook, taken) for taken in PLAYBOOKS[playbook]]
        plays[playbook] = run_play(bed, playbook, {name: roles[name] for name in names}, folder, **VARIABLES)
    return Runs(plays, roles)


def left(cluster: TestbedCluster) -> set[str]:
    """What is left of legacy support."""
    found = left_of_legacy(cluster)
    requests = cluster.admin.list("certificatesigningrequests", api="certificates.k8s.io/v1")
    found |= {f"certificatesigningrequests {item['metadata']['name']}" for item in requests}
    if cluster.spec.legacy_variant == "F":
        certificates = cluster.admin.list("certificates", SYSTEM, api="cert-manager.io/v1")
        found |= {f"certificates {SYSTEM}/{item['metadata']['name']}" for item in certificates}
    return found


@pytest.mark.parametrize(("playbook", "taken"), CASES)
def test_the_message_names_it(runs: Runs, playbook: str, taken: str) -> None:
    name = name_of(playbook, taken)
    message = runs.plays[playbook].failure(name)
    assert f"Cluster {name}" in message
    assert "Remedy" in message
    assert refusal(taken) in unquoted(message), message


@pytest.mark.parametrize(("playbook", "taken"), CASES)
def test_all_that_comes_after_stays(bed: Testbed, runs: Runs, playbook: str, taken: str) -> None:
    assert runs.plays[playbook].stats
    cluster = bed.clusters[name_of(playbook, taken)]
    gone = removed_before(playbook, taken)
    assert left(cluster) == set(order(cluster)[gone:])
    if gone == 0:
        controller = cluster.admin.get("deployments", CONTROLLER, SYSTEM, api="apps/v1")
        # A migration lets the controller go on that it can't remove.
        scaled = taken.startswith("delete") and playbook == "legacy_remove"
        assert controller["spec"]["replicas"] == (0 if scaled else 1)
    if playbook == "migrate_legacy":
        live = "false" if taken in (DECLARE, ATTACH, SWITCH) else "true"
        assert state(cluster) == State(policy=taken not in (DECLARE, ATTACH), live=live, configured=None)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_next_run_removes_the_rest(bed: Testbed, runs: Runs, playbook: str, tmp_path: Path) -> None:
    names = [name_of(playbook, taken) for taken in PLAYBOOKS[playbook] if taken.startswith(AGAIN)]
    for cluster in (bed.clusters[name] for name in names):
        apply(cluster, documented(playbook, words(cluster)))
    run = run_play(bed, playbook, {name: runs.roles[name] for name in names}, tmp_path, **VARIABLES)
    for name in names:
        assert run.stats[name]["failures"] == 0, said(run, name)[-2000:]
        assert left(bed.clusters[name]) == set()
