# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How objects and lists look in answers: in full, or their metadata alone."""

from __future__ import annotations

from collections.abc import Sequence

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.pagination import Page
from tests.testbed.kubernetes.emulator.resources import Kind
from tests.testbed.kubernetes.emulator.routes import Request

_META = "meta.k8s.io/v1"


def metadata_only(request: Request) -> bool:
    """Whether the caller wants metadata before anything else that is served here."""
    for media_range in request.headers.get("accept", "").split(","):
        name, *parameters = [part.strip() for part in media_range.split(";")]
        wanted = dict(parameter.partition("=")[::2] for parameter in parameters)
        if name not in ("application/json", "application/*", "*/*"):
            continue
        if "as" not in wanted:
            return False
        if wanted["as"] in ("PartialObjectMetadata", "PartialObjectMetadataList") and wanted.get("v") == "v1":
            return True
    return False


def present(kind: Kind, item: Json, partial: bool = False) -> Json:
    """An object by itself."""
    if partial:
        return {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": item["metadata"]}
    return {"kind": kind.kind, "apiVersion": kind.api_version, **item}


def present_list(kind: Kind, page: Page, partial: bool = False) -> Json:
    """A list. As in the API, the entries of built-in lists do not repeat their kind."""
    metadata: Json = {"resourceVersion": str(page.revision)}
    if page.following:
        metadata["continue"] = page.following
    if page.remaining is not None:
        metadata["remainingItemCount"] = page.remaining
    if partial:
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": _META,
            "metadata": metadata,
            "items": [present(kind, item, partial=True) for item in page.items],
        }
    return {
        "kind": f"{kind.kind}List",
        "apiVersion": kind.api_version,
        "metadata": metadata,
        "items": _entries(kind, page.items),
    }


def _entries(kind: Kind, items: Sequence[Json]) -> list[Json]:
    return [present(kind, item) for item in items] if kind.custom else list(items)


def scale_of(kind: Kind, item: Json) -> Json:
    """The Scale of a workload."""
    selector = item["spec"].get("selector") or {}
    metadata = {
        name: item["metadata"][name]
        for name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        if name in item["metadata"]
    }
    labels = ",".join(f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items()))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": item["spec"].get("replicas", 0)},
        "status": {"replicas": item.get("status", {}).get("replicas", 0), "selector": labels},
    }
