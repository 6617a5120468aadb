# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What role smoke_test deploys for the nodes of a cluster, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]

ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"
BUILD_LABEL = "node.kubernetes.io/windows-build"
COMPONENT_LABEL = "app.kubernetes.io/component"
WINDOWS_VERSIONS: Mapping[str, str] = {"17763": "2019", "20348": "2022", "26100": "2025"}
"""Windows Server version by its build. Source: Microsoft Learn, "Windows Server release information"."""

_PREFLIGHT = "run playbook cloudops.eks_windows.preflight, whose findings tell what keeps addresses from Windows pods"
_PULL = (
    "let the nodes pull the image, or name one that they can pull with eks_windows_smoke_test_windows_images or "
    "eks_windows_smoke_test_linux_image"
)
_SCHEDULE = (
    "have a node of its operating system and Windows version with room for it, or tolerate the taints of the nodes "
    "that are there with eks_windows_smoke_test_tolerations"
)
_REMEDIES: Mapping[str, str] = {
    "CrashLoopBackOff": (
        "name an image that has cmd.exe and powershell.exe, as those of Windows Server Core have, or on Linux one that "
        "answers HTTP on port 80"
    ),
    "ErrImagePull": _PULL,
    "FailedCreate": "let the namespace take the pods, or name another one with eks_windows_smoke_test_namespace",
    "FailedCreatePodSandBox": _PREFLIGHT,
    "FailedScheduling": _SCHEDULE,
    "ImagePullBackOff": _PULL,
    "InvalidImageName": _PULL,
    "NoAddress": _PREFLIGHT,
    "Unhealthy": (
        "a Windows pod that reaches no Service of the cluster by its name is not ready: look at finding "
        "iam.node_authorization of the preflight, at CoreDNS, and at the service CIDR that the node was started with"
    ),
    "Unschedulable": _SCHEDULE,
}
"""What mends a Deployment that did not come up, by the reason of an event or condition."""
_OTHER_REMEDY = (
    "look at the pods and the events of the namespace while the test runs, and give slow nodes more time with "
    "eks_windows_smoke_test_start_timeout"
)


def windows_build(node: Json) -> str:
    """The third part of the node's Windows version, ``20348`` of ``10.0.20348.3091``; empty where there is none."""
    label = (node["metadata"].get("labels") or {}).get(BUILD_LABEL)
    info = (node.get("status") or {}).get("nodeInfo") or {}
    parts = str(label or info.get("kernelVersion", "")).split(".")
    return parts[2] if len(parts) > 2 else ""


def why_not_used(node: Json) -> str:
    """Why no pod of the test is deployed for the node; empty where it is."""
    conditions = (node.get("status") or {}).get("conditions") or []
    if (node.get("spec") or {}).get("unschedulable"):
        return "is cordoned"
    if not any((each["type"], each["status"]) == ("Ready", "True") for each in conditions):
        return "is not ready"
    build = windows_build(node)
    return "" if build in WINDOWS_VERSIONS else f"has the unknown Windows build {build or '(none)'}"


def wanted_deployments(
    nodes: Iterable[Json], version: str, windows_images: Mapping[Any, str], linux_image: str
) -> dict[str, Any]:
    """The Deployments to create: one for Linux and one for each Windows Server version that a node runs.

    Args:
        nodes: The Windows nodes.
        version: The version to deploy for where no node tells one.
        windows_images: Image by version.
        linux_image: Image of the Linux Deployment.

    Returns:
        ``deployments``, each with ``component``, ``os``, ``windows_version``, ``windows_build`` (the value of the label
        to select nodes by, None to select by nothing but the operating system) and ``image`` (None where there is
        none for the version), and ``not_used``, one line for each node that is left out.
    """
    images = {str(key): image for key, image in windows_images.items()}
    builds: dict[str, str | None] = {}
    not_used = []
    for node in nodes:
        reason = why_not_used(node)
        if reason:
            not_used.append(f"{node['metadata']['name']} {reason}")
            continue
        found = WINDOWS_VERSIONS[windows_build(node)]
        label = (node["metadata"].get("labels") or {}).get(BUILD_LABEL)
        builds[found] = builds.get(found, label) and label
    wanted: list[dict[str, Any]] = [_wanted("linux", None, None, linux_image)]
    wanted += [
        _wanted("windows", found, build, images.get(found))
        for found, build in sorted((builds or {str(version): None}).items())
    ]
    return {"deployments": wanted, "not_used": not_used}


def _wanted(system: str, version: str | None, build: str | None, image: str | None) -> dict[str, Any]:
    return {
        "component": f"{system}-{version}" if version else system,
        "os": system,
        "windows_version": version,
        "windows_build": build,
        "image": image,
    }


def results(
    wanted: Iterable[Json], deployments: Sequence[Json], pods: Sequence[Json], events: Sequence[Json]
) -> list[dict[str, Any]]:
    """What became of each Deployment.

    Args:
        wanted: As :func:`wanted_deployments` gives them.
        deployments: The Deployments that are there.
        pods: Their pods.
        events: The namespace's warnings.

    Returns:
        Each wanted Deployment with, besides, ``name`` (None where it was not created), ``available``, ``up`` (whether
        its pods are ready and have addresses), ``seconds`` from its creation until its last pod was ready (None where
        one is not), ``pods`` with ``name``, ``node`` and ``address``, ``summary``, one line on what came up or why it
        did not, and ``remedy``, empty where it came up.
    """
    return [_result(each, deployments, pods, events) for each in wanted]


def _result(wanted: Json, deployments: Sequence[Json], pods: Sequence[Json], events: Sequence[Json]) -> dict[str, Any]:
    deployment = next(iter(_of(wanted, deployments)), None)
    its_pods = [] if deployment is None else _of(wanted, pods)
    available = deployment is not None and _is_available(deployment)
    shown = [
        {
            "name": pod["metadata"]["name"],
            "node": pod["spec"].get("nodeName"),
            "address": _address(pod, windows=wanted["os"] == "windows"),
        }
        for pod in its_pods
    ]
    up = available and bool(shown) and all(pod["address"] for pod in shown)
    seconds = None if deployment is None else _seconds(deployment, its_pods)
    problems = {} if up else _problems(wanted, deployment, its_pods, events)
    return {
        **wanted,
        "name": None if deployment is None else deployment["metadata"]["name"],
        "available": available,
        "up": up,
        "seconds": seconds,
        "pods": shown,
        "summary": f"{wanted['component']}: {'; '.join(_texts(problems) or _places(shown, seconds))}",
        "remedy": _remedy(problems),
    }


def _texts(problems: Mapping[str, str]) -> list[str]:
    return [f"{reason}: {message.rstrip('.')}" if message else reason for reason, message in problems.items()]


def _places(pods: Iterable[Json], seconds: int | None) -> list[str]:
    ready = "" if seconds is None else f", ready after {seconds} s"
    return [f"pod {pod['name']} on node {pod['node']}, address {pod['address']}{ready}" for pod in pods]


def _remedy(problems: Iterable[str]) -> str:
    reasons = list(problems)
    known = dict.fromkeys(_REMEDIES[reason] for reason in reasons if reason in _REMEDIES)
    return "; ".join(known) or (_OTHER_REMEDY if reasons else "")


def _of(wanted: Json, objects: Iterable[Json]) -> list[Json]:
    component = wanted["component"]
    return [each for each in objects if (each["metadata"].get("labels") or {}).get(COMPONENT_LABEL) == component]


def _is_available(deployment: Json) -> bool:
    status = deployment.get("status") or {}
    return bool((status.get("availableReplicas") or 0) >= deployment["spec"].get("replicas", 1))


def _address(pod: Json, windows: bool) -> str | None:
    found = _annotations(pod).get(ADDRESS) if windows else (pod.get("status") or {}).get("podIP")
    return str(found).split("/", maxsplit=1)[0] if found else None


def _annotations(pod: Json) -> Mapping[str, str]:
    return pod["metadata"].get("annotations") or {}


def _seconds(deployment: Json, pods: Sequence[Json]) -> int | None:
    moments = [_ready_since(pod) for pod in pods]
    if not moments or None in moments:
        return None
    ready = max(_moment(moment) for moment in moments if moment)
    return max(0, int((ready - _moment(deployment["metadata"]["creationTimestamp"])).total_seconds()))


def _ready_since(pod: Json) -> str | None:
    conditions = (pod.get("status") or {}).get("conditions") or []
    found = next((each for each in conditions if each["type"] == "Ready" and each["status"] == "True"), None)
    return str(found["lastTransitionTime"]) if found else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _problems(wanted: Json, deployment: Json | None, pods: Sequence[Json], events: Sequence[Json]) -> dict[str, str]:
    """What is known of why a Deployment did not come up: text by reason, never nothing."""
    if deployment is None:
        return {"NoDeployment": f"there is none for {wanted['component']}"}
    told = dict(_warnings(deployment, pods, events))
    for condition in (deployment.get("status") or {}).get("conditions") or []:
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            told.setdefault(condition.get("reason", "FailedCreate"), condition.get("message", ""))
    for pod in pods:
        for reason, message in _pod_problems(pod, windows=wanted["os"] == "windows"):
            told.setdefault(reason, message)
    # What another reason says better.
    if "FailedScheduling" in told:
        told.pop("Unschedulable", None)
    if len(told) > 1:
        told.pop("ContainerCreating", None)
    return told or ({"NotReady": "its pod runs and is not ready"} if pods else {"NoPod": "none was created for it"})


def _warnings(deployment: Json, pods: Sequence[Json], events: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """The last warning of each reason about the Deployment, its ReplicaSets and its pods."""
    name = deployment["metadata"]["name"]
    names = {name, *(pod["metadata"]["name"] for pod in pods)}
    for event in sorted(events, key=_last_seen):
        about = event["involvedObject"].get("name", "")
        if about in names or (event["involvedObject"].get("kind") == "ReplicaSet" and about.startswith(f"{name}-")):
            yield event["reason"], event.get("message", "").strip()


def _last_seen(event: Json) -> str:
    return event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or ""


def _pod_problems(pod: Json, windows: bool) -> Iterator[tuple[str, str]]:
    status = pod.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield condition.get("reason", "Unschedulable"), condition.get("message", "")
    for container in status.get("containerStatuses") or []:
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting:
            yield waiting.get("reason", "Waiting"), waiting.get("message", "")
    if windows and pod["spec"].get("nodeName") and ADDRESS not in _annotations(pod):
        limits = (pod["spec"]["containers"][0].get("resources") or {}).get("limits") or {}
        yield (
            "NoAddress",
            f"the VPC resource controller gave the pod no {ADDRESS}"
            if ADDRESS in limits
            else f"no webhook gave the pod the limit {ADDRESS}",
        )
