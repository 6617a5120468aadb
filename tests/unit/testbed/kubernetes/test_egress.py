# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proxy that leads a real API server to the servers of pods."""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.json_server import JsonServer
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.kubernetes.real.egress import SOCKET, EgressProxy, egress_configuration
from tests.testbed.pki import Authority

AUTHORITY = Authority("pods")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[PodServers]:
    servers = PodServers()
    server = JsonServer(lambda path, body: {"path": path, **body}, AUTHORITY.server("pod", ("hook.n.svc",)))
    servers.add("10.240.0.7", 443, server)
    proxy = EgressProxy(tmp_path, servers)
    yield servers
    proxy.stop()
    server.stop()
    with pytest.raises(OSError, match=r".+"):
        connect(tmp_path)


def connect(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    opened = os.open(folder, os.O_PATH)
    try:
        connection.connect(f"/proc/self/fd/{opened}/{SOCKET}")
    finally:
        os.close(opened)
    return connection


def ask(connection: socket.socket, request: bytes) -> bytes:
    """The answer to a request to connect, as far as it came at once."""
    connection.sendall(request)
    return connection.recv(4096)


def test_a_pod_is_reached_by_its_address_and_speaks_tls(servers: PodServers, tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        assert ask(connection, b"CONNECT 10.240.0.7:443 HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        context = ssl.create_default_context(cadata=AUTHORITY.pem)
        with context.wrap_socket(connection, server_hostname="hook.n.svc") as channel:
            for number in (1, 2):
                body = json.dumps({"number": number}).encode()
                head = f"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                channel.sendall(head + body)
                answer = b""
                while not answer.endswith(b"}"):
                    answer += channel.recv(4096)
                assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"path": "/mutate", "number": number}


@pytest.mark.parametrize("target", ["10.240.0.8:443", "10.240.0.7:80", "127.0.0.1:22"])
def test_nobody_else_is_reached(servers: PodServers, tmp_path: Path, target: str) -> None:
    with connect(tmp_path) as connection:
        assert ask(connection, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode()).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("request_", [b"GET / HTTP/1.1\r\n\r\n", b"CONNECT nowhere HTTP/1.1\r\n\r\n", b"\xff\r\n\r\n"])
def test_other_requests_are_not_answered(servers: PodServers, tmp_path: Path, request_: bytes) -> None:
    with connect(tmp_path) as connection:
        assert ask(connection, request_) == b""


def test_a_pod_that_is_gone_is_not_reached(servers: PodServers, tmp_path: Path) -> None:
    servers.remove("10.240.0.7", 443)
    with connect(tmp_path) as connection:
        assert ask(connection, b"CONNECT 10.240.0.7:443 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 502 ")


def test_a_folder_may_have_a_long_path(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    EgressProxy(folder, PodServers()).stop()
    assert (folder / SOCKET).is_socket()


def test_only_services_go_through_it() -> None:
    (selection,) = egress_configuration()["egressSelections"]
    assert selection["name"] == "cluster"
