# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The configuration values of a managed add-on: a text in JSON or in YAML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ADDON_ENABLE_WINDOWS_IPAM,
)


class ConfigurationUnreadableError(ValueError):
    """The text is no mapping in JSON or YAML, or YAML can't be read here."""


@dataclass(frozen=True)
class WindowsIpamValue:
    """What an add-on's configuration says of Windows IPAM.

    Attributes:
        value: The value as the add-on writes it into the ConfigMap; None where the key is absent.
        misplaced: Where the key was found instead, for example ``env.enableWindowsIpam``; empty where it was not.
    """

    value: str | None
    misplaced: str = ""


def parse_configuration(text: str) -> dict[str, Any]:
    """The values of a configuration text; an empty text has none.

    Raises :class:`ConfigurationUnreadableError`. JSON is read without PyYAML, which a managed node may lack.
    """
    if not text.strip():
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = _parse_yaml(text)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigurationUnreadableError(f"expected a mapping, found {type(values).__name__}")
    return values


def windows_ipam_value(text: str) -> WindowsIpamValue:
    """What a configuration text says of Windows IPAM. Raises :class:`ConfigurationUnreadableError`."""
    values = parse_configuration(text)
    if ADDON_ENABLE_WINDOWS_IPAM in values:
        return WindowsIpamValue(_as_text(values[ADDON_ENABLE_WINDOWS_IPAM]))
    for section, inner in values.items():
        if isinstance(inner, dict):
            for key in inner:
                if str(key).replace("_", "").replace("-", "").lower() == ADDON_ENABLE_WINDOWS_IPAM.lower():
                    return WindowsIpamValue(None, f"{section}.{key}")
    return WindowsIpamValue(None)


def _as_text(value: object) -> str:
    """A value as a template of the chart prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _parse_yaml(text: str) -> object:
    try:
        import yaml
    except ImportError:
        raise ConfigurationUnreadableError("it is no JSON, and PyYAML is not installed where this runs") from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationUnreadableError(f"it is neither JSON nor YAML: {' '.join(str(error).split())}") from error
