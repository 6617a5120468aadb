# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a real API server reaches the pods behind a Service: by a proxy, as on networks that it is no part of.

The API server resolves the Service to a pod's address itself and does its TLS with the pod, name and caBundle checked;
the proxy only leads the connection to the server that plays the pod. Everything but Services goes the direct way.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from pathlib import Path

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.pod_servers import PodServers

SOCKET = "egress.sock"
REQUEST_SECONDS = 10
LONGEST_REQUEST = 4096


def egress_configuration() -> Json:
    """The EgressSelectorConfiguration of an API server whose working directory is the proxy's folder."""
    connection = {"proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": SOCKET}}}
    return {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{"name": "cluster", "connection": connection}],
    }


class EgressProxy:
    """Answers HTTP CONNECT on a socket in ``folder``, for as long as it is not stopped."""

    def __init__(self, folder: Path, servers: PodServers) -> None:
        self._servers = servers
        self._socket = socket.socket(socket.AF_UNIX)
        # The path of a socket has 108 bytes at most, which the folder's own may have by itself.
        opened = os.open(folder, os.O_PATH)
        try:
            self._socket.bind(f"/proc/self/fd/{opened}/{SOCKET}")
        finally:
            os.close(opened)
        self._socket.listen(64)
        self._thread = threading.Thread(target=self._accept, name="egress-proxy", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(connection,), name="egress", daemon=True).start()

    def _lead(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(REQUEST_SECONDS)
            server = self._servers.find(*_target(_request(connection)))
            if server is None:
                connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                connection.close()
                return
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        except (OSError, ValueError):
            connection.close()
            return
        server.serve(connection)

    def stop(self) -> None:
        """Lead nobody any more; connections that are open stay so."""
        # Closing alone would not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def _request(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        part = connection.recv(LONGEST_REQUEST)
        received += part
        if not part or len(received) > LONGEST_REQUEST:
            raise ValueError("this is no request to connect")
    return received


def _target(request: bytes) -> tuple[str, int]:
    """Address and port that are asked for.

    Raises:
        ValueError: It asks for something else.
    """
    method, _, rest = request.decode("ascii").partition(" ")
    host, _, port = rest.partition(" ")[0].rpartition(":")
    if method != "CONNECT":
        raise ValueError("this is no request to connect")
    return host.strip("[]"), int(port)
