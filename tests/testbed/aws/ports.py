# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP server on a free loopback port."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

logging.getLogger("werkzeug").setLevel(logging.ERROR)


class _Handler(WSGIRequestHandler):
    # Clients keep their connections; without this each request pays for a new one.
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        port = getattr(self.server, "service_port", None)
        if isinstance(port, ServicePort):
            port.opened(self.connection)

    def finish(self) -> None:
        port = getattr(self.server, "service_port", None)
        if isinstance(port, ServicePort):
            port.closed(self.connection)
        super().finish()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are recorded, not printed."""


class ServicePort:
    """Serves a WSGI application on 127.0.0.1, each connection in its own thread."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        server = make_server("127.0.0.1", 0, self._application, threaded=True, request_handler=_Handler)
        server.service_port = self  # type: ignore[attr-defined]
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.5,), name="aws-port", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address, ``http://127.0.0.1:<port>``. Raises RuntimeError when it is not running."""
        if self._server is None:
            raise RuntimeError("the AWS server of the testbed is not running")
        return f"http://127.0.0.1:{self._server.port}"

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)

    def stop(self) -> None:
        """Close the port and what clients keep open of it; does nothing when it is not running."""
        if self._server is None or self._thread is None:
            return
        stopper = threading.Thread(target=self._server.shutdown)
        stopper.start()
        # The loop looks at the request to stop only now and then; a connection wakes it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self._server.port), timeout=1).close()
        stopper.join()
        self._thread.join()
        self._server.server_close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._server = None
        self._thread = None
