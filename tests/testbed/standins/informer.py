# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Local copies of API objects, kept up to date by a watch."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.testbed.kubernetes.admin import Json

WATCH_SECONDS = 240
RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class Login:
    """How a stand-in reaches a cluster. ``ca_pem`` is the authority of the server's certificate."""

    url: str
    ca_pem: str
    token: str


class Informer:
    """Lists a collection, then watches it, in a thread of its own.

    Args:
        login: The cluster.
        path: The collection's path.
        query: Selectors.
        changed: Called after every change, and when reading begins or ceases to fail.
    """

    def __init__(self, login: Login, path: str, query: Mapping[str, str], changed: Callable[[], None]) -> None:
        self._login = login
        self._path = path
        self._query = dict(query)
        self._changed = changed
        self._context = ssl.create_default_context(cadata=login.ca_pem)
        self._objects: dict[tuple[str, str], Json] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._connection: http.client.HTTPSConnection | None = None
        self.readable = False
        self._thread = threading.Thread(target=self._run, name=f"informer {path}", daemon=True)

    def start(self) -> None:
        """Begin; :attr:`readable` turns true with the first list."""
        self._thread.start()

    def objects(self) -> list[Json]:
        """The objects as last seen; they must not be changed."""
        with self._lock:
            return list(self._objects.values())

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                version = self._list()
                while not self._stopped.is_set():
                    version = self._watch(version)
            except (OSError, ValueError, http.client.HTTPException):
                self._fail()

    def _fail(self) -> None:
        if not self._stopped.is_set():
            if self.readable:
                self.readable = False
                self._changed()
            self._stopped.wait(RETRY_SECONDS)

    @contextlib.contextmanager
    def _open(self, query: Mapping[str, str], timeout: float) -> Iterator[http.client.HTTPResponse]:
        address = urlsplit(self._login.url)
        connection = http.client.HTTPSConnection(
            str(address.hostname), address.port, timeout=timeout, context=self._context
        )
        self._connection = connection
        try:
            headers = {"Authorization": f"Bearer {self._login.token}", "Accept": "application/json"}
            connection.request("GET", f"{self._path}?{urlencode({**self._query, **query})}", headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise ValueError(f"{self._path}: {answer.status}")
            yield answer
        finally:
            self._connection = None
            connection.close()

    def _list(self) -> str:
        with self._open({}, 30) as answer:
            listed: Json = json.loads(answer.read())
        with self._lock:
            self._objects = {_key(item): item for item in listed.get("items") or []}
        self.readable = True
        self._changed()
        return str(listed["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> str:
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(WATCH_SECONDS)}
        with self._open(query, WATCH_SECONDS + 10) as answer:
            for line in answer:
                if not line.strip():
                    continue
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ValueError(f"{self._path}: {event['object'].get('message')}")
                version = self._apply(event)
        return version

    def _apply(self, event: Json) -> str:
        item = event["object"]
        if event["type"] != "BOOKMARK":
            with self._lock:
                if event["type"] == "DELETED":
                    self._objects.pop(_key(item), None)
                else:
                    self._objects[_key(item)] = item
            self._changed()
        return str(item["metadata"]["resourceVersion"])


def _key(item: Json) -> tuple[str, str]:
    metadata = item["metadata"]
    return str(metadata.get("namespace", "")), str(metadata["name"])


class News:
    """A way to wait for news."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._count = 0

    def wake(self) -> None:
        """Tell everyone who waits that there is news."""
        with self._news:
            self._count += 1
            self._news.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until there is news after ``seen``, at most ``seconds``; returns the number of the latest news."""
        with self._news:
            self._news.wait_for(lambda: self._count != seen, seconds)
            return self._count


class ClusterCache(News):
    """What the stand-ins need to know of one cluster, and a way to wait for news of it."""

    def __init__(self, login: Login) -> None:
        super().__init__()
        system = "/api/v1/namespaces/kube-system"
        self.config_map = self._informer(
            login, f"{system}/configmaps", {"fieldSelector": "metadata.name=amazon-vpc-cni"}
        )
        self.legacy_controller = self._informer(
            login,
            "/apis/apps/v1/namespaces/kube-system/deployments",
            {"fieldSelector": "metadata.name=vpc-resource-controller"},
        )
        self.nodes = self._informer(login, "/api/v1/nodes", {})
        self.pods = self._informer(login, "/api/v1/pods", {})
        self._all = (self.config_map, self.legacy_controller, self.nodes, self.pods)

    def _informer(self, login: Login, path: str, query: Mapping[str, str]) -> Informer:
        return Informer(login, path, query, self.wake)

    @property
    def readable(self) -> bool:
        """Whether everything could be read at the last attempt."""
        return all(informer.readable for informer in self._all)

    def start(self) -> None:
        """Begin to read."""
        for informer in self._all:
            informer.start()

    def stop(self) -> None:
        """End all watches."""
        for informer in self._all:
            informer.stop()
        self.wake()


class Worker:
    """A thread that does its work again whenever there is news.

    Args:
        news: What to wait for.
        work: One pass; it looks at everything and may be called at any time. Returns the seconds after which
            it wants to be called again without news.
        name: Of the thread.
    """

    def __init__(self, news: News, work: Callable[[], float], name: str) -> None:
        self._news = news
        self._work = work
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def _run(self) -> None:
        seen = 0
        delay = 1.0
        while not self._stopped.is_set():
            seen = self._news.wait(seen, delay)
            if not self._stopped.is_set():
                delay = self._work()

    def stop(self) -> None:
        """End after the present pass."""
        self._stopped.set()
        self._news.wake()
        self._thread.join(5)
