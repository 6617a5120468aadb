# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Each write of playbooks legacy_remove and migrate_legacy fails once: pods go on, and the next run completes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import (
    BACKUP_OF,
    backup_name,
    label_value,
)
from tests.support.clusters import CNI_CONFIG_MAP, create_windows_pod, delete_pod, wait_for_address
from tests.support.failing_writes import BEFORE, Fault, Write, both, clusters, fail_one_after_the_other
from tests.support.legacy import left_of_legacy, variant_of
from tests.support.windows_pods import has_limit
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json, path_of
from tests.testbed.legacy_objects import VARIANTS, Variant, names_of, signing_request
from tests.testbed.specs import AddonSpec, ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.standins.charge import Controller
from tests.testbed.testbed import Testbed

# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

SYSTEM = "kube-system"
B, F = VARIANTS["B"], VARIANTS["F"]
# As AWS's script installs it with -Namespace: nothing but the configuration leads to what is there.
OF_SCRIPT = LegacySpec("B", namespace="windows", failure_policy="Fail")
ELSEWHERE = names_of(OF_SCRIPT)

ATTACH, ADDRESSING = "attach_cluster_policy", "configure_windows_addressing"
ENABLE, ADDON = "enable_windows_ipam", "configure_addon"
SECOND, CONTROLLER = "remove_second_controller", "remove_legacy_controller"
WEBHOOK, LEFTOVERS = "remove_legacy_webhook", "remove_legacy_leftovers"

LEGACY: frozenset[Controller] = frozenset({"legacy"})
CONTROL_PLANE: frozenset[Controller] = frozenset({"control-plane"})
NOBODY: frozenset[Controller] = frozenset()
GOES_ON, MAY_NOT = "is scaled back, so that it goes on", "It could not be scaled back"
STAYS = "so that the controller stays"


@dataclass(frozen=True, kw_only=True)
class MigrationWrite(Write):
    """A write of a migration; ``left`` is who gives Windows pods their addresses once it has failed."""

    left: frozenset[Controller]


def controller(names: Variant) -> str:
    return path_of("deployments", names.controller, SYSTEM)


def removal(names: Variant) -> list[Write]:
    """All that goes; the backup and the signing request are of an installation before the chart's."""
    space = names.namespace
    steps: dict[str, tuple[str, ...]] = {
        CONTROLLER: (controller(names),),
        WEBHOOK: (
            path_of("secrets", backup_name(names.secret), space),
            path_of("mutatingwebhookconfigurations", names.configuration),
            path_of("certificates", names.certificate, space, "cert-manager.io/v1"),
            path_of("services", names.service, space),
            path_of("secrets", names.secret, space),
            path_of("deployments", names.deployment, space),
        ),
        LEFTOVERS: (
            path_of("clusterroles", names.controller),
            path_of("serviceaccounts", names.controller_account, SYSTEM),
            path_of("certificatesigningrequests", B.signing_request),
            path_of("clusterrolebindings", names.controller),
        ),
    }
    deletions = [Write(call=f"delete {path}", step=step) for step, paths in steps.items() for path in paths]
    return [Write(call=f"patch {controller(names)}", step=CONTROLLER, attempts=2), *deletions]


def removal_elsewhere(names: Variant) -> list[Write]:
    """The configuration is stopped, and goes last."""
    space = names.namespace
    configuration = path_of("mutatingwebhookconfigurations", names.configuration)
    steps: dict[str, tuple[str, ...]] = {
        CONTROLLER: (controller(names),),
        WEBHOOK: (
            path_of("secrets", names.secret, space),
            path_of("deployments", names.deployment, space),
            path_of("services", names.service, space),
            configuration,
        ),
        LEFTOVERS: (
            path_of("clusterroles", names.controller),
            path_of("serviceaccounts", names.controller_account, SYSTEM),
            path_of("clusterrolebindings", names.controller),
        ),
    }
    scale, *deletions = [
        Write(call=f"patch {controller(names)}", step=CONTROLLER, attempts=2),
        *(Write(call=f"delete {path}", step=step) for step, paths in steps.items() for path in paths),
    ]
    stop = Write(call=f"patch {configuration}", step=WEBHOOK, body="objectSelector")
    return [scale, deletions[0], stop, *deletions[1:]]


def migration_of_b(when: str) -> list[MigrationWrite]:
    """The controller serves until its Deployment is gone, where nothing keeps it from being scaled back."""
    delete = MigrationWrite(call=f"delete {controller(B)}", step=CONTROLLER, left=CONTROL_PLANE)
    scale = f"patch {controller(B)}"
    back = MigrationWrite(
        call=scale,
        step=CONTROLLER,
        left=NOBODY if when == BEFORE else LEGACY,
        says=MAY_NOT,
        skip=1,
        beside=Fault(call=delete.call),
    )
    return [
        MigrationWrite(call="iam:AttachRolePolicy", step=ATTACH, left=LEGACY),
        MigrationWrite(call=f"patch {CNI_CONFIG_MAP}", step=ADDRESSING, left=LEGACY, body="warm-ip-target"),
        MigrationWrite(call=f"patch {CNI_CONFIG_MAP}", step=ENABLE, left=LEGACY, body="enable-windows-ipam"),
        MigrationWrite(call="eks:UpdateAddon", step=ADDON, left=LEGACY),
        MigrationWrite(call=scale, step=CONTROLLER, left=LEGACY, says=GOES_ON, attempts=2),
        # What is gone, or scaled to 0 already, is not scaled back.
        *([replace(delete, left=LEGACY, says=GOES_ON), back] if when == BEFORE else [back, delete]),
    ]


def migration_of_f(when: str) -> list[MigrationWrite]:
    """Two controllers would act at once if this one did not go first, so that there is a time without any."""
    before = when == BEFORE
    enable = MigrationWrite(call=f"patch {CNI_CONFIG_MAP}", step=ENABLE, left=NOBODY if before else CONTROL_PLANE)
    delete = MigrationWrite(call=f"delete {controller(F)}", step=SECOND, left=NOBODY)
    return [
        MigrationWrite(call=f"create {CNI_CONFIG_MAP.rpartition('/')[0]}", step=ADDRESSING, left=LEGACY),
        # The dry run of what comes next, without which the controller would go in vain.
        replace(enable, step=SECOND, left=LEGACY, says=STAYS),
        MigrationWrite(call=f"patch {controller(F)}", step=SECOND, left=LEGACY, says=GOES_ON, attempts=2),
        replace(delete, left=LEGACY, says=GOES_ON) if before else delete,
        replace(enable, skip=1) if before else enable,
    ]


REMOVAL = both({"f": lambda _when: removal(F), "elsewhere": lambda _when: removal_elsewhere(ELSEWHERE)})
# What comes after is removed by the same steps.
MIGRATION = both({"b": migration_of_b, "f": migration_of_f})


def backup(names: Variant) -> Json:
    """What an interrupted renewal of its certificate left."""
    labels = {BACKUP_OF: label_value(names.secret)}
    metadata = {"name": backup_name(names.secret), "namespace": names.namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}


# Pods would be refused if the API server called a webhook that does not serve any more.
OF_B = LegacySpec("B", failure_policy="Fail", signing_request=True)
OF_F = LegacySpec("F", failure_policy="Fail")
NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
# The chart has no signing request: this one is of an installation before it.
CHART = ClusterSpec("f", legacy=OF_F, objects=(backup(F), signing_request(B)))
SCRIPT = ClusterSpec("elsewhere", legacy=OF_SCRIPT)
SERVING_CHART = ClusterSpec("f", legacy=OF_F, nodes=NODES, config_map="absent")
SERVING_MANIFESTS = ClusterSpec(
    "b", legacy=OF_B, objects=(backup(B),), nodes=NODES, policies=("AmazonEKSClusterPolicy",), addon=AddonSpec()
)


@pytest.fixture
def removing() -> Iterator[Testbed]:
    with Testbed(clusters(CHART, SCRIPT)) as testbed:
        yield testbed


@pytest.fixture
def migrating() -> Iterator[Testbed]:
    with Testbed(clusters(SERVING_MANIFESTS, SERVING_CHART)) as testbed:
        yield testbed


def test_each_write_of_a_removal_may_fail_once(removing: Testbed) -> None:
    def goes_on(cluster: TestbedCluster, _write: Write) -> None:
        assert cluster.admits_pods()

    fail_one_after_the_other(removing, "legacy_remove", REMOVAL, goes_on)
    for name, sequence in REMOVAL.items():
        assert_gone(removing.clusters[name])
        deleted = [write.call.split()[1] for write in sequence if write.call.startswith("delete ")]
        assert {removing.clusters[name].admin.request("GET", path).status for path in deleted} == {404}


def test_each_write_of_a_migration_may_fail_once(migrating: Testbed) -> None:
    waiting: dict[str, list[str]] = {name: [] for name in MIGRATION}

    def goes_on(cluster: TestbedCluster, write: Write) -> None:
        assert isinstance(write, MigrationWrite)
        name = f"pod-{MIGRATION[cluster.name].index(write)}"
        assert has_limit(create_windows_pod(cluster, name)), write
        await_charge(cluster, write.left)
        if not write.left:
            waiting[cluster.name].append(name)
            return
        assert wait_for_address(cluster, name, seconds=30), write
        delete_pod(cluster, name)

    fail_one_after_the_other(migrating, "migrate_legacy", MIGRATION, goes_on, REMOVAL, eks_windows_warm_ip_target=2)
    for cluster in migrating.clusters.values():
        assert_gone(cluster)
        await_charge(cluster, CONTROL_PLANE)
        assert all(wait_for_address(cluster, name, seconds=30) for name in waiting[cluster.name])
        assert cluster.stand_ins is not None
        assert cluster.stand_ins.charge.seconds_with_two() == 0
    assert {name: len(pods) for name, pods in waiting.items()} == dict.fromkeys(MIGRATION, 1) | {"b-after": 0}


def await_charge(cluster: TestbedCluster, controllers: frozenset[Controller]) -> None:
    stand_ins = cluster.stand_ins
    assert stand_ins is not None
    cluster.wait(lambda: stand_ins.charge.in_charge == controllers, f"in charge: {sorted(controllers) or 'nobody'}")


def assert_gone(cluster: TestbedCluster) -> None:
    assert left_of_legacy(cluster) == set()
    assert cluster.admin.find("secrets", backup_name(variant_of(cluster).secret), variant_of(cluster).namespace) is None
    assert cluster.admin.list("certificatesigningrequests") == []
