# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that the API server holds objects to, as far as callers can break them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from cryptography.x509 import load_pem_x509_csr

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.defaults import LEGACY_SIGNER
from tests.testbed.kubernetes.emulator.resources import ADMISSION, CERTIFICATE_REQUEST, CERTIFICATES, RBAC, Kind
from tests.testbed.kubernetes.emulator.selectors import matches
from tests.testbed.kubernetes.emulator.statuses import (
    Cause,
    forbidden_value,
    invalid_value,
    required,
    unsupported_value,
)

_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_VALUE = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
_LABEL_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_LABEL_NAMED = frozenset({("", "services"), ("", "namespaces")})
_MAP_OF_STRINGS = {("", "ConfigMap"): ("data", "binaryData"), ("", "Secret"): ("data", "stringData")}


def check_types(kind: Kind, item: Json) -> None:
    """Refuse what cannot be decoded into the kind.

    Raises:
        StatusError: 400.
    """
    metadata = item.get("metadata")
    fields = [(f"{kind.kind}.{name}", item.get(name)) for name in _MAP_OF_STRINGS.get((kind.group, kind.kind), ())]
    if isinstance(metadata, dict):
        fields += [(f"ObjectMeta.{name}", metadata.get(name)) for name in ("labels", "annotations")]
    for name, value in fields:
        if value is None:
            continue
        if not isinstance(value, dict) or any(not isinstance(each, str | None) for each in value.values()):
            raise statuses.bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                f"json: cannot unmarshal a value of {name} into a Go value of type string"
            )
    if (kind.group, kind.kind) == ("", "Secret"):
        _check_base64(item.get("data") or {})


def _check_base64(data: Json) -> None:
    for value in data.values():
        try:
            base64.b64decode(value or "", validate=True)
        except binascii.Error as error:
            raise statuses.bad_request(
                'Secret in version "v1" cannot be handled as a Secret: illegal base64 data'
            ) from error


def _name(kind: Kind, item: Json) -> list[Cause]:
    name = str(item["metadata"].get("name") or "")
    if not name:
        return [required("metadata.name", "name or generateName is required")]
    if kind.group == RBAC:
        wrong = "/" in name or "%" in name or name in (".", "..")
        return [invalid_value("metadata.name", name, "may not contain '/'")] if wrong else []
    label = kind.key in _LABEL_NAMED
    if len(name) > (63 if label else 253) or not (_LABEL if label else _SUBDOMAIN).match(name):
        return [invalid_value("metadata.name", name, _LABEL_TEXT if label else _SUBDOMAIN_TEXT)]
    return []


def _labels(item: Json) -> list[Cause]:
    values = (item["metadata"].get("labels") or {}).values()
    wrong = [value for value in values if value and (len(value) > 63 or not _LABEL_VALUE.match(value))]
    return [invalid_value("metadata.labels", value, _LABEL_VALUE_TEXT) for value in wrong]


def _containers(spec: Json, path: str) -> list[Cause]:
    containers = spec.get("containers") or []
    if not containers:
        return [required(f"{path}.containers")]
    causes = []
    for index, container in enumerate(containers):
        if not container.get("name"):
            causes.append(required(f"{path}.containers[{index}].name"))
        if not container.get("image"):
            causes.append(required(f"{path}.containers[{index}].image"))
    return causes


def _pod(item: Json, _version: str) -> list[Cause]:
    return _containers(item["spec"], "spec")


def _workload(item: Json, _version: str) -> list[Cause]:
    spec = item["spec"]
    causes = []
    selector = spec.get("selector")
    labels = spec["template"].get("metadata", {}).get("labels") or {}
    if not selector:
        causes.append(required("spec.selector"))
    elif not matches(selector, labels):
        causes.append(
            invalid_value("spec.template.metadata.labels", str(labels), "`selector` does not match template `labels`")
        )
    return causes + _containers(spec["template"]["spec"], "spec.template.spec")


def _webhooks(item: Json, version: str) -> list[Cause]:
    causes = []
    for index, webhook in enumerate(item.get("webhooks") or []):
        path = f"webhooks[{index}]"
        effects = webhook.get("sideEffects")
        if version == "v1":
            allowed = ("None", "NoneOnDryRun")
            if not webhook.get("admissionReviewVersions"):
                causes.append(required(f"{path}.admissionReviewVersions", "must specify one of v1, v1beta1"))
            if effects is None:
                causes.append(required(f"{path}.sideEffects", f"must specify one of {', '.join(allowed)}"))
            elif effects not in allowed:
                causes.append(unsupported_value(f"{path}.sideEffects", effects, allowed))
        config = webhook.get("clientConfig") or {}
        if ("url" in config) == ("service" in config):
            causes.append(required(f"{path}.clientConfig", "exactly one of url or service is required"))
        if webhook["failurePolicy"] not in ("Ignore", "Fail"):
            causes.append(unsupported_value(f"{path}.failurePolicy", webhook["failurePolicy"], ("Fail", "Ignore")))
    return causes


def _had_side_effects(before: Json) -> bool:
    """Whether webhooks that an earlier version admitted are to stay changeable by v1."""
    webhooks = before.get("webhooks") or []
    return any(webhook.get("sideEffects") not in ("None", "NoneOnDryRun") for webhook in webhooks)


def _role_binding(item: Json, _version: str) -> list[Cause]:
    reference = item.get("roleRef") or {}
    return [] if reference.get("name") else [required("roleRef.name")]


def _certificate_request(item: Json, version: str) -> list[Cause]:
    spec = item.get("spec") or {}
    causes = []
    if not spec.get("request"):
        causes.append(required("spec.request"))
    else:
        try:
            load_pem_x509_csr(base64.b64decode(spec["request"]))
        except (ValueError, binascii.Error) as error:
            causes.append(invalid_value("spec.request", spec["request"], str(error)))
    if version == "v1":
        if not spec.get("signerName"):
            causes.append(required("spec.signerName"))
        elif spec["signerName"] == LEGACY_SIGNER:
            causes.append(
                invalid_value(
                    "spec.signerName", LEGACY_SIGNER, "the legacy signerName is not allowed via this API version"
                )
            )
        if not spec.get("usages"):
            causes.append(required("spec.usages"))
    return causes


def _verdicts(item: Json, before: Json) -> list[Cause]:
    """What may not become of a request's conditions."""
    was, now = ([each.get("type") for each in of.get("status", {}).get("conditions") or []] for of in (before, item))
    causes = [
        forbidden_value("status.conditions", f'updates may not remove a condition of type "{kind}"')
        for kind in ("Approved", "Denied", "Failed")
        if kind in was and kind not in now
    ]
    exclusive = [number for number, kind in enumerate(now) if kind in ("Approved", "Denied")]
    if len({now[number] for number in exclusive}) > 1:
        field, text = (
            f"status.conditions[{exclusive[-1]}].type",
            "Approved and Denied conditions are mutually exclusive",
        )
        causes.append(invalid_value(field, str(now[exclusive[-1]]), text))
    return causes


_RULES: dict[tuple[str, str], Callable[[Json, str], list[Cause]]] = {
    ("", "Pod"): _pod,
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "DaemonSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    (ADMISSION, "MutatingWebhookConfiguration"): _webhooks,
    (ADMISSION, "ValidatingWebhookConfiguration"): _webhooks,
    (RBAC, "RoleBinding"): _role_binding,
    (RBAC, "ClusterRoleBinding"): _role_binding,
    (CERTIFICATES, "CertificateSigningRequest"): _certificate_request,
}

_CHECKED_ONCE = frozenset({CERTIFICATES})
"""Groups whose objects never change in what the rules concern, while a later version's rules may be stricter."""

_IMMUTABLE: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("apps", "Deployment"): (("spec", "selector"), "field is immutable"),
    ("apps", "ReplicaSet"): (("spec", "selector"), "field is immutable"),
    ("apps", "DaemonSet"): (("spec", "selector"), "field is immutable"),
    (RBAC, "RoleBinding"): (("roleRef",), "cannot change roleRef"),
    (RBAC, "ClusterRoleBinding"): (("roleRef",), "cannot change roleRef"),
    ("", "Secret"): (("type",), "field is immutable"),
}


def check(kind: Kind, item: Json, before: Json | None = None) -> None:
    """Refuse an object that breaks the rules of its kind, or a change of what may not change.

    Raises:
        StatusError: 422 with each broken field.
    """
    causes = _name(kind, item) + _labels(item)
    rules = _RULES.get((kind.group, kind.kind))
    if rules and (before is None or kind.group not in _CHECKED_ONCE):
        causes += rules(item, "v1beta1" if before and _had_side_effects(before) else kind.version)
    if before is not None and kind.key == CERTIFICATE_REQUEST.key:
        causes += _verdicts(item, before)
    if before is not None and (kind.group, kind.kind) in _IMMUTABLE:
        steps, text = _IMMUTABLE[(kind.group, kind.kind)]
        now, was = item, before
        for step in steps:
            now, was = now.get(step) or {}, was.get(step) or {}
        if now != was:
            causes.append(invalid_value(".".join(steps), str(now), text))
    if causes:
        raise statuses.invalid(kind, str(item["metadata"].get("name") or ""), causes)
