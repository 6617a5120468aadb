# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import windows_pods, workloads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import nodes
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    ObjectRef,
    SecurityGroupPolicy,
    ServiceAccount,
    Unknown,
    WindowsPod,
)

SELECTOR = LabelSelector({}, ())


def policy(namespace: str, by_account: bool = False) -> SecurityGroupPolicy:
    return SecurityGroupPolicy(namespace, "p", None if by_account else SELECTOR, SELECTOR if by_account else None)


def pod(namespace: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": name, "labels": {"app": name}}, "spec": spec}


BUILD = "node.kubernetes.io/windows-build"


def terms(*values: str, operator: str = "In", key: str = "kubernetes.io/os") -> dict[str, Any]:
    expression = {"key": key, "operator": operator, "values": list(values)}
    selector = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": selector}}}


def any_of(*selecting: dict[str, Any]) -> dict[str, Any]:
    """Node affinity with the terms of several, of which one has to hold."""
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    found = [term for each in selecting for term in each["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"]]
    return {"affinity": {"nodeAffinity": {required: {"nodeSelectorTerms": found}}}}


NO_REQUIREMENT = {
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}]}}}
}


@pytest.mark.parametrize(
    ("spec", "windows"),
    [
        ({}, False),
        (any_of(terms("windows"), terms("linux")), False),
        (any_of(terms("windows"), terms("web", key="team")), False),
        (any_of(terms("windows"), terms(operator="Exists", key=BUILD)), True),
        (any_of(terms("windows"), NO_REQUIREMENT), True),
        (NO_REQUIREMENT, False),
        ({"nodeSelector": {"kubernetes.io/os": "windows"}}, True),
        ({"nodeSelector": {"beta.kubernetes.io/os": "windows"}}, True),
        ({"nodeSelector": {"kubernetes.io/os": "linux"}}, False),
        ({"os": {"name": "windows"}}, True),
        (terms("windows"), True),
        (terms("linux", "windows"), False),
        (terms("windows", "darwin"), True),
        (terms("linux"), False),
        (terms("windows", operator="NotIn"), False),
        (terms("linux", operator="NotIn"), True),
        (terms("linux", operator="NotIn", key="beta.kubernetes.io/os"), True),
        (terms("linux", "darwin", operator="NotIn"), True),
        (terms("linux", "windows", operator="NotIn"), False),
        (terms("darwin", operator="NotIn"), False),
        (terms(operator="Exists"), False),
        (terms("linux", operator="NotIn", key="team"), False),
        ({"nodeSelector": {BUILD: "10.0.20348"}}, True),
        (terms("10.0.20348", key=BUILD), True),
        (terms(operator="Exists", key=BUILD), True),
        (terms(operator="DoesNotExist", key=BUILD), False),
        (terms("10.0.17763", operator="NotIn", key=BUILD), False),
    ],
)
def test_asks_for_windows(spec: dict[str, Any], windows: bool) -> None:
    assert windows_pods.asks_for_windows(spec) is windows


NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"


def on(name: str, system: str = "linux", compute_type: str = "") -> dict[str, Any]:
    labels = {"kubernetes.io/os": system, "eks.amazonaws.com/compute-type": compute_type}
    return {"metadata": {"name": name, "labels": labels}}


def test_what_is_kept_of_pods(kubernetes) -> None:
    selector = {"kubernetes.io/os": "windows"}
    kubernetes.answers = {
        "/api/v1/pods": [
            pod("a", "one", nodeSelector=selector, serviceAccountName="sa", nodeName="n"),
            pod("a", "linux"),
            pod("b", "two", nodeSelector=selector),
        ],
    }
    assert windows_pods.windows_pods(kubernetes, ()) == (
        (
            WindowsPod("a", "one", {"app": "one"}, "sa", "n", "", selects_windows=True),
            WindowsPod("b", "two", {"app": "two"}, "default", "", "", selects_windows=True),
        ),
        3,
    )


def test_without_a_windows_node_only_pending_pods_are_asked_for(kubernetes) -> None:
    kubernetes.answers = {
        "/api/v1/nodes": [on("l")],
        "/api/v1/pods": [pod("a", "waits", nodeSelector={"kubernetes.io/os": "windows"}), pod("b", "linux")],
    }
    found, looked_at = windows_pods.windows_pods(kubernetes, nodes(kubernetes))
    assert ([each.name for each in found], looked_at) == (["waits"], 2)
    assert kubernetes.asked[1:] == [("/api/v1/pods", "", "status.phase=Pending", False)]


def test_with_a_windows_node_pods_on_linux_nodes_are_left_out(kubernetes) -> None:
    kubernetes.answers = {
        "/api/v1/nodes": [on("w", "windows"), on("l-1"), on("l-2"), on("f", compute_type="fargate")],
        "/api/v1/pods": [
            pod("a", "runs", nodeName="w"),
            pod("b", "elsewhere", nodeName="f"),
            pod("c", "waits", nodeSelector={"kubernetes.io/os": "windows"}),
        ],
    }
    found, looked_at = windows_pods.windows_pods(kubernetes, nodes(kubernetes))
    assert ([each.name for each in found], looked_at) == (["runs", "waits"], 3)
    selector = f"{NOT_ENDED},spec.nodeName!=l-1,spec.nodeName!=l-2"
    assert kubernetes.asked[1:] == [("/api/v1/pods", "", selector, False)]


@pytest.mark.parametrize(("count", "left_out"), [(500, True), (1000, False)])
def test_the_selector_stays_short_enough(kubernetes, count: int, left_out: bool) -> None:
    names = [f"ip-10-0-{number // 250}-{number % 250}.eu-central-1.compute.internal" for number in range(count)]
    kubernetes.answers = {"/api/v1/nodes": [on("w", "windows"), *map(on, names)], "/api/v1/pods": []}
    windows_pods.windows_pods(kubernetes, nodes(kubernetes))
    selector = kubernetes.asked[-1][2]
    assert (names[-1] in selector) is left_out
    assert len(selector) <= windows_pods.LONGEST_SELECTOR


@pytest.mark.parametrize("status", [413, 414, 431])
def test_a_selector_that_is_too_long_for_what_is_between_is_left_out(kubernetes, status: int) -> None:
    kubernetes.answers = {"/api/v1/nodes": [on("w", "windows"), on("l")]}
    pods = [pod("a", "runs", nodeName="w"), pod("a", "linux", nodeName="l")]
    known = nodes(kubernetes)

    def answer(method: str, path: str) -> Any:
        if "spec.nodeName" in kubernetes.asked[-1][2]:
            raise KubernetesError(method, path, status, "", "too long", "https://cluster")
        return pods

    kubernetes._answer = answer
    found, looked_at = windows_pods.windows_pods(kubernetes, known)
    assert ([each.name for each in found], looked_at) == (["runs"], 2)
    assert kubernetes.asked[-1] == ("/api/v1/pods", "", NOT_ENDED, False)


def test_pods_of_a_list_that_was_taken_anew_are_counted_once(kubernetes) -> None:
    waits, linux = pod("a", "waits", nodeSelector={"kubernetes.io/os": "windows"}), pod("a", "linux")
    kubernetes.dropped["/api/v1/pods"] = [waits, linux, linux]
    kubernetes.answers["/api/v1/pods"] = [waits, linux]
    found, looked_at = windows_pods.windows_pods(kubernetes, ())
    assert ([each.name for each in found], looked_at) == (["waits"], 2)


def test_other_refusals_stand(kubernetes) -> None:
    kubernetes.answers = {"/api/v1/nodes": [on("w", "windows"), on("l")], "/api/v1/pods": 403}
    known = nodes(kubernetes)
    with pytest.raises(KubernetesError):
        windows_pods.windows_pods(kubernetes, known)


@pytest.mark.parametrize(
    ("selector", "selects", "beta"),
    [
        ({"kubernetes.io/os": "windows"}, True, False),
        ({"beta.kubernetes.io/os": "windows"}, True, True),
        ({"kubernetes.io/os": "windows", "beta.kubernetes.io/os": "windows"}, True, False),
        ({"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "windows"}, True, True),
        ({BUILD: "10.0.20348"}, False, False),
    ],
)
def test_which_label_names_windows(kubernetes, selector: dict[str, str], selects: bool, beta: bool) -> None:
    found = seen(kubernetes, pod("a", "p", nodeSelector=selector))
    assert (found.selects_windows, found.beta_label_alone) == (selects, beta)


def process(value: Any) -> dict[str, Any]:
    return {"securityContext": {"windowsOptions": {"hostProcess": value}}}


@pytest.mark.parametrize(
    ("spec", "host_process"),
    [
        ({"containers": [{}]}, False),
        ({"containers": [{}], **process(True)}, True),
        ({"containers": [process(True), process(True)]}, True),
        ({"containers": [process(True), {}]}, False),
        ({"containers": [process(False)], **process(True)}, False),
        ({"containers": [process(True)], "initContainers": [{}]}, False),
        ({"containers": [{}], "initContainers": [{}], **process(True)}, True),
        ({"containers": [{}], **process(None)}, False),
        ({**process(True)}, True),
    ],
)
def test_host_process(kubernetes, spec: dict[str, Any], host_process: bool) -> None:
    assert seen(kubernetes, pod("a", "p", os={"name": "windows"}, **spec)).host_process is host_process


def test_service_accounts_only_where_a_policy_selects_by_them(kubernetes) -> None:
    assert windows_pods.service_accounts(kubernetes, [policy("a")]) == ()
    assert kubernetes.asked == []
    kubernetes.answers["/api/v1/namespaces/b/serviceaccounts"] = [
        {"metadata": {"namespace": "b", "name": "sa", "labels": {"x": "y"}}},
        {"metadata": {"namespace": "b", "name": "default"}},
    ]
    assert windows_pods.service_accounts(kubernetes, [policy("a"), policy("b", by_account=True)]) == (
        ServiceAccount("b", "sa", {"x": "y"}),
        ServiceAccount("b", "default", {}),
    )
    assert kubernetes.asked == [("/api/v1/namespaces/b/serviceaccounts", "", "", True)]


ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"


def waiting(reason: str, kind: str = "containerStatuses") -> dict[str, Any]:
    return {"phase": "Pending", kind: [{"state": {"waiting": {"reason": reason}}}]}


def seen(kubernetes, item: dict[str, Any]) -> WindowsPod:
    kubernetes.answers = {"/api/v1/pods": [item]}
    (found,), _looked_at = windows_pods.windows_pods(kubernetes, ())
    return found


@pytest.mark.parametrize(
    ("status", "starting"),
    [
        ({"phase": "Pending"}, True),
        (waiting("ContainerCreating"), True),
        (waiting("PodInitializing", "initContainerStatuses"), True),
        (waiting("ErrImagePull"), False),
        (waiting("CrashLoopBackOff", "initContainerStatuses"), False),
        ({"phase": "Pending", "containerStatuses": [{"state": {"running": {}}}]}, False),
        ({"phase": "Running"}, False),
        ({}, False),
    ],
)
def test_which_pods_wait_for_their_sandbox(kubernetes, status: dict[str, Any], starting: bool) -> None:
    item = {**pod("a", "p", nodeSelector={"kubernetes.io/os": "windows"}, nodeName="w"), "status": status}
    assert seen(kubernetes, item).is_starting is starting
    item["metadata"]["deletionTimestamp"] = "2026-11-24T10:00:00Z"
    assert seen(kubernetes, item).is_starting is False
    del item["metadata"]["deletionTimestamp"], item["spec"]["nodeName"]
    assert seen(kubernetes, item).is_starting is False


@pytest.mark.parametrize(
    ("phase", "spec", "metadata", "waits"),
    [
        ("Pending", {}, {}, True),
        ("Pending", {"nodeName": "w"}, {}, False),
        ("Pending", {}, {"deletionTimestamp": "2026-11-24T10:00:00Z"}, False),
        ("Running", {}, {}, False),
    ],
)
def test_which_pods_wait_for_a_node(
    kubernetes, phase: str, spec: dict[str, Any], metadata: dict[str, Any], waits: bool
) -> None:
    item = {**pod("a", "p", nodeSelector={"kubernetes.io/os": "windows"}, **spec), "status": {"phase": phase}}
    item["metadata"].update(metadata)
    assert seen(kubernetes, item).waits_for_node is waits


def test_what_is_seen_of_a_pod_s_address_and_owner(kubernetes) -> None:
    limits = {"resources": {"limits": {ADDRESS: 1}}}
    spec = {"os": {"name": "windows"}, "hostNetwork": True, "containers": [limits, {}]}
    owners = [{"kind": "Other", "name": "o"}, {"kind": "ReplicaSet", "name": "web", "controller": True}]
    item = pod("a", "p", **spec)
    item["metadata"].update(
        annotations={ADDRESS: "10.0.0.9/24"}, ownerReferences=owners, creationTimestamp="2026-11-24T10:00:00Z"
    )
    found = seen(kubernetes, item)
    assert (found.address_limit, found.address, found.host_network) == ("1", "10.0.0.9/24", True)
    assert (found.owner, found.created_at) == (ObjectRef("ReplicaSet", "a", "web"), "2026-11-24T10:00:00Z")
    assert found.selects_windows is False
    # What another webhook puts before the container that was given the limit does not hide it.
    item["spec"]["containers"] = [{}, {"resources": {}}, limits]
    item["metadata"]["ownerReferences"] = owners[:1]
    assert (seen(kubernetes, item).address_limit, seen(kubernetes, item).owner) == ("1", None)
    item["spec"]["containers"] = [{}, {"resources": {"limits": {"cpu": "1"}}}]
    assert seen(kubernetes, item).address_limit == ""


NAMED_NODE = {
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["w"]}]}]
            }
        }
    }
}
"""How the DaemonSet controller sends a pod to its node."""


@pytest.mark.parametrize(
    ("spec", "asks"),
    [
        ({}, False),
        (NAMED_NODE, False),
        ({"nodeSelector": {"kubernetes.io/os": "windows"}}, True),
        (terms("windows"), True),
        ({"os": {"name": "windows"}}, True),
    ],
)
def test_whether_a_pod_on_a_windows_node_asked_for_it(kubernetes, spec: dict[str, Any], asks: bool) -> None:
    kubernetes.answers = {"/api/v1/nodes": [on("w", "windows")], "/api/v1/pods": [pod("a", "p", nodeName="w", **spec)]}
    ((found,), _looked_at) = windows_pods.windows_pods(kubernetes, nodes(kubernetes))
    assert found.asks_for_windows is asks


def owned(kind: str = "DaemonSet", name: str = "logs", *, namespace: str = "a", **spec: Any) -> dict[str, Any]:
    """A pod on a Windows node as the DaemonSet controller leaves it: with its node's name in place of affinity."""
    item = pod(namespace, f"{name}-x7k2p", nodeName="w", **{**NAMED_NODE, **spec})
    item["metadata"]["ownerReferences"] = [{"kind": kind, "name": name, "controller": True}]
    return item


NOT_READ = Unknown("GET /apis/apps/v1/daemonsets", "forbidden", "Allow it.")


@pytest.mark.parametrize(
    ("item", "template", "asks"),
    [
        # The template's terms are gone from the pod.
        (owned(), terms("windows"), True),
        (owned(), terms("linux", operator="NotIn"), True),
        (owned(), {"os": {"name": "windows"}}, True),
        (owned(), {}, False),
        (owned(), terms("linux", "windows"), False),
        # What the pod says itself holds, as where the template has been changed since.
        (owned(nodeSelector={"kubernetes.io/os": "windows"}), {}, True),
        # Nobody knows what the template was.
        (owned(), None, True),
        (owned(), NOT_READ, True),
        (owned(name="other"), {}, True),
        (owned(namespace="b"), {}, True),
        # The controllers of others leave affinity as it is.
        (owned("ReplicaSet"), terms("windows"), False),
        (owned("ReplicaSet"), NOT_READ, False),
        (pod("a", "bare", nodeName="w"), NOT_READ, False),
    ],
)
def test_a_daemon_set_s_pod_asks_by_its_template(kubernetes, item: dict[str, Any], template: Any, asks: bool) -> None:
    daemon_set = {"metadata": {"namespace": "a", "name": "logs"}, "spec": {"template": {"spec": template}}}
    kubernetes.answers = {
        "/api/v1/nodes": [on("w", "windows")],
        "/api/v1/pods": [item],
        workloads.DAEMON_SETS: [] if template is None else [daemon_set],
    }
    pods, _looked_at = windows_pods.windows_pods(kubernetes, nodes(kubernetes))
    daemon_sets = template if isinstance(template, Unknown) else workloads.daemon_sets(kubernetes)[0]
    (found,) = windows_pods.asking_by_template(pods, daemon_sets)  # type: ignore[misc]
    assert found.asks_for_windows is asks
    assert windows_pods.asking_by_template(NOT_READ, daemon_sets) is NOT_READ
