# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which controllers give Windows pods their addresses, and since when: a migration should leave as little time as it
can without any, and none with two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Controller = Literal["control-plane", "legacy"]


@dataclass(frozen=True)
class Charge:
    """Who is in charge from ``since`` on, a time of time.monotonic()."""

    since: float
    controllers: frozenset[Controller]


class ChargeLog:
    """Every change of who is in charge, in order."""

    def __init__(self) -> None:
        self._entries: list[Charge] = []
        self._lock = threading.Lock()

    def record(self, controllers: frozenset[Controller]) -> None:
        """Note who is in charge now."""
        with self._lock:
            if not self._entries or self._entries[-1].controllers != controllers:
                self._entries.append(Charge(time.monotonic(), controllers))

    def entries(self) -> list[Charge]:
        """All of them so far."""
        with self._lock:
            return list(self._entries)

    @property
    def in_charge(self) -> frozenset[Controller]:
        """Who is in charge now."""
        entries = self.entries()
        return entries[-1].controllers if entries else frozenset()

    def seconds_without(self, since: float = 0.0) -> float:
        """How long nobody was in charge, from ``since`` (a time of time.monotonic()) until now."""
        return self._seconds(lambda count: count == 0, since)

    def seconds_with_two(self, since: float = 0.0) -> float:
        """How long both were in charge, from ``since`` until now."""
        return self._seconds(lambda count: count > 1, since)

    def _seconds(self, counts: Callable[[int], bool], since: float) -> float:
        entries = self.entries()
        ends = [*(entry.since for entry in entries[1:]), time.monotonic()]
        return sum(
            max(0.0, end - max(entry.since, since))
            for entry, end in zip(entries, ends, strict=False)
            if counts(len(entry.controllers))
        )
