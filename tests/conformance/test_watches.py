# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches: what is there, then what changes."""

from __future__ import annotations

import json
from typing import Any

from tests.conformance.bench import Bench, config_map
from tests.testbed.kubernetes.admin import Json


def watched(bench: Bench, namespace: str, **query: str) -> list[Json]:
    """The events of a watch of one second."""
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    asked: dict[str, str] = {"watch": "1", "timeoutSeconds": "1", "labelSelector": "set=case", **query}
    answer = bench.admin.request("GET", path, query=asked)
    assert answer.status == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def seen(events: list[Json]) -> list[tuple[str, str]]:
    """Type and name of each event."""
    return [(each["type"], each["object"]["metadata"]["name"]) for each in events]


def case(name: str, namespace: str, **metadata: Any) -> Json:
    """A ConfigMap that is watched here."""
    return config_map(name, namespace, {}, **{"labels": {"set": "case"}, **metadata})


def test_a_watch_begins_with_what_is_there(bench: Bench, namespace: str) -> None:
    bench.admin.create(case("x", namespace))
    events = watched(bench, namespace)
    assert seen(events) == [("ADDED", "x")]
    assert (events[0]["object"]["kind"], events[0]["object"]["apiVersion"]) == ("ConfigMap", "v1")


def test_a_watch_goes_on_from_a_version(bench: Bench, namespace: str) -> None:
    first = bench.admin.create(case("x", namespace))
    bench.admin.create(case("y", namespace))
    bench.admin.patch("configmaps", "x", {"data": {"a": "1"}}, namespace)
    bench.admin.delete("configmaps", "y", namespace)
    events = watched(bench, namespace, resourceVersion=first["metadata"]["resourceVersion"])
    assert seen(events) == [("ADDED", "y"), ("MODIFIED", "x"), ("DELETED", "y")]
    versions = [int(each["object"]["metadata"]["resourceVersion"]) for each in events]
    assert versions == sorted(versions)


def test_who_leaves_the_selection_is_deleted_for_the_watcher(bench: Bench, namespace: str) -> None:
    first = bench.admin.create(case("x", namespace))
    bench.admin.patch("configmaps", "x", {"metadata": {"labels": {"set": "other"}}}, namespace)
    bench.admin.patch("configmaps", "x", {"metadata": {"labels": {"set": "case"}}}, namespace)
    events = watched(bench, namespace, resourceVersion=first["metadata"]["resourceVersion"])
    assert seen(events) == [("DELETED", "x"), ("ADDED", "x")]


def test_a_watch_of_one_object(bench: Bench, namespace: str) -> None:
    listed = bench.admin.call("GET", f"/api/v1/namespaces/{namespace}/configmaps")
    bench.admin.create(case("x", namespace))
    bench.admin.create(case("y", namespace))
    version = listed["metadata"]["resourceVersion"]
    events = watched(bench, namespace, resourceVersion=version, fieldSelector="metadata.name=y")
    assert seen(events) == [("ADDED", "y")]
