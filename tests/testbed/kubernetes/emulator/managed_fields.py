# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""managedFields as far as callers read them: who last set which field, and when."""

from __future__ import annotations

from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.patches import merge_patch

_SERVER_SET = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "namespace", "name"}
)


def _changed(before: Any, after: Any, top: bool = False) -> Json:
    fields: Json = {}
    for key, value in after.items():
        if top and key in _SERVER_SET:
            continue
        old = before.get(key) if isinstance(before, dict) else None
        if value == old:
            continue
        fields[f"f:{key}"] = _changed(old, value, key == "metadata") if isinstance(value, dict) else {}
    return fields


def _without(fields: Json, taken: Json, item: Any) -> Json:
    """``fields`` that somebody still owns: not those ``taken`` by another manager, nor those gone from ``item``."""
    kept: Json = {}
    for key, below in fields.items():
        name = key.removeprefix("f:")
        if not isinstance(item, dict) or name not in item:
            continue
        if key not in taken:
            rest = _without(below, {}, item[name]) if below else below
        elif not below or not taken[key]:
            continue
        else:
            rest = _without(below, taken[key], item[name])
        if rest or not below:
            kept[key] = rest
    return kept


def note(before: Json | None, after: Json, manager: str, operation: str, api_version: str, now: str) -> list[Json]:
    """The managedFields of ``after`` once ``manager`` has made it of ``before``: what it set to another value is its
    own from then on, and nobody else's."""
    old = (before or {}).get("metadata", {}).get("managedFields") or []
    fields = _changed(before or {}, after)
    entries = []
    merged = fields
    for entry in old:
        mine = (entry["manager"], entry["operation"]) == (manager, operation)
        kept = _without(entry["fieldsV1"], {} if mine else fields, after)
        if mine and fields:
            merged = merge_patch(kept, fields)
        elif kept == entry["fieldsV1"]:
            entries.append(entry)
        elif kept:
            entries.append({**entry, "fieldsV1": kept, "time": now})
    if not fields:
        return entries
    entries.append(
        {
            "manager": manager,
            "operation": operation,
            "apiVersion": api_version,
            "time": now,
            "fieldsType": "FieldsV1",
            "fieldsV1": merged,
        }
    )
    return entries
