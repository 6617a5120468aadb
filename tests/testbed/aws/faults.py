# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that a test asks for: errors, delays and missing permissions."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.testbed.aws.errors import AwsError


@dataclass
class _Failure:
    service: str
    operation: str
    error: AwsError
    left: int
    after_applied: bool


@dataclass(frozen=True)
class Failure:
    """An error to answer with. ``after_applied``: the request takes effect all the same, and its answer is lost."""

    error: AwsError
    after_applied: bool


class Faults:
    """The faults in force; safe to use from several threads. Operations may hold ``*``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: list[_Failure] = []
        self._delays: list[tuple[str, str, float]] = []
        self._denied: list[tuple[str, str, str]] = []

    def fail_next(self, service: str, operation: str, error: AwsError, times: int, after_applied: bool) -> None:
        with self._lock:
            self._failures.append(_Failure(service, operation, error, times, after_applied))

    def delay(self, service: str, operation: str, seconds: float) -> None:
        with self._lock:
            self._delays.append((service, operation, seconds))

    def deny(self, action: str, principal: str, region: str) -> None:
        with self._lock:
            self._denied.append((action, principal, region))

    def allow(self, action: str, principal: str, region: str) -> None:
        with self._lock:
            self._denied = [entry for entry in self._denied if entry != (action, principal, region)]

    def clear(self) -> None:
        with self._lock:
            self._failures.clear()
            self._delays.clear()
            self._denied.clear()

    def seconds(self, service: str, operation: str) -> float:
        """How long the answer is held back."""
        with self._lock:
            matching = [d for s, pattern, d in self._delays if s == service and fnmatchcase(operation, pattern)]
        return sum(matching)

    def is_denied(self, service: str, operation: str, principal: str, region: str) -> bool:
        with self._lock:
            return any(
                fnmatchcase(f"{service}:{operation}", action)
                and fnmatchcase(principal, who)
                and fnmatchcase(region, where)
                for action, who, where in self._denied
            )

    def take(self, service: str, operation: str) -> Failure | None:
        """The failure due for this request, which is thereby used up."""
        with self._lock:
            for failure in self._failures:
                if failure.service == service and fnmatchcase(operation, failure.operation) and failure.left > 0:
                    failure.left -= 1
                    return Failure(failure.error, failure.after_applied)
        return None
