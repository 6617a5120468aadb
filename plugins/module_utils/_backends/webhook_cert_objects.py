# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The objects that webhook_cert reads and writes: each write takes back nothing that somebody else wrote meanwhile.

Every write may be the second try of one whose answer was lost, so a refusal is compared with what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_pair import (
    Pair,
    PairKeys,
    data_of,
    decoded,
    encoded,
    pair_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import (
    BACKUP_OF,
    backup_name,
    label_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService

WEBHOOK_CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
BUNDLE_KEY = "ca-bundle."
"""Prefix of the keys of a backup that hold a webhook's caBundle; its name follows."""

TRIES = 3
STALE = frozenset({409, 422})
"""Statuses by which a server says that an object is another one than the change was made for."""


@dataclass(frozen=True)
class Entry:
    """One webhook of a MutatingWebhookConfiguration that calls the service. ``bundle`` is PEM text."""

    index: int
    name: str
    bundle: str


@dataclass(frozen=True)
class Backup:
    """A backup as it is stored. ``bundles`` are PEM texts by the names of the webhooks."""

    pair: Pair
    bundles: Mapping[str, str]
    raw: Mapping[str, Any] = field(repr=False)


class PairSecret:
    """The Secret with the pair, and the one with its backup. Methods raise KubernetesError."""

    def __init__(self, api: KubernetesApi, namespace: str, name: str, keys: PairKeys) -> None:
        self._api = api
        self._collection = f"/api/v1/namespaces/{namespace}/secrets"
        self._namespace = namespace
        self.name = name
        self.keys = keys

    def __str__(self) -> str:
        return f"Secret {self._namespace}/{self.name}"

    @property
    def backup_name(self) -> str:
        """Name of the backup, whether it is there or not."""
        return backup_name(self.name)

    def read(self) -> dict[str, Any] | None:
        """The Secret as the API tells it, None where it is not there."""
        return self._read(self.name)

    def write(self, pair: Pair, before: Pair) -> None:
        """Give the Secret this pair and leave all else of it alone; it is created where it is not there.

        Args:
            pair: The new one.
            before: The one that it takes the place of, so that no third one is lost.

        Raises:
            EksWindowsError: Somebody else changed its pair meanwhile.
            KubernetesError: Refused, or not known to have been stored.
        """
        for tries_left in reversed(range(TRIES)):
            seen = self.read()
            found = pair_of(seen, self.keys)
            if found == pair:
                return
            if found != before:
                raise EksWindowsError(
                    f"{self} got another certificate meanwhile", "Find who else renews it, and run this again"
                )
            try:
                self._put(seen, pair)
                return
            except KubernetesError as error:
                if error.status != 409 or not tries_left:
                    raise

    def _put(self, seen: Mapping[str, Any] | None, pair: Pair) -> None:
        data = data_of(pair, self.keys)
        if seen is not None:
            version = {"resourceVersion": seen["metadata"]["resourceVersion"]}
            self._api.merge(f"{self._collection}/{self.name}", {"metadata": version, "data": data})
            return
        given = {key: value for key, value in data.items() if value is not None}
        self._api.create(self._collection, self._manifest(self.name, {}, given))

    def read_backup(self) -> Backup | None:
        """The backup, None where there is none.

        Raises:
            EksWindowsError: A Secret of that name is somebody else's.
        """
        raw = self._read(self.backup_name)
        if raw is None:
            return None
        labels = raw["metadata"].get("labels") or {}
        if labels.get(BACKUP_OF) != label_value(self.name):
            raise EksWindowsError(
                f"Secret {self._namespace}/{self.backup_name} is no backup of {self}: it has no label {BACKUP_OF}",
                "Rename or delete it: that name is needed for the backup",
            )
        bundles = {
            key.removeprefix(BUNDLE_KEY): decoded(value)
            for key, value in (raw.get("data") or {}).items()
            if key.startswith(BUNDLE_KEY)
        }
        return Backup(pair_of(raw, self.keys), bundles, raw)

    def write_backup(self, present: Backup | None, pair: Pair, bundles: Mapping[str, str]) -> None:
        """Store a pair and the bundles that trust it, in place of the backup that is ``present``."""
        stored = {key: value for key, value in data_of(pair, self.keys).items() if value is not None}
        stored.update({f"{BUNDLE_KEY}{name}": encoded(bundle) for name, bundle in bundles.items()})
        body = self._manifest(self.backup_name, {BACKUP_OF: label_value(self.name)}, stored)
        try:
            if present is None:
                self._api.create(self._collection, body)
            else:
                version = present.raw["metadata"]["resourceVersion"]
                body["metadata"]["resourceVersion"] = version
                body["type"] = present.raw.get("type") or "Opaque"
                self._api.replace(f"{self._collection}/{self.backup_name}", body)
        except KubernetesError as error:
            there = self.read_backup() if error.status == 409 else None
            if there is None or (there.pair, there.bundles) != (pair, bundles):
                raise

    def delete_backup(self) -> None:
        """Delete the backup; one that is gone is fine."""
        try:
            self._api.delete(f"{self._collection}/{self.backup_name}")
        except KubernetesError as error:
            if error.status != 404:
                raise

    def _read(self, name: str) -> dict[str, Any] | None:
        return found_at(self._api, f"{self._collection}/{name}")

    def _manifest(self, name: str, labels: Mapping[str, str], data: Mapping[str, str]) -> dict[str, Any]:
        metadata = {"name": name, "namespace": self._namespace, **({"labels": dict(labels)} if labels else {})}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": dict(data)}


class CaBundles:
    """The caBundles of a MutatingWebhookConfiguration's webhooks that call one service."""

    def __init__(self, api: KubernetesApi, configuration: str, service: WebhookService) -> None:
        self._api = api
        self._path = f"{WEBHOOK_CONFIGURATIONS}/{configuration}"
        self._configuration = configuration
        self._service = service

    def others(self) -> dict[str, tuple[Entry, ...]]:
        """The webhooks of other MutatingWebhookConfigurations that call the service, by the configurations' names."""
        found = {
            raw["metadata"]["name"]: entries_of(raw, self._service) for raw in self._api.list(WEBHOOK_CONFIGURATIONS)
        }
        return {name: entries for name, entries in found.items() if entries and name != self._configuration}

    def write(self, wanted: Callable[[Entry], str]) -> bool:
        """Give each webhook the bundle that is ``wanted`` of it, in one patch; returns whether one had another.

        Raises:
            KubernetesError: Refused, somebody changes the configuration all the time, or not known to have been
                stored.
        """
        changed = False
        for tries_left in reversed(range(TRIES)):
            raw = found_at(self._api, self._path)
            operations = [] if raw is None else _operations(raw, entries_of(raw, self._service), wanted)
            if not operations:
                return changed
            changed = True
            try:
                self._api.patch(self._path, operations)
                return changed
            except KubernetesError as error:
                if error.status not in STALE or not tries_left:
                    raise
        return changed


def _operations(
    raw: Mapping[str, Any], entries: tuple[Entry, ...], wanted: Callable[[Entry], str]
) -> list[dict[str, Any]]:
    """The patch that gives the entries their bundles, for this very version of the configuration."""
    changes: list[dict[str, Any]] = []
    for entry in entries:
        bundle = wanted(entry)
        if bundle == entry.bundle:
            continue
        path = f"/webhooks/{entry.index}/clientConfig/caBundle"
        changes.append(
            {"op": "add", "path": path, "value": encoded(bundle)} if bundle else {"op": "remove", "path": path}
        )
    version = raw["metadata"]["resourceVersion"]
    return [{"op": "test", "path": "/metadata/resourceVersion", "value": version}, *changes] if changes else []


def entries_of(configuration: Mapping[str, Any], service: WebhookService) -> tuple[Entry, ...]:
    """The webhooks of a MutatingWebhookConfiguration that call the service, whatever path of it."""
    entries = []
    for index, webhook in enumerate(configuration.get("webhooks") or ()):
        client = webhook.get("clientConfig") or {}
        called = client.get("service") or {}
        if (called.get("namespace"), called.get("name")) == (service.namespace, service.name):
            entries.append(Entry(index, str(webhook.get("name") or ""), decoded(client.get("caBundle"))))
    return tuple(entries)


def found_at(api: KubernetesApi, path: str) -> dict[str, Any] | None:
    """The object at a path, None where there is none."""
    try:
        return api.get(path)
    except KubernetesError as error:
        if error.status == 404:
            return None
        raise
