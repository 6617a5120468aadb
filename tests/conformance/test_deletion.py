# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deletion: preconditions, dependents, collections, finalizers."""

from __future__ import annotations

import pytest

from tests.conformance.bench import Bench, config_map, deployment, eventually, pod, refused
from tests.testbed.kubernetes.admin import Json


def owned(name: str, namespace: str, owner: Json) -> Json:
    """A ConfigMap that belongs to another."""
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    return config_map(name, namespace, {}, ownerReferences=[reference])


def test_deleting_answers_success(bench: Bench, namespace: str) -> None:
    created = bench.admin.create(config_map("x", namespace, {}))
    answer = bench.admin.delete("configmaps", "x", namespace)
    assert (answer["kind"], answer["status"]) == ("Status", "Success")
    assert answer["details"] == {"name": "x", "kind": "configmaps", "uid": created["metadata"]["uid"]}
    assert bench.admin.find("configmaps", "x", namespace) is None
    with refused(404, "NotFound"):
        bench.admin.delete("configmaps", "x", namespace)


@pytest.mark.parametrize("field", ["uid", "resourceVersion"])
def test_preconditions(bench: Bench, namespace: str, field: str) -> None:
    created = bench.admin.create(config_map("x", namespace, {}))
    with refused(409, "Conflict") as caught:
        bench.admin.delete("configmaps", "x", namespace, options={"preconditions": {field: "1"}})
    assert 'Operation cannot be fulfilled on ConfigMap "x": ' in caught[0].message
    assert "in the precondition (1) does not match" in caught[0].message
    right = {"preconditions": {field: created["metadata"][field]}}
    assert bench.admin.delete("configmaps", "x", namespace, options=right)["status"] == "Success"


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_dependents_go_too(bench: Bench, namespace: str, policy: str) -> None:
    owner = bench.admin.create(config_map("owner", namespace, {}))
    bench.admin.create(owned("dependent", namespace, owner))
    bench.admin.delete("configmaps", "owner", namespace, options={"propagationPolicy": policy})
    eventually(lambda: bench.admin.find("configmaps", "dependent", namespace) is None)
    eventually(lambda: bench.admin.find("configmaps", "owner", namespace) is None)


def test_orphans_stay(bench: Bench, namespace: str) -> None:
    owner = bench.admin.create(config_map("owner", namespace, {}))
    bench.admin.create(owned("dependent", namespace, owner))
    bench.admin.delete("configmaps", "owner", namespace, options={"propagationPolicy": "Orphan"})
    eventually(lambda: bench.admin.find("configmaps", "owner", namespace) is None)
    found = eventually(lambda: bench.admin.find("configmaps", "dependent", namespace))
    assert "ownerReferences" not in found["metadata"]


def test_a_deployment_takes_its_replica_sets_and_pods_along(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace))
    eventually(lambda: len(bench.admin.list("pods", namespace)) == 2)
    bench.admin.delete("deployments", "x", namespace, options={"propagationPolicy": "Background"})
    eventually(lambda: not bench.admin.list("pods", namespace))
    eventually(lambda: not bench.admin.list("replicasets", namespace))


def test_a_collection_is_deleted_by_selector(bench: Bench, namespace: str) -> None:
    for name, color in (("a", "red"), ("b", "red"), ("c", "blue")):
        bench.admin.create(config_map(name, namespace, {}, labels={"color": color}))
    answer = bench.admin.delete_collection("configmaps", namespace, query={"labelSelector": "color=red"})
    assert (answer["kind"], len(answer["items"])) == ("ConfigMapList", 2)
    left = bench.admin.list("configmaps", namespace, query={"labelSelector": "color"})
    assert [each["metadata"]["name"] for each in left] == ["c"]


def test_a_finalizer_holds_an_object(bench: Bench, namespace: str) -> None:
    bench.admin.create(config_map("x", namespace, {}, finalizers=["example.com/hold"]))
    answer = bench.admin.delete("configmaps", "x", namespace)
    assert answer["metadata"]["deletionTimestamp"]
    held = bench.admin.get("configmaps", "x", namespace)
    assert held["metadata"]["finalizers"] == ["example.com/hold"]
    bench.admin.patch("configmaps", "x", {"metadata": {"finalizers": None}}, namespace)
    assert bench.admin.find("configmaps", "x", namespace) is None


def test_a_pod_on_a_node_waits_for_its_kubelet(bench: Bench, namespace: str) -> None:
    bench.admin.create(pod("x", namespace, nodeName="some-node"))
    bench.admin.delete("pods", "x", namespace)
    held = bench.admin.get("pods", "x", namespace)["metadata"]
    assert (bool(held["deletionTimestamp"]), held["deletionGracePeriodSeconds"]) == (True, 30)
    bench.admin.delete("pods", "x", namespace, options={"gracePeriodSeconds": 0})
    assert bench.admin.find("pods", "x", namespace) is None


def test_a_pod_on_no_node_goes_at_once(bench: Bench, namespace: str) -> None:
    bench.admin.create(pod("x", namespace))
    bench.admin.delete("pods", "x", namespace)
    assert bench.admin.find("pods", "x", namespace) is None


def test_a_namespace_takes_its_contents_along(bench: Bench) -> None:
    name = bench.unique()
    bench.admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    bench.admin.create(config_map("x", name, {}))
    answer = bench.admin.delete("namespaces", name)
    assert answer["kind"] == "Namespace"
    eventually(lambda: bench.admin.find("namespaces", name) is None)
    eventually(lambda: bench.admin.find("configmaps", "x", name) is None)


def test_first_namespaces_stay(bench: Bench) -> None:
    with refused(403, "Forbidden") as caught:
        bench.admin.delete("namespaces", "kube-system")
    assert caught[0].message == 'namespaces "kube-system" is forbidden: this namespace may not be deleted'
