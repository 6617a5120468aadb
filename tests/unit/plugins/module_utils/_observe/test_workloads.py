# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import workloads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    NodeTerm,
    ObjectRef,
    Placement,
    Toleration,
    Unknown,
    Workload,
    Workloads,
)

KINDS = [
    (workloads.deployments, workloads.DEPLOYMENTS, "Deployment"),
    (workloads.stateful_sets, workloads.STATEFUL_SETS, "StatefulSet"),
    (lambda api: workloads.daemon_sets(api)[0], workloads.DAEMON_SETS, "DaemonSet"),
]


def item(namespace: str = "shop", name: str = "web", annotations: Any = None, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"annotations": annotations}, "spec": spec}
    return {"metadata": {"namespace": namespace, "name": name}, "spec": {"template": template}}


@pytest.mark.parametrize(("read", "path", "kind"), KINDS)
def test_workloads(kubernetes, read: Any, path: str, kind: str) -> None:
    kubernetes.answers[path] = [
        item(),
        item(name="other", annotations={workloads.ADDRESS_RESOURCE: "10.0.0.9/24"}),
        # It is there all the same.
        item(name="empty", annotations={workloads.ADDRESS_RESOURCE: ""}),
        item(name="annotated", annotations={"team": "web"}),
    ]
    assert read(kubernetes) == (
        Workload(ObjectRef(kind, "shop", "web")),
        Workload(ObjectRef(kind, "shop", "other"), address="10.0.0.9/24"),
        Workload(ObjectRef(kind, "shop", "empty"), address=""),
        Workload(ObjectRef(kind, "shop", "annotated"), address=None),
    )
    assert kubernetes.asked == [(path, "", "", False)]


def test_what_keeps_coredns_on_ec2(kubernetes) -> None:
    annotations = {"eks.amazonaws.com/compute-type": "ec2"}
    kubernetes.answers[workloads.DEPLOYMENTS] = [item("kube-system", "coredns", annotations), item()]
    assert [each.compute_type for each in workloads.deployments(kubernetes)] == ["ec2", ""]


@pytest.mark.parametrize(("read", "path", "kind"), KINDS)
def test_what_asks_for_windows(kubernetes, read: Any, path: str, kind: str) -> None:
    kubernetes.answers[path] = [item(), item(os={"name": "windows"}), item(nodeSelector={"kubernetes.io/os": "linux"})]
    assert [each.asks_for_windows for each in read(kubernetes)] == [False, True, False]


@pytest.mark.parametrize(("read", "path", "kind"), KINDS)
def test_a_refusal_is_no_absence(kubernetes, read: Any, path: str, kind: str) -> None:
    kubernetes.answers[path] = 403
    with pytest.raises(KubernetesError):
        read(kubernetes)


def test_aws_node_is_told_from_its_namesakes(kubernetes) -> None:
    environment = [{"name": "aws-node", "env": [{"name": "A", "value": "1"}]}]
    kubernetes.answers[workloads.DAEMON_SETS] = [
        item("shop", "aws-node", containers=[{"name": "aws-node"}]),
        item("kube-system", "aws-node", containers=environment),
        item("kube-system", "kube-proxy"),
    ]
    found, aws_node = workloads.daemon_sets(kubernetes)
    assert len(found) == 3
    assert aws_node is not None
    assert aws_node.env == {"A": "1"}
    kubernetes.answers[workloads.DAEMON_SETS] = [item("shop", "aws-node")]
    assert workloads.daemon_sets(kubernetes)[1] is None


def test_aws_node_that_is_not_in_a_list_taken_anew_is_not_there(kubernetes) -> None:
    kubernetes.dropped[workloads.DAEMON_SETS] = [item("kube-system", "aws-node")]
    kubernetes.answers[workloads.DAEMON_SETS] = [item("kube-system", "kube-proxy")]
    assert workloads.daemon_sets(kubernetes) == ((Workload(ObjectRef("DaemonSet", "kube-system", "kube-proxy")),), None)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, Placement()),
        ({"nodeSelector": {"a": "b"}}, Placement({"a": "b"})),
        ({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{}]}}}, Placement()),
        ({"affinity": {"podAffinity": {}}}, Placement()),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [
                                {
                                    "matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}],
                                    "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}],
                                },
                                {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
                            ]
                        }
                    }
                }
            },
            Placement(
                terms=(
                    NodeTerm((("a", "In", ("b", "c")),), (("metadata.name", "In", ("n",)),)),
                    NodeTerm((("a", "Exists", ()),)),
                )
            ),
        ),
        (
            {"tolerations": [{"operator": "Exists"}, {"key": "os", "value": "windows", "effect": "NoSchedule"}]},
            Placement(
                tolerations=(Toleration("", "Exists", "", ""), Toleration("os", "Equal", "windows", "NoSchedule"))
            ),
        ),
    ],
)
def test_placement(spec: dict[str, Any], expected: Placement) -> None:
    assert workloads.placement(spec) == expected


GUIDE = {
    "metadata": {"name": "windows-2022"},
    "handler": "runhcs-wcow-process",
    "scheduling": {
        "nodeSelector": {"kubernetes.io/os": "windows"},
        "tolerations": [{"key": "os", "value": "windows", "effect": "NoSchedule"}],
    },
}
"""As the Kubernetes guide for Windows has it, but for the labels of architecture and build."""

OF_GUIDE = Placement({"kubernetes.io/os": "windows"}, tolerations=(Toleration("os", "Equal", "windows", "NoSchedule"),))


@pytest.mark.parametrize("path", [workloads.RUNTIME_CLASSES, workloads.BETA_RUNTIME_CLASSES])
def test_runtime_classes(kubernetes, path: str) -> None:
    kubernetes.answers[path] = [GUIDE, {"metadata": {"name": "plain"}, "handler": "runc"}]
    assert workloads.runtime_classes(kubernetes) == {"windows-2022": OF_GUIDE, "plain": Placement()}


def test_a_cluster_that_knows_no_runtime_class_has_none(kubernetes) -> None:
    assert workloads.runtime_classes(kubernetes) == {}


@pytest.mark.parametrize("path", [workloads.RUNTIME_CLASSES, workloads.BETA_RUNTIME_CLASSES])
def test_a_refusal_of_runtime_classes_is_none_either(kubernetes, path: str) -> None:
    kubernetes.answers[path] = 403
    with pytest.raises(KubernetesError):
        workloads.runtime_classes(kubernetes)


def test_a_pod_takes_placement_from_its_runtime_class(kubernetes) -> None:
    own = {"nodeSelector": {"team": "web"}, "tolerations": [{"operator": "Exists"}], "runtimeClassName": "windows-2022"}
    kubernetes.answers[workloads.DEPLOYMENTS] = [
        item(**own),
        item(name="other", runtimeClassName="absent"),
        item(name="plain"),
    ]
    found = workloads.deployments(kubernetes)
    assert [each.runtime_class for each in found] == ["windows-2022", "absent", ""]
    placed = workloads.placed(
        Workloads(deployments=found, stateful_sets=found[:1], runtime_classes={"windows-2022": OF_GUIDE})
    )
    expected = Placement(
        {"team": "web", "kubernetes.io/os": "windows"},
        tolerations=(Toleration("", "Exists", "", ""), *OF_GUIDE.tolerations),
    )
    assert placed.deployments == (replace(found[0], placement=expected), *found[1:])
    assert placed.stateful_sets == (replace(found[0], placement=expected),)


def test_placement_is_as_it_was_where_runtime_classes_can_t_be_read() -> None:
    unknown = Unknown("GET x", "forbidden", "Allow it.")
    each = Workload(ObjectRef("Deployment", "shop", "web"), runtime_class="windows-2022")
    seen = Workloads((each,), unknown, (), runtime_classes=unknown)
    assert workloads.placed(seen) == seen
    known = replace(seen, runtime_classes={"windows-2022": OF_GUIDE})
    assert workloads.placed(known).daemon_sets == unknown
