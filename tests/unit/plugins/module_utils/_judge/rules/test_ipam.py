# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import OF_CONTROL_PLANE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    NotAdmitted,
    Probe,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    Selection,
    WebhookEntry,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    CONTROL_PLANE_GOALS,
    IPAM_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_WEBHOOK,
    config_map,
    finding,
    legacy,
    legacy_cluster,
    observed,
    options,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import (
    AUTHORITY,
    serving,
)

WEBHOOK_AWAY = Unknown(
    "POST /api/v1/namespaces/default/pods",
    'Internal error occurred: failed calling webhook "vpc-admission-webhook.amazonaws.com": certificate has expired',
    "Try again, and look at the control plane's health",
)
OTHER_AWAY = replace(WEBHOOK_AWAY, reason='Internal error occurred: failed calling webhook "policy.example.com": EOF')
REFUSED = NotAdmitted(
    "POST /api/v1/namespaces/default/pods",
    'pods "eks-windows-probe-x" is forbidden: failed quota: team: must specify limits.cpu',
    "Name another by probe_namespace",
)
NO_DRY_RUN = NotAdmitted(
    "POST /api/v1/namespaces/default/pods",
    'admission webhook "vpc-admission-webhook.amazonaws.com" does not support dry run',
    "Name another by probe_namespace",
)
OTHERS_NO_DRY_RUN = replace(NO_DRY_RUN, reason='admission webhook "policy.example.com" does not support dry run')
FAILURES = {
    "ipam.enabled": Failure(
        observed(cni_config_map=config_map({})), "error", IPAM_GOALS, stops_pods=True, goals=ALL_BUT_DISABLE
    ),
    "ipam.probe": Failure(observed(probe=Probe("default", "")), "error", stops_pods=True, passes=("disable",)),
    "ipam.config_map_immutable": Failure(
        observed(cni_config_map=config_map({"enable-windows-ipam": "true"}, immutable=True)),
        "error",
        IPAM_GOALS,
        goals=IPAM_GOALS,
        options={"warm_ip_target": 5},
    ),
    "ipam.controller_webhook": Failure(
        observed(webhook_configurations=()), "error", CONTROL_PLANE_GOALS, stops_pods=True
    ),
}


@pytest.mark.parametrize(
    ("goal", "seen", "wanted", "status"),
    [
        ("enable", config_map({"enable-windows-ipam": "false"}, immutable=True), {}, "fail"),
        ("enable", config_map(None, immutable=True), {}, "fail"),
        ("enable", config_map({"enable-windows-ipam": "true"}, immutable=True), {}, "not_applicable"),
        ("enable", config_map({"enable-windows-ipam": "true"}, immutable=True), {"warm_ip_target": 5}, "fail"),
        ("enable", config_map({"enable-windows-ipam": "false"}), {}, "pass"),
        ("enable", None, {}, "pass"),
        ("enable", DENIED, {}, "unknown"),
        ("none", DENIED, {}, "not_applicable"),
        ("disable", config_map({"enable-windows-ipam": "true"}, immutable=True), {}, "fail"),
        ("disable", config_map({"enable-windows-ipam": "false"}, immutable=True), {}, "not_applicable"),
        ("none", config_map({"enable-windows-ipam": "false"}, immutable=True), {}, "not_applicable"),
        ("migrate", config_map({"enable-windows-ipam": "false"}, immutable=True), {}, "fail"),
        ("legacy_remove", DENIED, {}, "not_applicable"),
    ],
)
def test_an_immutable_config_map_stops_what_would_write_it(
    goal: Any, seen: Any, wanted: dict[str, Any], status: str
) -> None:
    found = finding("ipam.config_map_immutable", observed(cni_config_map=seen), goal=goal, **wanted)
    assert (found.status, found.resolved_by) == (status, ())
    assert found.blocks == (() if status == "unknown" else ("enable", "migrate", "disable"))
    if status == "fail":
        assert [item.value for item in found.evidence] == ["immutable: true"]
        assert "create it again with the same data, without immutable" in found.remedy


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "true", "True"])
def test_enabled_as_the_controller_reads_it(value: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=config_map({"enable-windows-ipam": value})))
    assert (found.status, found.blocks) == ("pass", ("enable", "migrate", "disable"))
    assert found.resolved_by == ("enable_windows_ipam",)


@pytest.mark.parametrize("value", ["0", "f", "F", "FALSE", "false", "False"])
def test_off_as_the_controller_reads_it(value: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=config_map({"enable-windows-ipam": value})))
    assert (found.status, found.summary) == ("fail", f'enable-windows-ipam is "{value}"')


@pytest.mark.parametrize("value", ["yes", "on", "enabled", " true", "true ", "tRUE", "", "2", "y"])
def test_other_spellings_are_named(value: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=config_map({"enable-windows-ipam": value})))
    assert found.status == "fail"
    assert f'is "{value}", which the controller does not read as true' in found.summary


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("true\n", '"true\\n"'),
        ("\ttrue", '"\\ttrue"'),
        ('"true"', '"\\"true\\""'),
        ("\x1b[2Jtrue", '"\\u001b[2Jtrue"'),
        ("true\x7f\x9b", '"true\\u007f\\u009b"'),
        ("true\u2028", '"true\\u2028"'),
        ("verité", '"verité"'),
    ],
)
def test_control_characters_are_shown(value: str, shown: str) -> None:
    seen = observed(cni_config_map=config_map({"enable-windows-ipam": value}))
    found = finding("ipam.enabled", seen)
    assert found.summary.startswith(f"enable-windows-ipam is {shown}, which the controller does not read as true")
    assert [item.value for item in found.evidence] == [f"enable-windows-ipam: {shown}"]
    (step,) = as_result(seen, options(goal="enable"))["plan"]
    assert (step["reason"], step["before"]) == (f"enable-windows-ipam is {shown}", value)


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (config_map({"other": "x"}), "fail", "has no key"),
        (config_map({}), "fail", "has no key"),
        (config_map(None), "fail", "has no data"),
        (None, "fail", "does not exist"),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_not_enabled(seen: Any, status: str, words: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=seen))
    assert (found.status, found.severity) == (status, "error")
    assert words in found.summary


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (config_map({"enable-windows-ipam": "T"}), "pass"),
        (config_map({"enable-windows-ipam": "false"}), "not_applicable"),
        (config_map({"enable-windows-ipam": "yes"}), "not_applicable"),
        (config_map({}), "not_applicable"),
        (config_map(None), "not_applicable"),
        (None, "not_applicable"),
        (DENIED, "unknown"),
    ],
)
def test_disable_wants_it_off(seen: Any, status: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=seen), goal="disable")
    assert found.status == status
    if status == "not_applicable":
        assert found.summary == "Windows IPAM is off, as goal disable wants it"


def test_old_control_planes_read_no_setting() -> None:
    for name in ("ipam.enabled", "ipam.controller_webhook", "legacy.controller_blocks", "iam.cluster_policy"):
        assert finding(name, legacy_cluster()).status == "not_applicable"


@pytest.mark.parametrize(
    ("probe", "status", "stops_pods"),
    [
        (None, "not_applicable", False),
        (Probe("default", "1"), "pass", False),
        (Probe("default", ""), "fail", True),
        (Probe("default", "0"), "fail", True),
        (DENIED, "unknown", False),
        (WEBHOOK_AWAY, "fail", True),
    ],
)
def test_probe(probe: Any, status: str, stops_pods: bool) -> None:
    found = finding("ipam.probe", observed(probe=probe))
    assert (found.status, found.severity, found.stops_pods) == (status, "error", stops_pods)


@pytest.mark.parametrize(
    ("probe", "goal", "blockers"),
    [
        (REFUSED, "cert_renew", ["ipam.probe"]),
        (REFUSED, "migrate", ["ipam.probe"]),
        (REFUSED, "enable", []),
        (REFUSED, "legacy_remove", []),
        (DENIED, "cert_renew", []),
        (DENIED, "migrate", []),
        (Probe("default", ""), "cert_renew", []),
        (Probe("default", ""), "migrate", []),
        (WEBHOOK_AWAY, "cert_renew", []),
        (WEBHOOK_AWAY, "migrate", ["ipam.probe"]),
        (OTHER_AWAY, "cert_renew", ["ipam.probe"]),
        (OTHER_AWAY, "migrate", ["ipam.probe"]),
    ],
)
def test_a_probe_that_will_not_show_the_effect_stops_what_is_proved_by_it(
    probe: Any, goal: Any, blockers: list[str]
) -> None:
    seen = with_legacy(probe=probe, legacy_webhooks=(serving(20),))
    judged = as_result(seen, options(goal=goal))
    assert judged["plan"] != []
    assert [blocker for blocker in judged["blockers"] if blocker == "ipam.probe"] == blockers
    if probe is REFUSED:
        (found,) = [found for found in judged["findings"] if found["id"] == "ipam.probe"]
        assert (found["status"], found["remedy"]) == ("unknown", REFUSED.remedy)


LABELLED = {"default": {"team": "a"}, "windows": {"windows": "yes"}}
BY_NAMESPACE = Selection(namespaces=LabelSelector({"windows": "yes"}, ()))
NOT_THERE = Selection(namespaces=LabelSelector({}, (("team", "DoesNotExist", ()),)))
BY_LABEL = Selection(objects=LabelSelector({"app": "iis"}, ()))
ALL_BUT = Selection(objects=LabelSelector({}, (("skip", "DoesNotExist", ()),)))
BY_CONDITION = Selection(conditions=("ours",))
NO_LIMIT, LIMIT = Probe("default", ""), Probe("default", "1")
ANOTHER = "Set probe_namespace (role variable eks_windows_probe_namespace) to a namespace that it selects."


@pytest.mark.parametrize(
    ("selection", "probe", "namespaces", "status", "remedy"),
    [
        (BY_NAMESPACE, NO_LIMIT, LABELLED, "fail", ANOTHER),
        (BY_NAMESPACE, LIMIT, LABELLED, "fail", ANOTHER),
        (BY_NAMESPACE, Probe("windows", ""), LABELLED, "", ""),
        (NOT_THERE, NO_LIMIT, LABELLED, "fail", ANOTHER),
        (NOT_THERE, Probe("windows", ""), LABELLED, "", ""),
        (BY_NAMESPACE, NO_LIMIT, DENIED, "unknown", DENIED.remedy),
        (BY_NAMESPACE, LIMIT, DENIED, "", ""),
        (BY_LABEL, NO_LIMIT, None, "fail", "Take objectSelector out of MutatingWebhookConfiguration "),
        (BY_LABEL, LIMIT, None, "fail", "Take objectSelector out of MutatingWebhookConfiguration "),
        (ALL_BUT, NO_LIMIT, None, "", ""),
        (BY_CONDITION, NO_LIMIT, None, "fail", "Take matchConditions out of MutatingWebhookConfiguration "),
        (BY_CONDITION, LIMIT, None, "", ""),
        # It was asked, so that nothing leaves the pod out.
        (BY_CONDITION, WEBHOOK_AWAY, None, "", ""),
        (Selection(), NO_LIMIT, None, "", ""),
    ],
)
def test_a_dry_run_that_the_renewed_webhook_is_not_asked_about_proves_nothing(
    selection: Selection, probe: Any, namespaces: Any, status: str, remedy: str
) -> None:
    seen = with_legacy(probe=probe, legacy_webhooks=(serving(-1, selection=selection),), namespaces=namespaces)
    judged = as_result(seen, options(goal="cert_renew"))
    (found,) = [found for found in judged["findings"] if found["id"] == "ipam.probe"]
    assert ("ipam.probe" in judged["blockers"]) is bool(status)
    if status:
        assert (found["status"], found["resolved_by"]) == (status, [])
        assert finding("ipam.probe", seen, goal="cert_renew").stops_pods is False
        assert found["remedy"].startswith(remedy)
        assert found["evidence"][0]["object"] == "MutatingWebhookConfiguration vpc-admission-webhook-cfg"
        assert "of MutatingWebhookConfiguration vpc-admission-webhook-cfg" in found["summary"]
    # It matters to what is renewed alone, and one entry that is asked is enough.
    others = (WebhookEntry("all", "Ignore", AUTHORITY.certificate),)
    for webhook, goal in (
        (serving(300, selection=selection), "cert_renew"),
        (serving(-1, selection=selection, others=others), "cert_renew"),
        (serving(-1, selection=selection), "migrate"),
    ):
        fine = with_legacy(probe=probe, legacy_webhooks=(webhook,), webhook_pods=(), namespaces=namespaces)
        said = finding("ipam.probe", fine, goal=goal)
        assert "of MutatingWebhookConfiguration" not in said.summary


ON = config_map({"enable-windows-ipam": "true"})
REFUSING = WebhookEntry("refusing", "Fail", AUTHORITY.certificate)
HALF_MIGRATED: dict[str, Any] = {"cni_config_map": ON, "legacy": legacy(deployments=(EKSCTL_WEBHOOK,))}


@pytest.mark.parametrize(
    ("probe", "goal", "changes", "status", "blocked"),
    [
        (LIMIT, "cert_renew", {}, "unknown", False),
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(300),), "webhook_pods": ()}, "unknown", False),
        # What is asked about the pod does not matter where the answer is not the legacy webhook's.
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(-1, selection=BY_LABEL),)}, "unknown", False),
        # Nothing is admitted without its answer, where it is asked.
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(-1, failure_policy="Fail"),)}, "pass", False),
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(300, failure_policy="Fail"),)}, "pass", False),
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(-1, others=(REFUSING,)),)}, "pass", False),
        (LIMIT, "cert_renew", {"legacy_webhooks": (serving(300), serving(300, others=(REFUSING,)))}, "unknown", False),
        (
            LIMIT,
            "cert_renew",
            {"legacy_webhooks": (serving(-1, failure_policy="Fail", selection=BY_LABEL),)},
            "unknown",
            False,
        ),
        (NO_LIMIT, "cert_renew", {}, "fail", False),
        (NO_LIMIT, "cert_renew", {"legacy_webhooks": (serving(-1, selection=BY_LABEL),)}, "fail", True),
        (WEBHOOK_AWAY, "cert_renew", {}, "fail", False),
        (LIMIT, "migrate", {}, "pass", False),
        (LIMIT, "none", {}, "pass", False),
        # The control plane's webhook does not set it.
        (LIMIT, "cert_renew", {"cni_config_map": None}, "pass", False),
        (LIMIT, "cert_renew", {"legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK))}, "pass", False),
        (LIMIT, "cert_renew", {"webhook_configurations": (EKSCTL_CONFIGURATION,)}, "pass", False),
    ],
)
def test_a_limit_that_the_control_plane_sets_too_proves_no_renewal(
    probe: Any, goal: Any, changes: dict[str, Any], status: str, blocked: bool
) -> None:
    parts = {"legacy_webhooks": (serving(-1),), **HALF_MIGRATED, **changes}
    seen = with_legacy(probe=probe, **parts)
    judged = as_result(seen, options(goal=goal))
    (found,) = [found for found in judged["findings"] if found["id"] == "ipam.probe"]
    assert (found["status"], "ipam.probe" in judged["blockers"]) == (status, blocked)
    if status == "unknown":
        assert found["summary"].startswith(OF_CONTROL_PLANE)
        assert "playbook migrate_legacy" in found["remedy"]
        assert (found["resolved_by"], finding("ipam.probe", seen, goal=goal).stops_pods) == ([], False)
        assert [each["object"] for each in found["evidence"]][1:] == [
            "MutatingWebhookConfiguration vpc-resource-mutating-webhook",
            "MutatingWebhookConfiguration vpc-admission-webhook-cfg",
        ]


@pytest.mark.parametrize(
    ("probe", "undeclared", "goal", "blocks"),
    [
        (NO_DRY_RUN, ("vpc-admission-webhook.amazonaws.com",), "cert_renew", False),
        (NO_DRY_RUN, ("vpc-admission-webhook.amazonaws.com",), "migrate", False),
        # Declared since: the API server still has the configuration of before.
        (NO_DRY_RUN, (), "cert_renew", True),
        (OTHERS_NO_DRY_RUN, ("vpc-admission-webhook.amazonaws.com",), "cert_renew", True),
        (OTHERS_NO_DRY_RUN, ("vpc-admission-webhook.amazonaws.com",), "migrate", True),
        (NO_DRY_RUN, ("vpc-admission-webhook.amazonaws.com",), "none", False),
    ],
)
def test_dry_runs_that_the_legacy_webhook_has_refused(
    probe: Any, undeclared: tuple[str, ...], goal: Any, blocks: bool
) -> None:
    seen = with_legacy(probe=probe, legacy_webhooks=(serving(20, with_side_effects=undeclared),))
    judged = as_result(seen, options(goal=goal))
    (found,) = [found for found in judged["findings"] if found["id"] == "ipam.probe"]
    assert found["status"] == "unknown"
    assert ("ipam.probe" in judged["blockers"]) is blocks
    assert ("sideEffects" in found["remedy"]) is (probe is NO_DRY_RUN)
    steps = [step["step"] for step in judged["plan"]]
    assert ("declare_side_effects" in steps) is (bool(undeclared) and goal != "none")


def test_a_probe_stops_nothing_where_nothing_is_to_be_done() -> None:
    seen = with_legacy(probe=REFUSED, legacy_webhooks=(serving(300),), webhook_pods=())
    judged = as_result(seen, options(goal="cert_renew"))
    assert (judged["plan"], judged["blockers"]) == ([], [])


@pytest.mark.parametrize(
    ("probe", "changes", "status", "resolved_by"),
    [
        (None, {}, "not_applicable", ("enable_windows_ipam",)),
        (Probe("default", ""), {}, "pass", ("enable_windows_ipam",)),
        (Probe("default", "0"), {}, "pass", ("enable_windows_ipam",)),
        (Probe("default", "1"), {}, "fail", ("disable_windows_ipam",)),
        (Probe("default", "1"), {"webhook_configurations": (EKSCTL_CONFIGURATION,)}, "unknown", ()),
        (DENIED, {}, "unknown", ()),
        (WEBHOOK_AWAY, {}, "unknown", ()),
    ],
)
def test_the_probe_of_disable_wants_no_limit(
    probe: Any, changes: dict[str, Any], status: str, resolved_by: tuple[str, ...]
) -> None:
    found = finding("ipam.probe", observed(probe=probe, **changes), goal="disable")
    assert (found.status, found.stops_pods, found.resolved_by) == (status, False, resolved_by)
    assert "disable" not in found.blocks


def test_a_probe_beside_a_legacy_webhook_speaks_of_both() -> None:
    seen = observed(probe=Probe("default", "1"), webhook_configurations=(CONTROL_PLANE_WEBHOOK, EKSCTL_CONFIGURATION))
    assert "the legacy webhook may have set it" in finding("ipam.probe", seen).summary
    assert "legacy" not in finding("ipam.probe", observed(probe=Probe("default", "1"))).summary


@pytest.mark.parametrize(
    ("configurations", "status"),
    [
        ((CONTROL_PLANE_WEBHOOK,), "pass"),
        ((EKSCTL_CONFIGURATION, CONTROL_PLANE_WEBHOOK), "pass"),
        ((EKSCTL_CONFIGURATION,), "fail"),
        ((), "fail"),
        ((replace(CONTROL_PLANE_WEBHOOK, webhooks=()),), "fail"),
        ((replace(CONTROL_PLANE_WEBHOOK, webhooks=()), EKSCTL_CONFIGURATION), "fail"),
        (DENIED, "unknown"),
    ],
)
def test_controller_webhook(configurations: Any, status: str) -> None:
    found = finding("ipam.controller_webhook", observed(webhook_configurations=configurations))
    assert (found.status, found.severity, found.blocks) == (status, "error", ("enable", "migrate"))


@pytest.mark.parametrize(
    ("configurations", "words", "shown"),
    [
        ((), "is missing", "absent"),
        ((replace(CONTROL_PLANE_WEBHOOK, webhooks=()),), "has no webhook", "present without a webhook"),
    ],
)
def test_what_of_the_controller_s_webhook_is_missing(configurations: Any, words: str, shown: str) -> None:
    found = finding("ipam.controller_webhook", observed(webhook_configurations=configurations))
    assert (
        found.summary == f"MutatingWebhookConfiguration vpc-resource-mutating-webhook {words}: no pod gets an address"
    )
    assert [item.value for item in found.evidence] == [shown]
