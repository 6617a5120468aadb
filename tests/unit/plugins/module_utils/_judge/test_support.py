# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import Support, support
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    ObjectRef,
    Observation,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    KUBE_PROXY_BINDING,
    addon,
    cluster,
    config_map,
    legacy,
    legacy_cluster,
    node,
    observed,
    options,
    role,
    webhook_configuration,
)

ON = config_map({"enable-windows-ipam": "true"})
OFF = config_map({"enable-windows-ipam": "false"})
OLD = cluster(version="1.18", platform_version="eks.9")
HELM_CONTROLLER = ObjectRef("Deployment", "kube-system", "windows-vpc-resource-controller")


def state(observation: Observation | None = None, **changes: Any) -> Support:
    return support(Subject(observation or observed(**changes), options()))


def with_legacy(*deployments: ObjectRef, **changes: Any) -> Observation:
    return observed(legacy=legacy(deployments=deployments), **changes)


@pytest.mark.parametrize(
    ("seen", "mode", "effective"),
    [
        (observed(), "control_plane", True),
        (observed(cni_config_map=OFF), "none", False),
        (observed(cni_config_map=None), "none", False),
        (observed(cni_config_map=config_map(None)), "none", False),
        (observed(cni_config_map=config_map({"enable-windows-ipam": "yes"})), "none", False),
        (with_legacy(CONTROLLER), "mixed", False),
        (with_legacy(CONTROLLER, cni_config_map=OFF), "legacy", False),
        (with_legacy(EKSCTL_WEBHOOK), "control_plane", True),
        (with_legacy(HELM_CONTROLLER), "mixed", True),
        (with_legacy(HELM_CONTROLLER, cni_config_map=OFF), "legacy", False),
        (legacy_cluster(), "legacy", False),
        (observed(cluster=OLD), "none", False),
        (with_legacy(CONTROLLER, cluster=OLD), "legacy", False),
        (observed(cni_config_map=DENIED), "unknown", None),
        (with_legacy(CONTROLLER, cni_config_map=DENIED), "unknown", False),
        (observed(legacy=legacy(deployments=DENIED)), "unknown", None),
        (observed(legacy=legacy(deployments=DENIED), cni_config_map=OFF), "unknown", False),
        (observed(cluster=DENIED), "unknown", None),
        (observed(cluster=DENIED, cni_config_map=OFF), "unknown", False),
    ],
)
def test_mode_and_effect(seen: Observation, mode: str, effective: bool | None) -> None:
    found = state(seen)
    assert (found.mode, found.effective) == (mode, effective)


@pytest.mark.parametrize(
    ("managed", "owner", "value"),
    [
        (None, "config_map", None),
        (addon(), "addon", None),
        (addon('{"enableWindowsIpam": "true"}'), "addon", "true"),
        (addon("enableWindowsIpam: false"), "addon", "false"),
        (addon("]"), "addon", None),
        (DENIED, "unknown", None),
    ],
)
def test_owner(managed: Any, owner: str, value: str | None) -> None:
    found = state(vpc_cni=managed)
    assert (found.owner, found.addon_value) == (owner, value)


PREFIX = {"enable-windows-ipam": "true", "enable-windows-prefix-delegation": "true"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"cni_config_map": config_map(PREFIX)}, True),
        ({"cni_config_map": config_map({**PREFIX, "enable-windows-prefix-delegation": "yes"})}, False),
        ({"cni_config_map": config_map({**PREFIX, "enable-windows-ipam": "false"})}, False),
        ({"cni_config_map": config_map(PREFIX), "cluster": cluster(version="1.24")}, False),
        ({"cni_config_map": config_map(PREFIX), "cluster": cluster(version="1.27", platform_version="eks.2")}, False),
        ({"cni_config_map": config_map(PREFIX), "cluster": cluster(version="1.27", platform_version="eks.3")}, True),
        ({"cni_config_map": config_map(PREFIX), "legacy": legacy(deployments=(CONTROLLER,))}, False),
        ({"cni_config_map": DENIED}, None),
        ({"cni_config_map": config_map(PREFIX), "cluster": DENIED}, None),
    ],
)
def test_prefix_delegation(changes: Any, expected: bool | None) -> None:
    assert state(**changes).prefix_delegation is expected


@pytest.mark.parametrize(
    ("seen_role", "arn", "attached"),
    [
        (role("AmazonEKSVPCResourceController"), "arn:aws:iam::111122223333:role/production-cluster", True),
        (role("AmazonEKSClusterPolicy"), "arn:aws:iam::111122223333:role/production-cluster", False),
        (
            role("AmazonEKSVPCResourceController", partition="aws-cn"),
            "arn:aws-cn:iam::111122223333:role/production-cluster",
            True,
        ),
        (DENIED, "arn:aws:iam::111122223333:role/production-cluster", None),
    ],
)
def test_cluster_role(seen_role: Any, arn: str, attached: bool | None) -> None:
    found = state(cluster_role=seen_role)
    assert (found.role_arn, found.policy_attached) == (arn, attached)
    assert state(cluster_role=DENIED, cluster=DENIED).role_arn is None


def test_nodes_are_counted_by_what_they_run() -> None:
    nodes = (
        node("a"),
        node("b", auto_mode=True),
        node("c", fargate=True),
        node("d", "windows"),
        node("e", "windows", ready=False),
        node("f", ""),
    )
    found = state(nodes=nodes)
    assert (found.linux_nodes, found.windows_nodes) == (2, 2)
    unread = state(nodes=DENIED)
    assert (unread.linux_nodes, unread.windows_nodes) == (None, None)


@pytest.mark.parametrize(
    ("aws_node", "expected"),
    [
        (AwsNode({"ENABLE_POD_ENI": "true"}), True),
        (AwsNode({"ENABLE_POD_ENI": "false"}), False),
        (AwsNode({}, frozenset({"ENABLE_POD_ENI"})), None),
        (AwsNode({}, frozenset({"*"})), None),
        (AwsNode({"ENABLE_POD_ENI": "true"}, frozenset({"*"})), True),
        (AwsNode({}, frozenset({"MY_NODE_NAME"})), False),
        (AwsNode({}), False),
        (None, False),
        (DENIED, None),
    ],
)
def test_security_groups_for_pods(aws_node: Any, expected: bool | None) -> None:
    assert state(aws_node=aws_node).security_groups_for_pods is expected


def deployment(name: str, namespace: str = "kube-system") -> ObjectRef:
    return ObjectRef("Deployment", namespace, name)


def service(name: str, namespace: str = "kube-system") -> ObjectRef:
    return ObjectRef("Service", namespace, name)


@pytest.mark.parametrize(
    ("parts", "configurations", "variant"),
    [
        ({}, (), None),
        ({"deployments": (CONTROLLER,)}, (), None),
        ({"deployments": (deployment("vpc-admission-webhook-deployment", "default"),)}, (), "preview"),
        ({"deployments": (deployment("vpc-admission-webhook-deployment"),)}, (), "manifests"),
        ({"deployments": (EKSCTL_WEBHOOK,), "services": (EKSCTL_SERVICE,)}, (), "eksctl"),
        (
            {"deployments": (EKSCTL_WEBHOOK,), "services": (service("vpc-admission-webhook-svc"),)},
            (),
            "terraform",
        ),
        ({"deployments": (HELM_CONTROLLER,)}, (), "helm"),
        ({"deployments": (deployment("windows-vpc-admission-webhook", "addons"),)}, (), "helm"),
        ({"services": (service("vpc-admission-webhook-svc", "default"),)}, (), "preview"),
        ({"services": (service("vpc-admission-webhook-svc"),)}, (), None),
        ({"deployments": (EKSCTL_WEBHOOK,)}, (), None),
        (
            {"deployments": (deployment("vpc-admission-webhook-deployment"),), "services": (EKSCTL_SERVICE,)},
            (),
            "manifests",
        ),
        ({}, (EKSCTL_CONFIGURATION,), "eksctl"),
        ({}, (webhook_configuration("vpc-admission-webhook-cfg", "default", "vpc-admission-webhook-svc"),), "preview"),
        ({}, (webhook_configuration("windows-vpc-admission-webhook", "addons", "windows-x"),), "helm"),
        ({"services": DENIED, "deployments": (EKSCTL_WEBHOOK,)}, (EKSCTL_CONFIGURATION,), "eksctl"),
        ({}, (webhook_configuration("somebody-else", "apps", "some-service"),), None),
    ],
)
def test_legacy_variant(parts: Any, configurations: Any, variant: str | None) -> None:
    assert state(legacy=legacy(**parts), webhook_configurations=configurations).legacy_variant == variant


def test_legacy_components() -> None:
    parts = legacy(deployments=(CONTROLLER,), services=(EKSCTL_SERVICE,), cluster_role_bindings=(KUBE_PROXY_BINDING,))
    renamed = webhook_configuration("renamed", service="vpc-admission-webhook-svc")
    found = state(legacy=parts, webhook_configurations=(renamed, webhook_configuration("other")))
    assert found.legacy_components == (
        "Deployment kube-system/vpc-resource-controller",
        "MutatingWebhookConfiguration renamed",
        "Service kube-system/vpc-admission-webhook",
    )
