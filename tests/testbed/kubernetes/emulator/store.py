# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects in memory, their versions and the log of changes.

A stored object is never changed in place: who writes puts a new one. Readers therefore share what they get
and must copy before they change it. Stored objects carry neither apiVersion nor kind, since the versions of
a group share them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import StorageKey

EVENTS_KEPT = 2000


@dataclass(frozen=True)
class Change:
    """One entry of the log: ``before`` is None for a new object, ``after`` is None for a deleted one."""

    revision: int
    key: StorageKey
    before: Json | None
    after: Json | None


class StaleVersionError(Exception):
    """The object is no longer at the version that the writer started from."""


class RevisionGoneError(Exception):
    """The log no longer goes back that far."""


def copy_of(value: Any) -> Any:
    """A deep copy of JSON data."""
    if isinstance(value, dict):
        return {key: copy_of(each) for key, each in value.items()}
    if isinstance(value, list):
        return [copy_of(each) for each in value]
    return value


def namespace_of(item: Json) -> str:
    """The object's namespace, empty for cluster-wide ones."""
    return str(item["metadata"].get("namespace", ""))


def version_of(item: Json | None) -> str:
    """The object's resourceVersion, empty where there is no object."""
    return str(item["metadata"]["resourceVersion"]) if item else ""


class Store:
    """All objects of one control plane."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._objects: dict[StorageKey, dict[tuple[str, str], Json]] = {}
        self._dependents: dict[str, set[tuple[StorageKey, str, str]]] = {}
        self._log: deque[Change] = deque(maxlen=EVENTS_KEPT)
        self._revision = 1
        self._log_start = 1
        self._closed = False

    @property
    def revision(self) -> int:
        """The revision of the last change."""
        return self._revision

    def get(self, key: StorageKey, namespace: str, name: str) -> Json | None:
        """One object."""
        with self.lock:
            return self._objects.get(key, {}).get((namespace, name))

    def snapshot(self, key: StorageKey, namespace: str = "") -> tuple[int, list[Json]]:
        """All objects of a resource in the order of their names, and the revision they are of."""
        with self.lock:
            places = self._objects.get(key, {})
            chosen = sorted(place for place in places if not namespace or place[0] == namespace)
            return self._revision, [places[place] for place in chosen]

    def in_namespace(self, namespace: str) -> list[tuple[StorageKey, Json]]:
        """Every object of a namespace."""
        with self.lock:
            return [
                (key, item)
                for key, places in self._objects.items()
                for (place, _name), item in places.items()
                if place == namespace
            ]

    def dependents(self, uid: str) -> list[tuple[StorageKey, Json]]:
        """The objects that name this uid as an owner."""
        with self.lock:
            found = []
            for key, namespace, name in sorted(self._dependents.get(uid, ())):
                item = self._objects.get(key, {}).get((namespace, name))
                if item is not None:
                    found.append((key, item))
            return found

    def put(self, key: StorageKey, item: Json, expected: str) -> Json:
        """Store an object whose present resourceVersion is ``expected``, empty where none may exist.

        Raises:
            StaleVersionError: It is another.
        """
        metadata = item["metadata"]
        place = (namespace_of(item), str(metadata["name"]))
        with self.lock:
            before = self._objects.get(key, {}).get(place)
            if version_of(before) != expected:
                raise StaleVersionError
            stored = {**item, "metadata": {**metadata, "resourceVersion": str(self._revision + 1)}}
            self._objects.setdefault(key, {})[place] = stored
            self._index(key, place, before, stored)
            self._note(key, before, stored)
            return stored

    def remove(self, key: StorageKey, item: Json) -> Json:
        """Drop an object that is still at this version; returns its last state.

        Raises:
            StaleVersionError: It is at another, or gone.
        """
        place = (namespace_of(item), str(item["metadata"]["name"]))
        with self.lock:
            before = self._objects.get(key, {}).get(place)
            if before is None or version_of(before) != version_of(item):
                raise StaleVersionError
            del self._objects[key][place]
            self._index(key, place, before, None)
            self._note(key, before, None)
            return {**before, "metadata": {**before["metadata"], "resourceVersion": str(self._revision)}}

    def changes(self, key: StorageKey, since: int, seconds: float | None) -> Iterator[Change]:
        """Changes of a resource after a revision, as they come; ends after so many seconds, or when the
        store is closed.

        Raises:
            RevisionGoneError: The log does not go back that far.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            with self._changed:
                if since < self._log_start:
                    raise RevisionGoneError
                while self._revision <= since and not self._closed:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        return
                    self._changed.wait(left)
                if self._closed:
                    return
                fresh = [change for change in self._log if change.revision > since]
                since = self._revision
            for change in fresh:
                if change.key == key:
                    yield change

    def forget_history(self) -> None:
        """Compact the log: watches and lists from before now are refused."""
        with self.lock:
            self._log.clear()
            self._revision += 1
            self._log_start = self._revision

    def close(self) -> None:
        """Wake who waits for changes, for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _note(self, key: StorageKey, before: Json | None, after: Json | None) -> None:
        self._revision += 1
        if len(self._log) == EVENTS_KEPT:
            self._log_start = self._log[0].revision
        self._log.append(Change(self._revision, key, before, after))
        self._changed.notify_all()

    def _index(self, key: StorageKey, place: tuple[str, str], before: Json | None, after: Json | None) -> None:
        entry = (key, *place)
        for item, add in ((before, False), (after, True)):
            for owner in (item or {}).get("metadata", {}).get("ownerReferences") or []:
                known = self._dependents.setdefault(str(owner.get("uid", "")), set())
                if add:
                    known.add(entry)
                else:
                    known.discard(entry)
