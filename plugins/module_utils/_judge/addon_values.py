# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What may be said of an add-on's values, whichever text they came from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


class DuplicateKeyError(ValueError):
    """A mapping has a key more than once, of which readers take the first, the last or none."""

    def __init__(self, key: str) -> None:
        super().__init__(f"it has key {key!r} more than once in one mapping")


def merge(values: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The values after a JSON merge patch (RFC 7386): null removes a key, a mapping is merged, all else replaces.

    Neither argument is changed, and the result shares nothing with them. Keys keep their order, new ones come last.
    """
    merged = copy.deepcopy(dict(values))
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        elif isinstance(change, Mapping):
            inner = merged.get(key)
            merged[key] = merge(inner if isinstance(inner, Mapping) else {}, change)
        else:
            merged[key] = copy.deepcopy(change)
    return merged


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON, in which ``true`` is not 1 and the order of keys means nothing."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def plain_key(key: object) -> str:
    """A key without what people spell differently: case, dashes and underscores."""
    return str(key).replace("_", "").replace("-", "").lower()


def not_json(value: Any) -> str:
    """What in the value JSON has no way to say; empty where all of it is JSON."""
    try:
        return _not_json(value, set(), set())
    except RecursionError:
        return "values nested too deeply"


def _not_json(value: Any, above: set[int], seen: set[int]) -> str:
    """``above`` are the containers that hold the value, ``seen`` those that were looked at already."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return ""
    if not isinstance(value, (dict, list)):
        return f"a {type(value).__name__}"
    if id(value) in above:
        return "a value that holds itself"
    if id(value) in seen:
        return ""
    above.add(id(value))
    seen.add(id(value))
    found = ""
    if isinstance(value, dict):
        found = next((f"key {key!r}, which is no string" for key in value if not isinstance(key, str)), "")
    for inner in value.values() if isinstance(value, dict) else value:
        found = found or _not_json(inner, above, seen)
    above.discard(id(value))
    return found
