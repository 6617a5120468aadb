# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPS on a loopback port: one thread that accepts, one for each open connection, none that polls."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.testbed.kubernetes.emulator.routes import Peer, Request, Response

Handle = Callable[[Request], Response]


def _peer(connection: ssl.SSLSocket) -> Peer | None:
    """The subject of the client's certificate."""
    encoded = connection.getpeercert(binary_form=True)
    if not encoded:
        return None
    subject = x509.load_der_x509_certificate(encoded).subject
    users = [str(each.value) for each in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    groups = tuple(str(each.value) for each in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))
    return Peer(users[0] if users else "", groups)


class _Exchange(BaseHTTPRequestHandler):
    """Requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def __init__(self, connection: ssl.SSLSocket, address: Any, answer: Handle, peer: Peer | None) -> None:
        self._answer_of = answer
        self._peer = peer
        super().__init__(connection, address, None)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are recorded elsewhere."""

    def _serve(self) -> None:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            lower = name.lower()
            headers[lower] = f"{headers[lower]}\n{value}" if lower in headers else value
        body = self.rfile.read(int(headers.get("content-length") or 0))
        request = Request.parse(self.command, self.path, headers, body, self._peer)
        response = self._answer_of(request)
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Cache-Control", "no-cache, private")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.stream is not None:
            self._stream(response)
            return
        payload = response.payload()
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
        self.wfile.flush()

    def _stream(self, response: Response) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for line in response.stream or ():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is served alike."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)


class HttpsServer:
    """Serves ``handle`` on 127.0.0.1 with a TLS context."""

    def __init__(self, context: ssl.SSLContext, handle: Handle) -> None:
        self._context = context
        self._handle = handle
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port, 0 while not started."""
        return int(self._listener.getsockname()[1]) if self._listener else 0

    def start(self, port: int = 0) -> None:
        """Listen; 0 is any free port."""
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener,), name=f"kubernetes-{self.port}", daemon=True
        )
        self._acceptor.start()

    def stop(self) -> None:
        """Close every connection and stop listening."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        with self._lock:
            open_now = list(self._connections)
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._acceptor is not None:
            self._acceptor.join()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._converse, args=(connection, address), daemon=True).start()

    def _converse(self, connection: socket.socket, address: Any) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._context.wrap_socket(connection, server_side=True) as secured:
                with self._lock:
                    self._connections.discard(connection)
                    self._connections.add(secured)
                try:
                    _Exchange(secured, address, self._handle, _peer(secured))
                finally:
                    with self._lock:
                        self._connections.discard(secured)
        except (OSError, ValueError):
            # A client that goes away, or that does not trust the certificate, is its own affair.
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()
