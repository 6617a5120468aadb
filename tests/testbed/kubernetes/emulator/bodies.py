# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies of requests: which forms are read, and what a patch makes of an object."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.patches import PatchError, json_patch, merge_patch, strategic_patch
from tests.testbed.kubernetes.emulator.resources import Kind
from tests.testbed.kubernetes.emulator.routes import Request

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}
_OBJECTS = ("application/json", "application/yaml")


def media_type(request: Request) -> str:
    """The body's media type, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip()


def _decode(request: Request) -> Any:
    try:
        if "yaml" in media_type(request):
            return yaml.safe_load(request.body)
        return json.loads(request.body)
    except (ValueError, yaml.YAMLError) as error:
        raise statuses.bad_request(f"the object provided is unrecognized: {error}") from error


def object_of(request: Request, kind: Kind) -> Json:
    """The object in a request's body, without apiVersion and kind.

    Raises:
        StatusError: 415 for another form, 400 for what is no such object.
    """
    if media_type(request) not in ("", *_OBJECTS):
        raise statuses.unsupported_media_type()
    decoded = _decode(request)
    if not isinstance(decoded, dict):
        raise statuses.bad_request("the object provided is unrecognized (must be of type map)")
    return typed(decoded, kind)


def typed(decoded: Json, kind: Kind) -> Json:
    """Check an object's kind and version, and drop them.

    Raises:
        StatusError: 400 for another kind or version.
    """
    version, name = decoded.get("apiVersion", kind.api_version), decoded.get("kind", kind.kind)
    if version != kind.api_version:
        raise statuses.bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        )
    if name != kind.kind:
        raise statuses.bad_request(f'{name} in version "{kind.version}" cannot be handled as a {kind.kind}')
    item = {key: value for key, value in decoded.items() if key not in ("apiVersion", "kind")}
    if not isinstance(item.setdefault("metadata", {}) or {}, dict):
        raise statuses.bad_request("metadata must be an object")
    item["metadata"] = item["metadata"] or {}
    return item


def options_of(request: Request) -> Json:
    """The DeleteOptions in a request's body, with those of its query.

    Raises:
        StatusError: 400 for what is none.
    """
    options: Json = {}
    if request.body.strip():
        decoded = _decode(request)
        if not isinstance(decoded, dict | None):
            raise statuses.bad_request("the object provided is unrecognized (must be of type DeleteOptions)")
        options = decoded or {}
    for name in ("propagationPolicy", "gracePeriodSeconds"):
        if name in request.query:
            options[name] = request.query[name]
    if "orphanDependents" in request.query:
        options["orphanDependents"] = request.flag("orphanDependents")
    return options


def dry_run(request: Request, options: Json | None = None) -> bool:
    """Whether nothing is to be stored.

    Raises:
        StatusError: 422 for a value other than All.
    """
    asked = [request.query["dryRun"]] if "dryRun" in request.query else list((options or {}).get("dryRun") or [])
    for value in asked:
        if value != "All":
            options_kind = _OPTIONS.get(request.method, "DeleteOptions")
            raise statuses.StatusError(
                422,
                "Invalid",
                f'{options_kind}.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{{"{value}"}}: '
                'supported values: "All"',
            )
    return bool(asked)


def patch_of(request: Request, kind: Kind) -> Callable[[Json], Json]:
    """What a PATCH request does to an object that carries apiVersion and kind.

    Raises:
        StatusError: 415 for a form that the kind does not have, 400 for what is no such patch.
    """
    accepted = [JSON_PATCH, MERGE_PATCH, *([] if kind.custom else [STRATEGIC_PATCH]), APPLY_PATCH]
    form = media_type(request)
    if form not in accepted:
        raise statuses.unsupported_media_type()
    patch = _decode(request)
    if form != JSON_PATCH and not isinstance(patch, dict):
        raise statuses.bad_request("the patch must be an object")

    def apply(item: Json) -> Json:
        try:
            if form == JSON_PATCH:
                changed = json_patch(item, patch)
            elif form == MERGE_PATCH:
                changed = merge_patch(item, patch)
            else:
                changed = strategic_patch(item, patch)
        except PatchError as error:
            raise statuses.StatusError(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
                {"causes": [{"message": str(error)}]},
            ) from error
        if not isinstance(changed, dict):
            raise statuses.bad_request("the patch does not leave an object")
        return changed

    return apply


def is_apply(request: Request) -> bool:
    """Whether a PATCH is a server-side apply, which also creates."""
    return media_type(request) == APPLY_PATCH
