# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The configuration values of a managed add-on: a text in JSON or in YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ADDON_ENABLE_WINDOWS_IPAM,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_schema import (
    SchemaProblem,
    SchemaUnusableError,
    find_problems,
    places_of,
    schema_has,
    schema_problems,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_values import (
    DuplicateKeyError,
    merge,
    not_json,
    same,
)

__all__ = [
    "ConfigurationUnreadableError",
    "SchemaProblem",
    "SchemaUnusableError",
    "as_text",
    "find_problems",
    "merge",
    "parse_configuration",
    "places_of",
    "render",
    "same",
    "schema_has",
    "schema_problems",
    "windows_ipam_value",
]


class ConfigurationUnreadableError(ValueError):
    """The text is no mapping in JSON or YAML, or has a key twice, or YAML can't be read here."""


def parse_configuration(text: str) -> dict[str, Any]:
    """The values of a configuration text; an empty text has none.

    Dates of YAML are the strings they are in JSON, and the keys keep their order. JSON is read without PyYAML, which
    a managed node may lack.

    Raises:
        ConfigurationUnreadableError: It is no mapping in JSON or YAML, or says what JSON can't, or has a key twice, or
            PyYAML is missing.
    """
    if not text.strip():
        return {}
    try:
        values = json.loads(text, object_pairs_hook=_without_duplicates)
    except DuplicateKeyError as error:
        raise ConfigurationUnreadableError(str(error)) from error
    except (ValueError, RecursionError):
        values = _parse_yaml(text)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigurationUnreadableError(f"expected a mapping, found {type(values).__name__}")
    if strange := not_json(values):
        raise ConfigurationUnreadableError(f"it holds {strange}")
    return values


def render(values: Mapping[str, Any], like: str) -> str:
    """The values as a text in the format of another: JSON or YAML; JSON where that is empty.

    JSON is indented where the other has several lines. YAML keeps the writing of what has not changed, but loses
    its comments.

    Raises:
        ConfigurationUnreadableError: ``like`` can't be read.
    """
    parse_configuration(like)
    if not like.strip() or _is_json(like):
        return json.dumps(values, indent=2 if "\n" in like.strip() else None)
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge import addon_yaml

    return addon_yaml.dump_like(values, like)


def windows_ipam_value(text: str) -> str | None:
    """What a configuration text says of Windows IPAM, as the add-on writes it into the ConfigMap; None where the key is
    absent. Raises :class:`ConfigurationUnreadableError`."""
    values = parse_configuration(text)
    return as_text(values[ADDON_ENABLE_WINDOWS_IPAM]) if ADDON_ENABLE_WINDOWS_IPAM in values else None


def as_text(value: object) -> str:
    """A value as a template of the chart prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise DuplicateKeyError(key)
        values[key] = value
    return values


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parse_yaml(text: str) -> object:
    try:
        import yaml
    except ImportError:
        raise ConfigurationUnreadableError("it is no JSON, and PyYAML is not installed where this runs") from None
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge import addon_yaml

    try:
        return addon_yaml.load(text)
    except DuplicateKeyError as error:
        raise ConfigurationUnreadableError(str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationUnreadableError(f"it is neither JSON nor YAML: {' '.join(str(error).split())}") from error
