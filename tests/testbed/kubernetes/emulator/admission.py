# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admission webhooks: which are asked, what they are asked, and what their answers do."""

from __future__ import annotations

import base64
import json
import ssl
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.patches import PatchError, json_patch
from tests.testbed.kubernetes.emulator.rbac import User
from tests.testbed.kubernetes.emulator.resources import (
    MUTATING_WEBHOOKS,
    NAMESPACE,
    VALIDATING_WEBHOOKS,
    Kind,
)
from tests.testbed.kubernetes.emulator.selectors import matches
from tests.testbed.kubernetes.emulator.store import Store

ResolveService = Callable[[str, str, int], "tuple[str, int] | None"]
"""Turns (namespace, service, port) into the (host, port) on loopback that serves it; None for no such Service. What
else is in the way is raised as CallFailedError."""

_NEVER_ASKED = frozenset({MUTATING_WEBHOOKS.key, VALIDATING_WEBHOOKS.key})
_SPOKEN = ("v1", "v1beta1")


class CallFailedError(Exception):
    """A webhook could not be asked, or its answer makes no sense."""


class WebhookClient(Protocol):
    """Sends an AdmissionReview to a webhook and returns its answer."""

    def __call__(self, config: Mapping[str, Any], review: Json, timeout: float) -> Json:
        """Raises :class:`CallFailedError`."""


@dataclass
class Attributes:
    """What is about to happen to an object. ``warnings`` collects what webhooks want said."""

    kind: Kind
    operation: str
    namespace: str
    name: str
    user: User
    dry_run: bool
    subresource: str = ""
    before: Json | None = None
    warnings: list[str] = field(default_factory=list)


class HttpWebhookClient:
    """Calls webhooks over TLS, checked against their caBundle as the API server does."""

    def __init__(self, resolve_service: ResolveService | None) -> None:
        self._resolve = resolve_service

    def __call__(self, config: Mapping[str, Any], review: Json, timeout: float) -> Json:
        """Ask the webhook of a clientConfig.

        Raises:
            CallFailedError: It cannot be reached or trusted, or does not answer an AdmissionReview.
        """
        host, port, path, certified = self._target(config)
        try:
            pool = urllib3.HTTPSConnectionPool(
                host,
                port,
                ssl_context=_trusting(str(config.get("caBundle") or "")),
                server_hostname=certified,
                assert_hostname=certified,
                timeout=timeout,
                retries=False,
                maxsize=1,
            )
            try:
                answer = pool.request(
                    "POST", path, body=json.dumps(review), headers={"Content-Type": "application/json"}
                )
            finally:
                pool.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise CallFailedError(f"Post {self._shown(config)}: {error}") from error
        if answer.status != 200:
            raise CallFailedError(f"an error on the server ({answer.data.decode()!r}) has prevented the request")
        try:
            decoded = json.loads(answer.data)
        except ValueError as error:
            raise CallFailedError(f"could not read its answer: {error}") from error
        if not isinstance(decoded, dict):
            raise CallFailedError("its answer is no AdmissionReview")
        return decoded

    def _target(self, config: Mapping[str, Any]) -> tuple[str, int, str, str]:
        url = config.get("url")
        if url:
            parts = urlsplit(str(url))
            host = parts.hostname or ""
            return host, parts.port or 443, parts.path or "/", host
        service = config["service"]
        namespace, name = str(service["namespace"]), str(service["name"])
        address = self._resolve(namespace, name, int(service.get("port", 443))) if self._resolve else None
        if address is None:
            raise CallFailedError(f'service "{name}" not found')
        return address[0], address[1], str(service.get("path") or "/"), f"{name}.{namespace}.svc"

    @staticmethod
    def _shown(config: Mapping[str, Any]) -> str:
        if config.get("url"):
            return f'"{config["url"]}"'
        service = config["service"]
        return f'"https://{service["name"]}.{service["namespace"]}.svc:{service.get("port", 443)}"'


def _trusting(ca_bundle: str) -> ssl.SSLContext:
    """A context that trusts a base64 bundle, or the system's authorities where it is empty. The API server
    asks less of an authority's certificate than Python's strict mode does."""
    context = ssl.create_default_context(cadata=base64.b64decode(ca_bundle).decode() if ca_bundle else None)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _rule_matches(rule: Mapping[str, Any], about: Attributes) -> bool:
    resource = about.kind.plural + (f"/{about.subresource}" if about.subresource else "")
    wildcards = {f"*/{about.subresource}", f"{about.kind.plural}/*"} if about.subresource else {"*"}
    scope = rule.get("scope", "*")
    return (
        any(each in ("*", about.operation) for each in rule.get("operations") or [])
        and any(each in ("*", about.kind.group) for each in rule.get("apiGroups") or [])
        and any(each in ("*", about.kind.version) for each in rule.get("apiVersions") or [])
        and any(each in {resource, "*/*", *wildcards} for each in rule.get("resources") or [])
        and scope in ("*", "Namespaced" if about.kind.namespaced else "Cluster")
    )


class Admission:
    """Asks the webhooks that a store's configurations name."""

    def __init__(self, store: Store, call: WebhookClient) -> None:
        self._store = store
        self._call = call

    def mutate(self, about: Attributes, item: Json) -> Json:
        """What the mutating webhooks make of an object.

        Raises:
            StatusError: One of them denies it, or failed and its policy is to fail.
        """
        for webhook in self._asked(MUTATING_WEBHOOKS, about, item):
            response = self._ask(webhook, about, item)
            if response is None:
                continue
            patch = response.get("patch")
            if patch:
                try:
                    item = json_patch(item, json.loads(base64.b64decode(patch)))
                except (PatchError, ValueError) as error:
                    raise statuses.internal_error(str(error)) from error
        return item

    def validate(self, about: Attributes, item: Json | None) -> None:
        """Ask the validating webhooks about an object, None where it is to be deleted.

        Raises:
            StatusError: One of them denies it, or failed and its policy is to fail.
        """
        for webhook in self._asked(VALIDATING_WEBHOOKS, about, item):
            self._ask(webhook, about, item)

    def _asked(self, configurations: Kind, about: Attributes, item: Json | None) -> list[Json]:
        if about.kind.key in _NEVER_ASKED:
            return []
        _, found = self._store.snapshot(configurations.key)
        return [
            webhook
            for configuration in found
            for webhook in configuration.get("webhooks") or []
            if self._matches(webhook, about, item)
        ]

    def _matches(self, webhook: Json, about: Attributes, item: Json | None) -> bool:
        if not any(_rule_matches(rule, about) for rule in webhook.get("rules") or []):
            return False
        scope = about.namespace if about.kind.namespaced else ""
        if about.kind.key == NAMESPACE.key:
            scope = about.name
        if scope:
            namespace = self._store.get(NAMESPACE.key, "", scope) or (item if about.kind.key == NAMESPACE.key else None)
            labels = (namespace or {}).get("metadata", {}).get("labels") or {}
            if not matches(webhook.get("namespaceSelector"), labels):
                return False
        selector = webhook.get("objectSelector")
        candidates = [each for each in (item, about.before) if each is not None]
        return not selector or any(matches(selector, each["metadata"].get("labels") or {}) for each in candidates)

    def _ask(self, webhook: Json, about: Attributes, item: Json | None) -> Json | None:
        """The response of a webhook that allows; None where it failed and that is to be ignored."""
        name = webhook["name"]
        if about.dry_run and webhook.get("sideEffects") not in ("None", "NoneOnDryRun"):
            raise statuses.bad_request(f'admission webhook "{name}" does not support dry run')
        version = next((each for each in webhook["admissionReviewVersions"] if each in _SPOKEN), "v1")
        review = _review(version, about, item)
        try:
            answer = self._call(webhook["clientConfig"], review, float(webhook.get("timeoutSeconds", 10)))
            _check_version(answer, version)
            response = answer.get("response")
            if not isinstance(response, dict) or response.get("uid") != review["request"]["uid"]:
                raise CallFailedError("expected response.uid of the request")
        except CallFailedError as error:
            if webhook.get("failurePolicy") == "Ignore":
                return None
            raise statuses.internal_error(f'failed calling webhook "{name}": {error}') from error
        about.warnings.extend(str(each) for each in response.get("warnings") or [])
        if not response.get("allowed"):
            raise _denied(name, response.get("status") or {})
        return response


def _check_version(answer: Json, version: str) -> None:
    """A review of v1 wants an answer of v1; v1beta1 does not care.

    Raises:
        CallFailedError: It is another.
    """
    found = str(answer.get("apiVersion"))
    if version == "v1" and (found, answer.get("kind")) != ("admission.k8s.io/v1", "AdmissionReview"):
        short = f"{found.rpartition('/')[2]}.{answer.get('kind')}"
        raise CallFailedError(f"converting ({short}) to (v1.AdmissionReview): unknown conversion")


def _denied(name: str, status: Mapping[str, Any]) -> statuses.StatusError:
    text = f'admission webhook "{name}" denied the request'
    if status.get("message"):
        text += f": {status['message']}"
    elif status.get("reason"):
        text += f": {status['reason']}"
    else:
        text += " without explanation"
    code = int(status.get("code") or 0)
    return statuses.StatusError(code if code >= 400 else 400, str(status.get("reason") or ""), text)


def _review(version: str, about: Attributes, item: Json | None) -> Json:
    kind = {"group": about.kind.group, "version": about.kind.version, "kind": about.kind.kind}
    resource = {"group": about.kind.group, "version": about.kind.version, "resource": about.kind.plural}
    typed = {"apiVersion": about.kind.api_version, "kind": about.kind.kind}
    request: Json = {
        "uid": str(uuid.uuid4()),
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": about.name,
        "namespace": about.namespace,
        "operation": about.operation,
        "userInfo": {"username": about.user.name, "groups": list(about.user.groups)},
        "object": {**typed, **item} if item is not None else None,
        "oldObject": {**typed, **about.before} if about.before is not None else None,
        "dryRun": about.dry_run,
        "options": None,
    }
    if about.subresource:
        request["subResource"] = request["requestSubResource"] = about.subresource
    return {"kind": "AdmissionReview", "apiVersion": f"admission.k8s.io/{version}", "request": request}
