# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a goal changes in the configuration of the managed vpc-cni add-on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import BUSY, UPDATE_FAILED
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import SETTINGS, Setting
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    SchemaUnusableError,
    as_text,
    merge,
    parse_configuration,
    schema_has,
    schema_problems,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_values import plain_key
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.windows_settings import (
    Value,
    as_addon_value,
    means,
    wanted_settings,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

_NOT_ASKED = Unknown(
    "The schema of add-on vpc-cni", "not asked for", "Run with goal enable, disable or migrate, which ask for it."
)
_UNUSABLE = "Install jsonschema for the Python that runs this, where it is missing. Else report this with the version."
_ADDON_KEYS = {setting.addon_key for setting in SETTINGS}


@dataclass(frozen=True)
class AddonPatch:
    """A change of configuration values: a JSON merge patch (RFC 7386), and what it replaces in the same form.

    Both are the same where the values are wanted as they are, and what EKS made of them last has to end well.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def keys_set(self) -> tuple[str, ...]:
        """Keys of the top level that get a value."""
        return tuple(key for key in self.after if key in _ADDON_KEYS)

    @property
    def changes(self) -> bool:
        """Whether any value becomes another one."""
        return self.before != self.after


@dataclass(frozen=True)
class SchemaCheck:
    """What the schema of the add-on's version holds against a patch.

    Attributes:
        lacking: Keys that are to be set and that the schema does not have.
        problems: What is wrong with the merged values, one line each.
        undecided: Why that can't be told; None where it could.
    """

    lacking: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    undecided: Unknown | None = None

    @property
    def allows(self) -> bool:
        """Whether the patch is known to be taken."""
        return not self.lacking and not self.problems and self.undecided is None


def addon_patch(subject: Subject) -> AddonPatch | None:
    """The change that the add-on would take: as :func:`needed_patch`, and None where its schema does not allow it."""
    patch = needed_patch(subject)
    return patch if patch is not None and schema_check(subject, patch).allows else None


def schema_check(subject: Subject, patch: AddonPatch) -> SchemaCheck:
    """Check what a patch makes of the add-on's configuration by the schema of its version.

    Nothing is checked where no more than the end of EKS's work has to be waited for.
    """
    addon = subject.observation.vpc_cni
    schema = subject.observation.vpc_cni_schema
    if addon is None or isinstance(addon, Unknown) or (addon.status in BUSY and not patch.changes):
        return SchemaCheck()
    if schema is None:
        return SchemaCheck(undecided=_NOT_ASKED)
    if isinstance(schema, Unknown):
        return SchemaCheck(undecided=schema)
    try:
        lacking = tuple(key for key in patch.keys_set if not schema_has(schema, key))
        merged = merge(parse_configuration(addon.configuration_values), patch.after)
        return SchemaCheck(lacking, () if lacking else schema_problems(schema, merged))
    except SchemaUnusableError as error:
        return SchemaCheck(undecided=Unknown(f"The schema of add-on vpc-cni {addon.version}", str(error), _UNUSABLE))


def needed_patch(subject: Subject) -> AddonPatch | None:
    """What the goal changes in the add-on's configuration; None where that is nothing, or can't be told.

    Nothing is where EKS does not manage the add-on, where ``ipam_owner`` is config_map, and where every value already
    means what is wanted, in whatever spelling. But values that are given and that EKS is at work on, or failed to put
    into force at the last update, are needed as they are.
    """
    addon = subject.observation.vpc_cni
    if subject.options.ipam_owner == "config_map" or addon is None or isinstance(addon, Unknown):
        return None
    try:
        values = parse_configuration(addon.configuration_values)
    except ConfigurationUnreadableError:
        return None
    wanted = wanted_settings(subject.options)
    patch = patch_of(values, wanted)
    if patch is None and (addon.status in BUSY or addon.status == UPDATE_FAILED):
        return _as_given(values, wanted)
    return patch


def patch_of(values: Mapping[str, Any], wanted: Mapping[Setting, Value]) -> AddonPatch | None:
    """The change from these values to the wanted ones; None where each already means it.

    A wanted key that stands where it has no effect, under ``env`` for example, is taken away on the way.
    """
    changed = {
        setting: value
        for setting, value in wanted.items()
        if not means(setting, as_text(values[setting.addon_key]) if setting.addon_key in values else None, value)
    }
    if not changed:
        return None
    before: dict[str, Any] = {setting.addon_key: values.get(setting.addon_key) for setting in changed}
    after: dict[str, Any] = {setting.addon_key: as_addon_value(value) for setting, value in changed.items()}
    for setting in wanted:
        for section, key in misplaced(values, setting):
            before.setdefault(section, {})[key] = values[section][key]
            after.setdefault(section, {})[key] = None
    return AddonPatch(before, after)


def _as_given(values: Mapping[str, Any], wanted: Mapping[Setting, Value]) -> AddonPatch | None:
    """The wanted settings that the values have, each in its own spelling; None where they have none.

    Null is none, since a merge patch would take the key away.
    """
    given = {
        setting.addon_key: values[setting.addon_key]
        for setting in wanted
        if isinstance(values.get(setting.addon_key), str | int)
    }
    return AddonPatch(given, given) if given else None


def misplaced(values: Mapping[str, Any], setting: Setting) -> tuple[tuple[str, str], ...]:
    """Where a setting stands one level too deep, in any spelling, as (section, key)."""
    return tuple(
        (section, key)
        for section, inner in values.items()
        if isinstance(inner, dict) and section not in _ADDON_KEYS
        for key in inner
        if plain_key(key) == plain_key(setting.addon_key)
    )
