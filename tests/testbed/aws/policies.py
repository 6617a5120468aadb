# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What identity-based IAM policies say of one action on one resource.

moto's own evaluation takes a condition that is not met for a denial, knows neither NotResource nor ``?``, and tells
upper from lower case in actions; the rules here are those of the IAM user guide's policy evaluation logic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any

from tests.testbed.aws.errors import TestbedModelError

CONTEXT_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:requestedregion",
        "iam:passedtoservice",
        "iam:policyarn",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
"""The condition keys that requests have a value for here, in lower case."""


class Verdict(Enum):
    """Allowed, not mentioned, or denied in so many words, which no other statement outweighs."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit deny"
    EXPLICIT_DENY = "explicit deny"


def evaluate(documents: Iterable[str], action: str, resource: str, context: Mapping[str, str]) -> Verdict:
    """What all policies of a caller together say.

    Args:
        documents: Policy documents, JSON.
        action: ``eks:DescribeCluster``.
        resource: An ARN, or ``*`` for an action that has no resource: only a policy for ``*`` allows it.
        context: Values of :data:`CONTEXT_KEYS`, by names in lower case; those that the request lacks are left out.

    Raises:
        TestbedModelError: A policy uses a condition or a variable that this evaluation does not know.
    """
    verdict = Verdict.IMPLICIT_DENY
    for document in documents:
        for statement in _several(json.loads(document).get("Statement")):
            if not _concerns(statement, action, resource, context):
                continue
            if statement["Effect"] == "Deny":
                return Verdict.EXPLICIT_DENY
            verdict = Verdict.ALLOWED
    return verdict


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _concerns(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        _matches_element(statement, "Action", action.lower(), str.lower)
        and _matches_element(statement, "Resource", resource, _without_variables)
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
    )


def _matches_element(statement: Mapping[str, Any], name: str, value: str, prepare: Callable[[str], str]) -> bool:
    if f"Not{name}" in statement:
        return not any(_like(prepare(pattern), value) for pattern in _several(statement[f"Not{name}"]))
    return any(_like(prepare(pattern), value) for pattern in _several(statement.get(name)))


def _without_variables(pattern: str) -> str:
    if "${" in pattern:
        raise TestbedModelError(f"the testbed's IAM knows no policy variables: {pattern}")
    return pattern


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _like(pattern: str, value: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringEqualsIgnoreCase": (lambda wanted, value: wanted.lower() == value.lower(), False),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "ArnNotEquals": (_like, True),
    "ArnNotLike": (_like, True),
}


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    base, if_exists = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    for key, wanted in keys.items():
        if key.lower() not in CONTEXT_KEYS or (base != "Null" and base not in _OPERATORS):
            raise TestbedModelError(f"the testbed's IAM knows no condition {operator} of {key}")
        value = context.get(key.lower())
        if base == "Null":
            if str(wanted).lower() != str(value is None).lower():
                return False
            continue
        compare, negated = _OPERATORS[base]
        if value is None:
            if not (negated or if_exists):
                return False
            continue
        if any(compare(_without_variables(str(item)), value) for item in _several(wanted)) is negated:
            return False
    return True
