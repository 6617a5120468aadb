# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What webhook_cert writes, in which order, and what is left when a run ends in between."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends import webhook_cert, webhook_cert_issue
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_failures import doing
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.serving_key import ServingKey, new_key
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.signing_request import APP_SERVING
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import BACKUP_OF
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import bundled
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._backends.webhook_cluster import (
    AUTHORITY,
    BACKUP,
    CONFIGURATION,
    DEPLOYMENTS,
    FORMER_AUTHORITY,
    SECRET,
    SECRETS,
    WEBHOOK,
    FakeClock,
    Killed,
    WebhookCluster,
    b64,
    run,
    sign,
    text_of,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import (
    NAMES,
    NOW,
    SERVICE,
    issue,
)

GOOD = issue(by=AUTHORITY)
DUE = issue(by=AUTHORITY, begins=timedelta(days=-340), ends=timedelta(days=25))
EXPIRED = issue(by=AUTHORITY, begins=timedelta(days=-366), ends=timedelta(days=-1))
FORMER_DUE = issue(by=FORMER_AUTHORITY, begins=timedelta(days=-340), ends=timedelta(days=25))
REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
OF_NAMESPACE = {"eks-windows.cloudops/namespace": "kube-system"}


KEYS = [new_key("kube-system", SERVICE, 2048) for _number in range(3)]


@pytest.fixture(autouse=True)
def _keys_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making an RSA key takes longer than all the rest of a test."""
    made = itertools.cycle(KEYS)

    def next_key(namespace: str, service: str, key_size: int) -> ServingKey:
        asked = (namespace, service, key_size)
        return next(made) if asked == ("kube-system", SERVICE, 2048) else new_key(*asked)

    monkeypatch.setattr(webhook_cert_issue, "new_key", next_key)


def kinds(api: WebhookCluster) -> list[str]:
    """The writes in short."""
    return [f"{method} {path.split('/')[-1] if 'eks-windows-' not in path else '-'}" for method, path in api.writes]


def fingerprints(pem: str) -> list[str]:
    return ["".join(block.split()) for block in bundled(pem)]


def test_a_good_certificate_is_left_alone() -> None:
    api = WebhookCluster.serving(GOOD)
    told = run(api)
    assert (told["changed"], told["reasons"], told["previous"], told["backup"]) == (False, [], None, None)
    assert told["certificate"]["not_after"] == f"{NOW + timedelta(days=300):%Y-%m-%dT%H:%M:%SZ}"
    assert told["signing_request"] is None
    assert text_of(told["ca_bundle"]).strip() == AUTHORITY.certificate.strip()
    assert api.writes == []
    assert not [path for path in api.asked if "certificates.k8s.io" in path], "nothing is asked that is not needed"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"cert.pem": b64(EXPIRED.certificate), "key.pem": b64(EXPIRED.key_pem)}, "the certificate expired at "),
        ({"cert.pem": b64(DUE.certificate), "key.pem": b64(DUE.key_pem)}, "the certificate ends at "),
        ({"cert.pem": b64(GOOD.certificate), "key.pem": b64(DUE.key_pem)}, "its key is not that of the certificate"),
        ({"cert.pem": b64(GOOD.certificate), "key.pem": b64("garbage")}, "its key can't be read"),
        ({"cert.pem": b64(GOOD.certificate)}, "its key is missing"),
        ({"key.pem": b64(GOOD.key_pem)}, "its certificate is missing"),
        ({"cert.pem": b64("garbage"), "key.pem": b64(GOOD.key_pem)}, "its certificate can't be read"),
        ({}, "there is no certificate"),
    ],
)
def test_what_is_missing_broken_or_due_is_issued(data: dict[str, str], reason: str) -> None:
    api = WebhookCluster.serving(GOOD)
    api.objects[SECRET]["data"] = data
    told = run(api)
    assert told["changed"]
    assert told["reasons"][0].startswith(reason)
    assert api.trusts(api.certificate())
    assert told["backup"] == ("vpc-admission-webhook-certs-backup" if data else None)
    if data:
        kept = api.objects[BACKUP]["data"]
        assert {key: kept[key] for key in data} == data, "the previous pair as it was"
    assert api.requests() == []
    assert run(api)["changed"] is False


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (issue(by=AUTHORITY, names=["elsewhere.kube-system.svc"]), f"the certificate is not for {NAMES[-1]}"),
        (issue(by=AUTHORITY, begins=timedelta(days=2)), "the certificate is valid from "),
        (issue(by=FORMER_AUTHORITY), "neither the cluster's authority nor one of the caBundle has signed"),
    ],
)
def test_what_can_not_serve_is_issued(found: Any, reason: str) -> None:
    api = WebhookCluster.serving(found)
    assert run(api)["reasons"][0].startswith(reason)
    assert api.trusts(api.certificate())


def test_what_is_there_besides_stays() -> None:
    api = WebhookCluster.serving(DUE, type="kubernetes.io/tls")
    secret = api.objects[SECRET]
    secret["metadata"].update(labels={"team": "platform"}, annotations={"note": "ours"})
    secret["data"]["ca.crt"] = b64("other")
    run(api)
    after = api.objects[SECRET]
    assert after["type"] == "kubernetes.io/tls"
    assert after["metadata"]["labels"] == {"team": "platform"}
    assert after["metadata"]["annotations"] == {"note": "ours"}
    assert after["data"]["ca.crt"] == b64("other")
    assert set(after["data"]) == {"cert.pem", "key.pem", "ca.crt"}


def test_the_order_of_the_writes() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    told = run(api)
    assert kinds(api) == [
        "POST certificatesigningrequests",
        "PUT -",
        "DELETE -",
        "POST secrets",
        "PATCH vpc-admission-webhook-cfg",
        "PATCH vpc-admission-webhook-certs",
    ]
    backup = api.objects[BACKUP]
    assert backup["metadata"]["labels"] == {BACKUP_OF: "vpc-admission-webhook-certs"}
    assert backup["data"][f"ca-bundle.{WEBHOOK}"] == b64(FORMER_AUTHORITY.certificate)
    assert fingerprints(api.bundle) == fingerprints(FORMER_AUTHORITY.certificate + AUTHORITY.certificate)
    assert told["previous"]["not_after"] == f"{NOW + timedelta(days=25):%Y-%m-%dT%H:%M:%SZ}"
    assert told["signing_request"]["api_version"] == "certificates.k8s.io/v1"
    assert told["signing_request"]["signer_name"] == "beta.eks.amazonaws.com/app-serving"
    assert len(told["diff"]["before"]["ca_bundle"][WEBHOOK]) == 1
    assert len(told["diff"]["after"]["ca_bundle"][WEBHOOK]) == 2


@pytest.mark.parametrize("state", ["proved", "restored"])
@pytest.mark.parametrize("former", [AUTHORITY, FORMER_AUTHORITY])
def test_a_renewal_ends(state: str, former: Any) -> None:
    due = issue(by=former, begins=timedelta(days=-340), ends=timedelta(days=25))
    api = WebhookCluster.serving(due, bundle=former)
    issued = run(api)["certificate"]
    new = api.certificate()
    told = run(api, state)
    assert told["changed"]
    assert told["backup"] is None
    assert BACKUP not in api.objects
    if state == "proved":
        assert told["certificate"] == issued
        assert fingerprints(api.bundle) == fingerprints(AUTHORITY.certificate)
    else:
        assert told["previous"] == issued
        assert (api.certificate(), api.key()) == (due.certificate, due.key_pem)
        assert api.trusts(due.certificate)
        assert api.trusts(new), "the pods serve with it until they are restarted"
    api.writes.clear()
    again = run(api, state)
    assert (again["changed"], api.writes) == (False, [])


def test_what_a_bundle_trusts_besides_stays() -> None:
    api = WebhookCluster.serving(DUE)
    both = FORMER_AUTHORITY.certificate + AUTHORITY.certificate
    api.bundle = both
    run(api)
    run(api, "proved")
    assert api.bundle == both, "the authority did not change, so nothing of the bundle is of the renewal"


def test_what_neither_certificate_needs_stays_in_the_bundle() -> None:
    other = issue("other", authority=True, ends=timedelta(days=3000))
    api = WebhookCluster.serving(FORMER_DUE)
    api.bundle = other.certificate + FORMER_AUTHORITY.certificate
    run(api)
    run(api, "proved")
    assert fingerprints(api.bundle) == fingerprints(other.certificate + AUTHORITY.certificate)


def test_a_bundle_that_a_restored_pair_left_is_trimmed_by_the_next_renewal() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    run(api)
    run(api, "restored")
    assert fingerprints(api.bundle) == fingerprints(FORMER_AUTHORITY.certificate + AUTHORITY.certificate)
    run(api)
    run(api, "proved")
    assert fingerprints(api.bundle) == fingerprints(AUTHORITY.certificate)


def test_a_bundle_that_lost_the_previous_authority_meanwhile_gets_it_with_the_pair() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    run(api)
    api.bundle = AUTHORITY.certificate
    api.writes.clear()
    run(api, "restored")
    assert api.trusts(FORMER_DUE.certificate)
    assert kinds(api) == [
        "PATCH vpc-admission-webhook-cfg",
        "PATCH vpc-admission-webhook-certs",
        "DELETE vpc-admission-webhook-certs-backup",
    ]


def test_a_bundle_in_which_the_api_server_reads_nothing_is_written_anew() -> None:
    other = issue("other", authority=True)
    api = WebhookCluster.serving(GOOD)
    api.bundle = other.certificate.strip() + AUTHORITY.certificate
    told = run(api)
    assert (told["changed"], told["reasons"]) == (True, [])
    assert kinds(api) == ["PATCH vpc-admission-webhook-cfg"]
    assert api.bundle == f"{AUTHORITY.certificate.strip()}\n"
    assert run(api)["changed"] is False


def test_a_bundle_that_lost_its_authority_gets_it_again() -> None:
    api = WebhookCluster.serving(GOOD, bundle=FORMER_AUTHORITY)
    told = run(api)
    assert told["changed"]
    assert told["reasons"] == []
    assert api.trusts(api.certificate())
    assert kinds(api) == ["PATCH vpc-admission-webhook-cfg"]


def test_every_webhook_of_the_service_gets_the_authority_and_no_other() -> None:
    api = WebhookCluster.serving(GOOD)
    webhooks = api.objects[CONFIGURATION]["webhooks"]
    client = webhooks[0]["clientConfig"]
    other = {"service": {"namespace": "kube-system", "name": "other"}, "caBundle": "b3RoZXI="}
    webhooks[:0] = [
        {"name": "other.test", "clientConfig": other},
        {"name": "second.test", "clientConfig": {"service": {**client["service"], "path": "/validate"}}},
    ]
    told = run(api, service_name=SERVICE)
    assert told["changed"]
    after = api.objects[CONFIGURATION]["webhooks"]
    assert after[0]["clientConfig"] == other
    assert text_of(after[1]["clientConfig"]["caBundle"]).strip() == AUTHORITY.certificate.strip()
    assert after[2]["clientConfig"] == client


def test_a_certificate_that_another_configuration_would_not_trust_is_not_stored() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    entry = api.objects[CONFIGURATION]["webhooks"][0]
    second = f"{CONFIGURATION.rpartition('/')[0]}/second"
    api.put(second, {"metadata": {"name": "second"}, "webhooks": [entry]})
    with pytest.raises(EksWindowsError, match="MutatingWebhookConfiguration second calls Service kube-system/") as e:
        run(api)
    assert "Add the cluster's authority" in e.value.remedy
    assert (api.certificate(), api.bundle) == (FORMER_DUE.certificate, FORMER_AUTHORITY.certificate)
    assert BACKUP not in api.objects
    # One that has the authority is served, and one that trusts neither is no worse off.
    client = api.objects[second]["webhooks"][0]["clientConfig"]
    for bundle in (FORMER_AUTHORITY.certificate + AUTHORITY.certificate, ""):
        client["caBundle"] = b64(bundle)
        assert run(api, renewal_days=400)["changed"]
        run(api, "proved")


def kill_after(writes: int) -> Callable[[int, bool], None]:
    def fault(number: int, stored: bool) -> None:
        if stored and number == writes:
            raise Killed

    return fault


@pytest.mark.parametrize("former", [AUTHORITY, FORMER_AUTHORITY])
@pytest.mark.parametrize("writes", range(1, 7))
def test_a_killed_renewal_leaves_the_webhook_serving_and_goes_on(former: Any, writes: int) -> None:
    due = issue(by=former, begins=timedelta(days=-340), ends=timedelta(days=25))
    api = WebhookCluster.serving(due, bundle=former)
    api.fault = kill_after(writes)
    number_of_writes = 5 if former is AUTHORITY else 6
    if writes > number_of_writes:
        run(api)
    else:
        with pytest.raises(Killed):
            run(api)
    assert api.trusts(due.certificate), "what serves until the restart"
    assert api.trusts(api.certificate()), "what serves after a restart that comes by itself"
    assert api.certificate() == due.certificate or api.certificate(BACKUP) == due.certificate
    api.fault = kill_after(0)
    assert run(api)["backup"] == "vpc-admission-webhook-certs-backup"
    assert api.certificate() != due.certificate
    assert api.requests() == []
    assert (api.certificate(BACKUP), api.key(BACKUP)) == (due.certificate, due.key_pem), "what was proved to serve"
    assert api.trusts(due.certificate)
    assert api.trusts(api.certificate())
    run(api, "proved")
    assert fingerprints(api.bundle) == fingerprints(AUTHORITY.certificate)
    assert run(api)["changed"] is False


@pytest.mark.parametrize("state", ["proved", "restored"])
@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_killed_end_of_a_renewal_goes_on(state: str, writes: int) -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    run(api)
    issued = api.certificate()
    api.writes.clear()
    api.fault = kill_after(writes)
    if writes == 3:
        run(api, state)
    else:
        with pytest.raises(Killed):
            run(api, state)
    assert api.trusts(api.certificate())
    assert api.trusts(issued)
    api.fault = kill_after(0)
    run(api, state)
    assert BACKUP not in api.objects
    wanted = (issued, (AUTHORITY,)) if state == "proved" else (FORMER_DUE.certificate, (FORMER_AUTHORITY, AUTHORITY))
    assert api.certificate() == wanted[0]
    assert fingerprints(api.bundle) == fingerprints("".join(each.certificate for each in wanted[1]))


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("number", range(1, 7))
def test_a_write_that_fails_is_healed_by_the_next_run(number: int, stored: bool) -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)

    def fault(this: int, was_stored: bool) -> None:
        if (this, was_stored) == (number, stored):
            method, path = api.writes[-1]
            raise KubernetesError(method, path, 503, "ServiceUnavailable", "the server is broken", "https://cluster")

    api.fault = fault
    if number == 3:
        told = run(api)
        assert "could not be deleted" in told["warnings"][0], "a request that stays is no reason to fail"
    else:
        with pytest.raises(EksWindowsError, match=r"Could not .*the server is broken.* Run this again"):
            run(api)
    assert api.trusts(FORMER_DUE.certificate)
    assert api.trusts(api.certificate())
    api.fault = kill_after(0)
    run(api)
    assert api.certificate() != FORMER_DUE.certificate
    assert api.key(BACKUP) == FORMER_DUE.key_pem
    run(api, "proved")
    assert api.trusts(api.certificate())


def test_a_renewal_at_once_is_made_once_until_it_is_proved() -> None:
    api = WebhookCluster.serving(GOOD)
    assert run(api, renewal_days=366)["changed"]
    assert api.certificate(BACKUP) == GOOD.certificate
    api.writes.clear()
    assert run(api, renewal_days=366)["changed"] is False
    assert api.writes == []
    run(api, "proved")
    assert run(api, renewal_days=366)["changed"]


def test_a_renewal_at_once_that_ended_before_the_certificate_was_stored_is_made() -> None:
    api = WebhookCluster.serving(GOOD)
    api.fault = kill_after(4)
    with pytest.raises(Killed):
        run(api, renewal_days=366)
    assert api.certificate(BACKUP) == api.certificate() == GOOD.certificate
    api.fault = kill_after(0)
    assert run(api, renewal_days=366)["changed"]
    assert api.certificate() != GOOD.certificate


def test_a_backup_that_can_not_serve_any_more_makes_place() -> None:
    api = WebhookCluster.serving(EXPIRED)
    run(api)
    stored = api.certificate()
    api.objects[SECRET]["data"] = {"cert.pem": b64(DUE.certificate), "key.pem": b64(DUE.key_pem)}
    told = run(api)
    assert told["changed"]
    assert api.certificate(BACKUP) == DUE.certificate
    assert api.certificate() not in (stored, DUE.certificate)


def test_a_broken_pair_does_not_take_the_place_of_the_backup() -> None:
    api = WebhookCluster.serving(DUE)
    run(api)
    api.objects[SECRET]["data"]["key.pem"] = b64("garbage")
    run(api)
    assert (api.certificate(BACKUP), api.key(BACKUP)) == (DUE.certificate, DUE.key_pem)


def test_the_backup_stays_while_the_pair_can_not_serve() -> None:
    api = WebhookCluster.serving(DUE)
    run(api)
    api.objects[SECRET]["data"]["key.pem"] = b64("garbage")
    with pytest.raises(EksWindowsError, match=r"The backup of Secret .* stays: its key can't be read") as failure:
        run(api, "proved")
    assert failure.value.remedy
    assert BACKUP in api.objects


def test_the_backup_stays_while_the_bundle_does_not_trust_the_pair() -> None:
    api = WebhookCluster.serving(DUE)
    run(api)
    api.bundle = FORMER_AUTHORITY.certificate
    with pytest.raises(EksWindowsError, match=f"the caBundle of webhook {WEBHOOK} does not trust"):
        run(api, "proved")
    assert BACKUP in api.objects


def test_a_secret_that_is_gone_is_restored() -> None:
    api = WebhookCluster.serving(DUE)
    run(api)
    del api.objects[SECRET]
    run(api, "restored")
    assert (api.certificate(), api.key()) == (DUE.certificate, DUE.key_pem)


def test_half_a_pair_is_restored_as_half_a_pair() -> None:
    api = WebhookCluster.serving(GOOD)
    del api.objects[SECRET]["data"]["key.pem"]
    run(api)
    run(api, "restored")
    assert api.objects[SECRET]["data"] == {"cert.pem": b64(GOOD.certificate)}


def test_somebody_elses_secret_with_the_name_of_the_backup_is_left_alone() -> None:
    api = WebhookCluster.serving(DUE)
    api.put(BACKUP, {"metadata": {"name": "vpc-admission-webhook-certs-backup"}, "data": {"a": "b"}})
    with pytest.raises(EksWindowsError, match="is no backup of Secret"):
        run(api)
    assert api.writes == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"immutable": True}, "is immutable"),
        ({"annotations": {"cert-manager.io/certificate-name": "x"}}, "has its certificate from cert-manager"),
    ],
)
def test_a_secret_that_is_not_ours_to_change(change: dict[str, Any], message: str) -> None:
    api = WebhookCluster.serving(DUE)
    secret = api.objects[SECRET]
    secret["metadata"].update({key: value for key, value in change.items() if key == "annotations"})
    secret.update({key: value for key, value in change.items() if key == "immutable"})
    with pytest.raises(EksWindowsError, match=message):
        run(api, check_mode=True)
    assert api.writes == []


def test_an_immutable_secret_is_refused_where_it_is_to_be_changed_alone() -> None:
    api = WebhookCluster.serving(GOOD, immutable=True)
    for state in ("present", "restored", "proved"):
        assert run(api, state)["changed"] is False
    api = WebhookCluster.serving(DUE)
    run(api)
    api.objects[SECRET]["immutable"] = True
    api.writes.clear()
    with pytest.raises(EksWindowsError, match="is immutable") as failure:
        run(api, "restored")
    assert "Copy it to a Secret of another name" in failure.value.remedy
    assert api.writes == []
    assert run(api, "proved")["changed"]


def test_check_mode_predicts_and_writes_nothing() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    predicted = run(api, check_mode=True)
    assert predicted["changed"]
    assert predicted["certificate"] is None
    assert text_of(predicted["ca_bundle"]) == AUTHORITY.certificate
    assert predicted["signing_request"] is None
    assert api.writes == []
    real = run(api)
    for key in ("reasons", "previous", "backup", "namespace", "service_name", "secret_name"):
        assert predicted[key] == real[key], key
    for state in ("restored", "proved"):
        api.writes.clear()
        predicted = run(api, state, check_mode=True)
        assert api.writes == []
        assert predicted["changed"]
        assert predicted["backup"] is None


def injected(api: WebhookCluster) -> None:
    api.objects[CONFIGURATION]["metadata"]["annotations"] = {"cert-manager.io/inject-apiserver-ca": "true"}


def called_by_another(api: WebhookCluster) -> None:
    entry = api.objects[CONFIGURATION]["webhooks"][0]
    api.put(f"{CONFIGURATION.rpartition('/')[0]}/second", {"metadata": {"name": "second"}, "webhooks": [entry]})


def beta_alone(api: WebhookCluster) -> None:
    api.versions = ["v1beta1"]


def without_signing(api: WebhookCluster) -> None:
    api.versions = []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (
            beta_alone,
            {"signer_name": "example.com/signer"},
            r"does not serve certificates\.k8s\.io/v1, which alone takes",
        ),
        (without_signing, {}, r"does not serve certificates\.k8s\.io/v1 or v1beta1, but none"),
        (injected, {}, "cert-manager writes caBundle"),
        (injected, {"signer_name": APP_SERVING}, "cert-manager writes caBundle"),
        (called_by_another, {}, "MutatingWebhookConfiguration second calls Service"),
    ],
)
def test_check_mode_refuses_what_the_real_run_refuses(
    change: Callable[[WebhookCluster], None], options: dict[str, Any], message: str, check_mode: bool
) -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    change(api)
    with pytest.raises(EksWindowsError, match=message):
        run(api, check_mode=check_mode, **options)
    assert (api.certificate(), api.bundle) == (FORMER_DUE.certificate, FORMER_AUTHORITY.certificate)
    assert not [path for _method, path in api.writes if "certificatesigningrequests" not in path]
    assert api.writes == [] or not check_mode


@pytest.mark.parametrize("change", [injected, called_by_another])
def test_check_mode_leaves_open_what_another_signer_s_authority_will_show(
    change: Callable[[WebhookCluster], None],
) -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    api.signer = lambda request: {"certificate": b64(sign(request, FORMER_AUTHORITY))}
    change(api)
    predicted = run(api, check_mode=True, signer_name="example.com/signer")
    assert (predicted["changed"], predicted["signing_request"]) == (True, None)
    assert run(api, signer_name="example.com/signer")["changed"]


@pytest.mark.parametrize("change", [injected, called_by_another])
def test_check_mode_refuses_nothing_where_the_cluster_s_authority_is_trusted(
    change: Callable[[WebhookCluster], None],
) -> None:
    api = WebhookCluster.serving(DUE)
    change(api)
    for check_mode in (True, False):
        assert run(api, check_mode=check_mode)["changed"]


def test_the_check_mode_of_an_end_says_what_the_end_does() -> None:
    for state in ("restored", "proved"):
        api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
        run(api)
        assert run(api, state, check_mode=True) == run(api, state)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (
            {"conditions": [{"type": "Denied", "status": "True", "reason": "Policy", "message": "not this one"}]},
            "was not signed: Denied: Policy: not this one",
        ),
        (
            {"conditions": [{"type": "Failed", "status": "True", "reason": "SignerFailed"}]},
            "was not signed: Failed: SignerFailed",
        ),
        ({}, "was approved, but not signed within 60 seconds by beta.eks.amazonaws.com/app-serving"),
        ({"certificate": b64("garbage")}, "was signed, but its certificate can't be read"),
        ({"certificate": b64(GOOD.certificate)}, "was signed, but its key is not that of the certificate"),
    ],
)
def test_a_request_that_comes_to_nothing(status: dict[str, Any], message: str) -> None:
    api = WebhookCluster.serving(DUE)
    api.signer = lambda request: status
    with pytest.raises(EksWindowsError) as failure:
        run(api)
    assert "CertificateSigningRequest eks-windows-kube-system.vpc-admission-webhook-certs-" in str(failure.value)
    assert message in str(failure.value)
    assert "The certificate in use was not touched" in str(failure.value)
    assert failure.value.remedy
    assert (api.certificate(), api.key()) == (DUE.certificate, DUE.key_pem)
    assert api.bundle == AUTHORITY.certificate
    assert api.requests() == []
    assert BACKUP not in api.objects


@pytest.mark.parametrize(
    ("by", "ends", "message"),
    [
        (
            issue("another", authority=True),
            timedelta(days=365),
            "neither the cluster's authority nor one of the caBundle",
        ),
        (AUTHORITY, timedelta(minutes=-1), "the certificate expired at"),
    ],
)
def test_a_certificate_that_can_not_serve_is_not_stored(by: Any, ends: timedelta, message: str) -> None:
    api = WebhookCluster.serving(DUE)
    api.signer = lambda request: {"certificate": b64(sign(request, by, ends))}
    with pytest.raises(EksWindowsError, match=message):
        run(api)
    assert api.certificate() == DUE.certificate
    assert BACKUP not in api.objects
    assert api.requests() == []


def test_a_signer_that_takes_its_time_is_awaited() -> None:
    api = WebhookCluster.serving(DUE)
    api.signer = lambda request: {}

    def during(number: int) -> None:
        if number == 5:
            (name,) = api.requests()
            item = api.objects[f"{REQUESTS}/{name}"]
            item["status"]["certificate"] = b64(sign(text_of(item["spec"]["request"]), AUTHORITY))

    clock = FakeClock(during)
    assert run(api, clock=clock)["changed"]
    assert clock.slept == 5


def test_requests_that_earlier_runs_left_are_deleted_and_others_stay() -> None:
    api = WebhookCluster.serving(DUE)
    left = {"eks-windows.cloudops/certificate-of": "vpc-admission-webhook-certs", **OF_NAMESPACE}
    others = {
        "vpc-admission-webhook-svc.kube-system": {},
        "of-another-secret": {"eks-windows.cloudops/certificate-of": "other", **OF_NAMESPACE},
        "of-another-namespace": {**left, "eks-windows.cloudops/namespace": "default"},
    }
    for name, labels in {"left-1": left, "left-2": left, **others}.items():
        signed = {"certificate": b64(GOOD.certificate), "conditions": [{"type": "Approved"}]}
        api.put(f"{REQUESTS}/{name}", {"metadata": {"name": name, "labels": labels}, "status": signed})
    run(api)
    assert sorted(api.requests()) == sorted(others)
    assert api.certificate() != GOOD.certificate, "what somebody else's key may be for is not trusted"


def test_names_of_requests_are_of_one_run() -> None:
    names = set()
    for _number in range(3):
        api = WebhookCluster.serving(DUE)
        names.add(run(api)["signing_request"]["name"])
    assert len(names) == 3


def test_a_concurrent_change_of_the_configuration_is_kept() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    first = []

    def interfere(path: str) -> None:
        if path == CONFIGURATION and not first:
            first.append(path)
            item = dict(api.objects[CONFIGURATION])
            item["metadata"]["labels"] = {"by": "somebody"}
            item["webhooks"] = [{"name": "new.test", "clientConfig": {"url": "https://new"}}, *item["webhooks"]]
            api.put(CONFIGURATION, item)

    api.before_write = interfere
    run(api)
    after = api.objects[CONFIGURATION]
    assert after["metadata"]["labels"] == {"by": "somebody"}
    assert after["webhooks"][0] == {"name": "new.test", "clientConfig": {"url": "https://new"}}
    assert fingerprints(text_of(after["webhooks"][1]["clientConfig"]["caBundle"])) == fingerprints(
        FORMER_AUTHORITY.certificate + AUTHORITY.certificate
    )


def test_a_concurrent_change_of_the_rest_of_the_secret_is_kept() -> None:
    api = WebhookCluster.serving(DUE)
    first = []

    def interfere(path: str) -> None:
        if path == SECRET and not first:
            first.append(path)
            api.objects[SECRET]["data"]["more"] = b64("more")
            api.put(SECRET, api.objects[SECRET])

    api.before_write = interfere
    assert run(api)["changed"]
    assert api.objects[SECRET]["data"]["more"] == b64("more")
    assert api.certificate() != DUE.certificate


@pytest.mark.parametrize("during", [SECRET, REQUESTS])
def test_a_concurrent_renewal_is_not_overwritten(during: str) -> None:
    api = WebhookCluster.serving(DUE)
    theirs = issue(by=AUTHORITY)

    def interfere(path: str) -> None:
        if path == during and api.certificate() == DUE.certificate:
            api.objects[SECRET]["data"] = {"cert.pem": b64(theirs.certificate), "key.pem": b64(theirs.key_pem)}
            api.put(SECRET, api.objects[SECRET])

    api.before_write = interfere
    with pytest.raises(EksWindowsError, match="got another certificate meanwhile"):
        run(api)
    assert api.certificate() == theirs.certificate
    assert api.trusts(theirs.certificate)


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        (
            "POST",
            REQUESTS,
            "create certificatesigningrequests.certificates.k8s.io in the whole cluster",
        ),
        (
            "PUT",
            f"{REQUESTS}/r/approval",
            (
                "update certificatesigningrequests.certificates.k8s.io r in the whole cluster, its subresource "
                "approval, and to approve for its signer"
            ),
        ),
        ("GET", REQUESTS, "list certificatesigningrequests.certificates.k8s.io in the whole cluster"),
        ("GET", SECRET, "get secrets vpc-admission-webhook-certs in namespace kube-system"),
        ("PATCH", SECRET, "patch secrets vpc-admission-webhook-certs in namespace kube-system"),
        ("DELETE", BACKUP, "delete secrets vpc-admission-webhook-certs-backup in namespace kube-system"),
    ],
)
def test_a_permission_that_is_missing_is_named(method: str, path: str, wanted: str) -> None:
    with pytest.raises(EksWindowsError, match="Could not work: no") as failure, doing("work"):
        raise KubernetesError(method, path, 403, "Forbidden", "no", "https://cluster")
    assert failure.value.remedy == f"Allow the identity to {wanted}"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "access entry"),
        (401, "a token of K8S_AUTH_API_KEY has to be of this cluster, and not expired"),
        (0, "Make https://cluster reachable from here: its endpoint access, network and proxy. Run this again"),
    ],
)
def test_a_server_that_can_not_be_asked(status: int, remedy: str) -> None:
    with pytest.raises(EksWindowsError) as failure, doing("work"):
        raise KubernetesError("GET", SECRET, status, "", "no", "https://cluster")
    assert remedy in failure.value.remedy


def test_a_webhook_that_is_still_to_come() -> None:
    api = WebhookCluster()
    del api.objects[CONFIGURATION]
    with pytest.raises(EksWindowsError, match="vpc-admission-webhook-cfg does not exist"):
        run(api)
    told = run(api, namespace="kube-system", service_name=SERVICE)
    assert told["changed"]
    assert told["secret_name"] == "vpc-admission-webhook-certs"
    assert text_of(told["ca_bundle"]).strip() == AUTHORITY.certificate.strip()
    assert api.objects[SECRET]["type"] == "Opaque"
    assert set(api.objects[SECRET]["data"]) == {"cert.pem", "key.pem"}
    again = run(api, namespace="kube-system", service_name=SERVICE)
    assert (again["changed"], again["ca_bundle"]) == (False, told["ca_bundle"])


def test_own_names_of_secret_and_keys() -> None:
    api = WebhookCluster()
    del api.objects[CONFIGURATION]
    names = {"secret_name": "own", "certificate_key": "tls.crt", "key_name": "tls.key"}
    run(api, namespace="kube-system", service_name="own-svc", **names)
    assert set(api.objects[f"{SECRETS}/own"]["data"]) == {"tls.crt", "tls.key"}


def client(service: str) -> dict[str, Any]:
    return {"service": {"namespace": "kube-system", "name": service}}


@pytest.mark.parametrize(
    ("webhooks", "options", "message"),
    [
        ([{"name": "u", "clientConfig": {"url": "https://u"}}], {}, "calls no such Service, but URL https://u"),
        ([], {}, "calls no such Service, but nothing"),
        (
            [{"name": "a", "clientConfig": client("a")}, {"name": "b", "clientConfig": client("b")}],
            {},
            "calls Service kube-system/a, Service kube-system/b",
        ),
        ([{"name": "a", "clientConfig": client("a")}], {"service_name": "b"}, "calls no such Service"),
        ([{"name": "a", "clientConfig": client("a")}], {"namespace": "b"}, "calls no such Service"),
        (
            [{"name": "a", "clientConfig": client("a")}],
            {"webhook_configuration": "unknown"},
            "Nothing tells which Secret webhook a",
        ),
    ],
)
def test_a_place_that_nothing_tells(webhooks: list[Any], options: dict[str, Any], message: str) -> None:
    api = WebhookCluster()
    for name in (CONFIGURATION, CONFIGURATION.replace("vpc-admission-webhook-cfg", "unknown")):
        api.put(name, {"metadata": {"name": name.rpartition("/")[2]}, "webhooks": webhooks})
    with pytest.raises(EksWindowsError, match=message) as failure:
        run(api, **options)
    assert failure.value.remedy
    assert api.writes == []


def pod_of_two_secrets() -> dict[str, Any]:
    """Spec of a pod that has its certificate from one Secret and its key from another."""
    return {
        "containers": [
            {
                "name": "w",
                "args": ["-tlsCertFile=/c/cert.pem", "-tlsKeyFile=/k/key.pem"],
                "volumeMounts": [{"name": "c", "mountPath": "/c"}, {"name": "k", "mountPath": "/k"}],
            }
        ],
        "volumes": [
            {"name": "c", "secret": {"secretName": "vpc-admission-webhook-certs"}},
            {"name": "k", "secret": {"secretName": "only-key"}},
        ],
    }


def test_a_pair_that_the_deployment_has_from_elsewhere_is_refused_unless_all_is_named() -> None:
    api = WebhookCluster.serving(DUE)
    name = "vpc-admission-webhook-deployment"
    spec = {"template": {"spec": pod_of_two_secrets()}}
    api.put(f"{DEPLOYMENTS}/{name}", {"metadata": {"name": name, "namespace": "kube-system"}, "spec": spec})
    named = {"secret_name": "vpc-admission-webhook-certs", "certificate_key": "cert.pem"}
    for options in ({}, named):
        with pytest.raises(EksWindowsError, match=f"{name}: the certificate is in Secret .*, and its private key") as e:
            run(api, **options)
        assert "secret_name, certificate_key and key_name" in e.value.remedy
        assert api.writes == []
    assert run(api, **named, key_name="key.pem")["changed"]


def test_keys_that_nothing_tells_are_not_invented() -> None:
    api = WebhookCluster.serving(DUE)
    data = {"server.crt": b64(DUE.certificate), "server.key": b64(DUE.key_pem)}
    api.put(f"{SECRETS}/own", {"metadata": {"name": "own"}, "type": "Opaque", "data": data})
    for keys in ({}, {"certificate_key": "server.crt"}, {"key_name": "server.key"}):
        with pytest.raises(EksWindowsError, match="Nothing tells which keys of Secret kube-system/own") as failure:
            run(api, secret_name="own", **keys)
        assert failure.value.remedy == "Name them by certificate_key and key_name"
    assert api.writes == []
    assert run(api, secret_name="own", certificate_key="server.crt", key_name="server.key")["changed"]
    assert set(api.objects[f"{SECRETS}/own"]["data"]) == {"server.crt", "server.key"}


def test_what_others_entries_of_the_configuration_call_is_not_looked_at() -> None:
    api = WebhookCluster.serving(DUE)
    other = {"name": "policy", "clientConfig": {"service": {"namespace": "team", "name": "policy"}}}
    api.objects[CONFIGURATION]["webhooks"].insert(0, other)
    api.asked.clear()
    assert run(api, namespace="kube-system", service_name=SERVICE)["changed"]
    assert [path for path in api.asked if "/team/" in path] == []
    assert any("/services/" in path for path in api.asked), "reads are recorded"


@pytest.mark.parametrize("options", [{}, {"webhook_configuration": "to-come", "namespace": "n", "service_name": "s"}])
def test_one_key_for_certificate_and_private_key_is_refused(options: dict[str, Any]) -> None:
    api = WebhookCluster.serving(DUE)
    both = DUE.certificate + DUE.key_pem
    api.objects[SECRET]["data"] = {"all.pem": b64(both)}
    with pytest.raises(EksWindowsError, match=r"in one key of its data, all\.pem") as failure:
        run(api, certificate_key="all.pem", key_name="all.pem", **options)
    assert failure.value.remedy
    assert (api.writes, text_of(api.objects[SECRET]["data"]["all.pem"])) == ([], both)


@pytest.mark.parametrize("annotation", ["inject-ca-from", "inject-ca-from-secret"])
def test_a_configuration_of_cert_manager_is_refused(annotation: str) -> None:
    api = WebhookCluster.serving(DUE)
    api.objects[CONFIGURATION]["metadata"]["annotations"] = {f"cert-manager.io/{annotation}": "x/y"}
    for state in ("present", "restored", "proved"):
        with pytest.raises(EksWindowsError, match="has its certificate from cert-manager"):
            run(api, state)


def test_a_bundle_that_cert_manager_writes_the_cluster_s_authority_into_is_not_given_another() -> None:
    injected = {"cert-manager.io/inject-apiserver-ca": "true"}
    api = WebhookCluster.serving(DUE)
    api.objects[CONFIGURATION]["metadata"]["annotations"] = injected
    assert run(api)["changed"], "the cluster's authority signs, which is what cert-manager writes"
    other = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    other.objects[CONFIGURATION]["metadata"]["annotations"] = injected
    with pytest.raises(EksWindowsError, match=r"cert-manager writes caBundle .*/inject-apiserver-ca"):
        run(other)
    assert (other.certificate(), other.bundle) == (FORMER_DUE.certificate, FORMER_AUTHORITY.certificate)
    assert BACKUP not in other.objects
    api.bundle = FORMER_AUTHORITY.certificate
    with pytest.raises(EksWindowsError, match="cert-manager writes caBundle"):
        run(api)


@pytest.mark.parametrize(
    ("wait_timeout", "waited", "longer"), [(0, 0, True), (599, 599, True), (600, 600, False), (3600, 600, False)]
)
def test_the_signer_is_not_waited_for_longer_than_the_token_lives(wait_timeout: int, waited: int, longer: bool) -> None:
    api = WebhookCluster.serving(DUE)
    api.signer = lambda request: {}
    clock = FakeClock()
    with pytest.raises(EksWindowsError, match=f"not signed within {waited} seconds by ") as failure:
        run(api, clock=clock, wait_timeout=wait_timeout)
    assert clock.slept == waited
    assert ("wait longer by wait_timeout" in failure.value.remedy) is longer
    assert "by signer_name" in failure.value.remedy


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key_size": 1024}, "key_size is 1024"),
        ({"renewal_days": -1}, "renewal_days is -1"),
        ({"wait_timeout": -1}, "wait_timeout is -1"),
        ({"ignore": ["cluster.idenity"]}, "cluster.idenity"),
    ],
)
def test_options_that_can_not_be_right(options: dict[str, Any], message: str) -> None:
    good = {"cluster_name": "c", "ignore": [], "key_size": 2048, "renewal_days": 30, "wait_timeout": 60}
    webhook_cert.check(good)
    with pytest.raises(EksWindowsError, match=message):
        webhook_cert.check({**good, **options})


def test_no_key_is_returned() -> None:
    api = WebhookCluster.serving(FORMER_DUE, bundle=FORMER_AUTHORITY)
    for told in (run(api), run(api, "restored"), run(api), run(api, "proved")):
        text = json.dumps(told)
        for key in (FORMER_DUE.key_pem, api.key()):
            assert "PRIVATE KEY" not in text
            assert key.splitlines()[2] not in text
            assert b64(key)[40:80] not in text


def test_no_key_is_in_what_a_webhook_says_of_the_secret_that_it_refuses() -> None:
    api = WebhookCluster.serving(DUE)
    said = []

    def fault(number: int, stored: bool) -> None:
        method, path = api.writes[-1]
        if path == SECRETS:
            key = b64(DUE.key_pem)
            said.append(key)
            message = f'admission webhook "v" denied {{"key.pem":"{key}"}} and {DUE.key_pem!r}'
            raise KubernetesError(method, path, 403, "Forbidden", message, "https://cluster")

    api.fault = fault
    with pytest.raises(EksWindowsError) as failure:
        run(api)
    assert said
    text = str(failure.value)
    assert 'admission webhook "v" denied' in text
    assert said[0][:40] not in text
    assert not [line for line in DUE.key_pem.splitlines()[1:-1] if line in text]
    assert failure.value.__cause__ is None
