# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A web server that has a few files, by HTTPS on loopback."""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.testbed.pki import Authority


class HttpsFiles:
    """Serves texts by their names while it is entered.

    Args:
        files: Text by name. What changes in it later is served changed.

    Attributes:
        requests: Paths that were asked for.
        environment: What makes a process trust it.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self.requests: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="eks-windows-files-")
        authority = Authority("files", 1)
        pair = authority.server("127.0.0.1")
        folder = Path(self._folder.name)
        for name, text in (("ca.pem", authority.pem), ("pair.pem", pair.certificate + pair.key)):
            (folder / name).write_text(text, encoding="utf-8")
        self.environment = {"SSL_CERT_FILE": str(folder / "ca.pem")}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "pair.pem")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files, self.requests))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def url(self, name: str) -> str:
        """Where the file is."""
        return f"https://127.0.0.1:{self._server.server_port}/{name}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="https-files", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()


def _handler(files: Mapping[str, str], requests: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            found = files.get(self.path.removeprefix("/"))
            content = (found or "").encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "binary/octet-stream")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Tests read ``requests``."""

    return Handler
