# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import kubernetes_api
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_api, "LONGEST_RETRY_AFTER", 0.01)


def client(fake_api, timeout: float = 5, **changes: Any) -> KubernetesApi:
    return KubernetesApi(KubernetesTarget(server=fake_api.url, **changes), timeout)


def query_of(seen) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(seen.path).query).items()}


def test_headers_of_a_request(fake_api) -> None:
    client(
        fake_api,
        authorization=Secret("Bearer word"),
        impersonate_user="jane",
        impersonate_groups=("one", "two"),
    ).get("/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni")
    (seen,) = fake_api.seen
    assert seen.path == "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni"
    assert seen.all("Authorization") == ["Bearer word"]
    assert seen.all("Impersonate-User") == ["jane"]
    assert seen.all("Impersonate-Group") == ["one", "two"]
    assert seen.all("User-Agent") == ["cloudops.eks_windows"]


def test_list_follows_pages_with_its_selectors(fake_api) -> None:
    def answer(seen):
        further = query_of(seen).get("continue")
        if further is None:
            return 200, {"metadata": {"continue": "a b/="}, "items": [{"n": 1}]}, {}
        assert further == "a b/="
        return 200, {"metadata": {}, "items": [{"n": 2}]}, {}

    fake_api.answer = answer
    found = client(fake_api).list("/api/v1/pods", label_selector="a in (b,c)", field_selector="status.phase!=Failed")
    assert found == [{"n": 1}, {"n": 2}]
    for seen in fake_api.seen:
        query = query_of(seen)
        assert (query["limit"], query["labelSelector"]) == ("500", "a in (b,c)")
        assert query["fieldSelector"] == "status.phase!=Failed"


def test_list_without_items(fake_api) -> None:
    fake_api.answer = lambda seen: (200, {"metadata": None, "items": None}, {})
    assert client(fake_api).list("/api/v1/pods") == []


def test_list_of_metadata_alone(fake_api) -> None:
    client(fake_api).list("/api/v1/secrets", metadata_only=True)
    assert "as=PartialObjectMetadataList" in fake_api.seen[0].all("Accept")[0]


def test_list_starts_anew_once_when_its_snapshot_is_gone(fake_api) -> None:
    def answer(seen):
        gone = [each for each in fake_api.seen if query_of(each).get("continue")]
        if query_of(seen).get("continue"):
            return 410, {"kind": "Status", "reason": "Expired", "message": "too old"}, {}
        return 200, {"metadata": {"continue": "" if gone else "x"}, "items": [{"n": len(gone)}]}, {}

    fake_api.answer = answer
    assert client(fake_api).list("/api/v1/pods") == [{"n": 1}]


def test_collect_keeps_what_is_made_of_each_page(fake_api) -> None:
    held: list[int] = []

    def answer(seen):
        if query_of(seen).get("continue"):
            # The first page has been converted before the second is asked for.
            assert held == [1, 2]
            return 200, {"metadata": {}, "items": [{"n": 3}]}, {}
        return 200, {"metadata": {"continue": "x"}, "items": [{"n": 1}, {"n": 2}]}, {}

    def convert(item: dict[str, Any]) -> str | None:
        held.append(item["n"])
        return None if item["n"] == 2 else str(item["n"])

    fake_api.answer = answer
    arguments = {"label_selector": "a", "field_selector": "b=c", "metadata_only": True}
    assert client(fake_api).collect("/api/v1/pods", convert, **arguments) == ("1", "3")
    query = query_of(fake_api.seen[0])
    assert (query["limit"], query["labelSelector"], query["fieldSelector"]) == ("500", "a", "b=c")
    assert "as=PartialObjectMetadataList" in fake_api.seen[0].all("Accept")[0]


def test_collect_forgets_what_it_had_when_its_snapshot_is_gone(fake_api) -> None:
    def answer(seen):
        gone = [each for each in fake_api.seen if query_of(each).get("continue")]
        if query_of(seen).get("continue"):
            return 410, {"kind": "Status", "reason": "Expired", "message": "too old"}, {}
        return 200, {"metadata": {"continue": "" if gone else "x"}, "items": [{"n": len(gone)}]}, {}

    fake_api.answer = answer
    assert client(fake_api).collect("/api/v1/pods", lambda item: item["n"]) == (1,)


def test_list_gives_up_when_its_snapshots_keep_going(fake_api) -> None:
    fake_api.answer = lambda seen: (
        (410, {"reason": "Expired", "message": "too old"}, {})
        if query_of(seen).get("continue")
        else (200, {"metadata": {"continue": "x"}, "items": []}, {})
    )
    with pytest.raises(KubernetesError) as failure:
        client(fake_api).list("/api/v1/pods")
    assert failure.value.status == 410


def test_dry_run(fake_api) -> None:
    fake_api.answer = lambda seen: (201, json.loads(seen.body), {})
    assert client(fake_api).dry_run_create("/api/v1/namespaces/default/pods", {"kind": "Pod"}) == {"kind": "Pod"}
    (seen,) = fake_api.seen
    assert (seen.method, query_of(seen)) == ("POST", {"dryRun": "All"})
    assert seen.all("Content-Type") == ["application/json"]


def test_refusal_in_the_api_s_own_words(fake_api) -> None:
    status = {"kind": "Status", "reason": "Forbidden", "message": 'nodes is forbidden: User "jane"\ncannot list'}
    fake_api.answer = lambda seen: (403, status, {})
    with pytest.raises(KubernetesError) as failure:
        client(fake_api).list("/api/v1/nodes")
    error = failure.value
    assert (error.status, error.reason, error.method, error.path) == (403, "Forbidden", "GET", "/api/v1/nodes")
    assert error.message == 'nodes is forbidden: User "jane" cannot list'
    assert len(fake_api.seen) == 1


def test_refusal_without_a_status_object(fake_api) -> None:
    fake_api.answer = lambda seen: (403, b"blocked by the proxy", {"Content-Type": "text/plain"})
    with pytest.raises(KubernetesError, match="blocked by the proxy"):
        client(fake_api).get("/api")


def test_an_answer_that_is_not_json(fake_api) -> None:
    fake_api.answer = lambda seen: (200, b"<html>login", {"Content-Type": "text/html"})
    with pytest.raises(KubernetesError, match="answered text/html where JSON was due"):
        client(fake_api).get("/api")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_trouble_is_tried_again(fake_api, status: int) -> None:
    fake_api.answer = lambda seen: (
        (status, {"message": "busy"}, {"Retry-After": "600"}) if len(fake_api.seen) < 3 else (200, {"ok": 1}, {})
    )
    assert client(fake_api).get("/api") == {"ok": 1}


def test_lasting_trouble_is_told(fake_api) -> None:
    fake_api.answer = lambda seen: (503, {"message": "etcd is down"}, {})
    with pytest.raises(KubernetesError, match="etcd is down"):
        client(fake_api).get("/api")
    assert len(fake_api.seen) == kubernetes_api.RETRIES + 1


def test_redirects_are_not_followed(fake_api) -> None:
    fake_api.answer = lambda seen: (302, {}, {"Location": f"{fake_api.url}/elsewhere"})
    with pytest.raises(KubernetesError):
        client(fake_api, authorization=Secret("Bearer word")).get("/api")
    assert [seen.path for seen in fake_api.seen] == ["/api"]


def test_a_refused_connection_names_the_address() -> None:
    api = KubernetesApi(KubernetesTarget(server="http://127.0.0.1:1"), timeout=5)
    with pytest.raises(KubernetesError) as failure:
        api.get("/api")
    assert failure.value.status == 0
    assert failure.value.message.startswith("http://127.0.0.1:1 could not be reached: ")
    assert "refused" in failure.value.message


def test_a_name_that_does_not_resolve() -> None:
    api = KubernetesApi(KubernetesTarget(server="http://no-such-host.invalid"), timeout=5)
    with pytest.raises(KubernetesError, match=r"http://no-such-host\.invalid could not be reached: "):
        api.get("/api")


def test_a_silent_server_costs_one_timeout_however_many_reads() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = f"http://127.0.0.1:{listener.getsockname()[1]}"
        api = KubernetesApi(KubernetesTarget(server=server), timeout=0.5)

        def said(number: int) -> str:
            with pytest.raises(KubernetesError) as failure:
                api.get(f"/api/{number}")
            return f"{failure.value.path} {failure.value.message}"

        started = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            words = list(pool.map(said, range(20)))
        assert time.monotonic() - started < 0.95
    assert words == [f"/api/{number} {server} did not answer within 0.5 seconds" for number in range(20)]


def test_one_slow_read_keeps_no_other_from_being_answered(fake_api) -> None:
    def answer(seen):
        if seen.path == "/slow":
            time.sleep(1)
        return 200, {"path": seen.path}, {}

    fake_api.answer = answer
    api = client(fake_api, timeout=0.3)
    assert api.get("/one") == {"path": "/one"}
    with pytest.raises(KubernetesError, match="did not answer"):
        api.get("/slow")
    assert api.get("/two") == {"path": "/two"}


def test_a_proxy_is_asked(fake_api) -> None:
    target = KubernetesTarget(
        server="http://cluster.invalid", proxy=fake_api.url, proxy_headers={"x-proxy": Secret("word")}
    )
    KubernetesApi(target, timeout=5).get("/api")
    (seen,) = fake_api.seen
    assert seen.path == "http://cluster.invalid/api"


def test_a_proxy_that_is_not_there_is_named_without_its_password() -> None:
    target = KubernetesTarget(server="https://cluster.invalid", proxy="http://jane:hunter2@127.0.0.1:9")
    with pytest.raises(KubernetesError) as failure:
        KubernetesApi(target, timeout=5).get("/api")
    assert "https://cluster.invalid through proxy http://127.0.0.1:9 could not be reached" in str(failure.value)
    assert "hunter2" not in str(failure.value)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def raw_server(reply: Callable[[int, bytes], bytes | None]) -> Iterator[tuple[str, list[bytes]]]:
    """Answers request n with what ``reply`` makes of it, and breaks the connection after all but a whole answer."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection, suppress(TimeoutError):
                    connection.settimeout(2)
                    while asked := connection.recv(65536):
                        seen.append(asked.split(b" HTTP/")[0])
                        answer = reply(len(seen), asked)
                        connection.sendall(answer or b"")
                        if answer != OK:
                            break

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("broken", [None, OK[:-1], b"HTTP/1.1 20"])
def test_a_get_whose_connection_breaks_is_sent_once_more(broken: bytes | None) -> None:
    with raw_server(lambda number, asked: broken if number == 2 else OK) as (server, seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=5)
        assert [api.get(f"/{number}") for number in range(3)] == [{}] * 3
        api.close()
    assert seen == [b"GET /0", b"GET /1", b"GET /1", b"GET /2"]


def test_a_connection_that_breaks_twice_fails_one_read_and_no_other() -> None:
    with raw_server(lambda number, asked: None if b"/bad" in asked else OK) as (server, seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=5)
        for turn in range(3):
            with pytest.raises(KubernetesError, match="could not be reached: "):
                api.get("/bad")
            assert api.get(f"/{turn}") == {}
        api.close()
    assert seen.count(b"GET /bad") == 6


def test_a_write_whose_connection_breaks_is_not_sent_again() -> None:
    with raw_server(lambda number, asked: None if asked.startswith(b"POST") else OK) as (server, seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=5)
        with pytest.raises(KubernetesError):
            api.dry_run_create("/pods", {})
        assert api.get("/one") == {}
        api.close()
    assert len([line for line in seen if line.startswith(b"POST")]) == 1


def test_a_server_that_breaks_every_connection_is_given_up() -> None:
    with raw_server(lambda number, asked: None) as (server, seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=5)
        for number in range(20):
            with pytest.raises(KubernetesError):
                api.get(f"/{number}")
    assert seen == [b"GET /0", b"GET /0", b"GET /1", b"GET /1"]


def test_a_server_that_falls_silent_costs_one_timeout() -> None:
    released = threading.Event()

    def reply(number: int, asked: bytes) -> bytes | None:
        if number > 1:
            released.wait(10)
        return OK

    with raw_server(reply) as (server, _seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=0.5)
        assert api.get("/first") == {}

        def failed(number: int) -> None:
            with pytest.raises(KubernetesError):
                api.get(f"/{number}")

        started = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(failed, range(20)))
        assert time.monotonic() - started < 0.95
        released.set()


def test_a_break_after_a_long_wait_costs_no_second_wait() -> None:
    def reply(number: int, asked: bytes) -> bytes | None:
        time.sleep(0.4)
        return None

    with raw_server(reply) as (server, _seen):
        api = KubernetesApi(KubernetesTarget(server=server), timeout=0.5)
        started = time.monotonic()
        with pytest.raises(KubernetesError):
            api.get("/one")
        assert time.monotonic() - started < 0.75


@pytest.mark.parametrize(
    ("call", "method", "content_type", "body"),
    [
        (lambda api: api.create("/c", {"a": 1}), "POST", "application/json", {"a": 1}),
        (lambda api: api.replace("/c/o", {"a": 1}), "PUT", "application/json", {"a": 1}),
        (lambda api: api.merge("/c/o", {"a": None}), "PATCH", "application/merge-patch+json", {"a": None}),
        (lambda api: api.patch("/c/o", [{"op": "test"}]), "PATCH", "application/json-patch+json", [{"op": "test"}]),
    ],
)
def test_writes(fake_api, call: Callable[[KubernetesApi], Any], method: str, content_type: str, body: Any) -> None:
    fake_api.answer = lambda seen: (200, {"kind": "Stored"}, {})
    assert call(client(fake_api)) == {"kind": "Stored"}
    (seen,) = fake_api.seen
    assert (seen.method, query_of(seen), json.loads(seen.body)) == (method, {}, body)
    assert seen.all("Content-Type") == [content_type]


def test_delete(fake_api) -> None:
    assert client(fake_api).delete("/c/o") is None
    (seen,) = fake_api.seen
    assert (seen.method, seen.path, seen.body) == ("DELETE", "/c/o", b"")


def test_a_write_is_sent_again_where_the_server_failed_and_not_where_it_refused(fake_api) -> None:
    answers = [(503, {"message": "later"}, {}), (409, {"reason": "AlreadyExists", "message": "there"}, {})]
    fake_api.answer = lambda seen: answers[len(fake_api.seen) - 1]
    with pytest.raises(KubernetesError) as failure:
        client(fake_api).create("/c", {})
    assert (failure.value.method, failure.value.status, failure.value.reason) == ("POST", 409, "AlreadyExists")
    assert len(fake_api.seen) == 2
