# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Kubernetes API that answers what a test tells it to, and an environment without the caller's settings."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, header: str) -> list[str]:
        """Values of a header, in order."""
        return [value for name, value in self.headers if name.lower() == header.lower()]


@dataclass
class FakeApi:
    """Answers each request by ``answer``: (status, JSON or bytes, further headers)."""

    url: str = ""
    answer: Callable[[Seen], tuple[int, Any, dict[str, str]]] = lambda seen: (200, {}, {})
    seen: list[Seen] = field(default_factory=list)


@pytest.fixture
def fake_api() -> Iterator[FakeApi]:
    """A server on loopback."""
    api = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen = Seen(self.command, self.path, list(self.headers.items()), body)
            api.seen.append(seen)
            status, answer, headers = api.answer(seen)
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            # A client that has given up hears nothing more.
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(data)

        do_GET = handle_any  # noqa: N815
        do_POST = handle_any  # noqa: N815
        do_PUT = handle_any  # noqa: N815
        do_PATCH = handle_any  # noqa: N815
        do_DELETE = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    yield api
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "K8S_", "KUBE")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
