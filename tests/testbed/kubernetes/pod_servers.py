# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The servers of pods, and who reaches them: both kinds of control plane call webhooks behind a Service by these."""

from __future__ import annotations

import threading

from tests.testbed.json_server import JsonServer


class PodServers:
    """Which server answers at a pod's address and port. Pods have no network here, so their addresses lead nowhere
    else."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], JsonServer] = {}
        self._lock = threading.Lock()

    def add(self, address: str, port: int, server: JsonServer) -> None:
        """Let ``server`` answer there."""
        with self._lock:
            self._servers[(address, port)] = server

    def remove(self, address: str, port: int) -> None:
        """Let nobody answer there any more."""
        with self._lock:
            self._servers.pop((address, port), None)

    def find(self, address: str, port: int) -> JsonServer | None:
        """Who answers there, None for a refused connection."""
        with self._lock:
            return self._servers.get((address, port))
