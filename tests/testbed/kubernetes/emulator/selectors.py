# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label and field selectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import StorageKey

Predicate = Callable[[Json], bool]


class SelectorError(Exception):
    """A selector that cannot be read, or a field that cannot be selected by."""


_SET_BASED = re.compile(r"^(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)$")
_COMPARED = re.compile(r"^(?P<key>[^\s=!<>]+)\s*(?P<operator>==|=|!=|>|<)\s*(?P<value>[^\s=!<>]*)$")
_NAMED = re.compile(r"^(?P<absent>!?)\s*(?P<key>[A-Za-z0-9][-A-Za-z0-9_./]*)$")

_EVERY_FIELD = frozenset({"metadata.name", "metadata.namespace"})
_FIELDS: dict[StorageKey, frozenset[str]] = {
    ("", "pods"): frozenset(
        {
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        }
    ),
    ("", "nodes"): frozenset({"spec.unschedulable"}),
    ("", "namespaces"): frozenset({"status.phase"}),
    ("", "secrets"): frozenset({"type"}),
    ("", "events"): frozenset(
        {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "source",
            "type",
        }
    ),
    ("apps", "replicasets"): frozenset({"status.replicas"}),
    ("certificates.k8s.io", "certificatesigningrequests"): frozenset({"spec.signerName"}),
}


def _split(text: str) -> Iterable[str]:
    """Split at commas outside of parentheses."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield text[start:index].strip()
            start = index + 1
    yield text[start:].strip()


def _labels(item: Json) -> Mapping[str, str]:
    return item["metadata"].get("labels") or {}


def _requirement(text: str) -> Predicate:
    if match := _SET_BASED.match(text):
        key, values = match["key"], {value.strip() for value in match["values"].split(",")}
        if match["operator"] == "in":
            return lambda item: _labels(item).get(key) in values
        return lambda item: _labels(item).get(key) not in values
    if match := _COMPARED.match(text):
        return _comparison(match["key"], match["operator"], match["value"])
    if match := _NAMED.match(text):
        key, wanted = match["key"], not match["absent"]
        return lambda item: (key in _labels(item)) == wanted
    raise SelectorError(f'unable to parse requirement: found "{text}"')


def _comparison(key: str, operator: str, value: str) -> Predicate:
    if operator in ("=", "=="):
        return lambda item: _labels(item).get(key) == value
    if operator == "!=":
        return lambda item: _labels(item).get(key) != value
    if not value.lstrip("-").isdigit():
        raise SelectorError(f'for "Gt", "Lt" operators, the value must be an integer, found "{value}"')
    limit = int(value)

    def compares(item: Json) -> bool:
        found = _labels(item).get(key, "")
        if not found.lstrip("-").isdigit():
            return False
        return int(found) > limit if operator == ">" else int(found) < limit

    return compares


def label_selector(text: str) -> Predicate:
    """The predicate of a ``labelSelector`` parameter; an empty one selects everything.

    Raises:
        SelectorError: It cannot be read.
    """
    if not text.strip():
        return lambda item: True
    requirements = [_requirement(part) for part in _split(text)]
    return lambda item: all(requirement(item) for requirement in requirements)


def field_terms(text: str) -> list[tuple[str, str, str]]:
    """The (field, operator, value) of each term of a ``fieldSelector`` parameter.

    Raises:
        SelectorError: It cannot be read.
    """
    terms = []
    for part in text.split(","):
        if not part.strip():
            continue
        match = re.match(r"^\s*([^=!]+?)\s*(==|=|!=)(.*)$", part)
        if not match:
            raise SelectorError(f"invalid selector: '{text}'; can't understand '{part}'")
        terms.append((match[1], "!=" if match[2] == "!=" else "=", match[3].strip()))
    return terms


_PLACES: dict[tuple[StorageKey, str], str] = {(("", "events"), "source"): "source.component"}
"""Where a field that is not named after its place is found."""


def _value_at(item: Json, field: str) -> str:
    found: Any = item
    for step in field.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        return "false" if field == "spec.unschedulable" else ""
    if isinstance(found, bool):
        return str(found).lower()
    return str(found)


def field_selector(text: str, key: StorageKey) -> Predicate:
    """The predicate of a ``fieldSelector`` parameter for a resource.

    Raises:
        SelectorError: It cannot be read, or the resource cannot be selected by this field.
    """
    terms = field_terms(text)
    for field, _operator, _value in terms:
        if field in _EVERY_FIELD or field in _FIELDS.get(key, frozenset()):
            continue
        if key in _FIELDS:
            raise SelectorError(f"field label not supported: {field}")
        raise SelectorError(f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"')
    placed = [(_PLACES.get((key, field), field), operator, value) for field, operator, value in terms]
    return lambda item: all((_value_at(item, place) == value) == (operator == "=") for place, operator, value in placed)


def exact_name(text: str) -> str:
    """The name that a field selector pins, empty where it pins none."""
    try:
        terms = field_terms(text)
    except SelectorError:
        return ""
    return next((value for field, operator, value in terms if (field, operator) == ("metadata.name", "=")), "")


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector object selects these labels; None and the empty one select everything."""
    chosen = selector or {}
    for key, value in (chosen.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for expression in chosen.get("matchExpressions") or []:
        key, values = expression["key"], expression.get("values") or []
        holds = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[expression["operator"]]
        if not holds:
            return False
    return True
