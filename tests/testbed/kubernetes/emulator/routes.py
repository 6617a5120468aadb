# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP requests and answers as the rest of the emulator sees them, and what a path asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.testbed.kubernetes.emulator.selectors import exact_name


@dataclass(frozen=True)
class Peer:
    """The subject of a client certificate that the cluster's authority signed."""

    user: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: Peer | None = None

    @classmethod
    def parse(
        cls, method: str, target: str, headers: Mapping[str, str], body: bytes, peer: Peer | None = None
    ) -> Request:
        """From the request line's target."""
        parts = urlsplit(target)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, value)
        return cls(method, parts.path, query, headers, body, peer)

    def flag(self, name: str) -> bool:
        """A boolean parameter, spelled as Go reads it."""
        return self.query.get(name, "").lower() in ("1", "t", "true")

    def number(self, name: str) -> int:
        """A whole number of a parameter, 0 where it is none."""
        text = self.query.get(name, "")
        return int(text) if text.isdigit() else 0


@dataclass(frozen=True)
class Response:
    """An HTTP answer: JSON of ``body``, or ``text`` where that is given, or the lines of ``stream``."""

    status: int
    body: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None

    @property
    def content_type(self) -> str:
        """The answer's media type."""
        return "text/plain; charset=utf-8" if self.text else "application/json"

    def payload(self) -> bytes:
        """The answer's body."""
        return self.text.encode() if self.text else json.dumps(self.body, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Route:
    """What a request asks for, in the words of the authorizer.

    ``resource`` is empty for a path that is no resource's; such a path's verb is its HTTP method.
    """

    verb: str
    path: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def full_resource(self) -> str:
        """With its subresource, as messages and rules write it."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


_ITEM_VERBS = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_LIST_VERBS = {"GET": "list", "HEAD": "list", "POST": "create", "DELETE": "deletecollection"}
_OF_A_NAMESPACE = ("status",)


def route(request: Request) -> Route:
    """Read a request's path and method."""
    other = Route(request.method.lower(), request.path)
    parts = [unquote(part) for part in request.path.strip("/").split("/")]
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return other
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _OF_A_NAMESPACE:
            rest = rest[2:]
    if len(rest) > 3:
        return other
    resource, name, subresource = (*rest, "", "")[:3]
    if name:
        verb = _ITEM_VERBS.get(request.method, request.method.lower())
    else:
        verb = _LIST_VERBS.get(request.method, request.method.lower())
        if verb == "list" and request.flag("watch"):
            verb = "watch"
        if verb in ("list", "watch", "deletecollection"):
            name = exact_name(request.query.get("fieldSelector", ""))
    return Route(verb, request.path, group, version, resource, subresource, namespace, name)
