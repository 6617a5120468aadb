# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds that come and go with their CustomResourceDefinition."""

from __future__ import annotations

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import (
    CUSTOM_RESOURCE_DEFINITION,
    Kind,
    Registry,
    StorageKey,
)
from tests.testbed.kubernetes.emulator.store import Store
from tests.testbed.kubernetes.emulator.writes import Write, Writer, now


def kinds_of(definition: Json) -> list[Kind]:
    """The kinds, one a served version, that a definition stands for."""
    spec = definition["spec"]
    names = spec["names"]
    return [
        Kind(
            spec["group"],
            version["name"],
            names["kind"],
            names["plural"],
            spec["scope"] == "Namespaced",
            frozenset(version.get("subresources") or ()),
            tuple(names.get("shortNames") or ()),
            custom=True,
        )
        for version in spec.get("versions") or []
        if version.get("served")
    ]


class CustomKinds:
    """Serves what definitions define, and drops their objects with them."""

    def __init__(self, store: Store, registry: Registry, writer: Writer) -> None:
        self._store = store
        self._registry = registry
        self._writer = writer

    def changed(self, key: StorageKey, before: Json | None, after: Json | None) -> None:
        """Follow a definition."""
        if key != CUSTOM_RESOURCE_DEFINITION.key:
            return
        if after is None:
            if before is not None:
                self._withdraw(before)
            return
        kinds = kinds_of(after)
        self._registry.remove(after["spec"]["group"], after["spec"]["names"]["plural"])
        self._registry.add(kinds)
        if before is None:
            self._establish(after)

    def _establish(self, definition: Json) -> None:
        conditions = [
            {"type": kind, "status": "True", "reason": reason, "message": "", "lastTransitionTime": now()}
            for kind, reason in (("NamesAccepted", "NoConflicts"), ("Established", "InitialNamesAccepted"))
        ]
        versions = [each["name"] for each in definition["spec"]["versions"] if each.get("storage")]
        status = {
            "conditions": conditions,
            "acceptedNames": definition["spec"]["names"],
            "storedVersions": versions,
        }
        write = Write(CUSTOM_RESOURCE_DEFINITION, "", definition["metadata"]["name"], "status")
        self._writer.update(write, lambda present: {**present, "status": status})

    def _withdraw(self, definition: Json) -> None:
        group, plural = definition["spec"]["group"], definition["spec"]["names"]["plural"]
        _, items = self._store.snapshot((group, plural))
        for item in items:
            self._store.remove((group, plural), item)
        self._registry.remove(group, plural)
