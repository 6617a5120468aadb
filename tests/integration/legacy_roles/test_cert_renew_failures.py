# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Each write of a renewal, and of its way back, fails once: the webhook serves, and the next run completes.

The webhook may not fail, is not declared to have no side effects, is recreated, has a certificate of another authority
that is due, and has left a pod stuck, so that a renewal makes every write that there is.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.clusters import create_windows_pod, delete_pod
from tests.support.failing_writes import (
    BEFORE,
    FINAL,
    Fault,
    Write,
    both,
    clusters,
    fail_next,
    fail_one_after_the_other,
)
from tests.support.legacy import deployment_of_windows_pods, running_pods, serial_number
from tests.support.roles import changed_steps, run_role
from tests.support.webhook_certificates import ADMISSION, BACKUP, DUE_OF_ANOTHER_AUTHORITY, NAMES, given, restart
from tests.support.windows_pods import has_limit
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import path_of
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

# The same modules with other answers of the servers.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

REMEMBERED = "eks-windows.cloudops/failure-policy"
STUCK = "stuck"
SPEC = ClusterSpec(
    "old",
    version="1.21",
    platform_version="eks.1",
    nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")),
    legacy=LegacySpec("B", issuer="own"),
    controller=False,
)
NAMES_OF_BOTH = [spec.name for spec in clusters(SPEC)]

DECLARE, RENEW, RESTART = "declare_side_effects", "renew_webhook_certificate", "restart_webhook"
RECYCLE, DROP = "recycle_stuck_pods", "drop_certificate_backup"

REQUESTS = path_of("certificatesigningrequests", api="certificates.k8s.io/v1beta1")
SECRETS = path_of("secrets", namespace=NAMES.namespace)
CONFIGURE = f"patch {path_of('mutatingwebhookconfigurations', NAMES.configuration)}"
RESTARTED = f"patch {path_of('deployments', NAMES.deployment, NAMES.namespace)}"


def of_module(call: str, step: str, body: str = "", beside: Fault | None = None) -> Write:
    """A write of module webhook_cert, which sends a request again for a status that passes."""
    return Write(call=call, step=step, body=body, status=FINAL, beside=beside)


# Of the module's writes one for each of its states: test_webhook_cert_faults.py has each of them fail.
def writes(when: str) -> list[Write]:
    """What a renewal writes, in its order, and from a restart that fails on what follows on the way back."""
    no_restart = Fault(call=RESTARTED, attempts=2)
    remember, forget = f'{REMEMBERED}": "\\[', f'{REMEMBERED}": null'
    return [
        Write(call=CONFIGURE, step=DECLARE, body="sideEffects"),
        of_module(f"patch {SECRETS}/{NAMES.secret}", RENEW),
        Write(call=CONFIGURE, step=RESTART, body=remember),
        Write(call=CONFIGURE, step=RESTART, body='"Ignore"'),
        Write(call=RESTARTED, step=RESTART, attempts=2, says="Its previous certificate is back"),
        of_module(f"delete {SECRETS}/{BACKUP}", RESTART, beside=no_restart),
        Write(call=RESTARTED, step=RESTART, attempts=2, beside=no_restart),
        Write(call=CONFIGURE, step=RESTART, body='"Fail"', beside=no_restart),
        Write(call=CONFIGURE, step=RESTART, body=forget, beside=no_restart),
        not_restarted_back(when),
        Write(call=CONFIGURE, step=RESTART, body='"Fail"'),
        Write(call=CONFIGURE, step=RESTART, body=forget),
        Write(call="delete /api/v1/namespaces/default/pods/*", step=RECYCLE),
        of_module(CONFIGURE, DROP, body="caBundle"),
    ]


def not_restarted_back(when: str) -> Write:
    """The restart on the way back, where the one before it was carried out and its answer was lost: the pods keep its
    mark."""
    restarted = Fault(call=RESTARTED, attempts=2, applied=True)
    return Write(
        call=RESTARTED,
        step=RESTART,
        attempts=2,
        skip=restarted.attempts if when == BEFORE else 0,
        says="Its previous certificate is back, and the webhook was not restarted with it",
        beside=restarted,
    )


CLEAN_UP = of_module(f"delete {REQUESTS}/*", RENEW)
OF_MODULE = (
    of_module(f"create {REQUESTS}", RENEW),
    of_module(f"update {REQUESTS}/*/approval", RENEW),
    of_module(f"create {SECRETS}", RENEW),
    CLEAN_UP,
)
WRITES = both({SPEC.name: writes})


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed(clusters(SPEC), control_plane="emulated") as testbed:
        yield testbed


@pytest.fixture
def due(bed: Testbed) -> Iterator[Testbed]:
    """Clusters whose webhook has all that makes a renewal write; a certificate of its own for each test."""
    for cluster in bed.clusters.values():
        make_due(cluster)
    bed.forget_requests()
    yield bed
    for cluster in bed.clusters.values():
        cluster.admin.delete("deployments", STUCK, "default")


def make_due(cluster: TestbedCluster) -> None:
    set_field(cluster, "sideEffects", "None")
    set_field(cluster, "failurePolicy", "Ignore")
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    # The pod that still serves is not trusted any more, so that this one is admitted without its limit.
    deployment_of_windows_pods(cluster, STUCK, replicas=1)
    cluster.wait(lambda: len(running_pods(cluster, STUCK, phase="Pending")) == 1, "a pod is stuck")
    restart(cluster, str(serial_number(cluster)))
    set_field(cluster, "failurePolicy", "Fail")
    cluster.wait(cluster.injects_address, "the webhook serves with its own pair")
    set_field(cluster, "sideEffects", "Unknown", api=f"{ADMISSION}beta1")


def set_field(cluster: TestbedCluster, field: str, value: str, api: str = ADMISSION) -> None:
    change = [{"op": "replace", "path": f"/webhooks/0/{field}", "value": value}]
    cluster.admin.patch("mutatingwebhookconfigurations", NAMES.configuration, change, api=api, kind="json")


def serves(cluster: TestbedCluster, write: Write) -> None:
    # No dry run is made before the webhook is declared.
    assert has_limit(create_windows_pod(cluster, "asked")), write
    delete_pod(cluster, "asked")


def mark(cluster: TestbedCluster) -> str:
    """What the last restart gave the pods."""
    template = cluster.admin.get("deployments", NAMES.deployment, NAMES.namespace)["spec"]["template"]
    return str((template["metadata"].get("annotations") or {}).get("eks-windows.cloudops/certificate"))


def assert_renewed(cluster: TestbedCluster, before: int) -> None:
    """Nothing is left of what the runs did on the way."""
    assert serial_number(cluster) != before
    assert cluster.admin.find("secrets", BACKUP, NAMES.namespace) is None
    configuration = cluster.admin.get("mutatingwebhookconfigurations", NAMES.configuration, api=ADMISSION)
    assert [webhook["failurePolicy"] for webhook in configuration["webhooks"]] == ["Fail"]
    assert REMEMBERED not in (configuration["metadata"].get("annotations") or {})
    assert cluster.admin.list("certificatesigningrequests") == []
    cluster.wait(lambda: len(running_pods(cluster, STUCK)) == 1, "the pod that was stuck was made again")
    assert cluster.injects_address()


def test_each_write_may_fail_once(due: Testbed) -> None:
    before = {name: serial_number(cluster) for name, cluster in due.clusters.items()}
    marks: dict[str, list[str]] = {name: [] for name in due.clusters}

    def goes_on(cluster: TestbedCluster, write: Write) -> None:
        serves(cluster, write)
        marks[cluster.name].append(mark(cluster))

    fail_one_after_the_other(due, "cert_renew", WRITES, goes_on, {"of the module": OF_MODULE})
    for name, cluster in due.clusters.items():
        assert_renewed(cluster, before[name])
        kept = WRITES[name].index(not_restarted_back(name.rpartition("-")[2]))
        assert marks[name][kept] != marks[name][kept + 1], "the next run restarted nothing"


def test_signing_request_that_stays_stops_nothing(due: Testbed) -> None:
    cluster = due.clusters[NAMES_OF_BOTH[0]]
    before = serial_number(cluster)
    fail_next(cluster, CLEAN_UP)
    run = run_role("cert_renew", due, cluster)
    assert changed_steps(run) == [DECLARE, RENEW, RESTART, RECYCLE, DROP]
    assert "could not be deleted: Not now" in run.stdout
    (left,) = cluster.admin.list("certificatesigningrequests")
    assert changed_steps(run_role("cert_renew", due, cluster, eks_windows_renewal_days=366)) == [RENEW, RESTART, DROP]
    assert cluster.admin.find("certificatesigningrequests", left["metadata"]["name"]) is None
    assert_renewed(cluster, before)
