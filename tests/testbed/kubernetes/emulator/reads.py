# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads: single objects, lists and watches."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.pagination import Pages
from tests.testbed.kubernetes.emulator.representation import metadata_only, present, present_list, scale_of
from tests.testbed.kubernetes.emulator.resources import Kind
from tests.testbed.kubernetes.emulator.routes import Request, Route
from tests.testbed.kubernetes.emulator.selectors import (
    Predicate,
    SelectorError,
    field_selector,
    label_selector,
)
from tests.testbed.kubernetes.emulator.store import Change, RevisionGoneError, Store, namespace_of


def selection(request: Request, kind: Kind) -> Predicate:
    """The predicate of a request's selectors.

    Raises:
        StatusError: 400 where one cannot be read.
    """
    labels, fields = request.query.get("labelSelector", ""), request.query.get("fieldSelector", "")
    try:
        by_label = label_selector(labels)
    except SelectorError as error:
        raise statuses.bad_request(str(error)) from error
    try:
        by_field = field_selector(fields, kind.key)
    except SelectorError as error:
        raise statuses.bad_request(
            f'Unable to find "{kind.group}/{kind.version}, Resource={kind.plural}" that match label selector '
            f'"{labels}", field selector "{fields}": {error}'
        ) from error
    return lambda item: by_label(item) and by_field(item)


class Reader:
    """Answers reads from a store."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store = store
        self._pages = pages

    def get(self, request: Request, asked: Route, kind: Kind) -> Json:
        """One object, or a subresource of it.

        Raises:
            StatusError: 404.
        """
        item = self._store.get(kind.key, asked.namespace if kind.namespaced else "", asked.name)
        if item is None:
            raise statuses.not_found(kind, asked.name)
        if asked.subresource == "scale":
            return scale_of(kind, item)
        return present(kind, item, metadata_only(request))

    def watch(self, request: Request, asked: Route, kind: Kind) -> Iterator[bytes]:
        """Events as lines of JSON: what is there where no resourceVersion is given, then what changes."""
        chosen = selection(request, kind)
        namespace = asked.namespace if kind.namespaced else ""
        partial = metadata_only(request)
        since = request.number("resourceVersion")
        initial: list[Json] = []
        if not since:
            since, everything = self._store.snapshot(kind.key, namespace)
            initial = [item for item in everything if chosen(item)]
        seconds = request.number("timeoutSeconds")
        return self._events(kind, namespace, chosen, initial, since, float(seconds) if seconds else None, partial)

    def _events(
        self,
        kind: Kind,
        namespace: str,
        chosen: Predicate,
        initial: list[Json],
        since: int,
        seconds: float | None,
        partial: bool,
    ) -> Iterator[bytes]:
        for item in initial:
            yield _line("ADDED", present(kind, item, partial))
        try:
            for change in self._store.changes(kind.key, since, seconds):
                event = _event(change, namespace, chosen)
                if event:
                    yield _line(event[0], present(kind, event[1], partial))
        except RevisionGoneError:
            gone = statuses.expired(f"too old resource version: {since} ({self._store.revision})")
            yield _line("ERROR", gone.body())

    def list(self, request: Request, asked: Route, kind: Kind) -> Json:
        """All objects that the selectors choose, or a page of them.

        Raises:
            StatusError: 400 for a selector or token that cannot be read, 410 for a token that is too old.
        """
        chosen = selection(request, kind)
        labels, fields = request.query.get("labelSelector", ""), request.query.get("fieldSelector", "")
        revision, everything = self._store.snapshot(kind.key, asked.namespace if kind.namespaced else "")
        items = [item for item in everything if chosen(item)]
        collection = "|".join((*kind.key, asked.namespace, labels, fields))
        limit, token = request.number("limit"), request.query.get("continue", "")
        selective = bool(labels or fields)
        if token:
            page = self._pages.next(token, collection, items, limit, selective)
        else:
            page = self._pages.first(revision, collection, items, limit, selective)
        return present_list(kind, page, metadata_only(request))


def _event(change: Change, namespace: str, chosen: Predicate) -> tuple[str, Json] | None:
    """What a watcher with this selection sees of a change."""
    any_state = change.after or change.before
    if any_state is None or (namespace and namespace_of(any_state) != namespace):
        return None
    was = change.before is not None and chosen(change.before)
    now = change.after is not None and chosen(change.after)
    if now and change.after is not None:
        return ("MODIFIED" if was else "ADDED"), change.after
    if was and change.before is not None:
        last = change.after or change.before
        return "DELETED", {**last, "metadata": {**last["metadata"], "resourceVersion": str(change.revision)}}
    return None


def _line(kind: str, item: Json) -> bytes:
    return json.dumps({"type": kind, "object": item}, separators=(",", ":")).encode() + b"\n"
