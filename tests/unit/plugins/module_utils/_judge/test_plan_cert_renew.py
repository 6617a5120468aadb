# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that renew the certificate of a legacy webhook."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import parse
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    ObjectRef,
    Observation,
    WebhookPods,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    Selection,
    WebhookChain,
    WebhookEntry,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import issue
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    DENIED,
    EKSCTL_WEBHOOK,
    LEGACY_SECRET,
    config_map,
    legacy,
    observed,
    options,
    windows_pod,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    cluster as cluster_of,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import (
    AUTHORITY,
    HOST,
    OTHER_AUTHORITY,
    certificate,
    serving,
)

WEBHOOK = "vpc-admission-webhook.amazonaws.com"
BACKUP = ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs-backup")
ALL = ["renew_webhook_certificate", "restart_webhook", "recycle_stuck_pods", "drop_certificate_backup"]
ROLLING = {"leaves_gap": False}
STORED = "2026-11-02T00:00:00Z"
TO_COME = issue(by=AUTHORITY, names=(HOST,), begins=timedelta(days=1), ends=timedelta(days=300)).certificate


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


@pytest.mark.parametrize(
    "changes",
    [
        {"days": 5},
        {"ca_bundle": OTHER_AUTHORITY.certificate},
        {"certificate_pem": "garbage", "key_state": "unreadable"},
        {"days": 5, "backup": BACKUP},
    ],
)
def test_what_gets_replaced_is_marked_in_another_way_each_time(changes: dict[str, Any]) -> None:
    marks = set()
    for at in ("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"):
        marks.add(mark_of(with_legacy(legacy_webhooks=(serving(**changes),), observed_at=at)))
    assert len(marks) == 2


def mark_of(seen: Observation) -> str:
    (restart,) = (step for step in steps(seen) if step.step == "restart_webhook")
    return str(json.loads(restart.after)["certificate"])


@pytest.mark.parametrize("left", [{"backup": BACKUP}, {"eased": True}])
@pytest.mark.parametrize(
    ("pods", "also"),
    [
        (None, ""),
        (DENIED, ""),
        ((WebhookPods(EKSCTL_WEBHOOK, "2026-11-01T00:00:00Z", ""),), ""),
        ((WebhookPods(EKSCTL_WEBHOOK, "2026-11-01T00:00:00Z", STORED),), f", stored at {STORED}"),
        ((WebhookPods(EKSCTL_WEBHOOK, "2026-11-03T00:00:00Z", STORED),), f", stored at {STORED}"),
    ],
)
def test_what_goes_on_from_an_earlier_run_is_marked_as_there(left: dict[str, Any], pods: Any, also: str) -> None:
    fingerprint = parse(certificate(300))[0].fingerprints["sha256"]
    for at in ("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"):
        seen = with_legacy(legacy_webhooks=(serving(**left),), webhook_pods=pods, observed_at=at)
        assert mark_of(seen) == f"is {fingerprint}{also}"


def test_a_secret_that_gets_the_same_pair_again_is_marked_in_another_way() -> None:
    changed = (STORED, "2026-11-03T00:00:00Z")
    marks = [
        mark_of(cluster(webhook_pods=(WebhookPods(EKSCTL_WEBHOOK, "2026-11-01T00:00:00Z", at),))) for at in changed
    ]
    assert [mark.rpartition(" ")[2] for mark in marks] == list(changed)


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
    mark = f"replaces {fingerprint} at 2026-11-24T10:00:00Z"
    assert (wanted["objects"], wanted["certificate"], wanted["left"]) == ([deployment], mark, [])
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
                "holds_pair": False,
                "key_state": "missing",
                "problems": (f"{LEGACY_SECRET} does not exist",),
            },
            "does not exist",
        ),
        (
            {
                "certificate_pem": None,
                "holds_pair": False,
                "key_state": "missing",
                "problems": (f"{LEGACY_SECRET} has no key cert.pem", f"{LEGACY_SECRET} has no key key.pem"),
            },
            "has no key cert.pem",
        ),
    ],
)
def test_what_makes_a_certificate_be_renewed(changes: dict[str, Any], reason: str) -> None:
    planned = steps(with_webhook(**changes))
    assert [step.step for step in planned][:2] == ALL[:2]
    assert reason in planned[0].reason
    # Without a previous pair there is nothing to keep.
    assert ("drop_certificate_backup" in [step.step for step in planned]) is changes.get("holds_pair", True)


@pytest.mark.parametrize(
    ("changes", "replaced"),
    [
        ({"ca_bundle": ""}, False),
        ({"ca_bundle": OTHER_AUTHORITY.certificate}, False),
        # One of two caBundles trusts it, which is where the other gets its authority from.
        (
            {
                "certificate_pem": certificate(300, by=OTHER_AUTHORITY),
                "others": (WebhookEntry("second", "Ignore", OTHER_AUTHORITY.certificate),),
            },
            False,
        ),
        ({"certificate_pem": certificate(300, by=OTHER_AUTHORITY)}, True),
        ({"ca_bundle": "", "certificate_pem": certificate(5)}, True),
        ({"ca_bundle": "", "certificate_pem": certificate(-1)}, True),
        ({"ca_bundle": "", "certificate_pem": certificate(300, "other.kube-system.svc")}, True),
        ({"ca_bundle": "", "key_state": "differs"}, True),
        ({"ca_bundle": "", "certificate_pem": TO_COME}, True),
    ],
)
def test_where_only_the_ca_bundle_is_mended_no_backup_comes(changes: dict[str, Any], replaced: bool) -> None:
    known = cluster_of(certificate_authority=AUTHORITY.certificate)
    planned = ids(cluster(cluster=known, legacy_webhooks=(serving(**changes),)))
    assert planned == (ALL if replaced else ALL[:3])
    # What was left before goes in either case.
    assert ids(cluster(cluster=known, legacy_webhooks=(serving(**changes, backup=BACKUP),))) == ALL


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


EARLY = {"webhook_pods": (WebhookPods(EKSCTL_WEBHOOK, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),)}


@pytest.mark.parametrize(
    ("changes", "seen", "reason"),
    [
        ({"days": 5}, {}, None),
        ({"days": 5, "leaves_gap": True}, {}, "Its webhook may be away while it restarts"),
        ({"days": -1}, {}, "No webhook may answer until the restart"),
        ({"days": -1, "leaves_gap": True}, {}, "No webhook may answer until the restart"),
        ({"ca_bundle": OTHER_AUTHORITY.certificate}, {}, "No webhook may answer until the restart"),
        # Its pods may serve with one that ended.
        ({"backup": BACKUP}, {}, "No webhook may answer until the restart"),
        ({"eased": True}, {}, "No webhook may answer until the restart"),
        ({}, EARLY, "No webhook may answer until the restart"),
        ({"days": 5}, EARLY, "No webhook may answer until the restart"),
    ],
)
def test_pods_are_looked_for_where_the_webhook_may_be_silent_until_it_has_restarted(
    changes: dict[str, Any], seen: dict[str, Any], reason: str | None
) -> None:
    planned = steps(cluster(legacy_webhooks=(serving(**{**ROLLING, **changes}),), **seen))
    found = [step for step in planned if step.step == "recycle_stuck_pods"]
    assert "restart_webhook" in [step.step for step in planned]
    assert [step.reason.partition(":")[0] for step in found] == ([reason] if reason else [])
    assert [step.before for step in found] == (['{"objects": []}'] if reason else [])


OTHER_SERVICE = WebhookService("kube-system", "vpc-admission-webhook-svc", "")
OTHER_SECRET = ObjectRef("Secret", "kube-system", "other-certs")
OTHER_WEBHOOK = ObjectRef("Deployment", "kube-system", "other-webhook")


def other(days: float = 300, **changes: Any) -> WebhookChain:
    """A second webhook of the configuration, with a Deployment and a Secret of its own."""
    parts = {"service": OTHER_SERVICE, "deployment": OTHER_WEBHOOK, "secret": OTHER_SECRET, **ROLLING}
    pem = certificate(days, "vpc-admission-webhook-svc.kube-system.svc")
    return serving(**{**parts, "certificate_pem": pem, **changes})


@pytest.mark.parametrize(
    ("first", "second", "at_work", "left"),
    [
        ({"days": 5}, {"days": 6}, LEGACY_SECRET, [OTHER_SECRET]),
        ({"days": 5}, {"days": 4}, OTHER_SECRET, [LEGACY_SECRET]),
        ({"days": 5}, {"days": -1}, OTHER_SECRET, [LEGACY_SECRET]),
        ({"days": 5}, {"key_state": "differs"}, OTHER_SECRET, [LEGACY_SECRET]),
        ({"days": 5}, {}, LEGACY_SECRET, []),
        ({}, {"days": 5}, OTHER_SECRET, []),
        # What was begun is ended first.
        ({"days": -1}, {"backup": BACKUP}, OTHER_SECRET, [LEGACY_SECRET]),
        ({"days": 5}, {"days": -1, "managed_by": "cert-manager"}, LEGACY_SECRET, []),
        # The restart of either gives the configuration back what was eased.
        ({"days": 5, "eased": True}, {"eased": True}, LEGACY_SECRET, []),
    ],
)
def test_a_run_works_on_one_secret_and_leaves_others_to_the_next(
    first: dict[str, Any], second: dict[str, Any], at_work: ObjectRef, left: list[ObjectRef]
) -> None:
    seen = cluster(legacy_webhooks=(serving(**{**ROLLING, **first}), other(**second)))
    subject = Subject(seen, options(goal="cert_renew"))
    planned = {step.step: step for step in plan(subject)}
    restart = planned["restart_webhook"]
    deployment = EKSCTL_WEBHOOK if at_work == LEGACY_SECRET else OTHER_WEBHOOK
    assert restart.object == str(deployment)
    told = json.loads(restart.after)
    assert (told["secret_name"], told["left"]) == (at_work.name, [str(secret) for secret in left])
    assert all(str(secret) in restart.reason for secret in left)
    if "renew_webhook_certificate" in planned:
        assert planned["renew_webhook_certificate"].object == str(at_work)
        assert json.loads(planned["drop_certificate_backup"].before)["secret_name"] == at_work.name
    rest = {step.step: step for step in plan(after(subject, plan(subject)))}
    assert (rest["restart_webhook"].object != str(deployment)) if left else rest == {}


def test_webhooks_that_share_a_secret_are_restarted_together() -> None:
    both = (serving(5, **ROLLING), other(secret=LEGACY_SECRET, certificate_pem=certificate(5)))
    planned = {step.step: step for step in steps(cluster(legacy_webhooks=both))}
    restart = planned["restart_webhook"]
    assert restart.object == f"{EKSCTL_WEBHOOK}, {OTHER_WEBHOOK}"
    assert json.loads(restart.after)["left"] == []


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
        ({"labels": {"eks.amazonaws.com/fargate-profile": "serverless"}}, False),
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


WITHOUT_LEGACY: dict[str, Any] = {
    "legacy_webhooks": None,
    "webhook_configurations": (CONTROL_PLANE_WEBHOOK,),
    "legacy": legacy(),
    "cni_config_map": config_map({"enable-windows-ipam": "true"}),
}


@pytest.mark.parametrize(
    ("changes", "recycled"),
    [
        (WITHOUT_LEGACY, True),
        ({**WITHOUT_LEGACY, "cni_config_map": config_map({"enable-windows-ipam": "false"})}, False),
        ({**WITHOUT_LEGACY, "cni_config_map": None}, False),
        ({**WITHOUT_LEGACY, "cni_config_map": DENIED}, False),
        ({**WITHOUT_LEGACY, "legacy": legacy(deployments=(CONTROLLER,))}, False),
        ({**WITHOUT_LEGACY, "webhook_configurations": ()}, False),
        ({**WITHOUT_LEGACY, "webhook_configurations": (replace(CONTROL_PLANE_WEBHOOK, webhooks=()),)}, False),
        ({**WITHOUT_LEGACY, "webhook_configurations": DENIED}, False),
        ({**WITHOUT_LEGACY, "cluster": cluster_of(version="1.19", platform_version="eks.5")}, False),
        # The legacy webhook gives it, or will after the plan.
        ({}, True),
        ({"legacy_webhooks": (serving(-1),)}, True),
        ({"legacy_webhooks": (serving(backup=BACKUP),)}, True),
        ({"legacy_webhooks": (serving(managed_by="cert-manager"),)}, True),
        ({"legacy_webhooks": (serving(-1, managed_by="cert-manager"),)}, False),
        ({"legacy_webhooks": (serving(problems=("Deployment kube-system/x is scaled to 0",)),)}, False),
        ({"legacy_webhooks": DENIED}, False),
        ({"legacy_webhooks": (serving(-1, managed_by="cert-manager"), serving(webhook="second"))}, True),
    ],
)
def test_only_pods_that_would_come_back_with_their_limit_are_recycled(changes: dict[str, Any], recycled: bool) -> None:
    seen = cluster(windows_pods=(windows_pod(),), **changes)
    planned = {step.step: step for step in steps(seen)}
    found = json.loads(planned["recycle_stuck_pods"].before)["objects"] if "recycle_stuck_pods" in planned else []
    assert bool(found) is recycled


LABELLED = {"shop": {"windows": "yes"}, "default": {}}
BY_NAMESPACE = Selection(namespaces=LabelSelector({"windows": "yes"}, ()))
BY_LABEL = Selection(objects=LabelSelector({}, (("app", "Exists", ()),)))


@pytest.mark.parametrize(
    ("selection", "changes", "namespaces", "recycled"),
    [
        (BY_NAMESPACE, {}, LABELLED, True),
        (BY_NAMESPACE, {"namespace": "default"}, LABELLED, False),
        (BY_NAMESPACE, {"namespace": "made-since"}, LABELLED, False),
        (BY_NAMESPACE, {}, DENIED, False),
        (BY_NAMESPACE, {}, None, False),
        (BY_LABEL, {}, None, False),
        (BY_LABEL, {"labels": {"app": "iis"}}, None, True),
        (Selection(conditions=("ours",)), {}, None, False),
    ],
)
@pytest.mark.parametrize("days", [-1, 300])
def test_pods_that_the_webhook_leaves_out_are_not_recycled(
    days: float, selection: Selection, changes: dict[str, Any], namespaces: Any, recycled: bool
) -> None:
    parts: dict[str, Any] = {"windows_pods": (windows_pod(**changes),), "namespaces": namespaces}
    seen = cluster(legacy_webhooks=(serving(days, selection=selection),), **parts)
    planned = {step.step: step for step in steps(seen)}
    found = json.loads(planned["recycle_stuck_pods"].before)["objects"] if "recycle_stuck_pods" in planned else []
    assert bool(found) is recycled
    # One of its entries is enough.
    both = serving(days, selection=selection, others=(WebhookEntry("all", "Ignore", AUTHORITY.certificate),))
    with_both = {step.step: step for step in steps(cluster(legacy_webhooks=(both,), **parts))}
    assert json.loads(with_both["recycle_stuck_pods"].before)["objects"] != []


def test_a_job_may_make_no_new_pod() -> None:
    job = windows_pod(owner=ObjectRef("Job", "shop", "x"))
    (step,) = steps(cluster(windows_pods=(job,)))
    assert "backoffLimit" in step.reason
    (step,) = steps(cluster(windows_pods=(windows_pod(),)))
    assert "backoffLimit" not in step.reason


def test_pods_that_could_not_be_read_are_not_recycled() -> None:
    assert ids(cluster(windows_pods=DENIED)) == []


@pytest.mark.parametrize(
    "seen",
    [
        with_webhook(5),
        with_webhook(5, with_side_effects=(WEBHOOK,)),
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
