# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which Secrets the pods of a Deployment have. Source: Kubernetes API reference, PodSpec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pod_template import pod_spec


def secrets_of(deployment: Mapping[str, Any]) -> frozenset[str]:
    """Names of the Secrets that a Deployment's pods have in a volume or in a variable, in its namespace."""
    pod = pod_spec(deployment)
    found = {name for volume in pod.get("volumes") or () for name in _of_volume(volume)}
    for container in (*(pod.get("containers") or ()), *(pod.get("initContainers") or ())):
        found.update(_of_variables(container))
    return frozenset(found)


def _of_volume(volume: Mapping[str, Any]) -> Iterator[str]:
    if volume.get("secret"):
        yield str(volume["secret"].get("secretName") or "")
    for source in (volume.get("projected") or {}).get("sources") or ():
        if source.get("secret"):
            yield str(source["secret"].get("name") or "")


def _of_variables(container: Mapping[str, Any]) -> Iterator[str]:
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            yield str(reference.get("name") or "")
    for source in container.get("envFrom") or ():
        if source.get("secretRef"):
            yield str(source["secretRef"].get("name") or "")
