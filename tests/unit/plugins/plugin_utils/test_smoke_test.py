# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._smoke_test import (
    ADDRESS,
    BUILD_LABEL,
    COMPONENT_LABEL,
    results,
    wanted_deployments,
    windows_build,
)

IMAGES = {"2019": "core:2019", "2022": "core:2022", 2025: "core:2025"}
LINUX = {
    "component": "linux",
    "os": "linux",
    "windows_version": None,
    "windows_build": None,
    "image": "nginx",
}
WINDOWS = {
    "component": "windows-2022",
    "os": "windows",
    "windows_version": "2022",
    "windows_build": "10.0.20348",
    "image": "core:2022",
}


def node(
    name: str = "w", label: str | None = "10.0.20348", kernel: str = "10.0.20348.3091", **changes: Any
) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {BUILD_LABEL: label} if label else {}},
        "spec": {"unschedulable": changes.get("cordoned", False)},
        "status": {
            "conditions": [{"type": "Ready", "status": changes.get("ready", "True")}],
            "nodeInfo": {"kernelVersion": kernel},
        },
    }


def wanted(*nodes: dict[str, Any], version: str = "2022") -> dict[str, Any]:
    return wanted_deployments(nodes, version, IMAGES, "nginx")


def deployment(component: str = "windows-2022", available: int = 0, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": f"test-{component}",
            "labels": {COMPONENT_LABEL: component},
            "creationTimestamp": "2026-11-24T10:00:00Z",
        },
        "spec": {"replicas": 1},
        "status": {"availableReplicas": available, **status},
    }


def pod(component: str = "windows-2022", address: str | None = "10.0.1.9/16", ready: bool = True) -> dict[str, Any]:
    return {
        "metadata": {
            "name": f"test-{component}-abc-x",
            "labels": {COMPONENT_LABEL: component},
            "annotations": {ADDRESS: address} if address and component != "linux" else None,
        },
        "spec": {"nodeName": "w", "containers": [{"name": "sample"}]},
        "status": {
            "podIP": address if component == "linux" else None,
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True" if ready else "False",
                    "lastTransitionTime": "2026-11-24T10:00:41Z",
                }
            ],
        },
    }


def event(reason: str, message: str, about: str, when: str | None = "2026-11-24T10:01:00Z", kind: str = "Pod") -> Any:
    return {
        "metadata": {"creationTimestamp": "2026-11-24T10:00:00Z"},
        "involvedObject": {"kind": kind, "name": about},
        "reason": reason,
        "message": message,
        "lastTimestamp": when,
    }


def result(*objects: Any, events: tuple[Any, ...] = (), plan: dict[str, Any] = WINDOWS) -> dict[str, Any]:
    """Of the first object as Deployment and the others as pods."""
    (found,) = results([plan], list(objects[:1]), list(objects[1:]), list(events))
    return found


@pytest.mark.parametrize(
    ("label", "kernel", "build"),
    [
        pytest.param("10.0.17763", "10.0.20348.1", "17763", id="the label first"),
        pytest.param(None, "10.0.26100.2314", "26100", id="without the label"),
        pytest.param(None, "6.1.119-129", "119-129", id="no Windows at all"),
        pytest.param(None, "", "", id="nothing"),
    ],
)
def test_build_of_a_node(label: str | None, kernel: str, build: str) -> None:
    assert windows_build(node(label=label, kernel=kernel)) == build


def test_node_without_any_status_has_no_build() -> None:
    assert windows_build({"metadata": {}}) == ""


def test_one_deployment_for_each_version() -> None:
    found = wanted(node("a"), node("b"), node("c", "10.0.17763"), node("d", None, "10.0.26100.2314"))
    assert found["not_used"] == []
    assert found["deployments"] == [
        LINUX,
        {**WINDOWS, "component": "windows-2019", "windows_version": "2019", "windows_build": "10.0.17763"}
        | {"image": "core:2019"},
        WINDOWS,
        {**WINDOWS, "component": "windows-2025", "windows_version": "2025", "windows_build": None}
        | {"image": "core:2025"},
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_nodes_of_a_version_of_which_one_lacks_the_label_are_not_selected_by_it(order: int) -> None:
    nodes = [node("a"), node("b", None), node("c")][::order]
    assert [each["windows_build"] for each in wanted(*nodes)["deployments"]] == [None, None]


@pytest.mark.parametrize(
    ("unused", "reason"),
    [
        (node(cordoned=True), "w is cordoned"),
        (node(ready="Unknown"), "w is not ready"),
        (node(label="10.0.14393"), "w has the unknown Windows build 14393"),
        (node(label=None, kernel=""), "w has the unknown Windows build (none)"),
        ({"metadata": {"name": "w"}}, "w is not ready"),
    ],
)
def test_nodes_that_are_left_out_are_named(unused: dict[str, Any], reason: str) -> None:
    found = wanted(unused, node("other", "10.0.17763"), version="2025")
    assert found["not_used"] == [reason]
    assert [each["windows_version"] for each in found["deployments"]] == [None, "2019"]


def test_no_node_that_tells_a_version_leaves_the_one_asked_for() -> None:
    for nodes in ((), (node(cordoned=True),)):
        linux, windows = wanted(*nodes, version="2025")["deployments"]
        assert linux == LINUX
        assert windows == {
            **WINDOWS,
            "component": "windows-2025",
            "windows_version": "2025",
            "windows_build": None,
            "image": "core:2025",
        }


def test_version_without_an_image_has_none() -> None:
    found = wanted_deployments([node()], "2022", {"2019": "core:2019"}, "nginx")
    assert [each["image"] for each in found["deployments"]] == ["nginx", None]


def test_what_came_up() -> None:
    linux, windows = results(
        [LINUX, WINDOWS],
        [deployment(available=1), deployment("linux", available=1)],
        [pod(), pod("linux", "10.0.2.8")],
        [event("Unhealthy", "was slow", "test-windows-2022-abc-x")],
    )
    assert (linux["up"], linux["remedy"], linux["pods"][0]["address"]) == (True, "", "10.0.2.8")
    assert windows == {
        **WINDOWS,
        "name": "test-windows-2022",
        "available": True,
        "up": True,
        "seconds": 41,
        "pods": [{"name": "test-windows-2022-abc-x", "node": "w", "address": "10.0.1.9"}],
        "summary": "windows-2022: pod test-windows-2022-abc-x on node w, address 10.0.1.9, ready after 41 s",
        "remedy": "",
    }


def test_ready_pod_without_an_address_is_not_up() -> None:
    found = result(deployment(available=1), pod(address=None))
    assert found["available"] is True
    assert found["up"] is False
    assert found["summary"] == f"windows-2022: NoAddress: no webhook gave the pod the limit {ADDRESS}"
    assert "cloudops.eks_windows.preflight" in found["remedy"]


def test_pod_that_admission_knew_and_the_controller_did_not() -> None:
    unserved = pod(address=None, ready=False)
    unserved["spec"]["containers"][0]["resources"] = {"limits": {ADDRESS: "1"}}
    found = result(deployment(), unserved)
    assert found["summary"] == f"windows-2022: NoAddress: the VPC resource controller gave the pod no {ADDRESS}"
    assert found["seconds"] is None


def test_last_warning_of_each_reason_is_told() -> None:
    name = "test-windows-2022-abc-x"
    found = result(
        deployment(),
        pod(ready=False),
        events=(
            event("FailedMount", "new", name, "2026-11-24T10:02:00Z"),
            event("FailedMount", "old", name, "2026-11-24T10:01:00Z"),
            event("BackOff", "without a time", name, None),
            event("Other", "another pod", "test-windows-2022-but-not"),
            event("Other", "another ReplicaSet", "test-windows-2019-abc", kind="ReplicaSet"),
            event("Own", "its ReplicaSet.", "test-windows-2022-abc", kind="ReplicaSet"),
        ),
    )
    assert found["summary"] == "windows-2022: BackOff: without a time; FailedMount: new; Own: its ReplicaSet"
    assert "eks_windows_smoke_test_start_timeout" in found["remedy"], "no reason of these has a remedy of its own"


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("FailedScheduling", "eks_windows_smoke_test_tolerations"),
        ("FailedCreate", "eks_windows_smoke_test_namespace"),
        ("FailedCreatePodSandBox", "cloudops.eks_windows.preflight"),
        ("Unhealthy", "iam.node_authorization"),
    ],
)
def test_remedy_by_reason(reason: str, remedy: str) -> None:
    found = result(deployment(), pod(ready=False), events=(event(reason, "why", "test-windows-2022-abc-x"),))
    assert remedy in found["remedy"]
    assert found["summary"] == f"windows-2022: {reason}: why"


def test_pod_that_is_not_scheduled_is_told_once() -> None:
    waiting = pod(address=None, ready=False)
    del waiting["spec"]["nodeName"]
    waiting["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
    ]
    assert result(deployment(), waiting)["summary"] == "windows-2022: Unschedulable: 0/3 nodes"
    told = result(deployment(), waiting, events=(event("FailedScheduling", "0/3", "test-windows-2022-abc-x"),))
    assert told["summary"] == "windows-2022: FailedScheduling: 0/3"
    assert told["remedy"] == result(deployment(), waiting)["remedy"]


@pytest.mark.parametrize(
    ("state", "summary", "remedy"),
    [
        ({"reason": "ImagePullBackOff", "message": "Back-off"}, "ImagePullBackOff: Back-off", "windows_images"),
        ({"reason": "CrashLoopBackOff"}, "CrashLoopBackOff", "powershell.exe"),
        ({"reason": "ContainerCreating"}, "ContainerCreating", "start_timeout"),
    ],
)
def test_container_that_waits(state: dict[str, str], summary: str, remedy: str) -> None:
    waiting = pod(ready=False)
    waiting["status"]["containerStatuses"] = [{"state": {"waiting": state}}, {"state": {"running": {}}}]
    found = result(deployment(), waiting)
    assert found["summary"] == f"windows-2022: {summary}"
    assert remedy in found["remedy"]


def test_container_that_is_created_is_no_news_beside_a_reason() -> None:
    waiting = pod(address=None, ready=False)
    waiting["status"]["containerStatuses"] = [{"state": {"waiting": {"reason": "ContainerCreating"}}}]
    assert "ContainerCreating" not in result(deployment(), waiting)["summary"]


def test_pods_that_the_namespace_refuses() -> None:
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}
    found = result(deployment(conditions=[{"type": "Available", "status": "False"}, refused]))
    assert found["summary"] == "windows-2022: FailedCreate: exceeded quota"
    assert found["pods"] == []


def test_nothing_known_is_said() -> None:
    assert result(deployment())["summary"] == "windows-2022: NoPod: none was created for it"
    assert result(deployment(), pod(ready=False))["summary"] == "windows-2022: NotReady: its pod runs and is not ready"
    (absent,) = results([WINDOWS], [], [], [])
    assert absent["summary"] == "windows-2022: NoDeployment: there is none for windows-2022"
    assert (absent["name"], absent["up"], absent["seconds"], absent["pods"]) == (None, False, None, [])
    assert absent["remedy"]
