# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API server's audit log, read back as requests."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.testbed.kubernetes.types import KubernetesRequest, from_outside

POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "rules": [
        {
            "level": "None",
            "users": ["system:apiserver", "system:kube-controller-manager", "testbed:admin"],
        },
        {"level": "None", "userGroups": ["testbed:standins"]},
        {"level": "Metadata"},
    ],
}
"""What the API server is told to write: everything except the testbed's own doing."""

SETTLE_SECONDS = 3.0


class AuditLog:
    """Reads a log written with ``--audit-log-mode=blocking`` in JSON.

    Each request has a line when it arrives and one when it is answered. An answer can reach its client before
    its line is written, so reading waits until no request is open; a watch counts as answered once it has begun.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 0
        self._events: dict[str, dict[str, Any]] = {}
        self._open: set[str] = set()

    def _read(self) -> None:
        if not self._file.exists():
            return
        with self._file.open("rb") as lines:
            lines.seek(self._offset)
            data = lines.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            event = json.loads(line)
            number = event["auditID"]
            if event["stage"] == "RequestReceived":
                self._open.add(number)
            else:
                self._open.discard(number)
            self._events[number] = event

    def requests(self) -> list[KubernetesRequest]:
        """The requests from outside the testbed, in order of arrival."""
        deadline = time.monotonic() + SETTLE_SECONDS
        self._read()
        while self._open and time.monotonic() < deadline:
            time.sleep(0.02)
            self._read()
        requests = [_request(event) for event in self._events.values()]
        return [request for request in requests if from_outside(request.user)]

    def forget(self) -> None:
        """Drop what was read, once it is complete."""
        self.requests()
        self._events.clear()


def _request(event: dict[str, Any]) -> KubernetesRequest:
    target = urlsplit(event["requestURI"])
    query: dict[str, str] = {}
    for name, value in parse_qsl(target.query, keep_blank_values=True):
        query.setdefault(name, value)
    user = event.get("impersonatedUser") or event.get("user") or {}
    return KubernetesRequest(
        verb=event["verb"],
        path=target.path,
        query=query,
        user=user.get("username", ""),
        status=event.get("responseStatus", {}).get("code", 0),
    )
