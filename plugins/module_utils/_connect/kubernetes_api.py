# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A small JSON client of the Kubernetes API: reads, pages, metadata alone, server-side dry runs, and single writes."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    import urllib3
    from urllib3.exceptions import HTTPError, InsecureRequestWarning, ProtocolError, ReadTimeoutError, SSLError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import without_credentials
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import scrub

T = TypeVar("T")

PAGE_SIZE = 500
CONNECTIONS = 4
"""Connections kept to one API server: a handshake costs more than waiting for a turn."""

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
RETRIES = 2
LONGEST_RETRY_AFTER = 3.0
"""Seconds waited at most between tries, whatever the server asks for."""

STRIKES = 2
"""Requests that get no answer while no other gets one, before a server that did answer once counts as dead."""

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


@dataclass
class KubernetesError(Exception):
    """A request that the API server refused, or that never got there.

    Attributes:
        method: HTTP method.
        path: What was asked for, without its query.
        status: HTTP status, 0 where there was no answer.
        reason: Kubernetes' one-word reason, such as ``Forbidden``, or empty.
        message: The API's own words, or the network's.
        server: The API server's address.
    """

    method: str
    path: str
    status: int
    reason: str
    message: str
    server: str

    def __str__(self) -> str:
        return self.message


class KubernetesApi:
    """One API server and one identity; usable by many threads.

    Once the server could not be reached, further requests fail at once with the same words, so that a dead address
    costs one timeout however many reads there are. A GET whose connection breaks is sent once more, in what is left
    of the time.

    Args:
        target: Server, trust and identity.
        timeout: Seconds that one request may take, to connect and to be answered each.
    """

    def __init__(self, target: KubernetesTarget, timeout: float) -> None:
        self._server = target.server.rstrip("/")
        self._way = (
            f"{self._server} through proxy {without_credentials(target.proxy)}" if target.proxy else self._server
        )
        self._headers = target.headers()
        self._timeout = timeout
        self._broken: KubernetesError | None = None
        self._answered = False
        self._strikes = 0
        self._waiting: list[float] = []
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(CONNECTIONS)
        self._pool = _pool(target, timeout)

    def __repr__(self) -> str:
        return f"KubernetesApi(server={self._server!r})"

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """One object, as JSON.

        Raises:
            KubernetesError: Refused, absent (status 404) or not reached.
        """
        return self._request("GET", path, query or {})

    def list(
        self, path: str, *, label_selector: str = "", field_selector: str = "", metadata_only: bool = False
    ) -> list[dict[str, Any]]:
        """All objects of a collection, in pages of 500.

        Args:
            path: The collection, for example ``/api/v1/nodes``.
            label_selector: In the API's own form, empty for all.
            field_selector: In the API's own form, empty for all.
            metadata_only: Ask for metadata alone; ``spec`` and the like are then not there.

        Raises:
            KubernetesError: Refused, unknown (status 404) or not reached.
        """
        found = self.collect(
            path,
            lambda item: item,
            label_selector=label_selector,
            field_selector=field_selector,
            metadata_only=metadata_only,
        )
        return [*found]

    def collect(
        self,
        path: str,
        convert: Callable[[dict[str, Any]], T | None],
        *,
        label_selector: str = "",
        field_selector: str = "",
        metadata_only: bool = False,
    ) -> tuple[T, ...]:
        """What ``convert`` makes of each object of a collection, without its Nones.

        Of the objects themselves no more than a page of 500 is held at a time. ``convert`` keeps nothing of its own: a
        list that is taken anew gives it objects twice, and what it made of them the first time is dropped. The other
        arguments, and what it raises, are those of :meth:`list`.
        """
        query = {"limit": str(PAGE_SIZE)}
        if label_selector:
            query["labelSelector"] = label_selector
        if field_selector:
            query["fieldSelector"] = field_selector
        accept = METADATA_ONLY if metadata_only else "application/json"
        found: list[T] = []
        restarted = False
        while True:
            try:
                page = self._request("GET", path, query, accept=accept)
            except KubernetesError as error:
                if error.status != 410 or restarted:
                    raise
                # The pages' snapshot is gone: a list that takes that long is taken anew, once.
                restarted = True
                query.pop("continue", None)
                found = []
                continue
            found.extend(made for made in map(convert, page.get("items") or ()) if made is not None)
            further = (page.get("metadata") or {}).get("continue")
            if not further:
                return tuple(found)
            query["continue"] = further

    def dry_run_create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the API server would store, after admission; nothing is stored.

        Raises:
            KubernetesError: Refused by authorization or admission, or not reached.
        """
        return self._request("POST", path, {"dryRun": "All"}, body=json.dumps(body).encode())

    # A write whose answer says that the server failed is sent again like a read, so that an answer may tell of an
    # earlier try: AlreadyExists, Conflict and NotFound can mean that it was stored.

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create an object in the collection ``path``; returns it as stored.

        Raises:
            KubernetesError: Refused, there already (status 409), or not known to have been stored.
        """
        return self._request("POST", path, {}, body=json.dumps(body).encode())

    def replace(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Replace an object, or a subresource of it; returns it as stored.

        Raises:
            KubernetesError: Refused, changed meanwhile (status 409), or not known to have been stored.
        """
        return self._request("PUT", path, {}, body=json.dumps(body).encode())

    def merge(self, path: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change the fields of an object that ``changes`` names; returns it as stored.

        Raises:
            KubernetesError: Refused, changed since the resourceVersion in ``changes`` (status 409), or not known to
                have been stored.
        """
        return self._request("PATCH", path, {}, body=json.dumps(changes).encode(), content_type=MERGE_PATCH)

    def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Carry operations of a JSON patch out on an object; returns it as stored.

        Raises:
            KubernetesError: Refused, a test of the patch failed (status 422), or not known to have been stored.
        """
        return self._request("PATCH", path, {}, body=json.dumps(operations).encode(), content_type=JSON_PATCH)

    def delete(self, path: str) -> None:
        """Delete an object.

        Raises:
            KubernetesError: Refused, absent (status 404), or not known to have been deleted.
        """
        self._request("DELETE", path, {})

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        accept: str = "application/json",
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        url = self._server + path + (f"?{urlencode(query)}" if query else "")
        headers = self._headers.copy()
        headers["Accept"] = accept
        if body is not None:
            headers["Content-Type"] = content_type
        response = self._answer(method, path, url, headers, body)
        if response.status < 300:
            return self._parsed(method, path, response)
        raise self._refusal(method, path, response)

    def _answer(self, method: str, path: str, url: str, headers: Any, body: bytes | None) -> Any:
        for attempt in range(RETRIES + 1):
            response = self._send(method, path, url, headers, body)
            if response.status not in RETRIED_STATUSES or attempt == RETRIES:
                break
            time.sleep(_pause(response, attempt))
        return response

    def _send(self, method: str, path: str, url: str, headers: Any, body: bytes | None) -> Any:
        # Whoever waited for a turn looks anew whether the server was found dead meanwhile.
        with self._turns:
            if self._broken:
                raise self._failure(method, path, self._broken.message)
            started = time.monotonic()
            with self._lock:
                self._waiting.append(started)
            try:
                response = self._exchange(method, url, headers, body)
            except (HTTPError, OSError, ValueError) as error:
                failure = self._failure(method, path, network_words(error, self._way, self._timeout))
                with self._lock:
                    self._waiting.remove(started)
                    if self._condemns(error):
                        self._broken = self._broken or failure
                raise failure from error
            with self._lock:
                self._waiting.remove(started)
                self._answered = True
                self._strikes = 0
        return response

    def _exchange(self, method: str, url: str, headers: Any, body: bytes | None) -> Any:
        """One request and its answer, by a second connection where a GET's first one breaks."""
        arguments: dict[str, Any] = {"headers": headers, "body": body, "retries": False, "redirect": False}
        started = time.monotonic()
        try:
            return self._pool.request(method, url, **arguments)
        except (HTTPError, OSError) as error:
            left = self._timeout - (time.monotonic() - started)
            if method != "GET" or left <= 0 or not _is_break(error):
                raise
        return self._pool.request(method, url, timeout=urllib3.Timeout(connect=left, read=left), **arguments)

    def _condemns(self, error: Exception) -> bool:
        """Whether the server counts as dead: one answer that is missing is no proof where others were answered."""
        if _is_break(error):
            self._strikes += 1
            return self._strikes >= STRIKES
        if isinstance(error, ReadTimeoutError):
            self._strikes += 1
            # Requests that were sent together get no answer together, so the others need not be waited for.
            late = time.monotonic() - self._timeout / 2
            alike = sum(1 for started in self._waiting if started < late)
            return self._strikes + alike >= STRIKES or not self._answered
        return True

    def _failure(self, method: str, path: str, message: str) -> KubernetesError:
        return KubernetesError(method, path, 0, "", message, self._server)

    def _parsed(self, method: str, path: str, response: Any) -> dict[str, Any]:
        try:
            answer = json.loads(response.data)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            kind = response.headers.get("Content-Type", "nothing")
            raise KubernetesError(
                method, path, response.status, "", f"{self._server} answered {kind} where JSON was due", self._server
            )
        return answer

    def _refusal(self, method: str, path: str, response: Any) -> KubernetesError:
        reason, message = "", ""
        with contextlib.suppress(ValueError):
            status = json.loads(response.data)
            if isinstance(status, dict):
                reason, message = str(status.get("reason") or ""), str(status.get("message") or "")
        if not message:
            message = response.data[:200].decode("utf-8", "replace").strip() or str(response.reason)
        return KubernetesError(method, path, response.status, reason, scrub(" ".join(message.split())), self._server)


def network_words(error: Exception, server: str, timeout: float) -> str:
    """What the network said, with the address that was meant, and the way there."""
    cause: BaseException = error
    while True:
        nested = getattr(cause, "original_error", None) or getattr(cause, "reason", None)
        if not isinstance(nested, BaseException):
            break
        cause = nested
    if "imeout" in type(cause).__name__ or isinstance(cause, TimeoutError):
        return f"{server} did not answer within {timeout:g} seconds"
    said = str(cause.__cause__ or cause) if isinstance(cause, HTTPError) else str(cause)
    if isinstance(cause, HTTPError) and ": " in said:
        said = said.split(": ", 1)[1]
    return scrub(f"{server} could not be reached: {said or type(cause).__name__}")


def _is_break(error: Exception) -> bool:
    """Whether a connection that was there broke, as load balancers break one, or a server that is restarted."""
    if isinstance(error, SSLError):
        return "EOF" in str(error)
    return isinstance(error, (ProtocolError, ConnectionResetError, BrokenPipeError))


def _pause(response: Any, attempt: int) -> float:
    try:
        asked = float(response.headers.get("Retry-After", ""))
    except ValueError:
        asked = 0.2 * 2**attempt
    return min(max(asked, 0.0), LONGEST_RETRY_AFTER)


def _pool(target: KubernetesTarget, timeout: float) -> Any:
    arguments: dict[str, Any] = {
        "num_pools": 1,
        "maxsize": CONNECTIONS,
        "timeout": urllib3.Timeout(connect=timeout, read=timeout),
    }
    if target.server.startswith("https:"):
        arguments["ssl_context"] = target.ssl_context()
        if not target.validate_certs:
            arguments["cert_reqs"] = "CERT_NONE"
            arguments["assert_hostname"] = False
            # Whoever switches the check off knows; a line on standard error for each request would tell nobody more.
            urllib3.disable_warnings(InsecureRequestWarning)
        if target.tls_server_name:
            arguments["server_hostname"] = target.tls_server_name
    if target.proxy:
        return urllib3.ProxyManager(target.proxy, proxy_headers=target.revealed_proxy_headers(), **arguments)
    return urllib3.PoolManager(**arguments)
