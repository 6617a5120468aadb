# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether the cluster's role is allowed what Windows support needs.

The managed policies are known by their ARN. Other policies are read the way IAM evaluates them, as far as documents
alone can tell: permissions boundaries, policies of the organization and the values that conditions will meet are not
in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    DESCRIBE_ACTIONS,
    GRANTS,
    INTERFACE_ACTIONS,
    TAG_CONDITION_KEY,
    TAG_CONDITION_VALUE,
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import matches
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ClusterRole, Policy

AWS_MANAGED = ":iam::aws:policy/"
"""In the ARN of every policy that AWS manages, whatever the partition. Their documents need not be read."""

CONDITIONED_ACTION = "ec2:CreateNetworkInterfacePermission"


@dataclass(frozen=True)
class RoleGrants:
    """What the policies of a role come to.

    Attributes:
        attached: Whether AmazonEKSVPCResourceController is attached, by the ARN of the partition.
        allowed: Needed actions that are allowed on every resource.
        conditional: Needed actions that are allowed, or denied, only under conditions or on some resources.
        denied: Needed actions that a policy denies outright.
        missing: Needed actions that no policy allows.
        by: Names of policies other than AWS's own AmazonEKSVPCResourceController that allow an interface action. One
            that has its name all the same stands there by its ARN, or as an inline policy.
        unreadable: Names of policies whose document can't be read as statements. Nothing is known of them.
    """

    attached: bool
    allowed: frozenset[str]
    conditional: frozenset[str]
    denied: frozenset[str]
    missing: frozenset[str]
    by: tuple[str, ...]
    unreadable: tuple[str, ...]

    def lacks(self, actions: Iterable[str]) -> tuple[str, ...]:
        """Those of the actions that are not certainly allowed."""
        return tuple(action for action in actions if action not in self.allowed)


def partition_of(role: ClusterRole) -> str:
    """The partition in the role's ARN."""
    return role.arn.split(":")[1] if role.arn.count(":") > 1 else "aws"


def role_grants(role: ClusterRole, partition: str) -> RoleGrants:
    """Evaluate the policies of the cluster's role. A document of any form is taken; it raises nothing."""
    needed = INTERFACE_ACTIONS + DESCRIBE_ACTIONS
    managed_arn = managed_policy_arn(partition, VPC_RESOURCE_CONTROLLER)
    allowed: set[str] = set()
    partly: set[str] = set()
    denied: set[str] = set()
    partly_denied: set[str] = set()
    by: list[str] = []
    unreadable: list[str] = []
    for policy in role.attached + role.inline:
        effects = _effects(policy, partition, needed)
        if effects is None:
            unreadable.append(policy.name)
            continue
        allowed |= effects.allowed
        partly |= effects.partly
        denied |= effects.denied
        partly_denied |= effects.partly_denied
        if (effects.allowed | effects.partly) & set(INTERFACE_ACTIONS) and policy.arn != managed_arn:
            by.append(_told_apart(policy))
    conditional = ((partly - allowed) | partly_denied) - denied
    return RoleGrants(
        attached=any(policy.arn == managed_arn for policy in role.attached),
        allowed=frozenset(allowed - denied - partly_denied),
        conditional=frozenset(conditional & (allowed | partly)),
        denied=frozenset(denied),
        missing=frozenset(set(needed) - allowed - partly - denied),
        by=tuple(by),
        unreadable=tuple(unreadable),
    )


def _told_apart(policy: Policy) -> str:
    """What a policy that is not AmazonEKSVPCResourceController is called."""
    if policy.name != VPC_RESOURCE_CONTROLLER:
        return policy.name
    return policy.arn or f"inline policy {policy.name}"


@dataclass(frozen=True)
class _Effects:
    allowed: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    partly_denied: frozenset[str] = frozenset()


def _effects(policy: Policy, partition: str, needed: tuple[str, ...]) -> _Effects | None:
    """What one policy does to each needed action; None where that can't be read."""
    if policy.name in GRANTS and policy.arn == managed_policy_arn(partition, policy.name):
        return _Effects(allowed=frozenset(GRANTS[policy.name]))
    if policy.document is None and AWS_MANAGED in policy.arn:
        return _Effects()
    statements = _statements(policy.document)
    if statements is None:
        return None
    found: dict[tuple[str, bool], set[str]] = {}
    for statement in statements:
        effect = str(statement.get("Effect", ""))
        actions = {action for action in needed if _speaks_of(statement, action)}
        for action in actions:
            found.setdefault((effect, _everywhere(statement, action)), set()).add(action)
    return _Effects(
        allowed=frozenset(found.get(("Allow", True), set())),
        partly=frozenset(found.get(("Allow", False), set())),
        denied=frozenset(found.get(("Deny", True), set())),
        partly_denied=frozenset(found.get(("Deny", False), set())),
    )


def _statements(document: object) -> list[Mapping[str, object]] | None:
    """The statements of a document; None where it has no document's form, of which IAM itself keeps none."""
    if not isinstance(document, Mapping):
        return None
    listed = _listed(document.get("Statement"))
    statements = [statement for statement in listed if isinstance(statement, Mapping) and _is_statement(statement)]
    return statements if len(statements) == len(listed) else None


def _is_statement(statement: Mapping[str, object]) -> bool:
    actions = [_listed(statement[key]) for key in ("Action", "NotAction") if key in statement]
    return statement.get("Effect") in ("Allow", "Deny") and all(
        texts and all(isinstance(text, str) for text in texts) for texts in actions
    )


def _speaks_of(statement: Mapping[str, object], action: str) -> bool:
    if "Action" in statement:
        return _named(statement["Action"], action)
    return "NotAction" in statement and not _named(statement["NotAction"], action)


def _named(patterns: object, action: str) -> bool:
    return any(isinstance(pattern, str) and matches(pattern, action, ignore_case=True) for pattern in _listed(patterns))


def _everywhere(statement: Mapping[str, object], action: str) -> bool:
    """Whether the statement holds for every resource and in every request that the controller makes."""
    if "*" not in _listed(statement.get("Resource")):
        return False
    conditions = statement.get("Condition")
    return not conditions or (
        statement.get("Effect") == "Allow" and action == CONDITIONED_ACTION and _is_tag_condition(conditions)
    )


def _is_tag_condition(conditions: object) -> bool:
    """Whether it is the condition that AmazonEKSVPCResourceController itself has, under either quantifier."""
    if not isinstance(conditions, Mapping) or len(conditions) != 1:
        return False
    ((operator, keys),) = conditions.items()
    return (
        str(operator).rpartition(":")[2] == "StringEquals"
        and str(operator).rpartition(":")[0] in ("", "ForAnyValue")
        and isinstance(keys, Mapping)
        and {str(key).lower() for key in keys} == {TAG_CONDITION_KEY.lower()}
        and all(TAG_CONDITION_VALUE in _listed(value) for value in keys.values())
    )


def _listed(value: object) -> list[object]:
    """IAM lets a single value stand for a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
