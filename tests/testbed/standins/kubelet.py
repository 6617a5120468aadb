# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for the scheduler and the kubelets: it binds pods to nodes, says that they run, and ends them.

A Windows pod becomes ready only once it carries the address annotation. Without it it stays in
ContainerCreating with the event that people know: FailedCreatePodSandBox. A pod of the legacy admission webhook
becomes ready once its server listens.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from functools import cache

import urllib3

from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.standins.informer import ClusterCache, Worker
from tests.testbed.standins.objects import (
    ADDRESS,
    annotations_of,
    emit_event,
    is_windows_node,
    terminating,
    timestamp,
)
from tests.testbed.standins.placement import choose_node
from tests.testbed.standins.webhook_pods import Progress, WebhookPods, is_webhook

RETRY_SECONDS = 0.5
IDLE_SECONDS = 30.0
PATIENCE_SECONDS = 1.0
"""How long a pod may lack its address before there is an event about it."""
ENDED = ("Succeeded", "Failed")


class Kubelet:
    """Runs the pods of all nodes of a cluster.

    Args:
        client: As the stand-in's own user.
        cache: The cluster.
        servers: Where pods that serve are to be found.

    Attributes:
        webhooks: The pods of the legacy admission webhook.
    """

    def __init__(self, client: AdminClient, cache: ClusterCache, servers: PodServers) -> None:
        self._client = client
        self._cache = cache
        self.webhooks = WebhookPods(client, servers, _own_address)
        self._told: set[tuple[str, str]] = set()
        self._waiting: dict[str, float] = {}
        self._again = IDLE_SECONDS
        self._worker = Worker(cache, self._pass, "kubelet")

    def start(self) -> None:
        """Begin to work."""
        self._worker.start()

    def stop(self) -> None:
        """Cease to work; pods stay as they are, but what they serve ends."""
        self._worker.stop()
        self.webhooks.stop()

    def _pass(self) -> float:
        if not self._cache.nodes.readable or not self._cache.pods.readable:
            return RETRY_SECONDS
        present = {str(pod["metadata"]["uid"]): pod for pod in self._cache.pods.objects()}
        self._again = self.webhooks.forget_gone(present) or IDLE_SECONDS
        self._waiting = {uid: since for uid, since in self._waiting.items() if uid in present}
        delay = IDLE_SECONDS
        for pod in self._cache.pods.objects():
            try:
                self._advance(pod)
            except ApiError as error:
                # The copy of the pod is older than the pod itself; the watch brings the newer one.
                if error.status not in (404, 409):
                    delay = RETRY_SECONDS
            except urllib3.exceptions.HTTPError:
                delay = RETRY_SECONDS
        delay = min(delay, self._again)
        untold = any((uid, "FailedCreatePodSandBox") not in self._told for uid in self._waiting)
        return min(delay, PATIENCE_SECONDS) if untold else delay

    def _advance(self, pod: Json) -> None:
        node_name = pod["spec"].get("nodeName", "")
        node = next((one for one in self._cache.nodes.objects() if one["metadata"]["name"] == node_name), None)
        if terminating(pod):
            if node is not None or not node_name:
                self._end(pod)
        elif not node_name:
            self._schedule(pod)
        elif node is not None and pod.get("status", {}).get("phase") not in ENDED:
            self._run(pod, windows=is_windows_node(node))

    def _end(self, pod: Json) -> None:
        metadata = pod["metadata"]
        self._client.delete(
            "pods",
            metadata["name"],
            metadata["namespace"],
            options={"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}},
        )

    def _schedule(self, pod: Json) -> None:
        metadata = pod["metadata"]
        node = choose_node(pod, self._cache.nodes.objects(), self._cache.pods.objects())
        if node:
            binding = {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
                "target": {"apiVersion": "v1", "kind": "Node", "name": node},
            }
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/binding"
            self._client.call("POST", path, binding)
        elif self._first_time(pod, "FailedScheduling"):
            message = f"0/{len(self._cache.nodes.objects())} nodes are available."
            emit_event(self._client, pod, "Pod", "FailedScheduling", message, "default-scheduler")

    def _run(self, pod: Json, windows: bool) -> None:
        if windows and not pod["spec"].get("hostNetwork") and ADDRESS not in annotations_of(pod):
            self._hold(pod)
        elif not windows and is_webhook(pod):
            self._run_webhook(pod)
        else:
            self._waiting.pop(str(pod["metadata"]["uid"]), None)
            self._set_status(pod, _running(pod))

    def _run_webhook(self, pod: Json) -> None:
        progress = self.webhooks.advance(pod)
        self._again = min(self._again, progress.again or IDLE_SECONDS)
        if progress.event and self._first_time(pod, progress.event):
            emit_event(self._client, pod, "Pod", progress.event, progress.message, "kubelet")
        if progress.reason == "ContainerCreating":
            self._set_status(pod, _creating(pod))
        elif progress.reason:
            self._set_status(pod, _crashing(pod, progress))
        else:
            self._set_status(pod, _running(pod))

    def _hold(self, pod: Json) -> None:
        since = self._waiting.setdefault(str(pod["metadata"]["uid"]), time.monotonic())
        if time.monotonic() - since >= PATIENCE_SECONDS and self._first_time(pod, "FailedCreatePodSandBox"):
            message = (
                "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: "
                f'plugin type="vpc-bridge" failed (add): failed to parse Kubernetes args: pod does not have label '
                f"{ADDRESS}"
            )
            emit_event(self._client, pod, "Pod", "FailedCreatePodSandBox", message, "kubelet")
        self._set_status(pod, _creating(pod))

    def _first_time(self, pod: Json, reason: str) -> bool:
        key = (str(pod["metadata"]["uid"]), reason)
        new = key not in self._told
        self._told.add(key)
        return new

    def _set_status(self, pod: Json, status: Json) -> None:
        if _told(pod.get("status", {})) == _told(status):
            return
        metadata = pod["metadata"]
        self._client.patch_status("pods", metadata["name"], status, metadata["namespace"])


def _told(status: Json) -> object:
    """What of a pod's status makes it another one, times left aside."""
    containers = status.get("containerStatuses") or []
    return status.get("phase"), [(each["ready"], each["restartCount"], sorted(each["state"])) for each in containers]


def _conditions(pod: Json, ready: bool) -> list[Json]:
    state = "True" if ready else "False"
    now = timestamp()
    return [
        {"type": kind, "status": value, "lastTransitionTime": now}
        for kind, value in (
            ("Initialized", "True"),
            ("Ready", state),
            ("ContainersReady", state),
            ("PodScheduled", "True"),
        )
    ]


def _container_statuses(pod: Json, state: Json, ready: bool, restarts: int = 0) -> list[Json]:
    return [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": ready,
            "started": ready,
            "restartCount": restarts,
            "state": state,
        }
        for container in pod["spec"]["containers"]
    ]


def _creating(pod: Json) -> Json:
    return {
        "phase": "Pending",
        "conditions": _conditions(pod, ready=False),
        "containerStatuses": _container_statuses(pod, {"waiting": {"reason": "ContainerCreating"}}, ready=False),
    }


def _crashing(pod: Json, progress: Progress) -> Json:
    waiting = {"waiting": {"reason": progress.reason, "message": progress.message}}
    address = _own_address(pod)
    return {
        "phase": "Running",
        "conditions": _conditions(pod, ready=False),
        "containerStatuses": _container_statuses(pod, waiting, ready=False, restarts=progress.restarts),
        "podIP": address,
        "podIPs": [{"ip": address}],
        "hostIP": host_address(),
    }


def _running(pod: Json) -> Json:
    address = annotations_of(pod).get(ADDRESS, "").split("/")[0] or _own_address(pod)
    # All nodes have one address here, so pods that serve on the network of their node have one each.
    if pod["spec"].get("hostNetwork") and not is_webhook(pod):
        address = host_address()
    return {
        "phase": "Running",
        "conditions": _conditions(pod, ready=True),
        "containerStatuses": _container_statuses(pod, {"running": {"startedAt": timestamp()}}, ready=True),
        "podIP": address,
        "podIPs": [{"ip": address}],
        "hostIP": host_address(),
        "startTime": timestamp(),
    }


@cache
def host_address() -> str:
    """The address of all nodes: this machine's own, so that a call of an endpoint that nobody serves fails at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "10.0.0.10"


def _own_address(pod: Json) -> str:
    number = int(str(pod["metadata"]["uid"]).replace("-", "")[:8], 16)
    return str(ipaddress.IPv4Address("10.240.0.0") + 2 + number % 60000)
