# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""How long a module waits for what others do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """The time, in seconds; tests have one of their own."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Patience:
    """Waits in steps of ``delay`` seconds, until ``seconds`` have passed since it was made."""

    def __init__(self, clock: Clock, seconds: float, delay: float) -> None:
        self._clock = clock
        self._delay = delay
        self._deadline = clock.monotonic() + seconds

    def wait(self) -> bool:
        """Sleep one step, the last one shorter; False, at once, where the time is over."""
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            return False
        self._clock.sleep(min(self._delay, left))
        return True
