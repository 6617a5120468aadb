# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    cluster,
    config_map,
    finding,
    legacy,
    legacy_cluster,
    observed,
    options,
)

FAILURES = {
    "network.address_targets": Failure(observed(cni_config_map=config_map({"warm-ip-target": "x"})), "warning"),
}

PREFIX = {"enable-windows-prefix-delegation": "true"}
CHART = {"warm-ip-target": "1", "minimum-ip-target": "3", "warm-prefix-target": "0"}


def judged(data: Any, **wanted: Any) -> Any:
    seen = data if data is DENIED or data is None else config_map(data)
    return finding("network.address_targets", observed(cni_config_map=seen), **wanted)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (None, "pass", "it keeps 3 warm addresses, at least 3 in all, its defaults"),
        (PREFIX, "pass", "it keeps 1 warm addresses, at least 3 in all, warm prefixes 0, its defaults"),
        (CHART, "pass", "it keeps 1 warm addresses, at least 3 in all"),
        ({**CHART, **PREFIX}, "pass", "warm prefixes 0"),
        ({"warm-ip-target": "5"}, "pass", "it keeps 5 warm addresses, at least 0 in all"),
        ({"windows-warm-ip-target": "5"}, "pass", "it keeps 5 warm addresses"),
        ({"warm-ip-target": "x"}, "fail", 'warm-ip-target "x" (no integer, so that it counts as absent); it keeps 3'),
        ({"minimum-ip-target": "1.5"}, "fail", "no integer"),
        ({"warm-ip-target": ""}, "fail", "no integer"),
        ({"minimum-ip-target": "-1"}, "fail", "negative"),
        ({"warm-prefix-target": "2"}, "fail", "ignored without prefix delegation"),
        (
            {"warm-prefix-target": "2", **PREFIX},
            "pass",
            "it keeps 0 warm addresses, at least 0 in all, warm prefixes 2",
        ),
        ({"warm-ip-target": "0"}, "fail", 'warm-ip-target "0" (taken for 1)'),
        ({"warm-ip-target": "0", **PREFIX, "minimum-ip-target": "4"}, "pass", "it keeps 0 warm"),
        (
            {"warm-ip-target": "0", "minimum-ip-target": "0", **PREFIX},
            "fail",
            '"0" (taken for 1) and 1 more; it keeps 1',
        ),
        ({"minimum-ip-target": "0"}, "fail", 'minimum-ip-target "0" (taken for 3)'),
        (
            {"warm-ip-target": "1", "windows-warm-ip-target": "7"},
            "fail",
            'windows-warm-ip-target "7" (warm-ip-target "1" wins over it); it keeps 1',
        ),
        (
            {"warm-ip-target": "x", "windows-warm-ip-target": "7"},
            "fail",
            "no integer, so that it counts as absent) and 1",
        ),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_live_targets_only_warn(data: Any, status: str, words: str) -> None:
    for goal in ("none", "enable", "disable"):
        found = judged(data, goal=goal)
        assert (found.status, found.severity, found.stops_pods) == (status, "warning", False)
        assert words in found.summary
        assert found.blocks == () or status == "pass"


@pytest.mark.parametrize(
    ("data", "wanted", "status", "words"),
    [
        (CHART, {"warm_ip_target": 5}, "pass", "it keeps 5 warm addresses, at least 3"),
        (CHART, {"warm_ip_target": 0}, "fail", 'warm-ip-target "0" (taken for 1)'),
        (CHART, {"warm_prefix_target": 1}, "fail", "ignored without prefix delegation"),
        (CHART, {"warm_prefix_target": 0}, "pass", "it keeps 1"),
        ({**CHART, **PREFIX}, {"warm_prefix_target": 1}, "pass", "warm prefixes 1"),
        (CHART, {"warm_prefix_target": 1, "prefix_delegation": True}, "pass", "warm prefixes 1"),
        ({**CHART, **PREFIX}, {"warm_prefix_target": 1, "prefix_delegation": False}, "fail", "ignored without"),
        ({**CHART, **PREFIX}, {"warm_ip_target": 0, "minimum_ip_target": 0}, "fail", "(taken for 1); it keeps 1"),
        (
            {**CHART, **PREFIX},
            {"warm_ip_target": 0, "minimum_ip_target": 0, "warm_prefix_target": 1},
            "pass",
            "prefixes 1",
        ),
        (DENIED, {"warm_ip_target": 5}, "unknown", "forbidden"),
    ],
)
def test_wanted_targets_stop_enable(data: Any, wanted: dict[str, Any], status: str, words: str) -> None:
    found = judged(data, goal="enable", **wanted)
    assert found.status == status
    assert words in found.summary
    assert found.blocks == ("enable", "migrate")
    if status == "fail":
        assert (found.severity, found.resolved_by) == ("error", ())
        assert all(item.object == "Wanted" for item in found.evidence)


def test_a_live_target_that_is_to_be_replaced_is_mended_by_the_plan() -> None:
    found = judged({"warm-ip-target": "x"}, goal="enable", warm_ip_target=5)
    assert (found.status, found.severity, found.blocks) == ("fail", "warning", ())
    assert found.resolved_by == ("configure_windows_addressing",)


@pytest.mark.parametrize("goal", ["none", "disable"])
def test_options_of_enable_mean_nothing_to_other_goals(goal: Any) -> None:
    found = judged(CHART, goal=goal, warm_ip_target=0, warm_prefix_target=5)
    assert found.status == "pass"
    assert ": it keeps 1 warm addresses, at least 3 in all;" in found.summary


ON = {"enable-windows-ipam": "true"}
NOT_KNOWN = "; whether this has effect is not known"


@pytest.mark.parametrize(
    ("observation", "goal", "words"),
    [
        (observed(cni_config_map=config_map({**ON, **CHART})), "none", ""),
        (observed(cni_config_map=config_map({**ON, **CHART})), "disable", ""),
        (observed(cni_config_map=config_map(CHART)), "none", "; this has no effect while Windows IPAM is off"),
        (observed(cni_config_map=config_map(CHART)), "disable", "; this has no effect while Windows IPAM is off"),
        (observed(cni_config_map=config_map(CHART)), "enable", ""),
        (observed(cni_config_map=config_map(CHART)), "migrate", ""),
        (
            observed(cni_config_map=config_map({**ON, **CHART}), legacy=legacy(deployments=(CONTROLLER,))),
            "none",
            "; this has no effect while Deployment kube-system/vpc-resource-controller is there",
        ),
        (observed(cni_config_map=config_map({**ON, **CHART}), cluster=DENIED), "none", NOT_KNOWN),
        (observed(cni_config_map=config_map({**ON, **CHART}), legacy=legacy(deployments=DENIED)), "none", NOT_KNOWN),
    ],
)
def test_where_the_controller_does_none_of_it(observation: Any, goal: Any, words: str) -> None:
    found = finding("network.address_targets", observation, goal=goal)
    assert found.status == "pass"
    assert found.summary.endswith(f"at least 3 in all{words}")


@pytest.mark.parametrize("data", [{**ON, **CHART}, {**ON, "warm-ip-target": "x"}])
@pytest.mark.parametrize("part", ["cluster", "deployments", None])
def test_what_would_tell_whether_it_has_effect_is_named_where_it_could_not_be_read(
    data: dict[str, str], part: str | None
) -> None:
    observation = {
        "cluster": observed(cni_config_map=config_map(data), cluster=DENIED),
        "deployments": observed(cni_config_map=config_map(data), legacy=legacy(deployments=DENIED)),
        None: observed(cni_config_map=config_map(data)),
    }[part]
    found = finding("network.address_targets", observation, goal="none")
    named = [item.object for item in found.evidence if item.object == DENIED.source]
    assert named == ([DENIED.source] if part else [])
    # A goal that ends it does not hang on it.
    ending = finding("network.address_targets", observation, goal="enable")
    assert DENIED.source not in [item.object for item in ending.evidence]


def test_a_problem_says_too_where_the_controller_does_none_of_it() -> None:
    assert judged({"warm-ip-target": "x"}).summary.endswith("; this has no effect while Windows IPAM is off")


def test_the_key_that_decides_is_named() -> None:
    found = judged({"windows-warm-ip-target": "x"})
    said = 'windows-warm-ip-target "x" (no integer, so that it counts as absent)'
    assert [item.value for item in found.evidence] == [said]
    assert found.summary.startswith(f"The controller does not take {said}; it keeps 3")


@pytest.mark.parametrize(
    ("data", "says_so"),
    [
        ({"windows-warm-ip-target": "x"}, False),
        ({"warm-ip-target": "x"}, False),
        ({"warm-ip-target": "x", "windows-minimum-ip-target": "5"}, False),
        ({"warm-ip-target": "1", "windows-warm-ip-target": "7"}, True),
        ({"warm-ip-target": "x", "windows-warm-ip-target": "7"}, True),
    ],
)
def test_keys_are_to_be_deleted_only_where_others_win(data: dict[str, str], says_so: bool) -> None:
    found = judged(data)
    assert found.status == "fail"
    assert ("delete keys that begin with windows-" in found.remedy) is says_so
    assert found.remedy.startswith("Set targets that the controller takes") and found.remedy.endswith(".")


@pytest.mark.parametrize("data", [{"warm-ip-target": "5\n"}, {"warm-ip-target": "1", "windows-warm-ip-target": "5\n"}])
def test_control_characters_are_shown(data: dict[str, str]) -> None:
    found = judged(data)
    assert '"5\\n"' in found.summary
    assert any('"5\\n"' in item.value for item in found.evidence)


def test_below_the_minimum_targets_are_those_of_secondary_mode() -> None:
    old = observed(cluster=cluster(version="1.24"), cni_config_map=config_map({**PREFIX, "warm-prefix-target": "1"}))
    assert "ignored without prefix delegation" in finding("network.address_targets", old).summary


UNTOLD = cluster(version="1.26", platform_version="?")
DEFAULTS_IN_EITHER = (
    "it keeps 3 warm addresses, at least 3 in all, its defaults, or with prefix delegation it keeps 1 warm addresses, "
    "at least 3 in all, warm prefixes 0, its defaults"
)


@pytest.mark.parametrize("seen", [DENIED, UNTOLD], ids=["unread", "untold"])
@pytest.mark.parametrize(
    ("data", "wanted", "status", "words"),
    [
        ({"warm-prefix-target": "2"}, {}, "fail", "ignored without prefix delegation"),
        ({"warm-prefix-target": "2", **PREFIX}, {}, "unknown", "Not known: "),
        ({"warm-ip-target": "0", **PREFIX, "minimum-ip-target": "4"}, {}, "unknown", "Not known: "),
        ({"warm-ip-target": "0", "minimum-ip-target": "0", **PREFIX}, {}, "fail", 'warm-ip-target "0" (taken for 1);'),
        ({"warm-ip-target": "x", "warm-prefix-target": "2", **PREFIX}, {}, "fail", "no integer, so that it counts as"),
        (PREFIX, {}, "pass", DEFAULTS_IN_EITHER),
        ({}, {}, "pass", "it keeps 3 warm addresses, at least 3 in all, its defaults"),
        (CHART, {"warm_prefix_target": 1}, "fail", "ignored without prefix delegation"),
        (CHART, {"warm_prefix_target": 1, "prefix_delegation": True}, "unknown", "Not known: "),
        ({**CHART, **PREFIX}, {"warm_prefix_target": 1}, "unknown", "Not known: "),
        ({**CHART, **PREFIX}, {"warm_prefix_target": 1, "prefix_delegation": False}, "fail", "ignored without"),
        ({**CHART, **PREFIX}, {"warm_ip_target": 5}, "pass", "it keeps 5 warm addresses, at least 3 in all, or with"),
    ],
)
def test_where_the_versions_are_not_known_either_mode_is_judged(
    seen: Any, data: Any, wanted: dict[str, Any], status: str, words: str
) -> None:
    goal: Any = "enable" if wanted else "none"
    observation = observed(cluster=seen, cni_config_map=config_map(data))
    found = finding("network.address_targets", observation, goal=goal, **wanted)
    assert found.status == status
    assert words in found.summary
    if status == "unknown":
        assert found.blocks == (("enable", "migrate") if wanted else ())
        assert found.remedy == (DENIED.remedy if seen is DENIED else "Report this cluster's versions.")


def test_only_what_fails_in_either_mode_is_evidence() -> None:
    data = config_map({"warm-ip-target": "x", "warm-prefix-target": "2", **PREFIX})
    found = finding("network.address_targets", observed(cluster=DENIED, cni_config_map=data))
    assert [item.value for item in found.evidence] == ['warm-ip-target "x" (no integer, so that it counts as absent)']


def test_what_was_not_read_is_evidence_where_nothing_hangs_on_it() -> None:
    found = finding("network.address_targets", observed(cluster=DENIED, cni_config_map=config_map(PREFIX)))
    assert [item.object for item in found.evidence] == [DENIED.source]


def test_old_control_planes_read_no_target() -> None:
    old = legacy_cluster(cni_config_map=config_map({"warm-ip-target": "x"}))
    assert finding("network.address_targets", old).status == "not_applicable"


def test_control_characters_are_shown_in_the_reason_of_the_step() -> None:
    seen = observed(cni_config_map=config_map({**ON, "warm-ip-target": "5\n"}))
    (step,) = as_result(seen, options(goal="enable", warm_ip_target=5))["plan"]
    assert (step["reason"], step["before"]) == ('warm-ip-target is "5\\n"', '{"warm-ip-target": "5\\n"}')
