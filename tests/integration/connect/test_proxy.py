# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behind a proxy of the environment, reads and writes take the same way."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.playbook import PlaybookRun, run_tasks
from tests.testbed import Testbed

USER = "jane:w@rd"
CONFIGURATION = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "behind-a-proxy", "namespace": "default"},
}
WRITE = {
    "name": "Write",
    "kubernetes.core.k8s": {"state": "present", "definition": CONFIGURATION},
    "module_defaults": {
        "group/kubernetes.core.k8s": {
            "kubeconfig": "{{ lookup('cloudops.eks_windows.eks_kubeconfig', 'converged', region='us-east-1') }}"
        }
    },
}
READ = {
    "name": "Read",
    "cloudops.eks_windows.eks_windows_preflight": {"cluster_name": "converged", "region": "us-east-1"},
}


class Proxy(socketserver.ThreadingTCPServer):
    """An HTTP proxy for CONNECT alone. It counts its tunnels, and keeps the headers of each request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, user: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.wanted = f"Basic {base64.b64encode(user.encode()).decode()}" if user else ""
        self.tunnels: list[str] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Tunnel(socketserver.StreamRequestHandler):
    """One connection to the proxy."""

    server: Proxy

    def handle(self) -> None:
        method, place, _version = self.rfile.readline().decode().split()
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _colon, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if self.server.wanted and headers.get("proxy-authorization") != self.server.wanted:
            self.wfile.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        assert method == "CONNECT", method
        host, _colon, port = place.rpartition(":")
        with socket.create_connection((host, int(port))) as target:
            self.server.tunnels.append(place)
            self.wfile.write(b"HTTP/1.1 200 Here it is\r\n\r\n")
            back = threading.Thread(target=copy, args=(target, self.connection), daemon=True)
            back.start()
            copy(self.connection, target)
            back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    """Everything that one side sends, and its end."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running(user: str = "") -> Iterator[Proxy]:
    with Proxy(user) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


def run(fleet: Testbed, task: dict[str, Any], proxy: str, no_proxy: str = "") -> PlaybookRun:
    environment = {**fleet.environment, "HTTPS_PROXY": proxy, "NO_PROXY": no_proxy}
    for name in ("https_proxy", "no_proxy"):
        environment[name] = environment[name.upper()]
    done = run_tasks([task], environment, arguments=["-vvvv"])
    if task is WRITE and done.returncode == 0:
        assert done.changes("localhost") == ["Write"]
        fleet.clusters["converged"].admin.delete("configmaps", "behind-a-proxy", "default")
    return done


@pytest.mark.parametrize("task", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("user", ["", USER])
def test_the_proxy_is_taken(fleet: Testbed, task: dict[str, Any], user: str) -> None:
    cluster = fleet.clusters["converged"]
    with running(user) as proxy:
        given = f"jane:w%40rd@{proxy.place}" if user else f"http://{proxy.place}"
        done = run(fleet, task, given)
        assert done.returncode == 0, done.stdout
        if task is READ:
            assert not [f for f in done.of("localhost")[0].result["findings"] if f["status"] == "unknown"]
        assert proxy.tunnels
        assert set(proxy.tunnels) == {cluster.endpoint.removeprefix("https://")}
    for secret in ("w%40rd", "w@rd"):
        assert secret not in done.stdout + done.stderr


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize("task", [READ, WRITE], ids=["read", "write"])
def test_no_proxy_is_honoured(fleet: Testbed, task: dict[str, Any]) -> None:
    with running() as proxy:
        assert run(fleet, task, proxy.place, "127.0.0.1,localhost").returncode == 0
        assert proxy.tunnels == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize("task", [READ, WRITE], ids=["read", "write"])
def test_a_proxy_that_can_t_be_used_is_named(fleet: Testbed, task: dict[str, Any]) -> None:
    done = run(fleet, task, "socks5://jane:hunter2@127.0.0.1:1")
    assert done.returncode == 2
    assert "Proxy socks5://***@127.0.0.1:1, of " in done.failure("localhost")
    assert "Traceback" not in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
