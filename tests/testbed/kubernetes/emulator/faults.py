# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that a test asks for."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass

from tests.testbed.kubernetes.emulator.routes import Route
from tests.testbed.kubernetes.emulator.statuses import StatusError

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


@dataclass
class _Failure:
    verb: str
    path: re.Pattern[str]
    status: int
    message: str
    left: int
    after_applied: bool
    skip: int
    body: re.Pattern[str]


class Faults:
    """The faults of one control plane; none to begin with. Requests of the testbed itself are spared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: list[_Failure] = []
        self._delays: list[tuple[re.Pattern[str], float]] = []

    def fail_next(
        self,
        verb: str,
        path_regex: str,
        status: int = 500,
        message: str = "the server is broken on purpose",
        times: int = 1,
        after_applied: bool = False,
        skip: int = 0,
        body_regex: str = "",
    ) -> None:
        """Let the next requests fail.

        Args:
            verb: The API's verb (get, list, patch ...), or ``*`` for all.
            path_regex: Searched for in the path.
            status: HTTP status of the answer.
            message: Message of the answer.
            times: How many requests fail.
            after_applied: The change is stored all the same, so that only its answer is lost.
            skip: How many such requests pass before.
            body_regex: Searched for in the body.
        """
        path, body = re.compile(path_regex), re.compile(body_regex)
        failure = _Failure(verb, path, status, message, times, after_applied, skip, body)
        with self._lock:
            self._failures.append(failure)

    def delay(self, path_regex: str, seconds: float) -> None:
        """Answer requests whose path matches only after so many seconds."""
        with self._lock:
            self._delays.append((re.compile(path_regex), seconds))

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._failures.clear()
            self._delays.clear()

    def wait(self, route: Route) -> None:
        """Take the time that was asked for."""
        for pattern, seconds in tuple(self._delays):
            if pattern.search(route.path):
                time.sleep(seconds)

    def strike(self, route: Route, body: bytes, applied: bool) -> None:
        """Fail here where that was asked for.

        Raises:
            StatusError: As asked for.
        """
        with self._lock:
            for failure in self._failures:
                if failure.after_applied != applied or failure.verb not in ("*", route.verb):
                    continue
                if not failure.path.search(route.path) or not failure.body.search(body.decode(errors="replace")):
                    continue
                if failure.skip > 0:
                    failure.skip -= 1
                    continue
                failure.left -= 1
                if failure.left <= 0:
                    self._failures.remove(failure)
                raise StatusError(failure.status, _REASONS.get(failure.status, "InternalError"), failure.message)
