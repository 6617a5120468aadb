# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small HTTPS server that answers JSON with JSON: what an API server calls webhooks by."""

from __future__ import annotations

import json
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.testbed.pki import KeyPair

Json = dict[str, Any]
Answer = Callable[[str, Json], Json]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: ClassVar[Answer]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            status, answer = 200, type(self).answer(self.path.split("?")[0], json.loads(body))
        except Exception as error:  # noqa: BLE001 - a broken webhook answers 500, as any server does
            status, answer = 500, {"error": f"{type(error).__name__}: {error}"}
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        if isinstance(self.server, _Server) and self.server.leaving:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: the callers see the answers."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[_Handler], context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._context = context
        self._open: set[socket.socket] = set()
        self.leaving = False

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the connection's own thread: one slow client must not hold up the others.
        try:
            request.settimeout(60)
            if request.family == socket.AF_INET:
                request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wrapped = self._context.wrap_socket(request, server_side=True)
        except OSError:
            self.shutdown_request(request)
            return
        self._open.add(wrapped)
        try:
            super().process_request_thread(wrapped, client_address)
        finally:
            self._open.discard(wrapped)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are no news."""

    def hang_up(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class JsonServer:
    """Serves POST requests on a free port of 127.0.0.1.

    Args:
        answer: Called with the path and the decoded body, from several threads; an exception becomes status 500.
        pair: The server's certificate and key.
    """

    def __init__(self, answer: Answer, pair: KeyPair) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="eks-windows-") as folder:
            file = Path(folder) / "pair.pem"
            file.touch(mode=0o600)
            file.write_text(pair.certificate + pair.key)
            context.load_cert_chain(file)
        self._server = _Server(type("Handler", (_Handler,), {"answer": staticmethod(answer)}), context)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="json-server", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """https://127.0.0.1:PORT"""
        return f"https://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return self._server.server_port

    def serve(self, connection: socket.socket) -> None:
        """Answer on a connection that came by another way, until it ends."""
        self._server.process_request_thread(connection, ("", 0))

    def take_leave(self) -> None:
        """End each connection after its next answer, so that nobody asks on it just as ``stop`` closes it."""
        self._server.leaving = True

    def stop(self) -> None:
        """Stop answering and close every connection."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server.hang_up()
