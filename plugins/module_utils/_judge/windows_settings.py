# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The settings of Windows support that a goal asks for, and whether a value already is what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    MINIMUM_IP,
    WARM_IP,
    WARM_PREFIX,
    WINDOWS_IPAM,
    WINDOWS_PREFIX_DELEGATION,
    Setting,
    deciding_key,
    parse_bool,
    parse_integer,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import CONTROL_PLANE_GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions

Value: TypeAlias = bool | int


def wanted_addressing(options: JudgeOptions) -> dict[Setting, Value]:
    """How Windows nodes are to be given addresses, by a goal that ends with the control plane's controller at work;
    empty where nothing is asked for, and for every other goal."""
    if options.goal not in CONTROL_PLANE_GOALS:
        return {}
    asked = {
        WINDOWS_PREFIX_DELEGATION: options.prefix_delegation,
        WARM_IP: options.warm_ip_target,
        MINIMUM_IP: options.minimum_ip_target,
        WARM_PREFIX: options.warm_prefix_target,
    }
    return {setting: value for setting, value in asked.items() if value is not None}


def wanted_settings(options: JudgeOptions) -> dict[Setting, Value]:
    """Every setting that the goal sets: Windows IPAM, and where it is turned on also the addressing asked for."""
    if options.goal in CONTROL_PLANE_GOALS:
        return {WINDOWS_IPAM: True, **wanted_addressing(options)}
    return {WINDOWS_IPAM: False} if options.goal == "disable" else {}


def live_text(data: Mapping[str, str], setting: Setting) -> str | None:
    """The value of the key that decides, in the ConfigMap; None where none is present."""
    key = deciding_key(data, setting.keys)
    return None if key is None else data[key]


def means(setting: Setting, text: str | None, value: Value) -> bool:
    """Whether the controller takes this text, None where it is absent, for the value.

    What is absent or can't be parsed is off. A number that is absent is none, since defaults then decide.
    """
    if setting.boolean:
        return bool(parse_bool(text)) is value
    return parse_integer(text) == value


def as_config_map_text(value: Value) -> str:
    """A value as it is written into the ConfigMap."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def as_addon_value(value: Value) -> str | int:
    """A value as it is written into the add-on's configuration: its schema has on and off as strings."""
    return as_config_map_text(value) if isinstance(value, bool) else value
