# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    merge,
    parse_configuration,
    render,
    same,
    windows_ipam_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import needed_patch
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    addon,
    finding,
    observed,
    options,
)


@pytest.mark.parametrize(
    ("values", "patch", "merged"),
    [
        # The examples of RFC 7386, appendix A, whose patch and result are objects.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        # A list takes the place of a list, nulls within it are values.
        ({"a": [1, 2]}, {"a": [None]}, {"a": [None]}),
        ({"a": "text"}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
        (
            {"env": {"ENABLE_POD_ENI": "true", "enableWindowsIpam": "true"}},
            {"enableWindowsIpam": "true", "env": {"enableWindowsIpam": None}},
            {"env": {"ENABLE_POD_ENI": "true"}, "enableWindowsIpam": "true"},
        ),
    ],
)
def test_merge(values: dict[str, Any], patch: dict[str, Any], merged: dict[str, Any]) -> None:
    values_before, patch_before = copy.deepcopy(values), copy.deepcopy(patch)
    assert merge(values, patch) == merged
    assert (values, patch) == (values_before, patch_before)


def test_merge_keeps_the_order_and_shares_nothing() -> None:
    values = {"z": 1, "env": {"B": "1", "A": "2"}, "a": [1]}
    patch = {"env": {"C": ["3"], "B": "4"}, "new": {"list": [1]}}
    merged = merge(values, patch)
    assert list(merged) == ["z", "env", "a", "new"]
    assert list(merged["env"]) == ["B", "A", "C"]
    merged["a"].append(2)
    merged["env"]["C"].append("5")
    merged["new"]["list"].append(2)
    assert values["a"] == [1]
    assert patch == {"env": {"C": ["3"], "B": "4"}, "new": {"list": [1]}}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 0}, {"a": False}, False),
        ({"a": "true"}, {"a": True}, False),
        ({"a": "5"}, {"a": 5}, False),
        ({"a": 5}, {"a": 5.0}, True),
        ({"a": None}, {}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 1}]}}, True),
    ],
)
def test_same(one: Any, other: Any, is_same: bool) -> None:
    assert same(one, other) is is_same
    assert same(other, one) is is_same


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            '{"enableWindowsIpam": "true", "warmWindowsIPTarget": 5}',
            {"enableWindowsIpam": "true", "warmWindowsIPTarget": 5},
        ),
        (
            "enableWindowsIpam: 'true'\nwarmWindowsIPTarget: 5\n",
            {"enableWindowsIpam": "true", "warmWindowsIPTarget": 5},
        ),
        ("since: 2024-01-01\nat: 2024-01-01 10:00:00\n", {"since": "2024-01-01", "at": "2024-01-01 10:00:00"}),
        ("base: &base {a: '1'}\nmore:\n  <<: *base\n  b: '2'\n", {"base": {"a": "1"}, "more": {"a": "1", "b": "2"}}),
    ],
)
def test_what_a_configuration_says(text: str, values: dict[str, Any]) -> None:
    assert parse_configuration(text) == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a\n", "expected a mapping, found list"),
        ("a: &a [*a]\n", "a value that holds itself"),
        ("a: !!binary aGk=\n", "a bytes"),
        ("a: !!set {b}\n", "a set"),
        ("5: a\n", "key 5, which is no string"),
        ("a: 1\n---\nb: 2\n", "neither JSON nor YAML"),
        ("a: !!python/name:os.system\n", "neither JSON nor YAML"),
        ('{"a": ' * 20_000 + "1" + "}" * 20_000, "nested too deeply|neither JSON nor YAML"),
    ],
)
def test_what_no_configuration_says(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationUnreadableError, match=reason):
        parse_configuration(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"a": 1, "a": 1}', "a"),
        ('{"env": {"b": [{"c": 1, "\\u0063": 2}]}}', "c"),
        ('{"a": 1, "a": 2} trailing', "a"),
        ("enableWindowsIpam: 'true'\nenableWindowsIpam: 'false'\n", "enableWindowsIpam"),
        ("env:\n  A: '1'\nother: 1\nenv:\n  B: '2'\n", "env"),
        ("list:\n- {b: 1, 'b': 2}\n", "b"),
        ("on: 1\n'on': 2\n\"on\": 3\n", "on"),
        ("&k a: 1\n*k : 2\n", "a"),
        ("base: &b {A: '1'}\nenv:\n  <<: *b\n  A: '2'\n  A: '3'\n", "A"),
        ("env:\n  <<: {A: '1', A: '2'}\n", "A"),
        ("'<<': {A: '1'}\n'<<': {B: '2'}\n", "<<"),
        ("env:\n  <<: {A: '1'}\n  <<: {A: '2', B: '3'}\n", "<<"),
    ],
)
def test_a_key_that_stands_twice_is_named(text: str, key: str) -> None:
    for refuse in (parse_configuration, windows_ipam_value, lambda text: render({}, text)):
        with pytest.raises(ConfigurationUnreadableError) as caught:
            refuse(text)
        assert str(caught.value) == f"it has key {key!r} more than once in one mapping"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": {"b": 1}, "b": {"b": 2}}', {"a": {"b": 1}, "b": {"b": 2}}),
        ("a: {b: 1}\nb: {b: 2}\n", {"a": {"b": 1}, "b": {"b": 2}}),
        ("a: &a {X: 1}\nb:\n  X: 2\n  <<: *a\nc: *a\n", {"a": {"X": 1}, "b": {"X": 2}, "c": {"X": 1}}),
        ("a: &a {X: 1}\nb: &b {X: 2}\nc:\n  <<: [*a, *b]\n", {"a": {"X": 1}, "b": {"X": 2}, "c": {"X": 1}}),
        ("a: &a {X: 1}\nb: &b\n  <<: *a\n  X: 2\nc: {<<: *b}\n", {"a": {"X": 1}, "b": {"X": 2}, "c": {"X": 2}}),
        (
            "a: &a {<<: &b {X: 1, Y: 1}, X: 2}\nc: {<<: [*a, *b], Y: 3}\n",
            {"a": {"X": 2, "Y": 1}, "c": {"X": 2, "Y": 3}},
        ),
    ],
)
def test_what_is_merged_or_elsewhere_is_no_duplicate(text: str, values: dict[str, Any]) -> None:
    assert parse_configuration(text) == values
    assert parse_configuration(render(values, text)) == values


@pytest.mark.parametrize("goal", ["enable", "disable"])
@pytest.mark.parametrize("text", ['{"env": {}, "env": {}}', "env: {}\nenv: {}\n"])
def test_what_stands_twice_leaves_the_owner_unknown(text: str, goal: Any) -> None:
    observation = observed(vpc_cni=addon(text))
    owner = finding("ipam.owner", observation, goal=goal)
    assert owner.status == "unknown"
    assert goal in owner.blocks
    assert "can't be read: it has key 'env' more than once in one mapping" in owner.summary
    assert needed_patch(Subject(observation, options(goal=goal))) is None


JSON = '{"nodeAgent": {"enableCloudWatchLogs": "true"}, "env": {"WARM_IP_TARGET": "5"}}'
YAML = """\
env:
  WARM_IP_TARGET: "5"
  AWS_VPC_K8S_CNI_LOGLEVEL: DEBUG
  SINCE: 2024-01-01
  FACTOR: 1e3
  MODE: 0o17
tolerations:
- {key: dedicated, operator: Exists}
livenessProbeTimeoutSeconds: 10
enableNetworkPolicy: 'true'
"""


@pytest.mark.parametrize("like", ["", " \n", "{}", JSON])
def test_json_stays_json(like: str) -> None:
    values = merge(parse_configuration(like), {"enableWindowsIpam": "true"})
    text = render(values, like)
    assert json.loads(text) == values
    assert list(json.loads(text)) == list(values)
    assert "\n" not in text


def test_json_of_several_lines_stays_so() -> None:
    like = json.dumps(json.loads(JSON), indent=2)
    assert render(json.loads(JSON), like) == like


def test_yaml_changes_where_a_value_changes_and_nowhere_else() -> None:
    patch = {"enableWindowsIpam": "true", "env": {"WARM_IP_TARGET": None, "WARM_ENI_TARGET": "1"}}
    values = merge(parse_configuration(YAML), patch)
    lines = YAML.replace('  WARM_IP_TARGET: "5"\n', "").replace("0o17\n", '0o17\n  WARM_ENI_TARGET: "1"\n')
    assert render(values, YAML) == lines + 'enableWindowsIpam: "true"\n'


def test_yaml_that_changes_nothing_is_the_same() -> None:
    assert render(parse_configuration(YAML), YAML) == YAML


OTHER_THINGS = "true False yes No on OFF y N null ~ 5 -1 1.5 1e3 0o17 0x1f 017 1:30 .inf 2024-01-01 #a *a &a !a %a @a ="


@pytest.mark.parametrize("text", [*OTHER_THINGS.split(), "", "a: b", "a #b", " a", "a ", "a\nb", "ä\u2028"])
def test_a_new_string_is_a_string_to_every_reader(text: str) -> None:
    rendered = render({"old": "1", "new": text, "list": [text], text: "key"}, "old: '1'\n")
    assert yaml.safe_load(rendered)["new"] == text
    assert yaml.safe_load(rendered)["list"] == [text]
    assert parse_configuration(rendered)[text] == "key"
    assert f'new: "{text}"' in rendered or not text.isascii() or "\n" in text


def test_a_plain_new_string_has_no_quotes() -> None:
    assert render({"level": "DEBUG", "count": 3, "on": True}, "level: INFO\n") == 'level: DEBUG\ncount: 3\n"on": true\n'


def test_yaml_in_flow_style_stays_so() -> None:
    like = "{env: {A: '1'}, list: [1, 2]}\n"
    assert render({"env": {"A": "1", "B": "two"}, "list": [1, 2]}, like) == "{env: {A: '1', B: two}, list: [1, 2]}\n"


@pytest.mark.parametrize("like", ["# nothing yet\n", "~\n"])
def test_empty_yaml_stays_yaml(like: str) -> None:
    assert render({"enableWindowsIpam": "true", "env": {"A": "1"}}, like) == (
        'enableWindowsIpam: "true"\nenv:\n  A: "1"\n'
    )


def test_yaml_with_anchors_says_the_same() -> None:
    like = "base: &base {a: '1'}\nmore:\n  <<: *base\n  b: '2'\nother: *base\n"
    values = merge(parse_configuration(like), {"more": {"a": "3"}})
    assert parse_configuration(render(values, like)) == {
        "base": {"a": "1"},
        "more": {"a": "3", "b": "2"},
        "other": {"a": "1"},
    }


def test_nothing_is_rendered_like_a_text_that_is_none() -> None:
    with pytest.raises(ConfigurationUnreadableError):
        render({}, "- a\n")
