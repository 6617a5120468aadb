# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small JSON client for tests: the same calls against the real and the emulated API server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode

import urllib3

Json = dict[str, Any]

PATCH_TYPES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}

API_OF = {
    "namespaces": "v1",
    "nodes": "v1",
    "pods": "v1",
    "services": "v1",
    "endpoints": "v1",
    "configmaps": "v1",
    "secrets": "v1",
    "serviceaccounts": "v1",
    "events": "v1",
    "deployments": "apps/v1",
    "replicasets": "apps/v1",
    "daemonsets": "apps/v1",
    "statefulsets": "apps/v1",
    "roles": "rbac.authorization.k8s.io/v1",
    "rolebindings": "rbac.authorization.k8s.io/v1",
    "clusterroles": "rbac.authorization.k8s.io/v1",
    "clusterrolebindings": "rbac.authorization.k8s.io/v1",
    "mutatingwebhookconfigurations": "admissionregistration.k8s.io/v1",
    "validatingwebhookconfigurations": "admissionregistration.k8s.io/v1",
    "certificatesigningrequests": "certificates.k8s.io/v1",
    "customresourcedefinitions": "apiextensions.k8s.io/v1",
    "securitygrouppolicies": "vpcresources.k8s.aws/v1beta1",
    "cninodes": "vpcresources.k8s.aws/v1alpha1",
    "eniconfigs": "crd.k8s.amazonaws.com/v1alpha1",
}
"""API version of each resource that tests name without one."""


class ApiError(Exception):
    """The API server answered with an error.

    Attributes:
        status: HTTP status.
        reason: The Status object's reason, for example ``NotFound``; empty where there is none.
        message: The Status object's message, or the body as text.
        body: The Status object, or an empty dict.
    """

    def __init__(self, status: int, body: Json, text: str) -> None:
        self.status = status
        self.reason = str(body.get("reason", ""))
        self.message = str(body.get("message", text))
        self.body = body
        super().__init__(f"{status} {self.reason}: {self.message}")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. ``body`` is the decoded JSON object, empty where the answer is not one."""

    status: int
    body: Json
    text: str
    headers: Mapping[str, str]


def plural_of(kind: str) -> str:
    """The resource name of a kind, as the API spells it."""
    lower = kind.lower()
    if lower == "endpoints":
        return lower
    if lower.endswith("y"):
        return lower[:-1] + "ies"
    return lower + ("es" if lower.endswith("s") else "s")


def path_of(resource: str, name: str = "", namespace: str = "", api: str = "", subresource: str = "") -> str:
    """The path of a resource, ``api`` being ``v1`` or ``GROUP/VERSION`` (known ones need none)."""
    version = api or API_OF[resource]
    parts = ["apis" if "/" in version else "api", version]
    if namespace:
        parts += ["namespaces", namespace]
    parts += [part for part in (resource, quote(name, safe=""), subresource) if part]
    return "/" + "/".join(parts)


class AdminClient:
    """A client of one API server.

    Args:
        url: ``https://HOST:PORT``.
        ca_pem: Authority of the server's certificate.
        token: Bearer token, where there is one.
        cert_file: Client certificate and ``key_file`` its key, as paths, where these are used instead.
        timeout: Seconds for one request.
    """

    def __init__(
        self,
        url: str,
        ca_pem: str,
        token: str = "",
        cert_file: str = "",
        key_file: str = "",
        timeout: float = 30.0,
    ) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A context for each connection: threads can't share one (CPython issue 141012).
        self._pool = urllib3.PoolManager(
            ca_cert_data=ca_pem,
            cert_file=cert_file or None,
            key_file=key_file or None,
            timeout=timeout,
            retries=False,
            maxsize=8,
            num_pools=2,
        )

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever its status. ``body`` is sent as JSON."""
        sent = {"Accept": "application/json", **self._headers, **(headers or {})}
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        target = self.url + path + ("?" + urlencode(query) if query else "")
        response = self._pool.request(method, target, body=payload, headers=sent)
        text = response.data.decode()
        try:
            decoded = json.loads(text)
        except ValueError:
            decoded = {}
        return Answer(response.status, decoded if isinstance(decoded, dict) else {}, text, dict(response.headers))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """As :meth:`request`, but returns the body and raises :class:`ApiError` from status 400 on."""
        answer = self.request(method, path, body, query, headers)
        if answer.status >= 400:
            raise ApiError(answer.status, answer.body, answer.text)
        return answer.body

    def get(self, resource: str, name: str, namespace: str = "", api: str = "", subresource: str = "") -> Json:
        """One object."""
        return self.call("GET", path_of(resource, name, namespace, api, subresource))

    def find(self, resource: str, name: str, namespace: str = "", api: str = "") -> Json | None:
        """One object, or None where it does not exist."""
        try:
            return self.get(resource, name, namespace, api)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(
        self, resource: str, namespace: str = "", api: str = "", query: Mapping[str, str] | None = None
    ) -> list[Json]:
        """All objects of a resource, every page where ``query`` has a limit."""
        items: list[Json] = []
        asked = dict(query or {})
        while True:
            page = self.call("GET", path_of(resource, "", namespace, api), query=asked)
            items += page.get("items") or []
            following = page.get("metadata", {}).get("continue")
            if not following:
                return items
            asked["continue"] = following

    def create(self, manifest: Mapping[str, Any], namespace: str = "", query: Mapping[str, str] | None = None) -> Json:
        """Create an object at the place that its apiVersion, kind and namespace say."""
        return self.call("POST", self._path_of_manifest(manifest, namespace, named=False), dict(manifest), query)

    def replace(self, manifest: Mapping[str, Any], namespace: str = "", query: Mapping[str, str] | None = None) -> Json:
        """Replace an object."""
        return self.call("PUT", self._path_of_manifest(manifest, namespace, named=True), dict(manifest), query)

    def patch(
        self,
        resource: str,
        name: str,
        patch: Any,
        namespace: str = "",
        api: str = "",
        kind: str = "merge",
        subresource: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Patch an object; ``kind`` is merge, json, strategic or apply."""
        path = path_of(resource, name, namespace, api, subresource)
        return self.call("PATCH", path, patch, query, {"Content-Type": PATCH_TYPES[kind]})

    def patch_status(
        self, resource: str, name: str, status: Mapping[str, Any], namespace: str = "", api: str = ""
    ) -> Json:
        """Merge into an object's status, through its subresource."""
        return self.patch(resource, name, {"status": dict(status)}, namespace, api, subresource="status")

    def delete(
        self,
        resource: str,
        name: str,
        namespace: str = "",
        api: str = "",
        options: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Delete an object; ``options`` are the fields of DeleteOptions."""
        return self.call("DELETE", path_of(resource, name, namespace, api), dict(options) if options else None, query)

    def delete_collection(
        self, resource: str, namespace: str = "", api: str = "", query: Mapping[str, str] | None = None
    ) -> Json:
        """Delete all objects that the query's selectors match."""
        return self.call("DELETE", path_of(resource, "", namespace, api), query=query)

    def close(self) -> None:
        """Close connections."""
        self._pool.clear()

    def _path_of_manifest(self, manifest: Mapping[str, Any], namespace: str, named: bool) -> str:
        metadata = cast("Mapping[str, Any]", manifest.get("metadata", {}))
        return path_of(
            plural_of(str(manifest["kind"])),
            str(metadata["name"]) if named else "",
            namespace or str(metadata.get("namespace", "")),
            str(manifest["apiVersion"]),
        )
