# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which RBAC permission a path of the Kubernetes API needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """What a path means; texts are empty where the path has no such part."""

    group: str
    resource: str
    namespace: str
    name: str


def parsed(path: str) -> Resource:
    """The resource of a path, for example ``/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node``.

    All but the group is empty for a path of discovery, such as ``/apis/apps``.
    """
    parts = [part for part in path.split("/") if part]
    group = parts[1] if parts[0] == "apis" else ""
    parts = parts[3 if parts[0] == "apis" else 2 :]
    if not parts:
        return Resource(group, "", "", "")
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 2:
        namespace, parts = parts[1], parts[2:]
    return Resource(group, parts[0], namespace, parts[1] if len(parts) > 1 else "")


def needed_verb(method: str, path: str) -> str:
    """RBAC verb of a request."""
    if method == "POST":
        return "create"
    resource = parsed(path)
    return "list" if resource.resource and not resource.name else "get"


def needed_resource(path: str) -> str:
    """The resource as RBAC names it, and where."""
    resource = parsed(path)
    if not resource.resource:
        return f"the non-resource URL {path}"
    words = f"{resource.resource}.{resource.group}" if resource.group else resource.resource
    if resource.name:
        words += f" {resource.name}"
    return f"{words} in namespace {resource.namespace}" if resource.namespace else f"{words} in the whole cluster"
