# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and small questions that the stand-ins share."""

from __future__ import annotations

import datetime
import uuid

from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json

ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"
"""The resource, and the annotation, that a Windows pod's address is."""

BETA_WINDOWS_LABEL = "beta.kubernetes.io/os"
WINDOWS_LABELS = ("kubernetes.io/os", BETA_WINDOWS_LABEL)
COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
FARGATE_PROFILE = "eks.amazonaws.com/fargate-profile"
INSTANCE_TYPE_LABELS = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")


def labels_of(item: Json) -> dict[str, str]:
    """The object's labels."""
    found: dict[str, str] = item["metadata"].get("labels") or {}
    return found


def annotations_of(item: Json) -> dict[str, str]:
    """The object's annotations."""
    found: dict[str, str] = item["metadata"].get("annotations") or {}
    return found


def is_windows_node(node: Json) -> bool:
    """Whether the node's labels say Windows."""
    return any(labels_of(node).get(label) == "windows" for label in WINDOWS_LABELS)


def selects_windows(pod: Json, labels: tuple[str, ...] = WINDOWS_LABELS) -> bool:
    """Whether the pod's nodeSelector says Windows by one of the labels: what the pod webhook looks at, and nothing
    else."""
    selector = pod["spec"].get("nodeSelector") or {}
    return any(selector.get(label) == "windows" for label in labels)


def wants_address(pod: Json) -> bool:
    """Whether a container has the address as a limit."""
    return any(
        ADDRESS in (container.get("resources", {}).get("limits") or {}) for container in pod["spec"]["containers"]
    )


def terminating(item: Json) -> bool:
    """Whether its deletion has begun."""
    return "deletionTimestamp" in item["metadata"]


def timestamp() -> str:
    """Now, as the API writes times."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def emit_event(client: AdminClient, about: Json, kind: str, reason: str, message: str, component: str) -> None:
    """Write a Warning event about an object; failures are ignored, as event recorders do."""
    metadata = about["metadata"]
    namespace = metadata.get("namespace", "default")
    reference = {"kind": kind, "apiVersion": "v1", "name": metadata["name"], "uid": metadata.get("uid", "")}
    if "namespace" in metadata:
        reference["namespace"] = metadata["namespace"]
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{uuid.uuid4().hex[:16]}", "namespace": namespace},
        "involvedObject": reference,
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "firstTimestamp": timestamp(),
        "lastTimestamp": timestamp(),
        "count": 1,
    }
    try:
        client.create(event)
    except ApiError:
        return
