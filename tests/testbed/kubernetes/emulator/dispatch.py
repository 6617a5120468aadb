# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a request to its answer: who asks, may they, and who carries it out."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import bodies, discovery, statuses
from tests.testbed.kubernetes.emulator.authentication import Authenticator
from tests.testbed.kubernetes.emulator.faults import Faults
from tests.testbed.kubernetes.emulator.rbac import Authorizer, User
from tests.testbed.kubernetes.emulator.reads import Reader, selection
from tests.testbed.kubernetes.emulator.representation import metadata_only, present, scale_of
from tests.testbed.kubernetes.emulator.resources import NAMESPACE, Kind, Registry
from tests.testbed.kubernetes.emulator.routes import Request, Response, Route, route
from tests.testbed.kubernetes.emulator.statuses import PlainNotFoundError, StatusError
from tests.testbed.kubernetes.emulator.store import Store, namespace_of
from tests.testbed.kubernetes.emulator.workloads import bind
from tests.testbed.kubernetes.emulator.writes import Write, Writer
from tests.testbed.kubernetes.types import KubernetesRequest, from_outside

_LOG = logging.getLogger(__name__)

REQUESTS_KEPT = 100_000
_HEALTH = frozenset({"/healthz", "/livez", "/readyz"})


class Dispatcher:
    """Answers requests. ``address`` and ``version`` are what discovery documents say."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        authenticator: Authenticator,
        authorizer: Authorizer,
        reader: Reader,
        writer: Writer,
        faults: Faults,
        version: Json,
    ) -> None:
        self.address = ""
        self.seen: deque[KubernetesRequest] = deque(maxlen=REQUESTS_KEPT)
        self._store = store
        self._registry = registry
        self._authenticator = authenticator
        self._authorizer = authorizer
        self._reader = reader
        self._writer = writer
        self._faults = faults
        self._version = version

    def handle(self, request: Request) -> Response:
        """Answer a request, whatever becomes of it."""
        asked = route(request)
        user = User("")
        try:
            user = self._authenticator.user_of(request)
            self._authorizer.check(user, asked)
            if from_outside(user.name):
                self._faults.wait(asked)
                self._faults.strike(asked, request.body, applied=False)
            response = self._answer(request, asked, user)
            if from_outside(user.name):
                self._faults.strike(asked, request.body, applied=True)
        except StatusError as error:
            response = Response(error.code, error.body())
        except PlainNotFoundError:
            response = Response(404, text="404 page not found\n")
        except Exception as error:  # noqa: BLE001 - as in the API server, a fault of its own ends one request
            _LOG.exception("%s %s", request.method, request.path)
            response = Response(500, statuses.internal_error(f"{type(error).__name__}: {error}").body())
        if from_outside(user.name):
            self.seen.append(KubernetesRequest(asked.verb, asked.path, request.query, user.name, response.status))
        return response

    def _answer(self, request: Request, asked: Route, user: User) -> Response:
        if not asked.resource:
            return self._other(request)
        kind = self._registry.find(asked.group, asked.version, asked.resource)
        if kind is None:
            if self._registry.serves(asked.group, asked.version):
                raise statuses.no_such_resource()
            raise PlainNotFoundError
        if asked.subresource and asked.subresource not in kind.subresources:
            raise statuses.no_such_resource()
        handlers: dict[str, Callable[[Request, Route, Kind, User], Response]] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._update,
            "patch": self._patch,
            "delete": self._delete,
            "deletecollection": self._delete_collection,
        }
        handler = handlers.get(asked.verb)
        if handler is None or (kind.create_only and asked.verb != "create"):
            raise statuses.method_not_allowed()
        return handler(request, asked, kind, user)

    def _other(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path in _HEALTH:
            return Response(200, text="ok")
        parts = path.split("/")[1:]
        document: Json | None = None
        if path == "/version":
            document = self._version
        elif path == "/api":
            document = discovery.core_versions(self.address)
        elif path == "/apis":
            document = discovery.groups(self._registry)
        elif parts[0] == "api" and len(parts) == 2:
            document = discovery.resources(self._registry, "", parts[1])
        elif parts[0] == "apis" and len(parts) == 2:
            document = discovery.group(self._registry, parts[1])
        elif parts[0] == "apis" and len(parts) == 3:
            document = discovery.resources(self._registry, parts[1], parts[2])
        elif path == "/openapi/v3":
            document = discovery.openapi_paths(self._registry)
        elif path.startswith("/openapi/v3/"):
            document = discovery.openapi_document(self._registry, path.removeprefix("/openapi/v3/"))
        if document is None:
            raise PlainNotFoundError
        if request.method != "GET":
            raise statuses.method_not_allowed()
        return Response(200, document)

    def _get(self, request: Request, asked: Route, kind: Kind, _user: User) -> Response:
        return Response(200, self._reader.get(request, asked, kind))

    def _list(self, request: Request, asked: Route, kind: Kind, _user: User) -> Response:
        return Response(200, self._reader.list(request, asked, kind))

    def _watch(self, request: Request, asked: Route, kind: Kind, _user: User) -> Response:
        return Response(200, stream=self._reader.watch(request, asked, kind))

    def _write_of(self, request: Request, asked: Route, kind: Kind, user: User, options: Json | None = None) -> Write:
        agent = request.headers.get("user-agent", "").partition("/")[0]
        return Write(
            kind,
            asked.namespace if kind.namespaced else "",
            asked.name,
            asked.subresource,
            user,
            bodies.dry_run(request, options),
            request.query.get("fieldManager") or agent or "unknown",
        )

    @staticmethod
    def _written(status: int, request: Request, write: Write, item: Json) -> Response:
        headers = {"Warning": ", ".join(f'299 - "{text}"' for text in write.warnings)} if write.warnings else {}
        if write.subresource == "scale":
            return Response(status, scale_of(write.kind, item), headers=headers)
        return Response(status, present(write.kind, item, metadata_only(request)), headers=headers)

    def _create(self, request: Request, asked: Route, kind: Kind, user: User) -> Response:
        if kind.create_only:
            return Response(201, self._access_review(request, kind, user))
        if asked.subresource == "binding":
            return self._bind(request, asked)
        if asked.name:
            raise statuses.method_not_allowed()
        write = self._write_of(request, asked, kind, user)
        item = self._writer.create(write, bodies.object_of(request, kind))
        return self._written(201, request, write, item)

    def _access_review(self, request: Request, kind: Kind, user: User) -> Json:
        body = bodies.object_of(request, kind)
        spec = body.get("spec") or {}
        about, other = spec.get("resourceAttributes") or {}, spec.get("nonResourceAttributes") or {}
        wanted = Route(
            str((about or other).get("verb", "")),
            str(other.get("path", "")),
            str(about.get("group", "")),
            str(about.get("version", "")),
            str(about.get("resource", "")),
            str(about.get("subresource", "")),
            str(about.get("namespace", "")),
            str(about.get("name", "")),
        )
        allowed = self._authorizer.allows(user, wanted)
        return present(kind, {**body, "status": {"allowed": allowed}})

    def _bind(self, request: Request, asked: Route) -> Response:
        body = bodies.object_of(request, Kind("", "v1", "Binding", "bindings"))
        bind(self._writer, asked.namespace, asked.name, str((body.get("target") or {}).get("name", "")))
        return Response(201, _success())

    def _update(self, request: Request, asked: Route, kind: Kind, user: User) -> Response:
        write = self._write_of(request, asked, kind, user)
        if asked.subresource == "scale":
            scale = bodies.object_of(request, _SCALE)
            return self._written(200, request, write, self._scale(write, lambda _present: scale))
        body = bodies.object_of(request, kind)
        if kind.custom and not body["metadata"].get("resourceVersion"):
            message = "Invalid value: 0x0: must be specified for an update"
            must = statuses.Cause("metadata.resourceVersion", "FieldValueInvalid", message)
            raise statuses.invalid(kind, asked.name, [must])

        def replacement(found: Json) -> Json:
            given, present_uid = body["metadata"].get("uid"), found["metadata"]["uid"]
            if given and given != present_uid:
                why = f"Precondition failed: UID in precondition: {given}, UID in object meta: {present_uid}"
                raise statuses.conflict(kind, write.name, why)
            return body

        return self._written(200, request, write, self._writer.update(write, replacement))

    def _patch(self, request: Request, asked: Route, kind: Kind, user: User) -> Response:
        apply = bodies.patch_of(request, kind)
        write = self._write_of(request, asked, kind, user)
        if asked.subresource == "scale":
            return self._written(200, request, write, self._scale(write, apply))
        if bodies.is_apply(request):
            write.operation = "Apply"
            if self._store.get(kind.key, write.namespace, write.name) is None:
                body = bodies.typed(apply({"metadata": {"name": write.name}}), kind)
                return self._written(201, request, write, self._writer.create(write, body))
        item = self._writer.update(write, lambda found: bodies.typed(apply(present(kind, found)), kind))
        return self._written(200, request, write, item)

    def _scale(self, write: Write, change: Callable[[Json], Json]) -> Json:
        """Change a workload through its Scale."""

        def apply(found: Json) -> Json:
            scale = change(scale_of(write.kind, found))
            version = scale["metadata"].get("resourceVersion") or found["metadata"]["resourceVersion"]
            return {
                **found,
                "metadata": {**found["metadata"], "resourceVersion": version},
                "spec": {**found["spec"], "replicas": int((scale.get("spec") or {}).get("replicas", 0))},
            }

        return self._writer.update(write, apply)

    def _delete(self, request: Request, asked: Route, kind: Kind, user: User) -> Response:
        if asked.subresource:
            raise statuses.method_not_allowed()
        options = bodies.options_of(request)
        write = self._write_of(request, asked, kind, user, options)
        item, gone = self._writer.delete(write, options)
        if not gone or kind.resource in ("pods", "namespaces"):
            return self._written(200, request, write, item)
        details = {"name": write.name, "kind": kind.plural, "uid": item["metadata"]["uid"]}
        if kind.group:
            details["group"] = kind.group
        return Response(200, {**_success(), "details": details})

    def _delete_collection(self, request: Request, asked: Route, kind: Kind, user: User) -> Response:
        if kind.key == NAMESPACE.key:
            raise statuses.method_not_allowed()
        options = bodies.options_of(request)
        chosen = selection(request, kind)
        revision, items = self._store.snapshot(kind.key, asked.namespace if kind.namespaced else "")
        deleted = []
        for item in filter(chosen, items):
            name = str(item["metadata"]["name"])
            write = self._write_of(request, replace(asked, name=name), kind, user, options)
            write.namespace = namespace_of(item)
            try:
                deleted.append(self._writer.delete(write, options)[0])
            except StatusError as error:
                if error.code != 404:
                    raise
        return Response(
            200,
            {
                "kind": f"{kind.kind}List",
                "apiVersion": kind.api_version,
                "metadata": {"resourceVersion": str(revision)},
                "items": [present(kind, item) for item in deleted] if kind.custom else deleted,
            },
        )


_SCALE = Kind("autoscaling", "v1", "Scale", "scales")


def _success() -> Json:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
