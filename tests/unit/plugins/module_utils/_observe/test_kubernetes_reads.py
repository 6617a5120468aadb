# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import kubernetes_reads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    CniNode,
    ConfigMap,
    LabelSelector,
    Node,
    Probe,
    SecurityGroupPolicy,
    Taint,
    Webhook,
    WebhookConfiguration,
    WebhookService,
)

ADDRESS = "vpc.amazonaws.com/PrivateIPv4Address"


def test_a_windows_node(kubernetes) -> None:
    labels = {
        "kubernetes.io/os": "windows",
        "node.kubernetes.io/instance-type": "m5.large",
        "eks.amazonaws.com/nodegroup": "w",
    }
    kubernetes.answers["/api/v1/nodes"] = [
        {
            "metadata": {"name": "n", "labels": labels},
            "spec": {"taints": [{"key": "os", "value": "windows", "effect": "NoSchedule"}, {"key": "k"}]},
            "status": {
                "capacity": {"vpc.amazonaws.com/PrivateIPv4Address": "9", "cpu": 2},
                "conditions": [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": "True"}],
                "nodeInfo": {
                    "operatingSystem": "windows",
                    "architecture": "amd64",
                    "osImage": "Windows Server 2022 Datacenter",
                    "kernelVersion": "10.0.20348.2849",
                    "kubeletVersion": "v1.35.1",
                },
            },
        }
    ]
    assert kubernetes_reads.nodes(kubernetes) == (
        Node(
            name="n",
            operating_system="windows",
            architecture="amd64",
            instance_type="m5.large",
            os_image="Windows Server 2022 Datacenter",
            kernel_version="10.0.20348.2849",
            kubelet_version="v1.35.1",
            ready=True,
            fargate=False,
            auto_mode=False,
            labels=labels,
            capacity={"vpc.amazonaws.com/PrivateIPv4Address": "9", "cpu": "2"},
            taints=(Taint("os", "windows", "NoSchedule"), Taint("k", "", "")),
        ),
    )


@pytest.mark.parametrize(("compute_type", "fargate", "auto"), [("fargate", True, False), ("auto", False, True)])
def test_nodes_of_other_kinds(kubernetes, compute_type: str, fargate: bool, auto: bool) -> None:
    kubernetes.answers["/api/v1/nodes"] = [
        {"metadata": {"name": "n", "labels": {"eks.amazonaws.com/compute-type": compute_type}}, "status": None}
    ]
    (node,) = kubernetes_reads.nodes(kubernetes)
    assert (node.fargate, node.auto_mode, node.ready, node.operating_system) == (fargate, auto, False, "")


def test_config_map(kubernetes) -> None:
    assert kubernetes_reads.cni_config_map(kubernetes) is None
    kubernetes.answers[kubernetes_reads.CNI_CONFIG_MAP] = {"data": {"enable-windows-ipam": "true"}}
    assert kubernetes_reads.cni_config_map(kubernetes) == ConfigMap(
        "kube-system", "amazon-vpc-cni", {"enable-windows-ipam": "true"}
    )
    kubernetes.answers[kubernetes_reads.CNI_CONFIG_MAP] = {"metadata": {}}
    found = kubernetes_reads.cni_config_map(kubernetes)
    assert found is not None
    assert (found.data, found.immutable) == (None, False)


@pytest.mark.parametrize(("given", "immutable"), [(True, True), (False, False), (None, False)])
def test_an_immutable_config_map(kubernetes, given: bool | None, immutable: bool) -> None:
    kubernetes.answers[kubernetes_reads.CNI_CONFIG_MAP] = {"data": {}, "immutable": given}
    assert kubernetes_reads.cni_config_map(kubernetes) == ConfigMap("kube-system", "amazon-vpc-cni", {}, immutable)


def test_aws_node() -> None:
    containers = [
        {"name": "aws-eks-nodeagent", "env": [{"name": "OTHER", "value": "1"}]},
        {
            "name": "aws-node",
            "env": [
                {"name": "ENABLE_POD_ENI", "value": "true"},
                {"name": "MY_NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            ],
        },
    ]
    found = kubernetes_reads.aws_node({"spec": {"template": {"spec": {"containers": containers}}}})
    assert found.env == {"ENABLE_POD_ENI": "true"}
    assert found.unresolved == {"MY_NODE_NAME"}


@pytest.mark.parametrize(
    ("container", "env", "unresolved"),
    [
        ({}, {}, set()),
        ({"env": [{"name": "A"}]}, {"A": ""}, set()),
        ({"env": [{"name": "A", "value": "$(B)"}]}, {}, {"A"}),
        ({"env": [{"name": "A", "value": "1"}], "envFrom": [{"configMapRef": {"name": "c"}}]}, {"A": "1"}, {"*"}),
        ({"env": [{"name": "A", "value": "1"}, {"name": "A", "valueFrom": {"secretKeyRef": {}}}]}, {}, {"A"}),
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {}}}, {"name": "A", "value": "2"}]}, {"A": "2"}, set()),
    ],
)
def test_what_of_aws_node_s_environment_is_known(container, env, unresolved) -> None:
    containers = [{"name": "aws-node", **container}]
    found = kubernetes_reads.aws_node({"spec": {"template": {"spec": {"containers": containers}}}})
    assert (found.env, found.unresolved) == (env, unresolved)
    assert found.is_resolved("A") is not ("A" in unresolved or (unresolved == {"*"} and "A" not in env))
    assert found.is_resolved("OTHER") is ("*" not in unresolved)


def pod_template(item: dict[str, Any]) -> str:
    return kubernetes_reads.aws_node(item).pod_template


def test_the_pod_template_is_told_by_its_digest() -> None:
    template = {"metadata": {"labels": {"a": "b", "c": "d"}}, "spec": {"containers": [{"name": "aws-node"}]}}
    digest = pod_template({"metadata": {"generation": 1}, "spec": {"template": template}})
    canonical = b'{"metadata":{"labels":{"a":"b","c":"d"}},"spec":{"containers":[{"name":"aws-node"}]}}'
    assert digest == hashlib.sha256(canonical).hexdigest()
    turned = {"spec": template["spec"], "metadata": {"labels": {"c": "d", "a": "b"}}}
    assert pod_template({"metadata": {"generation": 2}, "spec": {"template": turned}}) == digest
    restarted = {**template, "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}
    assert pod_template({"spec": {"template": restarted}}) != digest


def test_webhook_configurations(kubernetes) -> None:
    service = {"namespace": "kube-system", "name": "vpc-admission-webhook", "path": "/mutate"}
    kubernetes.answers[kubernetes_reads.WEBHOOK_CONFIGURATIONS] = [
        {
            "metadata": {"name": "c"},
            "webhooks": [
                {"name": "a", "clientConfig": {"service": service}, "failurePolicy": "Ignore"},
                {"name": "b", "clientConfig": {"url": "https://x"}},
            ],
        },
        {"metadata": {"name": "empty"}},
    ]
    items = kubernetes_reads.webhook_configuration_items(kubernetes)
    assert kubernetes_reads.webhook_configurations(items) == (
        WebhookConfiguration(
            "c",
            (
                Webhook("a", WebhookService("kube-system", "vpc-admission-webhook", "/mutate"), "", "Ignore"),
                Webhook("b", None, "https://x", ""),
            ),
        ),
        WebhookConfiguration("empty", ()),
    )


def test_security_group_policies(kubernetes) -> None:
    assert kubernetes_reads.security_group_policies(kubernetes) == ()
    expression = {"key": "k", "operator": "In", "values": ["v"]}
    kubernetes.answers[kubernetes_reads.SECURITY_GROUP_POLICIES] = [
        {
            "metadata": {"namespace": "a", "name": "p"},
            "spec": {
                "podSelector": {"matchLabels": {"x": "y"}, "matchExpressions": [expression]},
                "securityGroups": {"groupIds": ["sg-1"]},
            },
        },
        {"metadata": {"namespace": "a", "name": "q"}, "spec": {"serviceAccountSelector": {}}},
        {"metadata": {"namespace": "a", "name": "r"}, "spec": {"podSelector": {}, "securityGroups": {"groupIds": []}}},
        {"metadata": {"namespace": "a", "name": "s"}, "spec": {"podSelector": {}, "securityGroups": {}}},
    ]
    assert kubernetes_reads.security_group_policies(kubernetes) == (
        SecurityGroupPolicy("a", "p", LabelSelector({"x": "y"}, (("k", "In", ("v",)),)), None),
        SecurityGroupPolicy("a", "q", None, LabelSelector({}, ()), names_groups=False),
        SecurityGroupPolicy("a", "r", LabelSelector({}, ()), None, names_groups=False),
        SecurityGroupPolicy("a", "s", LabelSelector({}, ()), None, names_groups=False),
    )


def test_cni_nodes(kubernetes) -> None:
    assert kubernetes_reads.cni_nodes(kubernetes) == ()
    features = [{"name": "SecurityGroupsForPods"}, {"name": "CustomNetworking", "value": "default"}]
    kubernetes.answers[kubernetes_reads.CNI_NODES] = [
        {"metadata": {"name": "a"}, "spec": {"features": features}},
        {"metadata": {"name": "b"}, "spec": {}},
        {"metadata": {"name": "c"}},
    ]
    assert kubernetes_reads.cni_nodes(kubernetes) == (
        CniNode("a", ("SecurityGroupsForPods", "CustomNetworking")),
        CniNode("b", ()),
        CniNode("c", ()),
    )


@pytest.mark.parametrize(
    "read",
    [
        kubernetes_reads.nodes,
        kubernetes_reads.cni_config_map,
        kubernetes_reads.webhook_configuration_items,
        kubernetes_reads.security_group_policies,
        kubernetes_reads.cni_nodes,
    ],
)
def test_refusals_are_no_absence(kubernetes, read) -> None:
    for path in (
        "/api/v1/nodes",
        kubernetes_reads.CNI_CONFIG_MAP,
        kubernetes_reads.WEBHOOK_CONFIGURATIONS,
        kubernetes_reads.SECURITY_GROUP_POLICIES,
        kubernetes_reads.CNI_NODES,
    ):
        kubernetes.answers[path] = 403
    with pytest.raises(KubernetesError):
        read(kubernetes)


@pytest.mark.parametrize(("limits", "seen"), [({"vpc.amazonaws.com/PrivateIPv4Address": "1"}, "1"), (None, "")])
def test_probe(kubernetes, limits, seen: str) -> None:
    kubernetes.answers["/api/v1/namespaces/a/pods"] = {"spec": {"containers": [{"resources": {"limits": limits}}]}}
    assert kubernetes_reads.probe(kubernetes, "a") == Probe("a", seen)
    ((_path, pod),) = kubernetes.created
    assert pod["spec"]["nodeSelector"]["kubernetes.io/os"] == "windows"
    assert "hostNetwork" not in pod["spec"]
    assert "beta.kubernetes.io/os" not in pod["spec"]["nodeSelector"]


def test_probe_by_the_label_that_old_legacy_webhooks_know(kubernetes) -> None:
    kubernetes.answers["/api/v1/namespaces/a/pods"] = {"spec": {}}
    kubernetes_reads.probe(kubernetes, "a", beta_label=True)
    ((_path, pod),) = kubernetes.created
    selector = pod["spec"]["nodeSelector"]
    assert (selector["kubernetes.io/os"], selector["beta.kubernetes.io/os"]) == ("windows", "windows")


def test_a_container_before_the_one_with_the_limit_does_not_hide_it(kubernetes) -> None:
    containers = [{"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {ADDRESS: "1"}}}]
    kubernetes.answers["/api/v1/namespaces/a/pods"] = {"spec": {"containers": containers}}
    assert kubernetes_reads.probe(kubernetes, "a") == Probe("a", "1")


def test_labels_of_namespaces(kubernetes) -> None:
    kubernetes.answers["/api/v1/namespaces"] = [
        {"metadata": {"name": "a", "labels": {"windows": "yes"}}},
        {"metadata": {"name": "b"}},
    ]
    assert kubernetes_reads.namespace_labels(kubernetes) == {"a": {"windows": "yes"}, "b": {}}
    assert kubernetes.asked == [("/api/v1/namespaces", "", "", True)]
