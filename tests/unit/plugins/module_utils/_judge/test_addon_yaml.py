# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Anchors, aliases and merge keys are written out, and nothing else of a configuration in YAML is."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    merge,
    parse_configuration,
    render,
    same,
)

PATCHES: tuple[dict[str, Any], ...] = (
    {},
    {"enableWindowsIpam": "true"},
    {"env": {"A": "9", "new": [1, {"b": None}]}},
    {"env": {"A": None}},
    {"list": [{"B": "2"}, "more", "x", "y"], "resources": {"limits": {"cpu": "2"}}},
)


def assert_written_out(text: str, patch: dict[str, Any]) -> str:
    """The text after the patch, which says the merged values without anchors and is final."""
    wanted = merge(parse_configuration(text), patch)
    rendered = render(wanted, text)
    assert same(parse_configuration(rendered), wanted)
    assert list(parse_configuration(rendered)) == list(wanted)
    assert not [token for token in yaml.scan(rendered) if isinstance(token, (yaml.AnchorToken, yaml.AliasToken))]
    assert "<<" not in rendered
    assert render(wanted, rendered) == rendered
    return rendered


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "nodeAgent:\n  resources: &r {limits: {cpu: '1'}}\nresources: *r\n",
            "nodeAgent:\n  resources: {limits: {cpu: '1'}}\nresources: {limits: {cpu: '1'}}\n",
        ),
        (
            "base: &b\n  A: '1'\n  'B': 2_0\nenv:\n  <<: *b\n  'B': \"3\"\n",
            "base:\n  A: '1'\n  'B': 2_0\nenv:\n  A: '1'\n  'B': \"3\"\n",
        ),
        (
            "a: &a {X: 1}\nb: &b {Y: 0x2}\nenv:\n  <<: [*a, *b]\n  Z: 3\n",
            "a: {X: 1}\nb: {Y: 0x2}\nenv:\n  X: 1\n  Y: 0x2\n  Z: 3\n",
        ),
        ("a: &a {X: 1}\nb: &b\n  <<: *a\n  X: 2\nc:\n  <<: *b\n", "a: {X: 1}\nb:\n  X: 2\nc:\n  X: 2\n"),
        ("one: &s 'text'\n? *s\n: *s\nlist: &l [*s, 1e3]\nagain: *l\n", None),
        ("x: &q {A: 'true'}\n<<: *q\n", "A: 'true'\nx: {A: 'true'}\n"),
        ("base: &b {B: '2'}\nlist:\n- <<: *b\n  B: '3'\n", "base: {B: '2'}\nlist:\n- B: '3'\n"),
        ("a: &a\n- k: |\n    x\n    y\nb: {c: *a}\n", None),
        ("a: &a\n  k: one, two\nb: [*a, *a]\n", None),
        ("a: &unused 1\nb: &n\nc: *n\n", "a: 1\nb:\nc:\n"),
    ],
)
def test_aliases_and_merge_keys_are_written_out(text: str, written: str | None) -> None:
    for patch in PATCHES:
        assert_written_out(text, patch)
    assert written is None or assert_written_out(text, {}) == written


def test_the_rest_of_a_text_with_aliases_keeps_its_writing() -> None:
    text = "env: &e {A: 010, B: yes, 'C': '1'}\nother: *e\nlast: 0o17\n"
    assert assert_written_out(text, {"other": {"A": None, "C": "true"}}) == (
        "env: {A: 010, B: yes, 'C': '1'}\nother: {B: yes, 'C': \"true\"}\nlast: 0o17\n"
    )


def test_what_stays_of_a_list_keeps_its_writing() -> None:
    text = "list:\n- {key: 'a', value: 1e3}\n- 0o17\n- 'b'\n"
    patch = {"list": [{"key": "a", "value": "1"}, "0o17"]}
    assert assert_written_out(text, patch) == "list:\n- {key: 'a', value: \"1\"}\n- 0o17\n"


@pytest.mark.parametrize("seed", range(60))
def test_whatever_has_anchors_says_the_same_without(seed: int) -> None:
    chance = Random(seed)
    text = _with_anchors(chance)
    for patch in PATCHES:
        assert_written_out(text, patch)


def _with_anchors(chance: Random) -> str:
    """A mapping in which any value may be an alias of one before it, and any mapping may merge one before it."""
    anchors: list[str] = []
    mappings: list[str] = []

    def value(depth: int) -> str:
        if anchors and chance.random() < 0.3:
            return f"*{chance.choice(anchors)}"
        kind = chance.choice(["mapping", "list", "scalar"]) if depth else "scalar"
        if kind == "mapping":
            text = "{" + ", ".join(f"{key}: {inner}" for key, inner in pairs(depth - 1)) + "}"
        elif kind == "list":
            text = "[" + ", ".join(value(depth - 1) for _ in range(chance.randrange(4))) + "]"
        else:
            text = chance.choice(["1", "0o17", "yes", "'1'", '"on"', "text", "2024-01-01", "~", "''"])
        if chance.random() < 0.5:
            return text
        name = f"n{len(anchors)}"
        anchors.append(name)
        if kind == "mapping":
            mappings.append(name)
        return f"&{name} {text}"

    def pairs(depth: int) -> list[tuple[str, str]]:
        keys = chance.sample(["A", "'B'", "C", '"D"', "E"], chance.randrange(4))
        merged = [("<<", f"*{chance.choice(mappings)}")] if mappings and chance.random() < 0.4 else []
        return merged + [(key, value(depth)) for key in keys]

    names = ["a", "b", "env", "list", "resources"]
    return "".join(f"{name}: {value(3)}\n" for name in names)
