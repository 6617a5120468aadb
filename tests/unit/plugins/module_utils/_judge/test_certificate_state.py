# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import parse
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import (
    CertificateState,
    certificate_state,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_report import (
    variant_of,
    webhooks_report,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Unknown,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    WebhookChain,
    WebhookEntry,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import (
    NAMES,
    NOW,
    SERVICE,
    issue,
)

AUTHORITY = issue("cluster", authority=True)
LEAF = issue(by=AUTHORITY)
SECRET = ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs")
PLACE = f"{SECRET}, cert.pem"
CHAIN = WebhookChain(
    configuration="vpc-admission-webhook-cfg",
    webhook="vpc-admission-webhook.amazonaws.com",
    failure_policy="Ignore",
    ca_bundle=AUTHORITY.certificate,
    service=WebhookService("kube-system", SERVICE, "/mutate"),
    service_exists=True,
    deployment=ObjectRef("Deployment", "kube-system", "vpc-admission-webhook-deployment"),
    secret=SECRET,
    secret_exists=True,
    certificate_key="cert.pem",
    private_key="key.pem",
    certificate_pem=LEAF.certificate,
    key_state="matches",
)
GOOD = CertificateState(
    certificate=parse(LEAF.certificate)[0],
    not_after="2027-09-20T12:00:00Z",
    days_left=300,
    expired=False,
    renewal_due=False,
    key_matches=True,
    covers_service=True,
    trusted_by_ca_bundle=True,
)
URL = replace(CHAIN, service=None, url="https://hooks.example.com:8443/mutate")


def leaf(**options: Any) -> str:
    return issue(by=AUTHORITY, **options).certificate


def state_of(**changes: Any) -> CertificateState:
    return certificate_state(replace(CHAIN, **changes), NOW, 30)


def test_a_good_certificate() -> None:
    assert certificate_state(CHAIN, NOW, 30) == GOOD


def test_a_chain_is_judged_by_its_first_certificate() -> None:
    intermediate = issue("intermediate", AUTHORITY, authority=True, ends=timedelta(days=5))
    below = issue(by=intermediate)
    chain = replace(CHAIN, certificate_pem=below.certificate + intermediate.certificate)
    assert certificate_state(chain, NOW, 30) == replace(GOOD, certificate=parse(below.certificate)[0])
    late = certificate_state(chain, NOW + timedelta(days=6), 30)
    assert (late.expired, late.trusted_by_ca_bundle) == (False, False)


def test_an_rsa_certificate() -> None:
    found = state_of(certificate_pem=leaf(key=rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    assert found == replace(GOOD, certificate=found.certificate)


@pytest.mark.parametrize(
    ("days", "left", "expired", "due"),
    [(0, 300, False, False), (270, 30, False, True), (299.5, 0, False, True), (300.5, -1, True, True)],
)
def test_time_goes_by(days: float, left: int, expired: bool, due: bool) -> None:
    chain = replace(CHAIN, ca_bundle=issue("cluster", authority=True, ends=timedelta(days=4000)).certificate)
    found = certificate_state(chain, NOW + timedelta(days=days), 30)
    assert (found.days_left, found.expired, found.renewal_due) == (left, expired, due)
    assert (f"{PLACE}: the certificate expired at 2027-09-20T12:00:00Z" in found.problems) is expired


@pytest.mark.parametrize(
    ("changes", "differences", "problem"),
    [
        (
            {"certificate_pem": leaf(begins=timedelta(days=1))},
            {},
            f"{PLACE}: the certificate is not valid before 2026-11-25T12:00:00Z",
        ),
        (
            {"key_state": "differs"},
            {"key_matches": False},
            f"{SECRET}: the private key in key.pem is not that of the certificate",
        ),
        (
            {"key_state": "unreadable"},
            {"key_matches": False},
            f"{SECRET}: key.pem holds no private key that can be read",
        ),
        (
            {"certificate_pem": leaf(names=NAMES[:1])},
            {"covers_service": False},
            f"{PLACE}: the certificate is for DNS:{SERVICE}, and not for {NAMES[-1]}",
        ),
        (
            {"certificate_pem": leaf(names=())},
            {"covers_service": False},
            f"{PLACE}: the certificate is for no name at all, and not for {NAMES[-1]}",
        ),
        (
            {"ca_bundle": issue("cluster", authority=True).certificate},
            {"trusted_by_ca_bundle": False},
            "The caBundle of webhook vpc-admission-webhook.amazonaws.com does not lead to the certificate",
        ),
        (
            {"ca_bundle": issue("other", authority=True).certificate.strip() + AUTHORITY.certificate},
            {"trusted_by_ca_bundle": False},
            (
                "The caBundle of webhook vpc-admission-webhook.amazonaws.com does not lead to the certificate: the API "
                "server reads 0 of the 2 certificates in it, as each has to be without headers, and BEGIN and END on "
                "lines of their own"
            ),
        ),
        (
            {"ca_bundle": ""},
            {"trusted_by_ca_bundle": False},
            (
                "Webhook vpc-admission-webhook.amazonaws.com has no caBundle, so that the API server trusts public "
                "authorities alone"
            ),
        ),
        (
            {"others": (WebhookEntry("second", "Fail", "garbage"),)},
            {"trusted_by_ca_bundle": False},
            "The caBundle of webhook second does not lead to the certificate",
        ),
    ],
)
def test_what_is_wrong(changes: dict[str, Any], differences: dict[str, Any], problem: str) -> None:
    found = state_of(**changes)
    assert found.problems == (problem,)
    assert replace(found, problems=()) == replace(GOOD, certificate=found.certificate, **differences)


@pytest.mark.parametrize(
    ("pem", "problems"),
    [
        (None, ("broken",)),
        ("", ("broken", f"{PLACE}: it holds no certificate in PEM (BEGIN and END on lines of their own)")),
        (
            leaf().replace("MII", "AAA", 1),
            ("broken", f"{PLACE}: certificate 1 of 1 can't be read"),
        ),
    ],
)
def test_without_a_certificate_nothing_is_said_to_be_fine(pem: str | None, problems: tuple[str, ...]) -> None:
    found = state_of(certificate_pem=pem, key_state="missing", problems=("broken",))
    assert found == CertificateState(problems=problems)


def test_problems_of_the_chain_come_first_and_what_was_not_read_last() -> None:
    found = state_of(
        problems=("broken",), key_state="differs", unread=(Unknown("GET /x", "forbidden", "Allow the identity"),)
    )
    assert found.problems[0] == "broken"
    assert found.problems[2] == "GET /x could not be read: forbidden. Allow the identity"
    assert len(found.problems) == 3


def test_a_secret_that_may_not_be_read_is_unknown() -> None:
    unread = (Unknown("GET /x", "forbidden", "Allow the identity"),)
    found = state_of(certificate_pem=None, key_state="unknown", unread=unread)
    assert found == state_of(key_state="unknown", unread=unread)
    assert found == CertificateState(problems=("GET /x could not be read: forbidden. Allow the identity",))
    report = webhooks_report([replace(CHAIN, certificate_pem=None, key_state="unknown", unread=unread)], NOW, 30)
    assert report["managed_by"] is None
    assert report["expired"] is None


@pytest.mark.parametrize(
    ("bundle", "covered", "trusted"),
    [(AUTHORITY.certificate, True, True), ("", True, None), (AUTHORITY.certificate, False, True)],
)
def test_a_url_is_judged_by_its_host(bundle: str, covered: bool, trusted: bool | None) -> None:
    names = ("hooks.example.com",) if covered else NAMES
    found = certificate_state(replace(URL, ca_bundle=bundle, certificate_pem=leaf(names=names)), NOW, 30)
    assert (found.covers_service, found.trusted_by_ca_bundle) == (covered, trusted)
    assert len(found.problems) == (0 if covered else 1)


def test_a_url_without_a_host_is_covered_by_nothing() -> None:
    found = certificate_state(replace(URL, url="https://[abc]/x", certificate_pem=leaf()), NOW, 30)
    assert found.covers_service is False
    assert len(found.problems) == 1


def test_one_webhook_is_reported_at_the_top_too() -> None:
    report = webhooks_report([CHAIN], NOW, 30)
    assert report["found"] is True
    assert report["webhooks"] == [{key: value for key, value in report.items() if key not in ("found", "webhooks")}]
    assert report["subject_alt_name"] == [f"DNS:{name}" for name in NAMES]
    assert report["not_before"] == "2026-11-23T12:00:00Z"
    assert (report["namespace"], report["secret"], report["backup"]) == ("kube-system", SECRET.name, None)
    assert report["problems"] == []


def test_webhooks_of_one_service_share_the_top() -> None:
    chain = replace(CHAIN, others=(WebhookEntry("second", "Fail", "garbage"),))
    report = webhooks_report([chain], NOW, 30)
    first, second = report["webhooks"]
    assert (first["webhook"], first["trusted_by_ca_bundle"], first["failure_policy"], first["problems"]) == (
        CHAIN.webhook,
        True,
        "Ignore",
        [],
    )
    assert (second["webhook"], second["trusted_by_ca_bundle"], second["failure_policy"]) == ("second", False, "Fail")
    assert (report["trusted_by_ca_bundle"], report["failure_policy"]) == (False, "Fail")
    assert report["problems"] == second["problems"]
    assert report["not_after"] == first["not_after"]


def test_several_services_share_nothing() -> None:
    report = webhooks_report([CHAIN, URL], NOW, 30)
    assert sorted(report) == ["found", "webhooks"]
    assert [each["url"] for each in report["webhooks"]] == [None, URL.url]


def test_no_webhook() -> None:
    assert webhooks_report([], NOW, 30) == {"found": False, "webhooks": []}


@pytest.mark.parametrize(
    ("configuration", "namespace", "service", "deployment", "variant"),
    [
        ("vpc-admission-webhook-cfg", "default", SERVICE, "vpc-admission-webhook-deployment", "preview"),
        ("vpc-admission-webhook-cfg", "kube-system", SERVICE, "vpc-admission-webhook-deployment", "manifests"),
        ("vpc-admission-webhook-cfg", "kube-system", SERVICE, "vpc-admission-webhook", "terraform"),
        ("vpc-admission-webhook-cfg", "kube-system", "vpc-admission-webhook", "vpc-admission-webhook", "eksctl"),
        ("vpc-admission-webhook-cfg", "kube-system", "vpc-admission-webhook", "", "eksctl"),
        ("windows-vpc-admission-webhook", "win", "windows-vpc-admission-webhook", "", "helm"),
        # Without the Deployment these are names of two ways.
        ("vpc-admission-webhook-cfg", "kube-system", SERVICE, "", None),
        ("vpc-admission-webhook-cfg", "elsewhere", SERVICE, "vpc-admission-webhook-deployment", None),
        ("mine", "kube-system", SERVICE, "vpc-admission-webhook", None),
    ],
)
def test_variant_of(configuration: str, namespace: str, service: str, deployment: str, variant: str | None) -> None:
    chain = replace(
        CHAIN,
        configuration=configuration,
        service=WebhookService(namespace, service, "/mutate"),
        deployment=ObjectRef("Deployment", namespace, deployment) if deployment else None,
    )
    assert variant_of(chain) == variant
    assert variant_of(URL) is None
