# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    addon,
    config_map,
    disabling,
    observed,
    options,
    schema,
)

ON = config_map({"enable-windows-ipam": "true"})
OFF = config_map({"enable-windows-ipam": "false"})


def steps(values: Any, live: Any = ON, goal: Any = "enable", **wanted: Any) -> tuple[Step, ...]:
    managed = addon(values) if isinstance(values, str) else values
    return plan(Subject(observed(vpc_cni=managed, cni_config_map=live), options(goal=goal, **wanted)))


def ids(values: Any, live: Any = ON, **wanted: Any) -> list[str]:
    return [step.step for step in steps(values, live, **wanted)]


def test_drift_either_way_plans_the_half_that_lacks() -> None:
    assert ids('{"enableWindowsIpam": "false"}', ON) == ["configure_addon"]
    assert ids('{"enableWindowsIpam": "true"}', OFF) == ["enable_windows_ipam"]
    assert ids("", OFF) == ["enable_windows_ipam", "configure_addon"]
    assert ids('{"enableWindowsIpam": "true"}', ON) == []


def test_the_step_on_the_add_on() -> None:
    (step,) = steps('{"enableWindowsIpam": "false", "env": {"WARM_ENI_TARGET": "2"}}')
    assert step == Step(
        step="configure_addon",
        reason='The configuration of add-on vpc-cni has enableWindowsIpam: "false"',
        object="Add-on vpc-cni",
        before='{"enableWindowsIpam": "false"}',
        after='{"enableWindowsIpam": "true"}',
    )


@pytest.mark.parametrize(
    ("values", "before", "after", "reason"),
    [
        ("", {"enableWindowsIpam": None}, {"enableWindowsIpam": "true"}, "has no enableWindowsIpam"),
        ("other: x", {"enableWindowsIpam": None}, {"enableWindowsIpam": "true"}, "has no enableWindowsIpam"),
        (
            "enableWindowsIpam: false",
            {"enableWindowsIpam": False},
            {"enableWindowsIpam": "true"},
            "has enableWindowsIpam: false",
        ),
        ("enableWindowsIpam: 'yes'", {"enableWindowsIpam": "yes"}, {"enableWindowsIpam": "true"}, '"yes"'),
        (
            '{"env": {"ENABLE_WINDOWS_IPAM": "true", "other": 1}}',
            {"enableWindowsIpam": None, "env": {"ENABLE_WINDOWS_IPAM": "true"}},
            {"enableWindowsIpam": "true", "env": {"ENABLE_WINDOWS_IPAM": None}},
            "has no enableWindowsIpam, has ENABLE_WINDOWS_IPAM under env, where it has no effect",
        ),
    ],
)
def test_what_the_add_on_is_given(values: str, before: Any, after: Any, reason: str) -> None:
    (step,) = steps(values)
    assert (json.loads(step.before), json.loads(step.after)) == (before, after)
    assert step.reason.endswith(reason)


def test_a_key_without_effect_goes_on_the_way_but_is_no_reason_alone() -> None:
    values = {"enableWindowsIpam": "true", "warmWindowsIPTarget": 1, "env": {"enableWindowsIpam": "false"}}
    (step,) = [item for item in steps(json.dumps(values), warm_ip_target=5) if item.step == "configure_addon"]
    assert json.loads(step.after) == {"warmWindowsIPTarget": 5, "env": {"enableWindowsIpam": None}}
    assert steps(json.dumps(values)) == ()


@pytest.mark.parametrize("spelling", ['"true"', "true", '"T"', '"1"', "1"])
def test_a_value_that_already_means_it_is_left(spelling: str) -> None:
    assert steps(f'{{"enableWindowsIpam": {spelling}}}') == ()


def test_addressing_goes_to_both_owners() -> None:
    asked = {
        "prefix_delegation": True,
        "warm_ip_target": 5,
        "minimum_ip_target": 3,
        "warm_prefix_target": 0,
    }
    live = config_map({"enable-windows-ipam": "true", "warm-ip-target": "1", "minimum-ip-target": "3"})
    values = '{"enableWindowsIpam": "true", "minimumWindowsIPTarget": "3", "warmWindowsIPTarget": 1}'
    on_config_map, on_addon = steps(values, live, **asked)
    assert (on_config_map.step, on_config_map.object) == (
        "configure_windows_addressing",
        "ConfigMap kube-system/amazon-vpc-cni",
    )
    assert json.loads(on_config_map.before) == {
        "enable-windows-prefix-delegation": None,
        "warm-ip-target": "1",
        "warm-prefix-target": None,
    }
    assert json.loads(on_config_map.after) == {
        "enable-windows-prefix-delegation": "true",
        "warm-ip-target": "5",
        "warm-prefix-target": "0",
    }
    assert on_config_map.reason.startswith('enable-windows-prefix-delegation is not set, warm-ip-target is "1"')
    assert json.loads(on_addon.after) == {
        "enableWindowsPrefixDelegation": "true",
        "warmWindowsIPTarget": 5,
        "warmWindowsPrefixTarget": 0,
    }


def test_addressing_without_an_add_on() -> None:
    assert ids(None, None, prefix_delegation=True) == ["configure_windows_addressing", "enable_windows_ipam"]
    assert ids("", OFF, warm_ip_target=2, ipam_owner="config_map") == [
        "configure_windows_addressing",
        "enable_windows_ipam",
    ]


@pytest.mark.parametrize(
    ("live", "asked", "planned"),
    [
        ({}, {"prefix_delegation": False}, False),
        ({"enable-windows-prefix-delegation": "yes"}, {"prefix_delegation": False}, False),
        ({"enable-windows-prefix-delegation": "T"}, {"prefix_delegation": True}, False),
        ({"enable-windows-prefix-delegation": "T"}, {"prefix_delegation": False}, True),
        ({"warm-ip-target": "+5"}, {"warm_ip_target": 5}, False),
        ({"warm-ip-target": "x"}, {"warm_ip_target": 5}, True),
        ({"windows-warm-ip-target": "5"}, {"warm_ip_target": 5}, False),
        ({"windows-warm-ip-target": "4"}, {"warm_ip_target": 5}, True),
        ({"windows-warm-ip-target": "5", "warm-ip-target": "1"}, {"warm_ip_target": 5}, True),
        ({}, {"warm_prefix_target": 0}, True),
        ({"warm-prefix-target": "0"}, {"warm_prefix_target": 0}, False),
    ],
)
def test_live_addressing_is_changed_where_it_means_something_else(
    live: dict[str, str], asked: dict[str, Any], planned: bool
) -> None:
    found = steps(None, config_map({"enable-windows-ipam": "true", **live}), **asked)
    assert [step.step for step in found] == (["configure_windows_addressing"] if planned else [])
    for step in found:
        assert all(key in ("warm-ip-target", *live, "warm-prefix-target") for key in json.loads(step.after))
        assert not any(key.startswith("windows-") for key in json.loads(step.after))


@pytest.mark.parametrize("managed", [DENIED, None, "[1]", "a: [unclosed"])
def test_no_step_on_an_add_on_that_is_not_there_or_not_readable(managed: Any) -> None:
    assert ids(managed, OFF) == ["enable_windows_ipam"]
    assert ids(managed, ON, goal="disable", cluster_policy="verify") == ["disable_windows_ipam"]


@pytest.mark.parametrize(
    "known_schema",
    [schema("enableWindowsIpam"), {"maxProperties": 0, "properties": {"enableWindowsIpam": {}}}, DENIED, None],
)
def test_no_step_on_an_add_on_that_would_not_take_it(known_schema: Any) -> None:
    subject = Subject(
        observed(vpc_cni=addon(""), cni_config_map=OFF, vpc_cni_schema=known_schema), options(goal="enable")
    )
    assert [step.step for step in plan(subject)] == ["enable_windows_ipam"]


@pytest.mark.parametrize(
    ("known_schema", "planned"),
    [
        (schema(), ["configure_addon"]),
        ({"maxProperties": 0, "properties": {"enableWindowsIpam": {}}}, []),
        (DENIED, []),
        (None, []),
    ],
)
def test_disable_needs_the_schema_too(known_schema: Any, planned: list[str]) -> None:
    seen = observed(vpc_cni=addon("enableWindowsIpam: true"), cni_config_map=OFF, vpc_cni_schema=known_schema)
    wanted = options(goal="disable", cluster_policy="verify", ignore=["ipam.addon_schema"])
    assert [step.step for step in plan(Subject(seen, wanted))] == planned


FAILED = "The last update of add-on vpc-cni failed"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("UPDATE_FAILED", FAILED),
        ("UPDATING", "Add-on vpc-cni is UPDATING"),
        ("CREATING", "Add-on vpc-cni is CREATING"),
        *((status, None) for status in ("ACTIVE", "DEGRADED", "DELETING", "CREATE_FAILED", "DELETE_FAILED", "")),
    ],
)
@pytest.mark.parametrize(("goal", "value"), [("enable", '"true"'), ("enable", "true"), ("disable", '"F"')])
def test_values_that_are_not_known_to_be_in_force(status: str, reason: str | None, goal: Any, value: str) -> None:
    live = ON if goal == "enable" else OFF
    managed = addon(f'{{"enableWindowsIpam": {value}, "env": {{"A": "b"}}}}', status=status)
    found = steps(managed, live, goal=goal, cluster_policy="verify")
    as_given = f'{{"enableWindowsIpam": {value}}}'
    expected = Step("configure_addon", str(reason), "Add-on vpc-cni", as_given, as_given)
    assert found == ((expected,) if reason else ())
    assert steps(managed, live, goal=goal, cluster_policy="verify", ipam_owner="config_map") == ()


@pytest.mark.parametrize(("status", "planned"), [("UPDATING", ["configure_addon"]), ("UPDATE_FAILED", [])])
def test_waiting_alone_needs_no_schema(status: str, planned: list[str]) -> None:
    managed = addon('{"enableWindowsIpam": "true"}', status=status)
    seen = observed(vpc_cni=managed, cni_config_map=ON, vpc_cni_schema=DENIED)
    assert [step.step for step in plan(Subject(seen, options(goal="enable")))] == planned


@pytest.mark.parametrize("status", ["UPDATE_FAILED", "UPDATING", "CREATING"])
def test_what_has_to_change_is_the_reason_before_the_status(status: str) -> None:
    (step,) = steps(addon("", status=status))
    assert step.reason == "The configuration of add-on vpc-cni has no enableWindowsIpam"
    assert step.after == '{"enableWindowsIpam": "true"}'


@pytest.mark.parametrize("values", ["", '{"enableWindowsIpam": null}', '{"env": {"enableWindowsIpam": "false"}}', "["])
def test_disable_waits_for_nothing_that_the_configuration_does_not_say(values: str) -> None:
    for status in ("UPDATE_FAILED", "UPDATING"):
        assert steps(addon(values, status=status), OFF, goal="disable", cluster_policy="verify") == ()


def test_every_setting_asked_for_that_is_given_goes_out_again() -> None:
    values = '{"warmWindowsIPTarget": 5, "enableWindowsIpam": "true", "warmWindowsPrefixTarget": 1}'
    live = config_map({"enable-windows-ipam": "true", "warm-ip-target": "5"})
    (step,) = steps(addon(values, status="UPDATE_FAILED"), live, warm_ip_target=5, prefix_delegation=False)
    assert step.before == step.after == '{"enableWindowsIpam": "true", "warmWindowsIPTarget": 5}'


def test_the_policy_goes_after_a_failed_update_is_made_again() -> None:
    managed = addon('{"enableWindowsIpam": "false"}', status="UPDATE_FAILED")
    found = plan(Subject(disabling(vpc_cni=managed, cni_config_map=OFF), options(goal="disable")))
    assert [step.step for step in found] == ["configure_addon", "detach_cluster_policy"]


def test_no_step_on_the_add_on_where_the_config_map_is_the_owner() -> None:
    assert ids("", OFF, ipam_owner="config_map") == ["enable_windows_ipam"]
    assert ids("", OFF, ipam_owner="addon") == ["enable_windows_ipam", "configure_addon"]


@pytest.mark.parametrize(
    ("values", "planned"),
    [
        ("", False),
        ('{"enableWindowsIpam": "false"}', False),
        ('{"enableWindowsIpam": "yes"}', False),
        ('{"env": {"enableWindowsIpam": "true"}}', False),
        ('{"enableWindowsIpam": "true"}', True),
        ("enableWindowsIpam: true", True),
        ("enableWindowsIpam: T", True),
    ],
)
def test_disable_changes_the_add_on_where_it_says_true(values: str, planned: bool) -> None:
    found = steps(values, OFF, goal="disable", cluster_policy="verify", prefix_delegation=True)
    assert [step.step for step in found] == (["configure_addon"] if planned else [])
    for step in found:
        assert step.after == '{"enableWindowsIpam": "false"}'
