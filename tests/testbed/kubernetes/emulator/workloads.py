# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controllers of Deployments and ReplicaSets, and a scheduler with kubelets where these are wanted.

Nothing runs in the background: each stored change queues what it may concern, and the request that made it
works the queue off before it is answered. But what failed, for want of a webhook for example, is tried again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.rbac import MASTERS, User
from tests.testbed.kubernetes.emulator.resources import (
    DAEMON_SET,
    DEPLOYMENT,
    NODE,
    POD,
    REPLICA_SET,
    STATEFUL_SET,
    Kind,
    StorageKey,
)
from tests.testbed.kubernetes.emulator.store import Store, copy_of, namespace_of
from tests.testbed.kubernetes.emulator.writes import Write, Writer, now, random_suffix

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"

RETRY_SECONDS = 1.0

_Place = tuple[StorageKey, str, str]


def controller_of(item: Json) -> Json | None:
    """The owner reference of the object's controller."""
    owners = item["metadata"].get("ownerReferences") or []
    return next((owner for owner in owners if owner.get("controller")), None)


def is_ready(pod: Json) -> bool:
    """Whether a pod's condition Ready is true."""
    conditions = pod.get("status", {}).get("conditions") or []
    return any((each.get("type"), each.get("status")) == ("Ready", "True") for each in conditions)


def _owner(kind: Kind, item: Json) -> Json:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "name": item["metadata"]["name"],
        "uid": item["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _condition(kind: str, holds: bool, reason: str, message: str = "") -> Json:
    moment = now()
    return {
        "type": kind,
        "status": "True" if holds else "False",
        "reason": reason,
        "message": message,
        "lastUpdateTime": moment,
        "lastTransitionTime": moment,
    }


def _settled(new: list[Json], old: list[Json]) -> list[Json]:
    """The conditions, with the times of those that say nothing new."""
    known = {(each["type"], each["status"], each.get("reason")): each for each in old}
    return [known.get((each["type"], each["status"], each["reason"]), each) for each in new]


def _counts(**counts: int) -> Json:
    """Counters as the API writes them: zero is left out."""
    return {name: count for name, count in counts.items() if count}


class Workloads:
    """Keeps ReplicaSets and Pods as Deployments want them.

    Args:
        store: Where objects are.
        writer: Writes them, webhooks included.
        run_pods: Whether pods are put on the first node that their nodeSelector allows and run at once;
            else they stay Pending until somebody binds and runs them.
    """

    def __init__(self, store: Store, writer: Writer, run_pods: bool) -> None:
        self._store = store
        self._writer = writer
        self._run_pods = run_pods
        self._queue: deque[_Place] = deque()
        self._working = threading.Lock()
        self._retry: threading.Timer | None = None
        self._failing: set[_Place] = set()
        self._stopped = False

    def stop(self) -> None:
        """Try nothing again."""
        self._stopped = True
        if self._retry is not None:
            self._retry.cancel()

    def _try_again(self) -> None:
        self._retry = None
        self._queue.extend(self._failing)
        self._failing.clear()
        self._work_off()

    def changed(self, key: StorageKey, before: Json | None, after: Json | None) -> None:
        """Queue what a change concerns and work it off, unless somebody is at it already."""
        self._queue.extend(self._concerned(key, before, after))
        self._work_off()

    def _work_off(self) -> None:
        while self._queue and self._working.acquire(blocking=False):
            try:
                while self._queue:
                    self._work(self._queue.popleft())
            finally:
                self._working.release()

    def _concerned(self, key: StorageKey, before: Json | None, after: Json | None) -> list[_Place]:
        item = after or before
        if item is None or key not in (
            DEPLOYMENT.key,
            REPLICA_SET.key,
            POD.key,
            NODE.key,
            DAEMON_SET.key,
            STATEFUL_SET.key,
        ):
            return []
        namespace, name = namespace_of(item), str(item["metadata"]["name"])
        if key == NODE.key:
            if not self._run_pods or before is not None:
                return []
            _, pods = self._store.snapshot(POD.key)
            return [
                (POD.key, namespace_of(pod), pod["metadata"]["name"]) for pod in pods if not pod["spec"].get("nodeName")
            ]
        places: list[_Place] = [(key, namespace, name)] if after is not None else []
        owner = controller_of(item)
        if owner and key == POD.key and owner["kind"] == REPLICA_SET.kind:
            places.append((REPLICA_SET.key, namespace, owner["name"]))
        elif owner and key == REPLICA_SET.key:
            places.append((DEPLOYMENT.key, namespace, owner["name"]))
        return places

    def _work(self, place: _Place) -> None:
        key, namespace, name = place
        item = self._store.get(key, namespace, name)
        if item is None or item["metadata"].get("deletionTimestamp"):
            return
        try:
            if key == DEPLOYMENT.key:
                self._deployment(item)
            elif key == REPLICA_SET.key:
                self._replica_set(item)
            elif key == POD.key:
                self._pod(item)
            else:
                self._without_pods(key, item)
        except statuses.StatusError as error:
            if error.code not in (404, 409):
                self._failed(key, item, error)
                self._failing.add(place)
                if self._retry is None and not self._stopped:
                    self._retry = threading.Timer(RETRY_SECONDS, self._try_again)
                    self._retry.daemon = True
                    self._retry.start()

    def _write(self, kind: Kind, item: Json, who: str, subresource: str = "") -> Write:
        user = User(f"system:serviceaccount:kube-system:{who}", (MASTERS,))
        name = str(item["metadata"].get("name", ""))
        return Write(kind, namespace_of(item), name, subresource, user, manager="kube-controller-manager")

    def _set_status(self, kind: Kind, item: Json, status: Json) -> None:
        if status != item.get("status"):
            write = self._write(kind, item, f"{kind.kind.lower()}-controller", "status")
            self._writer.update(write, lambda present: {**present, "status": status})

    def _failed(self, key: StorageKey, item: Json, error: statuses.StatusError) -> None:
        """Say in the status that pods could not be made, as the controller does."""
        kind = REPLICA_SET if key == REPLICA_SET.key else DEPLOYMENT
        old = item.get("status", {})
        conditions = [each for each in old.get("conditions") or [] if each["type"] != "ReplicaFailure"]
        failure = _condition("ReplicaFailure", holds=True, reason="FailedCreate", message=error.message)
        conditions.append(failure)
        self._set_status(kind, item, {**old, "conditions": _settled(conditions, old.get("conditions") or [])})

    def _owned(self, kind: Kind, owner: Json) -> list[Json]:
        found = self._store.dependents(str(owner["metadata"]["uid"]))
        return [item for key, item in found if key == kind.key and not item["metadata"].get("deletionTimestamp")]

    def _deployment(self, item: Json) -> None:
        template = item["spec"]["template"]
        digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        sets = self._owned(REPLICA_SET, item)
        current = next((each for each in sets if each["metadata"]["labels"].get(HASH_LABEL) == digest), None)
        former = [each for each in sets if each is not current]
        wanted = int(item["spec"]["replicas"])
        recreate = item["spec"]["strategy"]["type"] == "Recreate"
        if recreate:
            self._scale_to_zero(former)
            if any(self._owned(POD, each) for each in former):
                self._set_status(DEPLOYMENT, item, self._deployment_status(item, current, former))
                return
        if current is None:
            current = self._new_replica_set(item, digest, wanted, len(sets) + 1)
        elif current["spec"]["replicas"] != wanted:
            self._scale(current, wanted)
        fresh = self._store.get(REPLICA_SET.key, namespace_of(item), current["metadata"]["name"])
        if fresh is None:
            return
        if not recreate and fresh.get("status", {}).get("readyReplicas", 0) >= wanted:
            self._scale_to_zero(former)
        self._annotate_revision(item, fresh)
        present = self._store.get(DEPLOYMENT.key, namespace_of(item), item["metadata"]["name"])
        if present is not None:
            self._set_status(DEPLOYMENT, present, self._deployment_status(present, fresh, former))

    def _annotate_revision(self, item: Json, replica_set: Json) -> None:
        revision = replica_set["metadata"]["annotations"][REVISION]
        if (item["metadata"].get("annotations") or {}).get(REVISION) == revision:
            return

        def annotate(present: Json) -> Json:
            changed: Json = copy_of(present)
            changed["metadata"].setdefault("annotations", {})[REVISION] = revision
            return changed

        self._writer.update(self._write(DEPLOYMENT, item, "deployment-controller"), annotate)

    def _new_replica_set(self, item: Json, digest: str, replicas: int, revision: int) -> Json:
        template = copy_of(item["spec"]["template"])
        template["metadata"].setdefault("labels", {})[HASH_LABEL] = digest
        selector = copy_of(item["spec"]["selector"])
        selector.setdefault("matchLabels", {})[HASH_LABEL] = digest
        metadata = {
            "name": f"{item['metadata']['name']}-{digest}",
            "namespace": namespace_of(item),
            "labels": dict(template["metadata"]["labels"]),
            "annotations": {REVISION: str(revision)},
            "ownerReferences": [_owner(DEPLOYMENT, item)],
        }
        body = {"metadata": metadata, "spec": {"replicas": replicas, "selector": selector, "template": template}}
        return self._writer.create(self._write(REPLICA_SET, body, "deployment-controller"), body)

    def _scale(self, replica_set: Json, replicas: int) -> None:
        write = self._write(REPLICA_SET, replica_set, "deployment-controller")
        self._writer.update(write, lambda present: {**present, "spec": {**present["spec"], "replicas": replicas}})

    def _scale_to_zero(self, sets: list[Json]) -> None:
        for each in sets:
            if each["spec"]["replicas"]:
                self._scale(each, 0)

    def _deployment_status(self, item: Json, current: Json | None, former: list[Json]) -> Json:
        def total(name: str, sets: list[Json | None]) -> int:
            return sum(int(each.get("status", {}).get(name, 0)) for each in sets if each)

        wanted = int(item["spec"]["replicas"])
        everyone: list[Json | None] = [current, *former]
        replicas, updated = total("replicas", everyone), total("replicas", [current])
        ready = total("readyReplicas", everyone)
        complete = ready >= wanted and updated == wanted == replicas
        old = item.get("status", {}).get("conditions") or []
        conditions = [
            _condition(
                "Available",
                ready >= wanted,
                "MinimumReplicasAvailable" if ready >= wanted else "MinimumReplicasUnavailable",
            ),
            _condition("Progressing", True, "NewReplicaSetAvailable" if complete else "ReplicaSetUpdated"),
        ]
        return {
            "observedGeneration": item["metadata"]["generation"],
            **_counts(
                replicas=replicas,
                updatedReplicas=updated,
                readyReplicas=ready,
                availableReplicas=ready,
                unavailableReplicas=max(0, max(wanted, replicas) - ready),
            ),
            "conditions": _settled(conditions, old),
        }

    def _replica_set(self, item: Json) -> None:
        wanted = int(item["spec"]["replicas"])
        pods = self._owned(POD, item)
        for _ in range(wanted - len(pods)):
            self._new_pod(item)
        for pod in sorted(pods, key=is_ready)[: max(0, len(pods) - wanted)]:
            self._writer.delete(self._write(POD, pod, "replicaset-controller"), {})
        present = self._store.get(REPLICA_SET.key, namespace_of(item), item["metadata"]["name"])
        if present is None:
            return
        pods = self._owned(POD, present)
        ready = sum(map(is_ready, pods))
        status = {
            "replicas": len(pods),
            **_counts(fullyLabeledReplicas=len(pods), readyReplicas=ready, availableReplicas=ready),
            "observedGeneration": present["metadata"]["generation"],
        }
        self._set_status(REPLICA_SET, present, status)

    def _new_pod(self, replica_set: Json) -> None:
        template = copy_of(replica_set["spec"]["template"])
        metadata = template["metadata"]
        metadata.pop("creationTimestamp", None)
        metadata["name"] = f"{replica_set['metadata']['name']}-{random_suffix()}"
        metadata["namespace"] = namespace_of(replica_set)
        metadata["ownerReferences"] = [_owner(REPLICA_SET, replica_set)]
        self._writer.create(self._write(POD, template, "replicaset-controller"), template)

    def _pod(self, item: Json) -> None:
        if not self._run_pods or item.get("status", {}).get("phase") != "Pending":
            return
        node = item["spec"].get("nodeName") or self._node_for(item["spec"].get("nodeSelector") or {})
        if not node:
            waiting = _condition("PodScheduled", False, "Unschedulable", "no node matches the pod's nodeSelector")
            old = item["status"].get("conditions") or []
            self._set_status(POD, item, {**item["status"], "conditions": _settled([waiting], old)})
            return
        if not item["spec"].get("nodeName"):
            bind(self._writer, namespace_of(item), item["metadata"]["name"], node)
        running = _running(item)
        write = self._write(POD, item, "kubelet", "status")
        self._writer.update(write, lambda present: {**present, "status": {**present["status"], **running}})

    def _node_for(self, selector: Mapping[str, str]) -> str:
        _, nodes = self._store.snapshot(NODE.key)
        for node in nodes:
            labels = node["metadata"].get("labels") or {}
            free = not node.get("spec", {}).get("unschedulable")
            if free and all(labels.get(key) == value for key, value in selector.items()):
                return str(node["metadata"]["name"])
        return ""

    def _without_pods(self, key: StorageKey, item: Json) -> None:
        """DaemonSets and StatefulSets: seen, and without pods."""
        kind = DAEMON_SET if key == DAEMON_SET.key else STATEFUL_SET
        names = ("currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady")
        counts = dict.fromkeys(names, 0) if kind is DAEMON_SET else {"replicas": 0}
        observed = {"observedGeneration": item["metadata"]["generation"]}
        self._set_status(kind, item, {**counts, **(item.get("status") or {}), **observed})


def bind(writer: Writer, namespace: str, name: str, node: str) -> None:
    """Put a pod on a node.

    Raises:
        StatusError: 404 where there is no such pod, 409 where it is on a node already.
    """

    def assign(present: Json) -> Json:
        if present["spec"].get("nodeName"):
            taken = f'pod {name} is already assigned to node "{present["spec"]["nodeName"]}"'
            raise statuses.conflict(POD, name, taken)
        scheduled = {**_condition("PodScheduled", True, "Scheduled")}
        return {
            **present,
            "spec": {**present["spec"], "nodeName": node},
            "status": {**present.get("status", {}), "conditions": [scheduled]},
        }

    user = User("system:kube-scheduler", (MASTERS,))
    writer.update(Write(POD, namespace, name, "binding", user, manager="kube-scheduler"), assign)


def _running(pod: Json) -> dict[str, Any]:
    moment = now()
    address = hashlib.sha256(str(pod["metadata"]["uid"]).encode()).digest()
    ready = [_condition(kind, True, "") for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    return {
        "phase": "Running",
        "conditions": ready,
        "podIP": f"10.0.{address[0]}.{address[1]}",
        "startTime": moment,
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": container["image"],
                "ready": True,
                "started": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": moment}},
            }
            for container in pod["spec"]["containers"]
        ],
    }
