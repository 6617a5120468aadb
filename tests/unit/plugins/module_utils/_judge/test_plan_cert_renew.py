# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that renew the certificate of a legacy webhook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import parse
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Observation,
    WebhookPods,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    EKSCTL_WEBHOOK,
    LEGACY_SECRET,
    observed,
    options,
    windows_pod,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import (
    OTHER_AUTHORITY,
    certificate,
    serving,
)

BACKUP = ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs-backup")
ALL = ["renew_webhook_certificate", "restart_webhook", "recycle_stuck_pods", "drop_certificate_backup"]
ROLLING = {"leaves_gap": False}


def cluster(**changes: Any) -> Observation:
    """eksctl's legacy support, whose webhook has a certificate for 300 days."""
    return with_legacy(**{"legacy_webhooks": (serving(),), "webhook_pods": (), **changes})


def steps(seen: Observation, **wanted: Any) -> tuple[Step, ...]:
    return plan(Subject(seen, options(goal="cert_renew", **wanted)))


def ids(seen: Observation, **wanted: Any) -> list[str]:
    return [step.step for step in steps(seen, **wanted)]


def with_webhook(days: float = 300, **changes: Any) -> Observation:
    return cluster(legacy_webhooks=(serving(days, **changes),))


PLACE = {
    "webhook_configuration": "vpc-admission-webhook-cfg",
    "namespace": "kube-system",
    "service_name": "vpc-admission-webhook",
    "secret_name": "vpc-admission-webhook-certs",
}


def test_what_replaces_no_readable_certificate_has_a_mark_of_its_own_each_time() -> None:
    chain = serving(certificate_pem="garbage", key_state="unreadable")
    marks = set()
    for at in ("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"):
        restart = steps(with_legacy(legacy_webhooks=(chain,), observed_at=at))[1]
        marks.add(json.loads(restart.after)["certificate"])
        assert at in restart.after
    assert len(marks) == 2


def test_nothing_outside_the_renewal_window() -> None:
    assert ids(cluster()) == []
    assert ids(observed()) == []
    assert ids(with_webhook(100)) == []
    assert ids(with_webhook(100), renewal_days=101) == ALL


def test_what_a_renewal_does() -> None:
    renew, restart, recycle, drop = steps(with_webhook(20), renewal_days=30)
    fingerprint = parse(certificate(20))[0].fingerprints["sha256"]
    assert renew == Step(
        step="renew_webhook_certificate",
        reason="The certificate ends at 2026-12-14T12:00:00Z, in 20 days",
        object="Secret kube-system/vpc-admission-webhook-certs",
        before=json.dumps(
            {
                "not_after": "2026-12-14T12:00:00Z",
                "fingerprint": fingerprint,
                **PLACE,
            }
        ),
        after='{"not_after": "new", "fingerprint": "new"}',
    )
    assert (restart.object, json.loads(restart.before)) == (str(EKSCTL_WEBHOOK), {"certificate": fingerprint})
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "namespace": "kube-system",
        "name": "vpc-admission-webhook",
    }
    wanted = json.loads(restart.after)
    assert (wanted["objects"], wanted["certificate"]) == ([deployment], f"replaces {fingerprint}")
    assert wanted["leaves_gap"] is True
    assert (recycle.object, recycle.before) == ("Windows pods without an address", '{"objects": []}')
    assert (drop.object, json.loads(drop.before), json.loads(drop.after)) == (
        str(BACKUP),
        {"backup": "absent", **PLACE},
        {"backup": "absent"},
    )
    assert PLACE.items() <= wanted.items()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"days": -1}, "the certificate expired at 2026-11-23T12:00:00Z"),
        ({"certificate_pem": certificate(300, "other.kube-system.svc")}, "is for DNS:other.kube-system.svc"),
        ({"ca_bundle": OTHER_AUTHORITY.certificate}, "does not lead to the certificate"),
        ({"ca_bundle": ""}, "has no caBundle"),
        ({"key_state": "differs"}, "is not that of the certificate"),
        ({"key_state": "missing", "problems": (f"{LEGACY_SECRET} has no key key.pem",)}, "has no key key.pem"),
        ({"certificate_pem": "garbage"}, "it holds no certificate in PEM"),
        (
            {
                "certificate_pem": None,
                "secret_exists": False,
                "key_state": "missing",
                "problems": (f"{LEGACY_SECRET} does not exist",),
            },
            "does not exist",
        ),
    ],
)
def test_what_makes_a_certificate_be_renewed(changes: dict[str, Any], reason: str) -> None:
    planned = steps(with_webhook(**changes))
    assert [step.step for step in planned][:2] == ALL[:2]
    assert reason in planned[0].reason
    # Without a previous pair there is nothing to keep.
    assert ("drop_certificate_backup" in [step.step for step in planned]) is (changes.get("secret_exists", True))


@pytest.mark.parametrize(
    "changes",
    [
        {"managed_by": "cert-manager", "days": -1},
        {"managed_by": "cert-manager", "days": -1, "backup": BACKUP},
        {"service": None, "url": "https://example.com", "days": -1},
        {"certificate_pem": None, "key_state": "unknown"},
        {"secret": None, "certificate_pem": None, "key_state": "unknown", "secret_exists": False},
    ],
)
def test_what_is_not_renewed_here(changes: dict[str, Any]) -> None:
    assert ids(with_webhook(**changes)) == []


def test_a_webhook_that_is_replaced_while_another_serves_leaves_no_gap() -> None:
    assert ids(with_webhook(5, **ROLLING)) == [ALL[0], ALL[1], ALL[3]]


def test_an_interrupted_renewal_goes_on() -> None:
    planned = steps(with_webhook(backup=BACKUP))
    assert [step.step for step in planned] == ALL[1:]
    restart, _recycle, drop = planned
    assert "A renewal was interrupted" in restart.reason
    assert json.loads(restart.after)["certificate"].startswith("is ")
    assert (drop.object, json.loads(drop.before)) == (str(BACKUP), {"backup": "present", **PLACE})


@pytest.mark.parametrize(
    ("started", "changed", "restarts"),
    [
        ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", True),
        ("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", False),
        ("2026-11-03T00:00:00Z", "2026-11-02T00:00:00Z", False),
        ("", "2026-11-02T00:00:00Z", False),
    ],
)
def test_pods_that_started_before_their_certificate_changed_are_restarted(
    started: str, changed: str, restarts: bool
) -> None:
    pods = (WebhookPods(EKSCTL_WEBHOOK, started, changed),)
    planned = ids(cluster(webhook_pods=pods))
    assert planned == (["restart_webhook", "recycle_stuck_pods"] if restarts else [])
    assert ids(cluster(webhook_pods=DENIED)) == []


def test_failure_policy_that_a_restart_left_eased_is_given_back() -> None:
    (restart, *_rest) = steps(with_webhook(eased=True))
    assert restart.step == "restart_webhook"
    assert "failurePolicy is to be Fail again" in restart.reason


@pytest.mark.parametrize(
    ("changes", "recycled"),
    [
        ({}, True),
        *(({"owner": ObjectRef(kind, "shop", "x")}, True) for kind in ("StatefulSet", "DaemonSet", "Job")),
        ({"owner": ObjectRef("Workflow", "shop", "x")}, False),
        ({"owner": None}, False),
        ({"address": "10.0.0.1/24"}, False),
        ({"address_limit": "1"}, False),
        ({"host_network": True}, False),
        ({"is_starting": False}, False),
        ({"selects_windows": False}, False),
        ({"is_starting": False, "waits_for_node": True}, True),
        ({"is_starting": False, "waits_for_node": True, "address_limit": "1"}, False),
        ({"is_starting": False, "waits_for_node": True, "selects_windows": False}, False),
        ({"is_starting": False, "waits_for_node": True, "owner": None}, False),
    ],
)
def test_pods_that_wait_in_vain_are_recycled(changes: dict[str, Any], recycled: bool) -> None:
    planned = steps(cluster(windows_pods=(windows_pod(**changes), windows_pod("fine", is_starting=False))))
    assert [step.step for step in planned] == (["recycle_stuck_pods"] if recycled else [])
    if recycled:
        (step,) = planned
        pod = {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "pod"}
        assert (step.object, json.loads(step.before), step.after) == ("Pod shop/pod", {"objects": [pod]}, "absent")


def test_pods_that_could_not_be_read_are_not_recycled() -> None:
    assert ids(cluster(windows_pods=DENIED)) == []


@pytest.mark.parametrize(
    "seen",
    [
        with_webhook(5),
        with_webhook(-1, backup=BACKUP),
        with_webhook(backup=BACKUP),
        with_webhook(certificate_pem=None, secret_exists=False, key_state="missing"),
        cluster(windows_pods=(windows_pod(), windows_pod("bare", owner=None))),
        cluster(webhook_pods=(WebhookPods(EKSCTL_WEBHOOK, "2026-01-01T00:00:00Z", "2026-11-02T00:00:00Z"),)),
    ],
)
def test_a_renewal_leaves_nothing_for_a_second_one(seen: Observation) -> None:
    subject = Subject(seen, options(goal="cert_renew"))
    assert plan(subject) != ()
    assert plan(after(subject, plan(subject))) == ()


@pytest.mark.parametrize(
    ("changes", "blockers"),
    [
        ({}, []),
        ({"days": -1}, []),
        ({"managed_by": "cert-manager"}, ["legacy.certificate_owner"]),
        ({"managed_by": "cert-manager", "days": -1}, ["legacy.certificate", "legacy.certificate_owner"]),
        ({"service_exists": False, "problems": ("Service kube-system/x does not exist",)}, ["legacy.certificate"]),
        ({"certificate_pem": None, "key_state": "unknown"}, ["legacy.certificate"]),
        ({"paused": True}, []),
        ({"paused": True, "days": -1}, ["legacy.rollout"]),
    ],
)
def test_what_stops_a_renewal(changes: dict[str, Any], blockers: list[str]) -> None:
    assert as_result(with_webhook(**changes), options(goal="cert_renew"))["blockers"] == blockers


def test_what_can_t_be_read_stops_a_renewal() -> None:
    denied = as_result(cluster(legacy_webhooks=DENIED), options(goal="cert_renew"))
    assert denied["blockers"] == ["legacy.certificate", "legacy.certificate_owner"]


def test_what_is_told_of_the_certificate_before_and_after() -> None:
    found = as_result(with_webhook(5), options(goal="cert_renew"))
    assert found["support"]["legacy"]["certificate"] == {
        "not_after": "2026-11-29T12:00:00Z",
        "days_left": 5,
        "expired": False,
        "renewal_due": True,
        "key_matches": True,
        "covers_service": True,
        "trusted_by_ca_bundle": True,
        "problems": [],
    }
    later = found["support_after"]["legacy"]["certificate"]
    assert later == {**dict.fromkeys(later), "problems": []}
    assert found["support_after"]["legacy"]["components"] == found["support"]["legacy"]["components"]
