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


def note(before: Json | None, after: Json, manager: str, operation: str, api_version: str, now: str) -> list[Json]:
    """The managedFields of ``after`` once ``manager`` has made it of ``before``."""
    old = (before or {}).get("metadata", {}).get("managedFields") or []
    fields = _changed(before or {}, after)
    if not fields:
        return list(old)
    entries = []
    merged = fields
    for entry in old:
        if (entry["manager"], entry["operation"]) == (manager, operation):
            merged = merge_patch(entry["fieldsV1"], fields)
        else:
            entries.append(entry)
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
