# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store: versions, snapshots that stay as they are, and the log."""

from __future__ import annotations

import pytest

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.store import (
    EVENTS_KEPT,
    RevisionGoneError,
    StaleVersionError,
    Store,
    version_of,
)

KEY = ("", "configmaps")


def item(name: str, **fields: object) -> Json:
    """An object to store."""
    return {"metadata": {"name": name, "namespace": "default", **fields}}


def test_only_the_present_version_can_be_changed() -> None:
    store = Store()
    first = store.put(KEY, item("x"), "")
    second = store.put(KEY, item("x", labels={"a": "b"}), version_of(first))
    assert int(version_of(second)) > int(version_of(first))
    for stale in (version_of(first), ""):
        with pytest.raises(StaleVersionError):
            store.put(KEY, item("x"), stale)
    with pytest.raises(StaleVersionError):
        store.remove(KEY, first)
    assert store.get(KEY, "default", "x") is second


def test_what_was_read_does_not_change() -> None:
    store = Store()
    given = item("x")
    first = store.put(KEY, given, "")
    assert "resourceVersion" not in given["metadata"]
    revision, snapshot = store.snapshot(KEY)
    store.put(KEY, item("x", labels={"a": "b"}), version_of(first))
    store.put(KEY, item("y"), "")
    assert (str(revision), snapshot) == (version_of(first), [first])


def test_dependents_follow_their_owner_references() -> None:
    store = Store()
    owned = store.put(KEY, item("x", ownerReferences=[{"uid": "1"}]), "")
    assert [name for _key, found in store.dependents("1") for name in [found["metadata"]["name"]]] == ["x"]
    store.put(KEY, item("x", ownerReferences=[{"uid": "2"}]), version_of(owned))
    assert store.dependents("1") == []
    assert len(store.dependents("2")) == 1


def test_changes_come_in_order_and_of_one_resource() -> None:
    store = Store()
    start = store.revision
    first = store.put(KEY, item("x"), "")
    store.put(("", "secrets"), item("other"), "")
    store.remove(KEY, first)
    changes = list(store.changes(KEY, start, 0.05))
    assert [(change.before, change.after) for change in changes] == [(None, first), (first, None)]


def test_the_log_forgets_the_oldest() -> None:
    store = Store()
    start = store.revision
    for number in range(EVENTS_KEPT + 2):
        store.put(KEY, item(str(number)), "")
    with pytest.raises(RevisionGoneError):
        next(store.changes(KEY, start, 0.05))
    assert len(list(store.changes(KEY, store.revision - 3, 0.05))) == 3
