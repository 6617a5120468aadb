# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Does something in the middle of a run, as soon as a condition holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

LOOK_SECONDS = 0.02


class OnceItHolds:
    """While it is entered, looks again and again whether the condition holds, and acts the first time it does.

    Attributes:
        acted: Whether it did.
    """

    def __init__(self, condition: Callable[[], bool], act: Callable[[], None]) -> None:
        self._condition = condition
        self._act = act
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="once-it-holds", daemon=True)
        self.acted = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._condition():
                self._act()
                self.acted = True
                return
            time.sleep(LOOK_SECONDS)
