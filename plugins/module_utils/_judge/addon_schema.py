# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The JSON schema of an add-on version's configuration values, as DescribeAddonConfiguration answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_values import plain_key

MAX_REASON = 200
"""Characters of a problem's reason: jsonschema prints the whole value."""


class SchemaUnusableError(ValueError):
    """Nothing can be said of values by this schema, or jsonschema is not installed where this runs."""


@dataclass(frozen=True, order=True)
class SchemaProblem:
    """One thing that a schema holds against values.

    Attributes:
        path: Where, dotted: ``env.enableWindowsIpam``, ``tolerations[0].key``; empty for the top level as a whole.
        reason: What is wrong there, in one line.
        unknown_key: Whether the path is a key that the schema does not have.
    """

    path: str
    reason: str
    unknown_key: bool = False

    def __str__(self) -> str:
        return f"{self.path or 'the top level'}: {self.reason}"


def schema_has(schema: Mapping[str, Any], key: str) -> bool:
    """Whether a key of the top level is among the schema's properties.

    Raises:
        SchemaUnusableError: The schema's root refers to what is not in it.
    """
    return key in _properties(schema, schema)


def places_of(schema: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Where the schema has the key, as dotted paths: ``enableWindowsIpam``, ``init.env.ENABLE_V6_EGRESS``.

    Spellings that differ in case, dashes and underscores count. Only plain properties are looked through.
    """
    wanted = plain_key(key)
    return tuple(path for path in _paths(schema, schema, "", ()) if plain_key(path.rpartition(".")[2]) == wanted)


def schema_problems(schema: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, ...]:
    """:func:`find_problems`, one line for each with its path first."""
    return tuple(map(str, find_problems(schema, values)))


def find_problems(schema: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[SchemaProblem, ...]:
    """What the schema holds against the values, by path; empty where nothing.

    The validator is the one of the schema's own ``$schema``. References are followed inside the schema alone, never
    over the network.

    Raises:
        SchemaUnusableError: The schema is none, or refers to something outside of it, or jsonschema is missing.
    """
    try:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import validator_for
    except ImportError:
        raise SchemaUnusableError("jsonschema is not installed where this runs") from None
    _check_references(schema)
    validator = validator_for(schema)
    try:
        validator.check_schema(dict(schema))
        problems = {problem for error in validator(dict(schema)).iter_errors(values) for problem in _problems(error)}
    except SchemaError as error:
        raise SchemaUnusableError(f"the schema is no JSON schema: {_short(error.message)}") from error
    except (RecursionError, TypeError, ValueError, re.error) as error:
        raise SchemaUnusableError(f"the schema can't be applied: {_short(str(error))}") from error
    return tuple(sorted(problems))


def _problems(error: Any) -> Iterator[SchemaProblem]:
    """What one error of jsonschema says: of keys that are too many, one problem for each."""
    path = _path(error.absolute_path)
    if error.validator != "additionalProperties" or not isinstance(error.instance, Mapping):
        yield SchemaProblem(path, _short(error.message))
        return
    known, patterns = error.schema.get("properties", {}), error.schema.get("patternProperties", {})
    for key in error.instance:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            yield SchemaProblem(f"{path}.{key}" if path else key, "no such key in the schema", unknown_key=True)


def _path(steps: Iterable[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_REASON else f"{line[:MAX_REASON]}..."


def _properties(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a schema, its own reference followed."""
    followed: list[str] = []
    while isinstance(schema.get("$ref"), str):
        reference = schema["$ref"]
        if reference in followed:
            raise SchemaUnusableError(f"reference {reference} leads back to itself")
        followed.append(reference)
        schema = _target(root, reference)
    properties = schema.get("properties", {})
    return properties if isinstance(properties, Mapping) else {}


def _paths(schema: Mapping[str, Any], root: Mapping[str, Any], prefix: str, above: tuple[int, ...]) -> Iterator[str]:
    properties = _properties(schema, root)
    if id(properties) in above:
        return
    for key, inner in properties.items():
        yield prefix + key
        if isinstance(inner, Mapping):
            yield from _paths(inner, root, f"{prefix}{key}.", (*above, id(properties)))


def _target(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """What a reference inside the schema stands for (RFC 6901)."""
    found: Any = root
    steps = reference.removeprefix("#").split("/")
    if not reference.startswith("#") or steps[0]:
        raise SchemaUnusableError(f"reference {reference} leads out of the schema")
    for step in steps[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping) and name in found:
            found = found[name]
        else:
            raise SchemaUnusableError(f"reference {reference} leads nowhere")
    if not isinstance(found, (Mapping, bool)):
        raise SchemaUnusableError(f"reference {reference} leads to no schema")
    return found if isinstance(found, Mapping) else {}


def _check_references(root: Mapping[str, Any]) -> None:
    """Refuse references that a validator would look for elsewhere, some releases of jsonschema over the network."""
    waiting: list[Any] = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            if isinstance(part.get("$ref"), str):
                _target(root, part["$ref"])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
