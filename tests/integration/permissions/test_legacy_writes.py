# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the playbooks of legacy support write: without any one of the permissions the message names it in the server's
words, the cluster is left as the plan's steps before it leave it, and with all permissions the next run ends the work.

Each missing permission has a cluster and a role of its own, all of a playbook are one play.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.permissions.documented import documented
from tests.integration.permissions.identities import apply, words
from tests.integration.permissions.lacking import refusal, role_without, unquoted
from tests.integration.permissions.plays import run_play, said
from tests.support.legacy import serial_number
from tests.support.playbook import PlaybookRun
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

SECRET = "vpc-admission-webhook-certs"
BACKUP = f"{SECRET}-backup"
DUE = LegacySpec("B", not_before=timedelta(days=-355), not_after=timedelta(days=10), strategy="RollingUpdate")
OLD = ClusterSpec("old", version="1.21", platform_version="eks.1", nodes=(NodeSpec(),), controller=False, legacy=DUE)
UNUSABLE_BACKUP = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": BACKUP, "namespace": "kube-system", "labels": {"eks-windows.cloudops/backup-of": SECRET}},
}
STUCK = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "stuck", "namespace": "default"},
    "spec": {
        "selector": {"matchLabels": {"app": "stuck"}},
        "template": {
            "metadata": {"labels": {"app": "stuck"}},
            "spec": {
                "nodeSelector": {"kubernetes.io/os": "windows"},
                "containers": [{"name": "app", "image": "app"}],
            },
        },
    },
}
ENDED: Mapping[str, Any] = {
    "legacy": replace(DUE, not_after=timedelta(days=-1)),
    "nodes": (NodeSpec(), NodeSpec(os="windows")),
    "objects": (STUCK,),
}
STRICT: Mapping[str, Any] = {"legacy": replace(DUE, failure_policy="Fail")}


@dataclass(frozen=True)
class Case:
    """A permission that is missing, and what comes of it.

    Attributes:
        taken: Its name, as :class:`~.documented.Taken` has it.
        steps: The steps that change something all the same.
        renewed: Whether the Secret has a new certificate.
        backup: Whether there is a backup.
        stops: Whether the playbook fails.
        cluster: What its cluster has that others have not.
    """

    taken: str
    steps: tuple[str, ...] = ()
    renewed: bool = False
    backup: bool = False
    stops: bool = True
    cluster: Mapping[str, Any] = field(default_factory=dict)


RENEW, RESTART, DROP = "renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"
RENEWED: Mapping[str, Any] = {"steps": (RENEW, RESTART), "renewed": True, "backup": True}
CASES: Mapping[str, tuple[Case, ...]] = {
    "cert_renew": (
        Case(f"get secrets {SECRET}"),
        Case("get mutatingwebhookconfigurations vpc-admission-webhook-cfg"),
        Case(f"get secrets {BACKUP} kube-system"),
        Case("create certificatesigningrequests"),
        Case("update certificatesigningrequests/approval"),
        Case("get certificatesigningrequests"),
        Case("create secrets kube-system"),
        Case(f"update secrets {BACKUP} kube-system", backup=True, cluster={"objects": (UNUSABLE_BACKUP,)}),
        Case(
            "patch mutatingwebhookconfigurations vpc-admission-webhook-cfg",
            backup=True,
            cluster={"legacy": replace(DUE, ca_bundle="another")},
        ),
        Case(f"patch secrets {SECRET} kube-system", backup=True),
        # The previous certificate is put back, and what runs has it still.
        Case("patch deployments vpc-admission-webhook-deployment kube-system", steps=(RENEW,)),
        Case("get pods", **RENEWED, cluster=ENDED),
        Case("delete pods", **RENEWED, cluster=ENDED),
        Case(f"delete secrets {BACKUP} kube-system", **RENEWED),
        Case("delete certificatesigningrequests", steps=(RENEW, RESTART, DROP), renewed=True, stops=False),
        Case("create pods default", steps=(RENEW, RESTART, DROP), renewed=True, stops=False),
        # It is not known whether the webhook's own pod would be admitted, so that others are let in while it is away.
        Case("create pods kube-system", steps=(RENEW, RESTART, DROP), renewed=True, stops=False, cluster=STRICT),
        # Nothing is restarted, so that what runs goes on.
        Case(
            "patch mutatingwebhookconfigurations vpc-admission-webhook-cfg",
            steps=(RENEW,),
            renewed=True,
            backup=True,
            cluster={"legacy": replace(DUE, failure_policy="Fail", strategy="Recreate")},
        ),
    ),
}
TRIED_AGAIN = {
    "cert_renew": (
        "update certificatesigningrequests/approval",
        f"patch secrets {SECRET} kube-system",
        "patch deployments vpc-admission-webhook-deployment kube-system",
        f"delete secrets {BACKUP} kube-system",
    )
}
VARIABLES = {"eks_windows_wait_timeout": 20}


def name_of(playbook: str, case: Case) -> str:
    """Name of a case's cluster."""
    return f"{playbook.replace('_', '-')}-{CASES[playbook].index(case)}"


@dataclass(frozen=True)
class Seen:
    """What clusters had before anything ran, the role of each, and the play of each playbook."""

    serial_numbers: Mapping[str, int]
    roles: Mapping[str, str]
    runs: Mapping[str, PlaybookRun]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    fleet = [
        replace(OLD, name=name_of(playbook, case), **case.cluster)
        for playbook, cases in CASES.items()
        for case in cases
    ]
    with Testbed(fleet) as testbed:
        yield testbed


@pytest.fixture(scope="module")
def seen(bed: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    roles: dict[str, str] = {}
    for playbook, cases in CASES.items():
        for case in cases:
            name = name_of(playbook, case)
            roles[name] = role_without(bed, bed.clusters[name], playbook, case.taken)
    return Seen(
        {name: serial_number(cluster) for name, cluster in bed.clusters.items()},
        roles,
        {
            playbook: run_play(
                bed,
                playbook,
                {name: roles[name] for name in (name_of(playbook, case) for case in cases)},
                tmp_path_factory.mktemp(playbook),
                **VARIABLES,
            )
            for playbook, cases in CASES.items()
        },
    )


def has_backup(cluster: TestbedCluster) -> bool:
    return cluster.admin.find("secrets", BACKUP, "kube-system") is not None


PARAMETERS = [
    pytest.param(playbook, case, id=f"{playbook}-{case.taken}") for playbook, cases in CASES.items() for case in cases
]


@pytest.mark.parametrize(("playbook", "case"), PARAMETERS)
def test_the_message_names_it(seen: Seen, playbook: str, case: Case) -> None:
    run, name = seen.runs[playbook], name_of(playbook, case)
    message = run.failure(name) if case.stops else said(run, name)
    assert (run.stats[name]["failures"] > 0) is case.stops, said(run, name)[-2000:]
    if case.stops:
        assert f"Cluster {name}" in message
        assert "Remedy" in message or "Allow the identity" in message, message
    assert refusal(case.taken) in unquoted(message), message


@pytest.mark.parametrize(("playbook", "case"), PARAMETERS)
def test_nothing_is_half_done(bed: Testbed, seen: Seen, playbook: str, case: Case) -> None:
    cluster = bed.clusters[name_of(playbook, case)]
    run = seen.runs[playbook]
    done = run.facts(cluster.name).get("eks_windows_result", {"changed_steps": []})
    assert tuple(done["changed_steps"]) == case.steps
    assert (serial_number(cluster) != seen.serial_numbers[cluster.name]) is case.renewed
    assert has_backup(cluster) is case.backup
    assert cluster.injects_address() is (case.renewed or case.cluster.get("legacy") is None)


@pytest.mark.parametrize("playbook", CASES)
def test_the_next_run_ends_the_work(bed: Testbed, seen: Seen, playbook: str, tmp_path: Path) -> None:
    names = [name_of(playbook, case) for case in CASES[playbook] if case.taken in TRIED_AGAIN[playbook]]
    for cluster in (bed.clusters[name] for name in names):
        apply(cluster, documented(playbook, words(cluster)))
    run = run_play(bed, playbook, {name: seen.roles[name] for name in names}, tmp_path, **VARIABLES)
    for name in names:
        assert run.stats[name]["failures"] == 0, run.failure(name)
        assert DROP in run.facts(name)["eks_windows_result"]["changed_steps"]
        assert serial_number(bed.clusters[name]) != seen.serial_numbers[name]
        assert not has_backup(bed.clusters[name])
