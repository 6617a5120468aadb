# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Watches which pairs of certificate and key the Secret of a legacy webhook holds, those that are given up included."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from tests.support.webhook_certificates import BACKUP, NAMES
from tests.testbed.cluster import TestbedCluster

PAUSE_SECONDS = 0.1


class WebhookPairs:
    """Looks at the Secret and at its backup all the time, while it is entered.

    Attributes:
        seen: Each key with its certificate, in the order of their coming, as the Secret's data has them.
    """

    def __init__(self, cluster: TestbedCluster) -> None:
        self._cluster = cluster
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhook-pairs", daemon=True)
        self.seen: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=30)
        self._look()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            self._look()

    def _look(self) -> None:
        certificate, key = NAMES.keys
        for name in (NAMES.secret, BACKUP):
            found = self._cluster.admin.find("secrets", name, NAMES.namespace)
            if found:
                self.seen.setdefault(found["data"][key], found["data"][certificate])
