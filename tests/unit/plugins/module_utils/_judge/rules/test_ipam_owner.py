# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import IPAM_GOALS, Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    addon,
    config_map,
    finding,
    legacy_cluster,
    observed,
    options,
    schema,
)

FAILURES = {
    "ipam.owner": Failure(observed(), "error", IPAM_GOALS, goals=IPAM_GOALS, options={"ipam_owner": "addon"}),
    "ipam.addon_schema": Failure(
        observed(vpc_cni=addon('{"enableWindowsIpam": "true", "strange": 1}'), vpc_cni_schema=schema()),
        "error",
        IPAM_GOALS,
        goals=IPAM_GOALS,
        options={"warm_ip_target": 5},
    ),
    "ipam.addon_drift": Failure(observed(vpc_cni=addon("")), "warning"),
}

ON = {"enable-windows-ipam": "true"}
OFF = {"enable-windows-ipam": "false"}
ADDON_ON = addon('{"enableWindowsIpam": "true"}')
PREFIX_KEY = "enable-windows-prefix-delegation"
PREFIXES = {PREFIX_KEY: "true"}
AUTO = ("auto", "addon")
ALL = (*AUTO, "config_map")


@pytest.mark.parametrize(
    ("managed", "owners", "status", "words"),
    [
        (None, ("auto", "config_map"), "pass", "EKS does not manage the vpc-cni add-on"),
        (addon('{"enableWindowsIpam": "true"}'), AUTO, "pass", 'has enableWindowsIpam: "true"'),
        (addon("enableWindowsIpam: T"), AUTO, "pass", 'has enableWindowsIpam: "T"'),
        (addon(""), AUTO, "fail", "Add-on vpc-cni owns Windows IPAM, and its configuration has no enableWindowsIpam"),
        (addon('{"enableWindowsIpam": "false"}'), AUTO, "fail", 'has enableWindowsIpam: "false"'),
        (addon('{"enableWindowsIpam": "yes"}'), AUTO, "fail", 'has enableWindowsIpam: "yes"'),
        (addon('{"env": {"enableWindowsIpam": "true"}}'), AUTO, "fail", "but env.enableWindowsIpam, where it has no"),
        (DENIED, AUTO, "unknown", "forbidden"),
        (addon(""), ("config_map",), "pass", "an update of add-on vpc-cni may take it back"),
        (addon('{"enableWindowsIpam": "false"}'), ("config_map",), "pass", "may take it back"),
        (addon("["), ("config_map",), "pass", "may take it back"),
        (DENIED, ("config_map",), "pass", "may take it back"),
    ],
)
def test_owner_for_enable(managed: Any, owners: tuple[str, ...], status: str, words: str) -> None:
    for owner in owners:
        found = finding("ipam.owner", observed(vpc_cni=managed), goal="enable", ipam_owner=owner)
        assert (found.status, found.severity, found.blocks) == (status, "error", IPAM_GOALS), owner
        assert (found.resolved_by, found.stops_pods) == (("configure_addon",), False)
        assert words in found.summary


@pytest.mark.parametrize(
    ("managed", "owners", "status"),
    [
        (None, ("auto", "config_map"), "pass"),
        (addon(""), ALL, "pass"),
        (addon('{"enableWindowsIpam": "false"}'), ALL, "pass"),
        (addon('{"enableWindowsIpam": "yes"}'), ALL, "pass"),
        (addon('{"enableWindowsIpam": "true"}'), AUTO, "fail"),
        (addon("enableWindowsIpam: T"), AUTO, "fail"),
        (addon("enableWindowsIpam: T"), ("config_map",), "pass"),
        (DENIED, AUTO, "unknown"),
        (DENIED, ("config_map",), "pass"),
    ],
)
def test_owner_for_disable(managed: Any, owners: tuple[str, ...], status: str) -> None:
    for owner in owners:
        found = finding("ipam.owner", observed(vpc_cni=managed), goal="disable", ipam_owner=owner)
        assert (found.status, found.resolved_by) == (status, ("configure_addon",))


@pytest.mark.parametrize("goal", ["enable", "disable"])
def test_no_step_mends_an_add_on_that_is_not_managed_or_not_readable(goal: Any) -> None:
    absent = finding("ipam.owner", observed(), goal=goal, ipam_owner="addon")
    assert (absent.status, absent.resolved_by) == ("fail", ())
    assert absent.remedy.startswith("Leave ipam_owner (role variable eks_windows_ipam_owner) at auto")
    unreadable = finding("ipam.owner", observed(vpc_cni=addon("[")), goal=goal)
    assert (unreadable.status, unreadable.resolved_by) == ("unknown", ())
    assert "neither JSON nor YAML" in unreadable.summary


def test_owner_says_what_mends_it() -> None:
    managed = finding("ipam.owner", observed(vpc_cni=addon("")), goal="enable").remedy
    assert "set ipam_owner (role variable eks_windows_ipam_owner) to config_map" in managed
    assert "\n" not in managed
    assert finding("ipam.owner", observed(vpc_cni=DENIED), goal="enable").remedy == DENIED.remedy


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal not in IPAM_GOALS])
def test_owner_matters_to_enable_and_disable_alone(goal: Any) -> None:
    for managed in (None, addon(""), DENIED):
        found = finding("ipam.owner", observed(vpc_cni=managed), goal=goal, ipam_owner="addon")
        assert found.status == "not_applicable"
        assert "matters to goals enable, disable" in found.summary


def test_old_control_planes_have_no_owner_of_the_setting() -> None:
    assert finding("ipam.owner", legacy_cluster(vpc_cni=addon("")), goal="enable").status == "not_applicable"


@pytest.mark.parametrize(
    ("managed", "live", "status", "words"),
    [
        (None, config_map(ON), "not_applicable", "does not manage"),
        (addon('{"enableWindowsIpam": "true"}'), config_map(ON), "pass", "Windows IPAM is on"),
        (addon('{"enableWindowsIpam": true}'), config_map(ON), "pass", "Windows IPAM is on"),
        (addon("enableWindowsIpam: 'true'\n"), config_map(ON), "pass", "Windows IPAM is on"),
        (addon("enableWindowsIpam: true\n"), config_map({"enable-windows-ipam": "T"}), "pass", "Windows IPAM is on"),
        (addon(""), config_map(OFF), "pass", "Windows IPAM is off"),
        (addon(""), None, "pass", "Windows IPAM is off"),
        (addon("{}"), config_map(None), "pass", "Windows IPAM is off"),
        (addon(""), config_map(ON), "fail", "next update of add-on vpc-cni can turn it off"),
        (addon('{"env": {}}'), config_map(ON), "fail", "next update"),
        (addon('{"enableWindowsIpam": "false"}'), config_map(ON), "fail", "next update"),
        (addon('{"enableWindowsIpam": "true"}'), config_map({}), "fail", "says on"),
        (addon('{"env": {"ENABLE_WINDOWS_IPAM": "true"}}'), config_map(ON), "fail", "env.ENABLE_WINDOWS_IPAM"),
        (addon('{"env": {"enableWindowsIpam": "true"}}'), config_map({}), "fail", "belongs at the top"),
        (addon('{"warmWindowsIPTarget": 5}'), config_map({"warm-ip-target": "1"}), "fail", "change warm-ip-target"),
        (addon('{"warmWindowsIPTarget": "5"}'), config_map({"warm-ip-target": "+5"}), "pass", "agree"),
        (addon('{"warmWindowsIPTarget": 5}'), config_map({"windows-warm-ip-target": "1"}), "pass", "agree"),
        (addon('{"warmWindowsIPTarget": 5}'), config_map({}), "pass", "agree"),
        (addon(""), config_map({"warm-ip-target": "1"}), "pass", "agree"),
        (
            addon('{"enableWindowsPrefixDelegation": "true"}'),
            config_map({"enable-windows-prefix-delegation": "yes"}),
            "fail",
            "change enable-windows-prefix-delegation",
        ),
        (
            addon('{"enableWindowsPrefixDelegation": false}'),
            config_map({"enable-windows-prefix-delegation": "yes"}),
            "pass",
            "agree",
        ),
        # What the add-on's configuration lacks is the chart's default at the next update.
        (ADDON_ON, config_map({**ON, **PREFIXES}), "fail", "change enable-windows-prefix-delegation"),
        (ADDON_ON, config_map({**ON, PREFIX_KEY: "T"}), "fail", "change enable-windows-prefix-delegation"),
        (ADDON_ON, config_map({**ON, PREFIX_KEY: "false"}), "pass", "agree"),
        (ADDON_ON, config_map({**ON, PREFIX_KEY: "yes"}), "pass", "agree"),
        (ADDON_ON, config_map({**ON, "warm-ip-target": "9"}), "fail", "change warm-ip-target"),
        (ADDON_ON, config_map({**ON, "minimum-ip-target": "0"}), "fail", "change minimum-ip-target"),
        (ADDON_ON, config_map({**ON, "warm-prefix-target": "one"}), "fail", "change warm-prefix-target"),
        (ADDON_ON, config_map({**ON, "windows-warm-ip-target": "9"}), "pass", "agree"),
        (ADDON_ON, config_map({**ON, "branch-eni-cooldown": "90"}), "pass", "agree"),
        (
            ADDON_ON,
            config_map({**ON, "warm-ip-target": "+1", "minimum-ip-target": "3", "warm-prefix-target": "0"}),
            "pass",
            "agree",
        ),
        (ADDON_ON, config_map({**ON, **PREFIXES, "warm-ip-target": "9"}), "fail", "prefix-delegation, warm-ip-target"),
        (addon(""), config_map({**OFF, **PREFIXES}), "fail", "change enable-windows-prefix-delegation"),
        # Before chart 1.16 nothing writes these keys.
        (replace(ADDON_ON, version="v1.15.1-eksbuild.1"), config_map({**ON, **PREFIXES}), "pass", "agree"),
        (replace(ADDON_ON, version="v1.16.0-eksbuild.1"), config_map({**ON, **PREFIXES}), "fail", "change"),
        (replace(ADDON_ON, version="latest"), config_map({**ON, **PREFIXES}), "pass", "agree"),
    ],
)
def test_addon_drift(managed: Any, live: Any, status: str, words: str) -> None:
    found = finding("ipam.addon_drift", observed(vpc_cni=managed, cni_config_map=live))
    assert (found.status, found.severity, found.blocks) == (status, "warning", ())
    assert {"configure_addon", "enable_windows_ipam"} < set(found.resolved_by)
    assert words in found.summary


@pytest.mark.parametrize(
    ("managed", "live", "words"),
    [
        (addon("[1, 2]"), config_map(ON), "expected a mapping"),
        (addon("a: [unclosed"), config_map(ON), "neither JSON nor YAML"),
        (addon(""), DENIED, "forbidden"),
        (DENIED, config_map(ON), "forbidden"),
    ],
)
def test_drift_that_is_not_known(managed: Any, live: Any, words: str) -> None:
    found = finding("ipam.addon_drift", observed(vpc_cni=managed, cni_config_map=live))
    assert found.status == "unknown"
    assert words in found.summary


def test_every_value_that_differs_is_evidence() -> None:
    found = finding(
        "ipam.addon_drift",
        observed(
            vpc_cni=addon('{"enableWindowsIpam": "true", "warmWindowsIPTarget": 5}'),
            cni_config_map=config_map({"enable-windows-ipam": "false", "warm-ip-target": "1"}),
        ),
    )
    assert [item.value for item in found.evidence] == [
        'enableWindowsIpam: "true"',
        'enable-windows-ipam: "false"',
        'warmWindowsIPTarget: "5"',
        'warm-ip-target: "1"',
    ]


def test_remedy_of_a_number_that_differs_names_what_sets_it() -> None:
    found = finding(
        "ipam.addon_drift",
        observed(
            vpc_cni=addon(
                '{"enableWindowsIpam": "true", "warmWindowsIPTarget": 5, "enableWindowsPrefixDelegation": "true"}'
            ),
            cni_config_map=config_map(
                {"enable-windows-ipam": "true", "warm-ip-target": "1", "enable-windows-prefix-delegation": "false"}
            ),
        ),
    )
    assert found.status == "fail"
    assert found.remedy.endswith("which sets both: eks_windows_prefix_delegation, eks_windows_warm_ip_target.")


@pytest.mark.parametrize(
    ("known_schema", "status"),
    [
        (None, "fail"),
        (DENIED, "fail"),
        (schema(), "fail"),
        (schema("enableWindowsPrefixDelegation"), "pass"),
        (schema("warmWindowsIPTarget"), "fail"),
        ({"$ref": "https://elsewhere"}, "fail"),
    ],
)
def test_a_key_that_the_add_on_does_not_have_is_not_reset(known_schema: Any, status: str) -> None:
    seen = observed(vpc_cni=ADDON_ON, vpc_cni_schema=known_schema, cni_config_map=config_map({**ON, **PREFIXES}))
    assert finding("ipam.addon_drift", seen).status == status


def test_what_keeps_a_value_that_the_add_on_does_not_have() -> None:
    values = '{"enableWindowsIpam": "true", "warmWindowsIPTarget": 5}'
    live = {**ON, **PREFIXES, "warm-ip-target": "1", "minimum-ip-target": "9"}
    found = finding("ipam.addon_drift", observed(vpc_cni=addon(values), cni_config_map=config_map(live)))
    assert [item.value for item in found.evidence[2:]] == [
        'warmWindowsIPTarget: "5"',
        'warm-ip-target: "1"',
        "no enableWindowsPrefixDelegation",
        'enable-windows-prefix-delegation: "true"',
        "no minimumWindowsIPTarget",
        'minimum-ip-target: "9"',
    ]
    both, live_alone = found.remedy.split(" For what the add-on's configuration lacks, ")
    assert both.endswith("which sets both: eks_windows_warm_ip_target.")
    assert "with the live value" in live_alone
    assert live_alone.endswith(": eks_windows_prefix_delegation, eks_windows_minimum_ip_target.")


def test_enable_with_the_live_value_leaves_nothing_to_drift() -> None:
    live = config_map({**ON, **PREFIXES, "warm-ip-target": "9"})
    wanted: Any = {"goal": "enable", "prefix_delegation": True, "warm_ip_target": 9}
    subject = Subject(observed(vpc_cni=ADDON_ON, cni_config_map=live), options(**wanted))
    assert finding("ipam.addon_drift", subject.observation, **wanted).status == "fail"
    steps = plan(subject)
    assert [step.step for step in steps] == ["configure_addon"]
    mended = after(subject, steps)
    assert finding("ipam.addon_drift", mended.observation, **wanted).status == "pass"
    assert plan(mended) == ()


def test_remedy_of_a_misplaced_key_names_where_it_stands() -> None:
    found = finding(
        "ipam.addon_drift",
        observed(vpc_cni=addon('{"env": {"enableWindowsIpam": "true"}}'), cni_config_map=config_map(OFF)),
    )
    assert found.status == "fail"
    assert found.remedy.endswith("eks_addon_config with values {env: {enableWindowsIpam: null}}.")


STRICT = {"type": "object", "properties": {"enableWindowsIpam": {"type": "string"}, "env": {"maxProperties": 1}}}


@pytest.mark.parametrize(
    ("managed", "known_schema", "wanted", "status", "words"),
    [
        (None, schema(), {}, "not_applicable", "does not manage"),
        (addon('{"enableWindowsIpam": "true"}'), schema(), {}, "not_applicable", "Nothing is to change"),
        (addon('{"enableWindowsIpam": "true"}'), DENIED, {}, "not_applicable", "Nothing is to change"),
        (addon(""), schema(), {}, "pass", "takes the configuration"),
        (addon(""), schema("enableWindowsIpam"), {}, "fail", "has no enableWindowsIpam"),
        (addon(""), schema("enableWindowsIpam"), {"ipam_owner": "config_map"}, "not_applicable", "ipam_owner is"),
        (addon(""), schema("warmWindowsIPTarget"), {}, "pass", "takes"),
        (addon(""), schema("warmWindowsIPTarget"), {"warm_ip_target": 5}, "fail", "has no warmWindowsIPTarget"),
        (addon('{"strange": 1}'), schema(), {}, "fail", "would refuse its configuration: strange"),
        (addon('{"env": {"a": 1, "b": 2}}'), STRICT, {}, "fail", "would refuse its configuration: env"),
        (addon('{"env": {"a": 1, "enableWindowsIpam": "x"}}'), STRICT, {}, "pass", "takes"),
        (addon(""), {"$ref": "https://elsewhere"}, {}, "unknown", "leads out of the schema"),
        (addon(""), {"type": 5, "properties": {"enableWindowsIpam": {}}}, {}, "unknown", "is no JSON schema"),
        (addon(""), DENIED, {}, "unknown", "forbidden"),
        (addon(""), None, {}, "unknown", "not asked for"),
        (addon("["), schema(), {}, "unknown", "neither JSON nor YAML"),
        (DENIED, schema(), {}, "unknown", "forbidden"),
    ],
)
def test_addon_schema(managed: Any, known_schema: Any, wanted: dict[str, Any], status: str, words: str) -> None:
    seen = observed(vpc_cni=managed, vpc_cni_schema=known_schema)
    found = finding("ipam.addon_schema", seen, goal="enable", **wanted)
    unseen = status == "unknown" and managed != addon("")
    assert (found.status, found.severity, found.resolved_by) == (status, "error", ())
    assert found.blocks == (() if unseen else IPAM_GOALS)
    assert words in found.summary
    if status in ("fail", "unknown") and managed == addon(""):
        assert "role variable eks_windows_ipam_owner" in found.remedy


def test_where_else_the_schema_has_the_key() -> None:
    nested = {"properties": {"init": {"properties": {"enableWindowsIpam": {}}}}}
    found = finding("ipam.addon_schema", observed(vpc_cni=addon(""), vpc_cni_schema=nested), goal="enable")
    assert found.evidence[0].value == "no enableWindowsIpam in its schema, but init.enableWindowsIpam"


@pytest.mark.parametrize(
    ("managed", "known_schema", "wanted", "status", "words"),
    [
        (None, schema(), {}, "not_applicable", "does not manage"),
        (addon(""), DENIED, {}, "not_applicable", "Nothing is to change"),
        (addon('{"enableWindowsIpam": "false", "strange": 1}'), schema(), {}, "not_applicable", "Nothing is to change"),
        (addon('{"enableWindowsIpam": "true"}'), schema(), {}, "pass", "takes the configuration"),
        (addon('{"enableWindowsIpam": "true", "strange": 1}'), schema(), {}, "fail", "would refuse its configuration"),
        (addon('{"enableWindowsIpam": "true"}'), DENIED, {}, "unknown", "forbidden"),
        (addon('{"enableWindowsIpam": "true"}'), None, {}, "unknown", "not asked for"),
        (addon('{"enableWindowsIpam": "true"}'), DENIED, {"ipam_owner": "config_map"}, "not_applicable", "left as"),
        (DENIED, None, {}, "unknown", "forbidden"),
    ],
)
def test_addon_schema_for_disable(
    managed: Any, known_schema: Any, wanted: dict[str, Any], status: str, words: str
) -> None:
    seen = observed(vpc_cni=managed, vpc_cni_schema=known_schema)
    found = finding("ipam.addon_schema", seen, goal="disable", **wanted)
    assert found.status == status
    assert words in found.summary
    if status in ("fail", "unknown") and managed is not DENIED:
        assert "disable" in found.blocks
        assert "role variable eks_windows_ipam_owner" in found.remedy


@pytest.mark.parametrize(("goal", "value"), [("enable", "true"), ("disable", "false")])
def test_the_schema_matters_to_a_failed_update_but_not_to_one_under_way(goal: Any, value: str) -> None:
    values = f'{{"enableWindowsIpam": "{value}"}}'

    def judged(status: str, known_schema: Any) -> str:
        seen = observed(vpc_cni=addon(values, status=status), vpc_cni_schema=known_schema)
        return finding("ipam.addon_schema", seen, goal=goal).status

    assert (judged("UPDATE_FAILED", schema()), judged("UPDATE_FAILED", DENIED)) == ("pass", "unknown")
    for status in ("UPDATING", "CREATING", "ACTIVE", "DEGRADED"):
        assert judged(status, DENIED) == "not_applicable"


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal not in IPAM_GOALS])
def test_the_schema_matters_to_enable_and_disable_alone(goal: Any) -> None:
    for known_schema in (schema(), None, DENIED):
        seen = observed(vpc_cni=addon('{"enableWindowsIpam": "true"}'), vpc_cni_schema=known_schema)
        assert finding("ipam.addon_schema", seen, goal=goal).status == "not_applicable"
