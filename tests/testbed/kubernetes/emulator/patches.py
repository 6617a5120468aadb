# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merge, strategic merge and JSON patches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.testbed.kubernetes.emulator.store import copy_of

MERGE_KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "webhooks": ("name",),
    "secrets": ("name",),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "taints": ("key",),
}
"""The fields of built-in kinds whose lists a strategic patch merges, and the key of their entries."""


class PatchError(Exception):
    """A patch that cannot be applied."""


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396: what ``target`` becomes; neither argument is changed."""
    if not isinstance(patch, dict):
        return copy_of(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def strategic_patch(target: Any, patch: Any, field: str = "") -> Any:
    """A merge patch that also merges the lists of :data:`MERGE_KEYS` entry by entry."""
    if isinstance(patch, list):
        return _merge_lists(target if isinstance(target, list) else [], patch, field)
    if not isinstance(patch, dict):
        return copy_of(patch)
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: copy_of(value) for key, value in patch.items() if key != "$patch"}
    result = dict(target) if isinstance(target, dict) else {}
    retained = patch.get("$retainKeys")
    if isinstance(retained, list):
        result = {key: value for key, value in result.items() if key in retained}
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        if value is None:
            result.pop(key, None)
        else:
            result[key] = strategic_patch(result.get(key), value, key)
    return result


def _merge_lists(target: list[Any], patch: list[Any], field: str) -> list[Any]:
    key = next(
        (name for name in MERGE_KEYS.get(field, ()) if all(isinstance(each, dict) and name in each for each in patch)),
        "",
    )
    if not key or any(not isinstance(each, dict) for each in target):
        return [copy_of(each) for each in patch]
    merged = list(target)
    for entry in patch:
        index = next((place for place, each in enumerate(merged) if each.get(key) == entry[key]), -1)
        if entry.get("$patch") == "delete":
            if index >= 0:
                del merged[index]
        elif index >= 0:
            merged[index] = strategic_patch(merged[index], entry)
        else:
            merged.append(strategic_patch({}, entry))
    return merged


def _steps(pointer: str) -> list[str]:
    if pointer and not pointer.startswith("/"):
        raise PatchError(f'Unexpected path: "{pointer}"')
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _index(container: list[Any], step: str, adding: bool) -> int:
    if adding and step == "-":
        return len(container)
    if not step.isdigit() or int(step) > len(container) - (0 if adding else 1):
        raise PatchError(f"Unable to access invalid index: {step}")
    return int(step)


def _read(document: Any, pointer: str) -> Any:
    for step in _steps(pointer):
        if isinstance(document, list):
            document = document[_index(document, step, adding=False)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            raise PatchError(f'path "{pointer}" does not exist')
    return document


def _parent(document: Any, pointer: str) -> tuple[Any, str]:
    steps = _steps(pointer)
    if not steps:
        raise PatchError("the whole document cannot be patched")
    parent = _read(document, "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps[:-1]))
    if not isinstance(parent, dict | list):
        raise PatchError(f'path "{pointer}" does not exist')
    return parent, steps[-1]


def _add(document: Any, pointer: str, value: Any) -> None:
    parent, step = _parent(document, pointer)
    if isinstance(parent, list):
        parent.insert(_index(parent, step, adding=True), value)
    else:
        parent[step] = value


def _remove(document: Any, pointer: str) -> Any:
    parent, step = _parent(document, pointer)
    if isinstance(parent, list):
        return parent.pop(_index(parent, step, adding=False))
    if step not in parent:
        raise PatchError(f'Unable to remove nonexistent key: "{step}"')
    return parent.pop(step)


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902: what ``target`` becomes; neither argument is changed.

    Raises:
        PatchError: An operation is wrong, names what is not there, or a test of it fails.
    """
    if not isinstance(operations, list):
        raise PatchError("a JSON patch is a list of operations")
    document = copy_of(target)
    for operation in operations:
        if not isinstance(operation, dict) or "path" not in operation:
            raise PatchError("an operation needs op and path")
        _apply(document, operation)
    return document


def _apply(document: Any, operation: Mapping[str, Any]) -> None:
    kind, path = operation.get("op"), str(operation["path"])
    if kind == "add":
        _add(document, path, copy_of(operation.get("value")))
    elif kind == "remove":
        _remove(document, path)
    elif kind == "replace":
        _remove(document, path)
        _add(document, path, copy_of(operation.get("value")))
    elif kind == "move":
        _add(document, path, _remove(document, str(operation.get("from", ""))))
    elif kind == "copy":
        _add(document, path, copy_of(_read(document, str(operation.get("from", "")))))
    elif kind == "test":
        if _read(document, path) != operation.get("value"):
            raise PatchError(f"testing value {path} failed")
    else:
        raise PatchError(f"Unexpected kind: {kind}")
