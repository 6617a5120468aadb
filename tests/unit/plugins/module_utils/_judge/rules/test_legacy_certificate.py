# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookConfiguration
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookEntry
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    DENIED,
    LEGACY_SECRET,
    chain,
    cluster,
    config_map,
    finding,
    legacy,
    observed,
    options,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import (
    OTHER_AUTHORITY,
    certificate,
    serving,
)

FAILURES = {
    "legacy.certificate": Failure(with_legacy(), "error", ("cert_renew", "legacy_install"), stops_pods=True),
    "legacy.certificate_owner": Failure(
        with_legacy(legacy_webhooks=(chain(managed_by="cert-manager"),)),
        "error",
        ("cert_renew",),
        goals=("cert_renew",),
    ),
}

BLOCKS = ("cert_renew", "legacy_install")
STEPS = ("renew_webhook_certificate", "issue_webhook_certificate")
ON = config_map({"enable-windows-ipam": "true"})
ABSENT = {
    "certificate_pem": None,
    "secret_exists": False,
    "key_state": "missing",
    "problems": (f"{LEGACY_SECRET} does not exist",),
}


@pytest.mark.parametrize(
    ("changes", "status", "severity", "words"),
    [
        ({}, "pass", "error", "is good until 2027-09-20T12:00:00Z, 300 days"),
        ({"days": 29}, "fail", "warning", "ends at 2026-12-23T12:00:00Z, in 29 days"),
        ({"days": 30}, "pass", "error", "30 days"),
        ({"days": -1}, "fail", "error", "expired at 2026-11-23T12:00:00Z"),
        ({"certificate_pem": certificate(300, "x.y.svc")}, "fail", "error", "and not for vpc-admission-webhook."),
        ({"ca_bundle": OTHER_AUTHORITY.certificate}, "fail", "error", "does not lead to the certificate"),
        ({"key_state": "differs"}, "fail", "error", "is not that of the certificate"),
        ({"key_state": "unreadable"}, "fail", "error", "holds no private key that can be read"),
        ({"certificate_pem": "garbage"}, "fail", "error", "it holds no certificate in PEM"),
        (ABSENT, "fail", "error", "does not exist"),
        ({"certificate_pem": None, "key_state": "unknown"}, "unknown", "error", "can't be looked into"),
        ({"secret": None, "certificate_pem": None, "problems": ("It calls a URL",)}, "unknown", "error", "a URL"),
    ],
)
def test_certificate(changes: dict[str, Any], status: str, severity: str, words: str) -> None:
    found = finding("legacy.certificate", with_legacy(legacy_webhooks=(serving(**changes),)))
    assert (found.status, found.severity) == (status, severity)
    assert words in found.summary
    assert found.blocks == (() if severity == "warning" else BLOCKS)
    assert found.resolved_by == (() if status == "unknown" else STEPS)
    assert found.stops_pods is (status in ("fail", "unknown") and severity == "error")
    assert found.evidence


def test_pods_of_which_nothing_is_known_are_not_known_to_serve_with_it() -> None:
    seen = with_legacy(legacy_webhooks=(serving(),), webhook_pods=DENIED)
    found = finding("legacy.certificate", seen, goal="cert_renew")
    assert (found.status, found.remedy, found.resolved_by) == ("unknown", DENIED.remedy, ("restart_webhook",))
    assert "cert_renew" in found.blocks
    assert finding("legacy.certificate", seen).status == "pass"
    due = with_legacy(legacy_webhooks=(serving(20),), webhook_pods=DENIED)
    assert finding("legacy.certificate", due, goal="cert_renew").status == "fail", "a restart is planned anyway"


@pytest.mark.parametrize("days", [20, -1])
@pytest.mark.parametrize("goal", ["none", "migrate"])
def test_a_certificate_of_cert_manager_is_renewed_by_it(days: int, goal: Any) -> None:
    chain = serving(days, managed_by="cert-manager", failure_policy="Fail")
    found = finding("legacy.certificate", with_legacy(legacy_webhooks=(chain,)), goal=goal)
    assert found.remedy.startswith("Have cert-manager renew it")
    assert found.resolved_by == ()


def test_a_webhook_that_nothing_serves_needs_more_than_a_certificate() -> None:
    broken = serving(service_exists=False, problems=("Service kube-system/x does not exist",))
    found = finding("legacy.certificate", with_legacy(legacy_webhooks=(broken,)))
    assert (found.status, found.severity, found.resolved_by) == ("fail", "error", ("issue_webhook_certificate",))
    assert "Service kube-system/x does not exist" in found.summary
    assert "Mend that first" in found.remedy


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"legacy_webhooks": DENIED}, "unknown"),
        ({"legacy_webhooks": None}, "unknown"),
        ({"webhook_configurations": DENIED, "legacy_webhooks": None}, "unknown"),
        ({"webhook_configurations": (CONTROL_PLANE_WEBHOOK,), "legacy_webhooks": None}, "not_applicable"),
        ({"legacy_webhooks": ()}, "fail"),
    ],
)
def test_certificate_without_a_chain(changes: dict[str, Any], status: str) -> None:
    found = finding("legacy.certificate", with_legacy(**changes))
    assert (found.status, found.severity, found.blocks) == (status, "error", BLOCKS)
    if status == "unknown":
        assert found.resolved_by == ()


@pytest.mark.parametrize(
    ("policy", "live", "stops"),
    [("Ignore", ON, False), ("Fail", ON, True), ("Ignore", None, True), ("Fail", None, True)],
)
def test_an_expired_certificate_beside_the_control_plane_s_webhook_stops_pods_where_it_refuses_them(
    policy: str, live: Any, stops: bool
) -> None:
    seen = with_legacy(cni_config_map=live, legacy=legacy(), legacy_webhooks=(serving(-1, failure_policy=policy),))
    assert finding("legacy.certificate", seen).stops_pods is stops


def test_the_further_webhooks_of_a_configuration_count_too() -> None:
    first = serving(-1)
    refusing = replace(first, others=(WebhookEntry("b", "Fail", first.ca_bundle),))
    seen = with_legacy(cni_config_map=ON, legacy=legacy(), legacy_webhooks=(refusing,))
    assert finding("legacy.certificate", seen).stops_pods is True


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({"days": -1}, True),
        ({"ca_bundle": OTHER_AUTHORITY.certificate}, True),
        ({"service_exists": False, "problems": ("Service kube-system/x does not exist",)}, True),
        ({"days": -1, "failure_policy": "Ignore"}, False),
        ({"days": 20}, False),
        ({}, False),
        ({"certificate_pem": None, "key_state": "unknown"}, False),
    ],
)
def test_a_webhook_that_refuses_pods_stops_a_migration(changes: dict[str, Any], stops: bool) -> None:
    seen = with_legacy(legacy_webhooks=(serving(), serving(**{"failure_policy": "Fail", **changes})))
    result = as_result(seen, options(goal="migrate"))
    assert ("legacy.certificate" in result["blockers"]) is stops
    found = finding("legacy.certificate", seen, goal="migrate")
    assert ("cert_renew first" in found.remedy) is (stops and "problems" not in changes)
    assert "migrate" not in finding("legacy.certificate", seen, goal="cert_renew").blocks


def test_the_worst_of_several_webhooks_is_told() -> None:
    second = WebhookConfiguration("windows-vpc-admission-webhook", ())
    chains = (serving(300), serving(-5, configuration=second.name), serving(10, configuration="third"))
    seen = with_legacy(legacy_webhooks=chains)
    found = finding("legacy.certificate", seen)
    assert "windows-vpc-admission-webhook: " in found.summary
    assert found.evidence_total == 4
    due = finding("legacy.certificate", with_legacy(legacy_webhooks=(chains[0], chains[2])))
    assert (due.severity, "third" in due.summary) == ("warning", True)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"legacy_webhooks": (serving(),)}, "pass"),
        ({"legacy_webhooks": (serving(managed_by="cert-manager"),)}, "fail"),
        ({"legacy_webhooks": (serving(), serving(managed_by="cert-manager"))}, "fail"),
        ({"legacy_webhooks": None}, "not_applicable"),
        ({"legacy_webhooks": DENIED}, "unknown"),
        ({"legacy_webhooks": None, "webhook_configurations": DENIED}, "unknown"),
    ],
)
def test_certificate_owner(changes: dict[str, Any], status: str) -> None:
    found = finding("legacy.certificate_owner", with_legacy(**changes), goal="cert_renew")
    assert (found.status, found.severity, found.blocks, found.resolved_by) == (status, "error", ("cert_renew",), ())
    assert found.stops_pods is False
    if status == "fail":
        assert found.remedy.startswith("Have cert-manager renew it")


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal != "cert_renew"])
def test_certificate_owner_matters_to_a_renewal_alone(goal: Any) -> None:
    seen = with_legacy(legacy_webhooks=(serving(managed_by="cert-manager"),))
    assert finding("legacy.certificate_owner", seen, goal=goal).status == "not_applicable"


def test_below_the_version_table_no_webhook_is_no_certificate() -> None:
    seen = observed(cluster=cluster(version="1.19", platform_version="eks.5"))
    assert finding("legacy.certificate", seen).status == "not_applicable"
