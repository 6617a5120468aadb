# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API server and a proxy that remember who came, and answer next to nothing."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.testbed.pki import Authority

ANSWERS: dict[str, Any] = {
    "/version": {"major": "1", "minor": "31", "gitVersion": "v1.31.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": []},
}
"""What a client asks before it asks for anything."""


@dataclass(frozen=True)
class Visit:
    """One request: who was shown to the server."""

    path: str
    authorization: str
    impersonate_user: str
    impersonate_groups: tuple[str, ...]
    client: str


@dataclass(frozen=True)
class Passage:
    """One CONNECT to the proxy."""

    target: str
    proxy_authorization: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that do not trust the server leave in the middle: that is no news."""


class _Threaded:
    """A server with a thread of its own."""

    _server: _Server

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class EchoServer(_Threaded):
    """An API server over TLS that takes anybody and asks for client certificates of its own authority."""

    def __init__(self, authority: Authority) -> None:
        self.visits: list[Visit] = []
        visits = self.visits

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                certificate = self.connection.getpeercert() or {}
                subject = {key: value for part in certificate.get("subject", ()) for key, value in part}
                visits.append(
                    Visit(
                        self.path.partition("?")[0],
                        self.headers.get("Authorization", ""),
                        self.headers.get("Impersonate-User", ""),
                        tuple(self.headers.get_all("Impersonate-Group", [])),
                        subject.get("commonName", ""),
                    )
                )
                data = json.dumps(ANSWERS.get(self.path.partition("?")[0], {"kind": "List", "items": []})).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            pair = authority.server("echo")
            (Path(folder) / "cert").write_text(pair.certificate)
            (Path(folder) / "key").write_text(pair.key)
            context.load_cert_chain(Path(folder) / "cert", Path(folder) / "key")
        context.load_verify_locations(cadata=authority.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """https://127.0.0.1:PORT"""
        return f"https://127.0.0.1:{self._server.server_port}"


class EchoProxy(_Threaded):
    """A proxy that lets everything through by CONNECT, to where ``routes`` says that a place is."""

    def __init__(self, routes: Mapping[str, str] | None = None) -> None:
        self.passages: list[Passage] = []
        passages = self.passages
        known = routes or {}

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                passages.append(Passage(self.path, self.headers.get("Proxy-Authorization", "")))
                host, _colon, port = known.get(self.path, self.path).partition(":")
                with socket.create_connection((host, int(port))) as upstream:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=_pump, args=(upstream, self.connection), daemon=True)
                    back.start()
                    _pump(self.connection, upstream)
                    back.join()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        self._server = _Server(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT"""
        return f"http://127.0.0.1:{self._server.server_port}"


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
