# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages: opaque tokens over a snapshot."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.statuses import bad_request, expired

SNAPSHOTS_KEPT = 64

TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
    "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
    "modified, or deleted between the time the first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True)
class Page:
    """A part of a list. ``following`` is the token of the next, empty on the last; ``remaining`` is None
    where a selector makes it unknown."""

    revision: int
    items: Sequence[Json]
    following: str = ""
    remaining: int | None = None


def _token(revision: int, collection: str, start: int) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "of": collection, "start": start})
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class Pages:
    """The snapshots that unfinished lists go on with."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], Sequence[Json]] = OrderedDict()

    def first(self, revision: int, collection: str, items: Sequence[Json], limit: int, selective: bool) -> Page:
        """The first page of a list; no limit (0) gives all of it. ``collection`` names what is listed,
        selectors included."""
        if not limit or len(items) <= limit:
            return Page(revision, items)
        self._kept[(revision, collection)] = items
        while len(self._kept) > SNAPSHOTS_KEPT:
            self._kept.popitem(last=False)
        return self._page(revision, collection, items, 0, limit, selective)

    def next(self, token: str, collection: str, items: Sequence[Json], limit: int, selective: bool) -> Page:
        """The page that a token asks for; ``items`` is what is there now.

        Raises:
            StatusError: 400 for a token that never was one, 410 for one that is too old.
        """
        revision, of, start = self._read(token)
        if of != collection:
            raise bad_request("continue key is not valid: it belongs to another list")
        if revision < 0:
            return self._page(revision, collection, items, start, limit, selective)
        kept = self._kept.get((revision, collection))
        if kept is None:
            raise expired(TOO_OLD, _token(-1, collection, start))
        return self._page(revision, collection, kept, start, limit, selective)

    def forget(self) -> None:
        """Let every token expire."""
        self._kept.clear()

    @staticmethod
    def _read(token: str) -> tuple[int, str, int]:
        try:
            decoded = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            return int(decoded["rv"]), str(decoded["of"]), int(decoded["start"])
        except (ValueError, KeyError, TypeError) as error:
            raise bad_request(f"continue key is not valid: {error}") from error

    @staticmethod
    def _page(revision: int, collection: str, items: Sequence[Json], start: int, limit: int, selective: bool) -> Page:
        end = start + limit if limit else len(items)
        left = max(0, len(items) - end)
        following = _token(revision, collection, end) if left else ""
        return Page(revision, items[start:end], following, left if left and not selective else None)
