# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What eks_addon_config asks of EKS and how long it waits, by an add-on and a clock of the tests' own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends import addon_config
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.addon_config import ConfigurationChange
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.patience import Clock
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.managed_addon import (
    AddonDescription,
    AddonInUseError,
    AddonIssue,
    AddonUpdate,
)

ROLE = "arn:aws:iam::111122223333:role/vpc-cni"
ACTIVE = AddonDescription(
    name="vpc-cni",
    arn="arn:aws:eks:eu-central-1:111122223333:addon/c/vpc-cni/1",
    version="v1.19.0-eksbuild.1",
    status="ACTIVE",
    configuration='{"env": {"WARM_IP_TARGET": "5"}}',
    service_account_role_arn=ROLE,
    pod_identity_associations=("arn:aws:eks:eu-central-1:111122223333:podidentityassociation/c/a-1",),
)
SCHEMA = {
    "$schema": "http://json-schema.org/draft-06/schema#",
    "additionalProperties": False,
    "properties": {
        "enableWindowsIpam": {"type": "string"},
        "env": {"additionalProperties": False, "properties": {"WARM_IP_TARGET": {"type": "string"}}},
    },
}
VALUES = {"enableWindowsIpam": "true"}
WANTED = {"env": {"WARM_IP_TARGET": "5"}, "enableWindowsIpam": "true"}
ISSUE = AddonIssue("ConfigurationConflict", "conflicts found", ("configmap",))


def busy(status: str, found: AddonDescription = ACTIVE) -> AddonDescription:
    return replace(found, status=status)


class FakeClock:
    """Time that passes in sleep alone."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class FakeAddon:
    """Answers DescribeAddon by ``looks``, the last one for ever; an update that succeeds changes the configuration."""

    cluster_name = "c"
    name = "vpc-cni"

    def __init__(self, *looks: AddonDescription, updates: tuple[str, ...] = ("InProgress", "Successful")) -> None:
        self.looks = list(looks)
        self.updates = list(updates)
        self.calls: list[str] = []
        self.sent: list[str] = []
        self.refusals: list[EksWindowsError] = []
        self.schema_of_version: dict[str, Any] = SCHEMA
        self.applied: Callable[[AddonDescription, str], AddonDescription] = lambda found, text: replace(
            found, status="ACTIVE", configuration=text, issues=()
        )

    def __str__(self) -> str:
        return "add-on vpc-cni of cluster c"

    def describe(self) -> AddonDescription:
        self.calls.append("describe")
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def schema(self, version: str) -> dict[str, Any]:
        self.calls.append(f"schema {version}")
        return self.schema_of_version

    def update(self, described: AddonDescription, configuration: str) -> AddonUpdate:
        self.calls.append("update")
        self.sent.append(configuration)
        if self.refusals:
            raise self.refusals.pop(0)
        self.looks = [self.applied(described, configuration)]
        return AddonUpdate("u-1", self.updates.pop(0))

    def describe_update(self, update_id: str) -> AddonUpdate:
        self.calls.append(f"describe_update {update_id}")
        status = self.updates.pop(0) if len(self.updates) > 1 else self.updates[0]
        return AddonUpdate(update_id, status, (ISSUE,) if status == "Failed" else ())


def make(addon: FakeAddon, clock: FakeClock | None = None, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    parameters = {"values": VALUES, "wait": True, "wait_timeout": 20, "wait_delay": 5, **options}
    used: Any = addon
    return ConfigurationChange(used, parameters, (clock or FakeClock()).clock()).make(check_mode)


def refused(addon: FakeAddon, clock: FakeClock | None = None, **options: Any) -> EksWindowsError:
    with pytest.raises(EksWindowsError) as caught:
        make(addon, clock, **options)
    return caught.value


def in_use(after_retry: bool = False) -> AddonInUseError:
    return AddonInUseError("Could not update add-on vpc-cni of cluster c: in use", "Try again", after_retry)


def test_one_update_and_a_look_at_what_it_left() -> None:
    addon, clock = FakeAddon(ACTIVE), FakeClock()
    result = make(addon, clock)
    assert addon.calls == ["describe", "schema v1.19.0-eksbuild.1", "update", "describe_update u-1", "describe"]
    assert [json.loads(text) for text in addon.sent] == [WANTED]
    assert clock.slept == [5]
    assert result == {
        "changed": True,
        "cluster_name": "c",
        "addon": {
            "name": "vpc-cni",
            "arn": ACTIVE.arn,
            "version": "v1.19.0-eksbuild.1",
            "status": "ACTIVE",
            "configuration_values": WANTED,
            "service_account_role_arn": ROLE,
            "pod_identity_associations": list(ACTIVE.pod_identity_associations),
            "health_issues": [],
        },
        "diff": {"before": {"env": {"WARM_IP_TARGET": "5"}}, "after": WANTED},
        "addon_update": {"id": "u-1", "status": "Successful", "errors": []},
    }


def test_check_mode_says_the_same_and_writes_nothing() -> None:
    addon = FakeAddon(ACTIVE)
    predicted = make(addon, check_mode=True)
    assert addon.calls == ["describe", "schema v1.19.0-eksbuild.1"]
    real = make(FakeAddon(ACTIVE))
    assert predicted == {key: value for key, value in real.items() if key != "addon_update"}


@pytest.mark.parametrize("check_mode", [False, True])
def test_values_that_are_there_cost_one_call(check_mode: bool) -> None:
    addon = FakeAddon(replace(ACTIVE, configuration=json.dumps(WANTED)))
    result = make(addon, check_mode=check_mode)
    assert addon.calls == ["describe"]
    assert not result["changed"]
    assert result["diff"] == {"before": WANTED, "after": WANTED}
    assert "addon_update" not in result
    assert "warnings" not in result


def test_a_removed_key_that_is_not_there_changes_nothing() -> None:
    assert not make(FakeAddon(ACTIVE), values={"gone": None, "env": {"GONE": None}})["changed"]


@pytest.mark.parametrize("status", ["UPDATING", "CREATING"])
@pytest.mark.parametrize("configuration", ["", json.dumps(WANTED)])
def test_waits_for_somebody_else(status: str, configuration: str) -> None:
    found = replace(ACTIVE, configuration=configuration)
    addon, clock = FakeAddon(busy(status), busy(status), found), FakeClock()
    result = make(addon, clock)
    assert addon.calls[:3] == ["describe"] * 3
    assert clock.slept[:2] == [5, 5]
    assert result["changed"] is (configuration == "")
    assert ("update" in addon.calls) is (configuration == "")


def test_gives_up_on_somebody_else_in_time() -> None:
    addon, clock = FakeAddon(busy("UPDATING")), FakeClock()
    error = refused(addon, clock, wait_timeout=12)
    assert clock.slept == [5, 5, 2]
    assert addon.calls == ["describe"] * 4
    assert "add-on vpc-cni of cluster c, which is still UPDATING after 12 seconds" in str(error)
    assert "wait_timeout" in error.remedy


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_wait_somebody_else_is_an_error(check_mode: bool) -> None:
    addon, clock = FakeAddon(busy("UPDATING"), ACTIVE), FakeClock()
    error = refused(addon, clock, wait=False, check_mode=check_mode)
    assert addon.calls == ["describe"]
    assert clock.slept == []
    assert "which is UPDATING, and wait is false" in str(error)


@pytest.mark.parametrize("status", ["DELETING", "CREATE_FAILED", "DELETE_FAILED", "SOMETHING_NEW"])
@pytest.mark.parametrize("configuration", ["", json.dumps(WANTED)])
def test_refused_states(status: str, configuration: str) -> None:
    addon = FakeAddon(replace(ACTIVE, status=status, configuration=configuration, issues=(ISSUE,)))
    error = refused(addon)
    assert addon.calls == ["describe"]
    assert f"Add-on vpc-cni of cluster c is {status} (ConfigurationConflict: conflicts found (configmap))" in str(error)
    assert error.remedy


@pytest.mark.parametrize("status", ["DEGRADED", "UPDATE_FAILED"])
def test_a_sick_add_on_is_updated_with_a_warning(status: str) -> None:
    result = make(FakeAddon(replace(ACTIVE, status=status, issues=(ISSUE,))))
    assert result["changed"]
    assert result["addon"]["status"] == "ACTIVE"
    assert result["warnings"] == [
        f"Add-on vpc-cni of cluster c was {status} (ConfigurationConflict: conflicts found (configmap))"
    ]


def test_a_degraded_add_on_that_has_the_values_is_left_alone_with_a_warning() -> None:
    addon = FakeAddon(replace(ACTIVE, status="DEGRADED", issues=(ISSUE,), configuration=json.dumps(WANTED)))
    result = make(addon)
    assert not result["changed"]
    assert addon.calls == ["describe"]
    assert "DEGRADED" in result["warnings"][0]
    assert result["addon"]["health_issues"] == [
        {"code": "ConfigurationConflict", "message": "conflicts found", "resource_ids": ["configmap"]}
    ]


def test_a_failed_update_is_made_again() -> None:
    addon = FakeAddon(replace(ACTIVE, status="UPDATE_FAILED", issues=(ISSUE,), configuration=json.dumps(WANTED)))
    assert make(addon, check_mode=True)["changed"]
    result = make(addon)
    assert result["changed"]
    assert result["diff"] == {"before": WANTED, "after": WANTED}
    assert addon.sent == [json.dumps(WANTED)]
    assert not make(addon)["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_misplaced_key_is_refused(check_mode: bool) -> None:
    addon = FakeAddon(ACTIVE)
    error = refused(addon, check_mode=check_mode, values={"env": {"enableWindowsIpam": "true"}, "x": 1})
    assert "update" not in addon.calls
    assert str(error) == (
        "The configuration of add-on vpc-cni of cluster c would not be one that its version v1.19.0-eksbuild.1 takes: "
        "env.enableWindowsIpam: no such key in the schema; x: no such key in the schema. The add-on was not "
        "changed. "
        "Give enableWindowsIpam instead of env.enableWindowsIpam, which null removes. "
        "Update the add-on to a version that has x, or leave that out"
    )


def test_a_value_of_the_wrong_kind_is_refused() -> None:
    error = refused(FakeAddon(ACTIVE), values={"enableWindowsIpam": True})
    assert "enableWindowsIpam: True is not of type 'string'" in str(error)
    assert "Give what version v1.19.0-eksbuild.1 takes for enableWindowsIpam" in error.remedy


def test_a_schema_that_is_none_is_refused() -> None:
    addon = FakeAddon(ACTIVE)
    addon.schema_of_version = {"$ref": "https://example.com/schema"}
    error = refused(addon)
    assert "update" not in addon.calls
    assert "can't be checked: reference https://example.com/schema leads out of the schema" in str(error)


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ("- a", "expected a mapping, found list"),
        ('{"env": {}, "env": {}}', "it has key 'env' more than once in one mapping"),
        ("env:\n  A: '1'\n  A: '2'\n", "it has key 'A' more than once in one mapping"),
    ],
)
def test_a_configuration_that_is_none_is_refused(configuration: str, reason: str) -> None:
    addon = FakeAddon(replace(ACTIVE, configuration=configuration))
    assert f"can't be read: {reason}" in str(refused(addon))
    assert addon.calls == ["describe"]


@pytest.mark.parametrize("status", ["Failed", "Cancelled"])
def test_an_update_that_does_not_succeed(status: str) -> None:
    addon = FakeAddon(ACTIVE, updates=("InProgress", "InProgress", status))
    addon.applied = lambda found, text: replace(found, status="UPDATE_FAILED", configuration=text, issues=(ISSUE,))
    error = refused(addon)
    assert f"Update u-1 of add-on vpc-cni of cluster c ended as {status}" in str(error)
    assert ("ended as Failed: ConfigurationConflict: conflicts found (configmap)" in str(error)) is (status == "Failed")
    assert "The add-on is UPDATE_FAILED (ConfigurationConflict" in str(error)
    assert error.result["changed"]
    assert error.result["addon_update"]["status"] == status
    assert error.result["addon"]["status"] == "UPDATE_FAILED"


def test_an_update_that_never_ends() -> None:
    addon, clock = FakeAddon(ACTIVE, updates=("InProgress", "InProgress")), FakeClock()
    error = refused(addon, clock)
    assert clock.slept == [5, 5, 5, 5]
    assert "Update u-1 of add-on vpc-cni of cluster c is still in progress after 20 seconds" in str(error)
    assert error.result == {"changed": True, "addon_update": {"id": "u-1", "status": "InProgress", "errors": []}}


def test_waits_until_the_add_on_is_settled_too() -> None:
    addon, clock = FakeAddon(ACTIVE), FakeClock()
    wanted = json.dumps(WANTED)
    addon.applied = lambda found, text: busy("UPDATING", replace(found, configuration=wanted))
    seen: list[float] = []

    def look() -> AddonDescription:
        seen.append(clock.now)
        return replace(addon.looks[0], status="ACTIVE") if len(seen) == 4 else addon.looks[0]

    addon.describe = look  # type: ignore[method-assign]
    assert make(addon, clock)["addon"]["status"] == "ACTIVE"
    assert seen == [100, 105, 110, 115]


def test_without_wait_the_update_is_not_followed() -> None:
    addon, clock = FakeAddon(ACTIVE), FakeClock()
    addon.applied = lambda found, text: busy("UPDATING", replace(found, configuration=text))
    result = make(addon, clock, wait=False)
    assert addon.calls == ["describe", "schema v1.19.0-eksbuild.1", "update", "describe"]
    assert clock.slept == []
    assert result["addon_update"]["status"] == "InProgress"
    assert result["addon"]["status"] == "UPDATING"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"status": "DEGRADED", "issues": (ISSUE,)}, "which was ACTIVE, is DEGRADED (ConfigurationConflict"),
        ({"status": "UPDATE_FAILED", "issues": ()}, "which was ACTIVE, is UPDATE_FAILED (no health issues told)"),
        ({"service_account_role_arn": ""}, f"service account role was {ROLE} and is none"),
        ({"version": "v1.20.4-eksbuild.1"}, "version was v1.19.0-eksbuild.1 and is v1.20.4-eksbuild.1"),
        (
            {"pod_identity_associations": ()},
            f"pod identity associations was {ACTIVE.pod_identity_associations[0]} and is none",
        ),
        (
            {"configuration": '{"enableWindowsIpam": "true"}'},
            f'configuration should be {json.dumps(WANTED)} and is {{"enableWindowsIpam": "true"}}',
        ),
        ({"configuration": "- a"}, f'configuration should be {json.dumps(WANTED)} and is "- a"'),
    ],
)
def test_an_update_that_left_something_else(left: dict[str, Any], said: str) -> None:
    addon = FakeAddon(ACTIVE)
    addon.applied = lambda found, text: replace(found, **{"configuration": text, **left})
    error = refused(addon)
    assert said in str(error)
    assert error.result["changed"]
    assert error.result["addon_update"]["status"] == "Successful"


def test_an_add_on_that_stays_degraded_is_no_failure() -> None:
    sick = replace(ACTIVE, status="DEGRADED", issues=(ISSUE,))
    addon = FakeAddon(sick)
    addon.applied = lambda found, text: replace(found, configuration=text)
    assert make(addon)["addon"]["status"] == "DEGRADED"


def test_a_race_is_waited_out_and_merged_anew() -> None:
    other = replace(ACTIVE, version="v1.20.4-eksbuild.1", configuration='{"env": {"WARM_IP_TARGET": "9"}}')
    addon, clock = FakeAddon(ACTIVE, busy("UPDATING"), other), FakeClock()
    addon.refusals = [in_use()]
    result = make(addon, clock)
    assert json.loads(addon.sent[-1]) == {"env": {"WARM_IP_TARGET": "9"}, "enableWindowsIpam": "true"}
    assert addon.calls.count("update") == 2
    assert "schema v1.20.4-eksbuild.1" in addon.calls
    assert result["diff"] == {
        "before": {"env": {"WARM_IP_TARGET": "5"}},
        "after": {"env": {"WARM_IP_TARGET": "9"}, "enableWindowsIpam": "true"},
    }


def test_a_race_that_never_ends() -> None:
    addon, clock = FakeAddon(ACTIVE), FakeClock()
    addon.refusals = [in_use() for _ in range(9)]
    error = refused(addon, clock)
    assert "in use" in str(error)
    assert sum(clock.slept) == 20
    assert addon.calls.count("update") == 5


def test_without_wait_a_race_is_an_error() -> None:
    addon, clock = FakeAddon(ACTIVE), FakeClock()
    addon.refusals = [in_use()]
    assert "in use" in str(refused(addon, clock, wait=False))
    assert clock.slept == []


def test_an_answer_that_was_lost_is_a_change() -> None:
    done = replace(ACTIVE, configuration=json.dumps(WANTED))
    addon = FakeAddon(ACTIVE, busy("UPDATING", done), done)
    addon.refusals = [in_use(after_retry=True)]
    result = make(addon)
    assert addon.calls.count("update") == 1
    assert result["changed"]
    assert "addon_update" not in result
    assert result["diff"] == {"before": {"env": {"WARM_IP_TARGET": "5"}}, "after": WANTED}


def test_an_answer_that_was_lost_and_an_update_that_did_harm() -> None:
    done = replace(ACTIVE, configuration=json.dumps(WANTED), service_account_role_arn="")
    addon = FakeAddon(ACTIVE, done)
    addon.refusals = [in_use(after_retry=True)]
    error = refused(addon)
    assert f"service account role was {ROLE} and is none" in str(error)
    assert error.result["changed"]


@pytest.mark.parametrize(("option", "value"), [("wait_timeout", -1), ("wait_delay", 0)])
def test_times_that_are_none(option: str, value: int) -> None:
    parameters = {"wait_timeout": 600, "wait_delay": 5, option: value}
    with pytest.raises(EksWindowsError, match=f"{option} is {value}"):
        addon_config.run(parameters, False)


def test_yaml_stays_yaml() -> None:
    text = "env:\n  WARM_IP_TARGET: '5'\n"
    addon = FakeAddon(replace(ACTIVE, configuration=text))
    make(addon)
    assert addon.sent == [text + 'enableWindowsIpam: "true"\n']
