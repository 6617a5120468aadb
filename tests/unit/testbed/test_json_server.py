# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server that plays webhooks, as clients meet it that keep their connections."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator

import pytest

from tests.testbed.json_server import JsonServer
from tests.testbed.pki import Authority

AUTHORITY = Authority("servers")


@pytest.fixture
def server() -> Iterator[JsonServer]:
    server = JsonServer(lambda path, body: {"path": path, **body}, AUTHORITY.server("server", ("localhost",)))
    yield server
    server.stop()


def client_of(server: JsonServer) -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cadata=AUTHORITY.pem)
    return http.client.HTTPSConnection("localhost", server.port, timeout=5, context=context)


def is_kept(connection: http.client.HTTPSConnection) -> bool:
    """Asks once, and tells whether the connection is there for more."""
    connection.request("POST", "/mutate", json.dumps({"number": 1}))
    response = connection.getresponse()
    assert json.loads(response.read()) == {"path": "/mutate", "number": 1}
    return connection.sock is not None


def test_connections_are_kept_until_the_server_takes_leave(server: JsonServer) -> None:
    old = client_of(server)
    assert is_kept(old)
    assert is_kept(old)
    server.take_leave()
    assert not is_kept(old)
    # Who comes late is answered too.
    assert not is_kept(client_of(server))
