# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what: roles and bindings, as the API server evaluates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING
from tests.testbed.kubernetes.emulator.routes import Route
from tests.testbed.kubernetes.emulator.store import Store

MASTERS = "system:masters"


@dataclass(frozen=True)
class User:
    """Who asks."""

    name: str
    groups: tuple[str, ...] = ()


def _listed(value: str, allowed: Sequence[str]) -> bool:
    return "*" in allowed or value in allowed


def _path_allowed(path: str, allowed: Sequence[str]) -> bool:
    return any(
        pattern in ("*", path) or (pattern.endswith("*") and path.startswith(pattern[:-1])) for pattern in allowed
    )


def rule_allows(rule: Mapping[str, Any], asked: Route) -> bool:
    """Whether one policy rule covers a request."""
    if not _listed(asked.verb, rule.get("verbs") or []):
        return False
    if not asked.resource:
        return _path_allowed(asked.path, rule.get("nonResourceURLs") or [])
    resources = rule.get("resources") or []
    covered = _listed(asked.full_resource, resources) or (
        bool(asked.subresource) and f"*/{asked.subresource}" in resources
    )
    names = rule.get("resourceNames") or []
    return covered and _listed(asked.group, rule.get("apiGroups") or []) and (not names or asked.name in names)


def _is_subject(subject: Mapping[str, Any], user: User, namespace: str) -> bool:
    kind, name = subject.get("kind"), str(subject.get("name", ""))
    if kind == "User":
        return name == user.name
    if kind == "Group":
        return name in user.groups
    return user.name == f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"


class Authorizer:
    """Evaluates the roles and bindings of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(self, user: User, asked: Route) -> None:
        """Let a request pass.

        Raises:
            StatusError: 403, worded as the API server does.
        """
        if self.allows(user, asked):
            return
        if not asked.resource:
            raise statuses.forbidden_path(asked.path, f'User "{user.name}" cannot {asked.verb}')
        where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
        why = (
            f'User "{user.name}" cannot {asked.verb} resource "{asked.full_resource}" '
            f'in API group "{asked.group}" {where}'
        )
        raise statuses.forbidden(asked.group, asked.resource, asked.name, why)

    def allows(self, user: User, asked: Route) -> bool:
        """Whether a user may."""
        if MASTERS in user.groups:
            return True
        return any(rule_allows(rule, asked) for rule in self._rules(user, asked.namespace))

    def _rules(self, user: User, namespace: str) -> Iterator[Mapping[str, Any]]:
        _, bindings = self._store.snapshot(CLUSTER_ROLE_BINDING.key)
        for binding in bindings:
            yield from self._bound(binding, user, "")
        if namespace:
            _, bindings = self._store.snapshot(ROLE_BINDING.key, namespace)
            for binding in bindings:
                yield from self._bound(binding, user, namespace)

    def _bound(self, binding: Json, user: User, namespace: str) -> Iterator[Mapping[str, Any]]:
        if not any(_is_subject(subject, user, namespace) for subject in binding.get("subjects") or []):
            return
        reference = binding["roleRef"]
        if reference["kind"] == "ClusterRole":
            role = self._store.get(CLUSTER_ROLE.key, "", reference["name"])
        else:
            role = self._store.get(ROLE.key, namespace, reference["name"])
        yield from (role or {}).get("rules") or []
