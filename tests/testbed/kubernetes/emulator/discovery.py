# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Discovery documents, in the form that every release since 1.5 answers."""

from __future__ import annotations

import re

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import Kind, Registry

_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}


def version_document(version: str) -> Json:
    """/version. ``version`` is the release, for example ``1.31``; the answer says that it is emulated."""
    match = re.match(r"^v?(\d+)\.(\d+)(\.\d+)?", version)
    if not match:
        raise ValueError(f"{version} is no Kubernetes version")
    return {
        "major": match[1],
        "minor": match[2],
        "gitVersion": f"v{match[1]}.{match[2]}{match[3] or '.0'}-emulated",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "emulated",
    }


def _age(version: str) -> tuple[int, int, int]:
    match = re.match(r"^v(\d+)(?:(alpha|beta)(\d+))?$", version)
    if not match:
        return (3, 0, 0)
    rank = {None: 0, "beta": 1, "alpha": 2}[match[2]]
    return (rank, -int(match[1]), -int(match[3] or 0))


def _group(name: str, versions: list[str]) -> Json:
    ordered = [{"groupVersion": f"{name}/{version}", "version": version} for version in sorted(versions, key=_age)]
    return {"name": name, "versions": ordered, "preferredVersion": ordered[0]}


def core_versions(address: str) -> Json:
    """/api."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def groups(registry: Registry) -> Json:
    """/apis."""
    versions: dict[str, list[str]] = {}
    for kind in registry.all():
        if kind.group and kind.version not in versions.setdefault(kind.group, []):
            versions[kind.group].append(kind.version)
    listed = [_group(name, served) for name, served in versions.items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def group(registry: Registry, name: str) -> Json | None:
    """/apis/GROUP, None where there is no such group."""
    served = list(dict.fromkeys(kind.version for kind in registry.all() if kind.group == name))
    if not served or not name:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, served)}


def resources(registry: Registry, group_name: str, version: str) -> Json | None:
    """/api/v1 or /apis/GROUP/VERSION, None where it is not served."""
    kinds = [kind for kind in registry.all() if (kind.group, kind.version) == (group_name, version)]
    if not kinds:
        return None
    listed: list[Json] = []
    for kind in kinds:
        listed.append(_resource(kind))
        listed += [_subresource(kind, name) for name in sorted(kind.subresources)]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": kinds[0].api_version,
        "resources": listed,
    }


def _resource(kind: Kind) -> Json:
    entry: Json = {
        "name": kind.plural,
        "singularName": kind.kind.lower() if kind.custom else "",
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": ["create"] if kind.create_only else list(_VERBS),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    return entry


def _subresource(kind: Kind, name: str) -> Json:
    entry: Json = {
        "name": f"{kind.plural}/{name}",
        "singularName": "",
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": ["get", "patch", "update"],
    }
    if name == "scale":
        entry.update(_SCALE)
    elif name == "binding":
        entry.update({"kind": "Binding", "verbs": ["create"]})
    return entry


def _root_of(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else f"api/{kind.version}"


def openapi_paths(registry: Registry) -> Json:
    """/openapi/v3: kubectl wants it before it applies anything."""
    roots = dict.fromkeys(map(_root_of, registry.all()))
    return {"paths": {root: {"serverRelativeURL": f"/openapi/v3/{root}"} for root in roots}}


def openapi_document(registry: Registry, root: str) -> Json | None:
    """/openapi/v3/ROOT: no schemas, only that field validation is left to the server, which does none."""
    kinds = [kind for kind in registry.all() if _root_of(kind) == root]
    if not kinds:
        return None
    paths: Json = {}
    for kind in kinds:
        typed = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        parameters = [{"name": name, "in": "query"} for name in ("dryRun", "fieldManager", "fieldValidation")]
        operation = {"parameters": parameters, "x-kubernetes-group-version-kind": typed, "responses": {}}
        paths[f"/{root}/{kind.plural}/{{name}}"] = {"patch": operation}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "emulated"}, "paths": paths}
