# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pods of the legacy admission webhook: each is a server of its own, with the certificate that it read when it began.

Source: the manifests of the EKS user guide of 2022, eksctl's and those of EKS Blueprints. Images v0.2.x speak
AdmissionReview v1beta1 alone, and those before v0.2.3 know Windows pods by label beta.kubernetes.io/os alone
(aws/containers-roadmap#542, #836).
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.testbed.json_server import JsonServer
from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.pki import KeyPair
from tests.testbed.standins.mounted_files import FileMissingError, MountedFiles, MountError, arguments_of
from tests.testbed.standins.objects import ADDRESS, BETA_WINDOWS_LABEL, WINDOWS_LABELS, selects_windows

IMAGE = re.compile(r"(?:^|/)vpc-admission-webhook:(?P<tag>[^@]+)")
OLD_TAG = re.compile(r"v0\.2\.")
BETA_LABEL_TAG = re.compile(r"v0\.(1\.|2\.[0-2](?!\d))")
CERTIFICATE_FILE = "/etc/webhook/certs/cert.pem"
KEY_FILE = "/etc/webhook/certs/key.pem"
PORT = 443
PATH = "/mutate"
RESTART_SECONDS = 1.0
"""When a container that ended, or a volume that could not be mounted, is tried again; the kubelet waits longer each
time."""
LINGER_SECONDS = 1.0
"""How long the server of a pod that is gone still answers, each client a last time: a container has its grace period,
and Endpoints without the pod reach the API server a moment later."""

Fault = Literal["crash", "hang"]


def is_webhook(pod: Json) -> bool:
    """Whether the pod runs the legacy webhook, by its image."""
    return _container(pod) is not None


def _container(pod: Json) -> Json | None:
    return next((each for each in pod["spec"]["containers"] if IMAGE.search(each["image"])), None)


@dataclass(frozen=True)
class Progress:
    """How far a pod's container has come.

    Attributes:
        reason: Why it does not run, as its waiting state says; empty where it runs.
        message: Of that state.
        event: Reason of the event about it; empty for none.
        restarts: How often it was started again.
        again: Seconds after which to look again, 0 for none.
    """

    reason: str = ""
    message: str = ""
    event: str = ""
    restarts: int = 0
    again: float = 0.0


RUNS = Progress()


@dataclass
class _Held:
    """What is known of a pod."""

    fault: Fault | None
    not_before: float
    restarts: int = 0
    server: JsonServer | None = None
    place: tuple[str, int] = ("", 0)
    progress: Progress | None = None


@dataclass(frozen=True)
class Review:
    """A question that a pod of the webhook answered. ``at`` is of time.monotonic()."""

    at: float
    pod: str
    api_version: str
    dry_run: bool
    mutated: bool


class WebhookPods:
    """Starts and ends the webhook's servers with their pods.

    Args:
        client: As the kubelet's user.
        servers: Where to be found.
        address_of: The address of a pod.

    Attributes:
        reviews: What was asked of all pods, in order.
    """

    def __init__(self, client: AdminClient, servers: PodServers, address_of: Callable[[Json], str]) -> None:
        self._client = client
        self._servers = servers
        self._address_of = address_of
        self._held: dict[str, _Held] = {}
        self._ending: list[tuple[float, _Held]] = []
        self._faults: deque[Fault] = deque()
        self._delay = 0.0
        self._lock = threading.Lock()
        self.reviews: list[Review] = []

    def fail_next_start(self, fault: Fault = "crash", pods: int = 1) -> None:
        """Let the next pods that start never become ready: ``crash`` for a container that ends again and again,
        ``hang`` for one that is never created."""
        with self._lock:
            self._faults.extend([fault] * pods)

    def delay_starts(self, seconds: float) -> None:
        """Let each pod take so long before it serves, from now on."""
        self._delay = seconds

    def heal(self) -> None:
        """Let pods start again as if nothing had been asked, those that fail included."""
        with self._lock:
            self._faults.clear()
            self._delay = 0.0
            for held in self._held.values():
                held.fault = None
                held.not_before = 0.0

    def advance(self, pod: Json) -> Progress:
        """Start the pod's server where that is due; returns how far it has come."""
        uid = str(pod["metadata"]["uid"])
        held = self._held.get(uid)
        if held is None:
            with self._lock:
                fault = self._faults.popleft() if self._faults else None
            held = self._held[uid] = _Held(fault, time.monotonic() + self._delay)
        if held.server is not None:
            return RUNS
        left = held.not_before - time.monotonic()
        if left > 0:
            return held.progress or Progress("ContainerCreating", again=min(left, RESTART_SECONDS))
        if held.progress is not None and held.progress.reason == "CrashLoopBackOff":
            held.restarts += 1
        held.progress = self._start(pod, held)
        held.not_before = time.monotonic() + RESTART_SECONDS
        return held.progress

    def _start(self, pod: Json, held: _Held) -> Progress:
        if held.fault == "hang":
            return Progress("ContainerCreating", again=RESTART_SECONDS)
        try:
            if held.fault == "crash":
                raise FileMissingError("panic: no luck")
            self._serve(pod, held)
        except MountError as error:
            return Progress("ContainerCreating", str(error), "FailedMount", held.restarts, RESTART_SECONDS)
        except (FileMissingError, ssl.SSLError, ValueError) as error:
            message = f"back-off restarting failed container: {error}"
            return Progress("CrashLoopBackOff", message, "BackOff", held.restarts, RESTART_SECONDS)
        return RUNS

    def _serve(self, pod: Json, held: _Held) -> None:
        container = _container(pod)
        assert container is not None
        arguments = arguments_of(container)
        files = MountedFiles(self._client, pod, container)
        pair = KeyPair(
            files.read(arguments.get("tlsCertFile", CERTIFICATE_FILE)),
            files.read(arguments.get("tlsKeyFile", KEY_FILE)),
        )
        image = IMAGE.search(container["image"])
        assert image is not None
        versions = ("v1beta1",) if OLD_TAG.match(image["tag"]) else ("v1", "v1beta1")
        labels = labels_known_by(image["tag"])
        name = str(pod["metadata"]["name"])
        server = JsonServer(lambda path, review: self._answer(name, versions, labels, path, review), pair)
        held.server, held.place = server, (self._address_of(pod), int(arguments.get("port", PORT)))
        self._servers.add(*held.place, server)

    def forget_gone(self, present: Mapping[str, Json]) -> float:
        """End what served for pods that are gone, ``present`` being the others by their uid. Returns the seconds
        after which to call it again, 0 for none."""
        now = time.monotonic()
        for uid in [uid for uid in self._held if uid not in present]:
            held = self._held.pop(uid)
            if held.server is not None:
                held.server.take_leave()
                self._ending.append((now + LINGER_SECONDS, held))
        for entry in [entry for entry in self._ending if entry[0] <= now]:
            self._ending.remove(entry)
            self._end(entry[1])
        return min((at - now for at, _ in self._ending), default=0.0)

    def _end(self, held: _Held) -> None:
        if held.server is not None:
            if self._servers.find(*held.place) is held.server:
                self._servers.remove(*held.place)
            held.server.stop()
            held.server = None

    def stop(self) -> None:
        """End every server."""
        for held in [*self._held.values(), *(held for _, held in self._ending)]:
            self._end(held)
        self._held.clear()
        self._ending.clear()

    def _answer(self, pod: str, versions: tuple[str, ...], labels: tuple[str, ...], path: str, review: Json) -> Json:
        if path != PATH:
            raise ValueError(f"nothing is served at {path}")
        request = review["request"]
        patch = patch_of(request["object"], labels)
        version = str(review["apiVersion"]).rpartition("/")[2]
        spoken = version if version in versions else versions[0]
        self.reviews.append(Review(time.monotonic(), pod, version, bool(request.get("dryRun")), bool(patch)))
        response: Json = {"uid": request["uid"], "allowed": True}
        if patch:
            response["patchType"] = "JSONPatch"
            response["patch"] = base64.b64encode(json.dumps(patch).encode()).decode()
        return {"apiVersion": f"admission.k8s.io/{spoken}", "kind": "AdmissionReview", "response": response}


def labels_known_by(tag: str) -> tuple[str, ...]:
    """The labels by which a pod's nodeSelector says Windows to an image of the webhook."""
    return (BETA_WINDOWS_LABEL,) if BETA_LABEL_TAG.match(tag) else WINDOWS_LABELS


def patch_of(pod: Json, labels: tuple[str, ...] = WINDOWS_LABELS) -> list[Json]:
    """The JSON patch that gives a Windows pod's first container the address as limit and request. Its nodeSelector
    says Windows by one of the labels."""
    if pod["spec"].get("hostNetwork") or not selects_windows(pod, labels):
        return []
    resources: Json = dict(pod["spec"]["containers"][0].get("resources") or {})
    for kind in ("limits", "requests"):
        resources[kind] = {ADDRESS: "1", **(resources.get(kind) or {})}
    return [{"op": "add", "path": "/spec/containers/0/resources", "value": resources}]
