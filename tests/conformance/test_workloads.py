# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments: their ReplicaSets and pods, and what their status says. The cases act as the kubelet."""

from __future__ import annotations

from tests.conformance.bench import Bench, deployment, eventually
from tests.testbed.kubernetes.admin import Json


def run(bench: Bench, namespace: str) -> None:
    """Let every pod be ready."""
    for pod in bench.admin.list("pods", namespace):
        name = pod["metadata"]["name"]
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2020-01-01T00:00:00Z"}
        status = {"phase": "Running", "conditions": [ready]}
        bench.admin.patch_status("pods", name, status, namespace)


def status_of(bench: Bench, namespace: str) -> Json:
    """Status of Deployment x."""
    found: Json = bench.admin.get("deployments", "x", namespace).get("status", {})
    return found


def condition(status: Json, kind: str) -> tuple[str, str]:
    """Status and reason of a condition."""
    found: Json = next((each for each in status.get("conditions", []) if each["type"] == kind), {})
    return found.get("status", ""), found.get("reason", "")


def test_a_deployment_makes_a_replica_set_and_pods(bench: Bench, namespace: str) -> None:
    created = bench.admin.create(deployment("x", namespace))
    pods = eventually(lambda: len(found := bench.admin.list("pods", namespace)) == 2 and found)
    (replica_set,) = bench.admin.list("replicasets", namespace)
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"x-{digest}"
    owner = replica_set["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("Deployment", created["metadata"]["uid"], True)
    for pod in pods:
        assert pod["metadata"]["name"].startswith(f"x-{digest}-")
        assert pod["metadata"]["labels"] == {"app": "x", "pod-template-hash": digest}
        assert pod["metadata"]["ownerReferences"][0]["uid"] == replica_set["metadata"]["uid"]
        assert pod["status"]["phase"] == "Pending"


def test_the_status_follows_the_pods(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace))
    # The first status may come before the ReplicaSet has told of its pods.
    status = eventually(
        lambda: (s := status_of(bench, namespace)).get("unavailableReplicas") == s.get("updatedReplicas") == 2 and s
    )
    assert (status["observedGeneration"], status["replicas"], status["updatedReplicas"]) == (1, 2, 2)
    assert "readyReplicas" not in status
    assert condition(status, "Available") == ("False", "MinimumReplicasUnavailable")
    run(bench, namespace)
    eventually(lambda: status_of(bench, namespace).get("availableReplicas") == 2)
    status = eventually(lambda: "unavailableReplicas" not in (s := status_of(bench, namespace)) and s)
    assert status["readyReplicas"] == 2
    assert condition(status, "Available") == ("True", "MinimumReplicasAvailable")
    eventually(lambda: condition(status_of(bench, namespace), "Progressing") == ("True", "NewReplicaSetAvailable"))


def test_scaling_to_zero_ends_the_pods(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace))
    eventually(lambda: len(bench.admin.list("pods", namespace)) == 2)
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/x/scale"
    scale = bench.admin.call("GET", path)
    assert (scale["kind"], scale["spec"]) == ("Scale", {"replicas": 2})
    headers = {"Content-Type": "application/merge-patch+json"}
    scaled = bench.admin.call("PATCH", path, {"spec": {"replicas": 0}}, headers=headers)
    assert scaled["spec"].get("replicas", 0) == 0
    eventually(lambda: not bench.admin.list("pods", namespace))
    status = eventually(lambda: (s := status_of(bench, namespace)).get("observedGeneration") == 2 and s)
    eventually(lambda: "replicas" not in status_of(bench, namespace))
    assert status["observedGeneration"] == 2


def test_a_scale_can_be_replaced(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    eventually(lambda: status_of(bench, namespace).get("observedGeneration") == 1)
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/x/scale"
    scale = bench.admin.call("GET", path)
    bench.admin.call("PUT", path, {**scale, "spec": {"replicas": 1}})
    eventually(lambda: len(bench.admin.list("pods", namespace)) == 1)


def test_a_new_template_rolls_out(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 1))
    eventually(lambda: bench.admin.list("pods", namespace))
    run(bench, namespace)
    eventually(lambda: status_of(bench, namespace).get("availableReplicas") == 1)
    (old,) = bench.admin.list("pods", namespace)
    restarted = {"kubectl.kubernetes.io/restartedAt": "now"}
    change = {"spec": {"template": {"metadata": {"annotations": restarted}}}}
    bench.admin.patch("deployments", "x", change, namespace)
    eventually(lambda: len(bench.admin.list("replicasets", namespace)) == 2)
    eventually(lambda: len(bench.admin.list("pods", namespace)) == 2)
    assert old["metadata"]["name"] in {each["metadata"]["name"] for each in bench.admin.list("pods", namespace)}
    run(bench, namespace)
    (new,) = eventually(lambda: len(found := bench.admin.list("pods", namespace)) == 1 and found)
    assert new["metadata"]["annotations"] == restarted
    status = eventually(lambda: (s := status_of(bench, namespace)).get("replicas") == 1 and s)
    assert (status["observedGeneration"], status["updatedReplicas"]) == (2, 1)
    revision = "deployment.kubernetes.io/revision"
    assert bench.admin.get("deployments", "x", namespace)["metadata"]["annotations"][revision] == "2"


def test_recreating_ends_the_old_pods_first(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 1, strategy={"type": "Recreate"}))
    eventually(lambda: bench.admin.list("pods", namespace))
    (old,) = bench.admin.list("pods", namespace)
    change = {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}}
    bench.admin.patch("deployments", "x", change, namespace)
    (new,) = eventually(
        lambda: (
            len(found := bench.admin.list("pods", namespace)) == 1
            and found[0]["metadata"]["uid"] != old["metadata"]["uid"]
            and found
        )
    )
    assert new["metadata"]["annotations"] == {"a": "b"}


def test_a_lost_pod_is_replaced(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 1))
    (old,) = eventually(lambda: bench.admin.list("pods", namespace))
    bench.admin.delete("pods", old["metadata"]["name"], namespace)
    eventually(
        lambda: (found := bench.admin.list("pods", namespace)) and found[0]["metadata"]["uid"] != old["metadata"]["uid"]
    )
