# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    SchemaUnusableError,
    places_of,
    schema_has,
    schema_problems,
)

BOOLEAN = {"type": "string", "format": "boolean"}
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-06/schema#",
    "$ref": "#/definitions/VpcCni",
    "definitions": {
        "Env": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"ENABLE_POD_ENI": BOOLEAN, "WARM_IP_TARGET": {"type": "string"}},
        },
        "VpcCni": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "enableWindowsIpam": BOOLEAN,
                "env": {"$ref": "#/definitions/Env"},
                "init": {"type": "object", "properties": {"env": {"$ref": "#/definitions/Env"}}},
                "tolerations": {"type": "array", "items": {"type": "object"}},
                "eniConfig": {"type": "object", "required": ["region"]},
            },
        },
    },
}


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({}, ()),
        ({"enableWindowsIpam": "true", "env": {"ENABLE_POD_ENI": "true"}}, ()),
        ({"enableWindowsIpam": True}, ("enableWindowsIpam: True is not of type 'string'",)),
        (
            {"env": {"enableWindowsIpam": "true", "other": 1}},
            ("env.enableWindowsIpam: no such key in the schema", "env.other: no such key in the schema"),
        ),
        ({"warm": 1}, ("warm: no such key in the schema",)),
        ({"tolerations": [{}, "x"]}, ("tolerations[1]: 'x' is not of type 'object'",)),
        ({"eniConfig": {}}, ("eniConfig: 'region' is a required property",)),
    ],
)
def test_schema_problems(values: dict[str, Any], problems: tuple[str, ...]) -> None:
    assert schema_problems(SCHEMA, values) == problems


def test_a_long_value_makes_no_long_line() -> None:
    (line,) = schema_problems(SCHEMA, {"enableWindowsIpam": ["x" * 5000]})
    assert len(line) < 300
    assert line.startswith("enableWindowsIpam: ['xxx")


def test_keys_that_match_a_pattern_are_known() -> None:
    schema = {"patternProperties": {"^x-": {}}, "additionalProperties": False}
    assert schema_problems(schema, {"x-a": 1, "y": 1}) == ("y: no such key in the schema",)


@pytest.mark.parametrize(
    ("dialect", "problems"),
    [
        ("http://json-schema.org/draft-04/schema#", ("a: 5 is less than or equal to the minimum of 5",)),
        ("http://json-schema.org/draft-07/schema#", ()),
    ],
)
def test_the_schema_chooses_the_validator(dialect: str, problems: tuple[str, ...]) -> None:
    exclusive = True if "draft-04" in dialect else 4
    schema = {"$schema": dialect, "properties": {"a": {"minimum": 5, "exclusiveMinimum": exclusive}}}
    assert schema_problems(schema, {"a": 5}) == problems


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "nothing"}, "is no JSON schema"),
        ({"$ref": "https://example.com/schema.json"}, "https://example.com/schema.json leads out of the schema"),
        ({"properties": {"a": {"$ref": "other.json#/a"}}}, "other.json#/a leads out of the schema"),
        ({"$ref": "#/definitions/none"}, "#/definitions/none leads nowhere"),
        ({"$ref": "#/title", "title": "text"}, "#/title leads to no schema"),
        ({"properties": {"a": {"pattern": "("}}}, "is no JSON schema|can't be applied"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#"}, "can't be applied"),
    ],
)
def test_schemas_that_are_none(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(SchemaUnusableError, match=reason):
        schema_problems(schema, {"a": "b"})


def test_without_jsonschema_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "jsonschema"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(SchemaUnusableError, match="jsonschema is not installed"):
        schema_problems(SCHEMA, {})
    assert schema_has(SCHEMA, "env")


@pytest.mark.parametrize(
    ("schema", "key", "known"),
    [
        (SCHEMA, "enableWindowsIpam", True),
        (SCHEMA, "enableWindowsPrefixDelegation", False),
        (SCHEMA, "ENABLE_POD_ENI", False),
        (SCHEMA, "definitions", False),
        ({"properties": {"a": {}}}, "a", True),
        ({"$ref": "#/definitions/a~1b%20c", "definitions": {"a/b c": {"properties": {"a": {}}}}}, "a", True),
        ({"$ref": "#/$defs/0/1", "$defs": [[{}, {"properties": {"a": {}}}]]}, "a", True),
        ({}, "a", False),
        ({"properties": []}, "a", False),
    ],
)
def test_schema_has(schema: dict[str, Any], key: str, known: bool) -> None:
    assert schema_has(schema, key) is known


@pytest.mark.parametrize("reference", ["#/definitions/a", "#", "#/definitions/none", "elsewhere"])
def test_a_root_that_leads_nowhere(reference: str) -> None:
    schema = {"$ref": reference, "definitions": {"a": {"$ref": "#/definitions/a"}}}
    with pytest.raises(SchemaUnusableError):
        schema_has(schema, "a")


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("enableWindowsIpam", ("enableWindowsIpam",)),
        ("ENABLE_WINDOWS_IPAM", ("enableWindowsIpam",)),
        ("ENABLE_POD_ENI", ("env.ENABLE_POD_ENI", "init.env.ENABLE_POD_ENI")),
        ("enablePrefixDelegation", ()),
    ],
)
def test_where_a_key_belongs(key: str, places: tuple[str, ...]) -> None:
    assert places_of(SCHEMA, key) == places


def test_a_schema_that_holds_itself_is_looked_through_once() -> None:
    schema = {"properties": {"a": {"$ref": "#"}, "b": {}}}
    assert places_of(schema, "b") == ("b",)
