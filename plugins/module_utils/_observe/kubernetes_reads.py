# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the Kubernetes API tells of a cluster: one list call with selectors for each kind, never one for each object.

Sources: Kubernetes API reference; aws/amazon-vpc-cni-k8s and aws/amazon-vpc-resource-controller-k8s for the names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ANY_VARIABLE,
    AwsNode,
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

CNI_CONFIG_MAP = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni"
NODES = "/api/v1/nodes"
NAMESPACES = "/api/v1/namespaces"
WEBHOOK_CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
SECURITY_GROUP_POLICIES = "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies"
CNI_NODES = "/apis/vpcresources.k8s.aws/v1alpha1/cninodes"

COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
ADDRESS_RESOURCE = "vpc.amazonaws.com/PrivateIPv4Address"
PROBE_IMAGE = "mcr.microsoft.com/oss/kubernetes/pause:3.9"


def nodes(api: KubernetesApi) -> tuple[Node, ...]:
    """All nodes."""
    return tuple(_node(item) for item in api.list(NODES))


def _node(item: Mapping[str, Any]) -> Node:
    labels = _labels(item)
    status = item.get("status") or {}
    info = status.get("nodeInfo") or {}
    conditions = {condition.get("type"): condition.get("status") for condition in status.get("conditions") or ()}
    compute_type = labels.get(COMPUTE_TYPE, "")
    return Node(
        name=_name(item),
        operating_system=str(info.get("operatingSystem") or labels.get("kubernetes.io/os") or ""),
        architecture=str(info.get("architecture") or labels.get("kubernetes.io/arch") or ""),
        instance_type=labels.get("node.kubernetes.io/instance-type")
        or labels.get("beta.kubernetes.io/instance-type")
        or "",
        os_image=str(info.get("osImage") or ""),
        kernel_version=str(info.get("kernelVersion") or ""),
        kubelet_version=str(info.get("kubeletVersion") or ""),
        ready=conditions.get("Ready") == "True",
        fargate=compute_type == "fargate",
        auto_mode=compute_type == "auto",
        labels=labels,
        capacity={key: str(value) for key, value in (status.get("capacity") or {}).items()},
        taints=tuple(
            Taint(
                key=str(taint.get("key") or ""),
                value=str(taint.get("value") or ""),
                effect=str(taint.get("effect") or ""),
            )
            for taint in (item.get("spec") or {}).get("taints") or ()
        ),
        provider_id=str((item.get("spec") or {}).get("providerID") or ""),
    )


def cni_config_map(api: KubernetesApi) -> ConfigMap | None:
    """ConfigMap kube-system/amazon-vpc-cni."""
    item = object_at(api, CNI_CONFIG_MAP)
    if item is None:
        return None
    data = item.get("data")
    return ConfigMap(
        namespace="kube-system",
        name="amazon-vpc-cni",
        data=None if data is None else {str(key): str(value) for key, value in data.items()},
        immutable=item.get("immutable") is True,
    )


def aws_node(item: Mapping[str, Any]) -> AwsNode:
    """What matters of DaemonSet kube-system/aws-node."""
    containers = (_pod_template(item).get("spec") or {}).get("containers") or ()
    container: Mapping[str, Any] = next((entry for entry in containers if entry.get("name") == "aws-node"), {})
    literal: dict[str, str] = {}
    unresolved = {ANY_VARIABLE} if container.get("envFrom") else set()
    for variable in container.get("env") or ():
        name, value = str(variable["name"]), str(variable.get("value") or "")
        # Of two of one name the last one counts.
        literal.pop(name, None)
        unresolved.discard(name)
        if variable.get("valueFrom") or "$(" in value:
            unresolved.add(name)
        else:
            literal[name] = value
    return AwsNode(env=literal, unresolved=frozenset(unresolved), pod_template=_digest(_pod_template(item)))


def webhook_configuration_items(api: KubernetesApi) -> tuple[Mapping[str, Any], ...]:
    """All MutatingWebhookConfigurations, as the API gives them."""
    return tuple(api.list(WEBHOOK_CONFIGURATIONS))


def webhook_configurations(items: Iterable[Mapping[str, Any]]) -> tuple[WebhookConfiguration, ...]:
    """MutatingWebhookConfigurations as they are observed."""
    return tuple(
        WebhookConfiguration(
            name=_name(item), webhooks=tuple(_webhook(webhook) for webhook in item.get("webhooks") or ())
        )
        for item in items
    )


def _webhook(webhook: Mapping[str, Any]) -> Webhook:
    client = webhook.get("clientConfig") or {}
    service = client.get("service")
    return Webhook(
        name=str(webhook.get("name") or ""),
        service=WebhookService(
            namespace=str(service.get("namespace") or ""),
            name=str(service.get("name") or ""),
            path=str(service.get("path") or ""),
        )
        if service
        else None,
        url=str(client.get("url") or ""),
        failure_policy=str(webhook.get("failurePolicy") or ""),
    )


def security_group_policies(api: KubernetesApi) -> tuple[SecurityGroupPolicy, ...]:
    """All SecurityGroupPolicies; none where the cluster does not know the kind."""
    return tuple(
        SecurityGroupPolicy(
            namespace=_namespace(item),
            name=_name(item),
            pod_selector=label_selector((item.get("spec") or {}).get("podSelector")),
            service_account_selector=label_selector((item.get("spec") or {}).get("serviceAccountSelector")),
            names_groups=bool(((item.get("spec") or {}).get("securityGroups") or {}).get("groupIds")),
        )
        for item in items_of_kind(api, SECURITY_GROUP_POLICIES)
    )


def cni_nodes(api: KubernetesApi) -> tuple[CniNode, ...]:
    """All CNINodes; none where the cluster does not know the kind."""
    return tuple(
        CniNode(
            name=_name(item),
            features=tuple(
                str(feature.get("name") or "") for feature in (item.get("spec") or {}).get("features") or ()
            ),
        )
        for item in items_of_kind(api, CNI_NODES)
    )


def label_selector(selector: Mapping[str, Any] | None) -> LabelSelector | None:
    """A label selector as the API gives it, None where it is not given."""
    if selector is None:
        return None
    return LabelSelector(
        match_labels={str(key): str(value) for key, value in (selector.get("matchLabels") or {}).items()},
        match_expressions=tuple(
            (
                str(expression.get("key") or ""),
                str(expression.get("operator") or ""),
                tuple(str(value) for value in expression.get("values") or ()),
            )
            for expression in selector.get("matchExpressions") or ()
        ),
    )


def namespace_labels(api: KubernetesApi) -> dict[str, dict[str, str]]:
    """The labels of all namespaces, by their names. Each has kubernetes.io/metadata.name from Kubernetes 1.21 on."""
    return {_name(item): _labels(item) for item in api.list(NAMESPACES, metadata_only=True)}


def probe(api: KubernetesApi, namespace: str, *, beta_label: bool = False) -> Probe:
    """What admission makes of a Windows pod, by a server-side dry run that stores nothing."""
    answer = api.dry_run_create(f"/api/v1/namespaces/{namespace}/pods", probe_pod(beta_label=beta_label))
    return Probe(namespace=namespace, limit=address_limit(answer.get("spec") or {}))


def address_limit(pod_spec: Mapping[str, Any]) -> str:
    """The limit of addresses of a pod, empty without. The webhooks give it to what was the first container when they
    were asked: another may have put its own before it since."""
    limits = (
        ((container.get("resources") or {}).get("limits") or {}).get(ADDRESS_RESOURCE)
        for container in pod_spec.get("containers") or ()
    )
    return next((str(limit) for limit in limits if limit), "")


def probe_pod(*, beta_label: bool = False) -> dict[str, Any]:
    """A pod that every pod security standard admits, and that the webhook knows for Windows by its nodeSelector.

    Args:
        beta_label: Select by beta.kubernetes.io/os too, the only label that the legacy webhook knows before 0.2.3.
            Nothing schedules the pod, so that nodes need not have it. Source: aws/containers-roadmap#542 and #836.
    """
    deprecated = {"beta.kubernetes.io/os": "windows"} if beta_label else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "eks-windows-probe-"},
        "spec": {
            "os": {"name": "windows"},
            "nodeSelector": {"kubernetes.io/os": "windows", "kubernetes.io/arch": "amd64", **deprecated},
            "securityContext": {"runAsNonRoot": True},
            "automountServiceAccountToken": False,
            "containers": [{"name": "probe", "image": PROBE_IMAGE}],
        },
    }


def items_of_kind(api: KubernetesApi, path: str) -> list[dict[str, Any]]:
    """All objects of a custom kind; none where the cluster does not know it."""
    try:
        return api.list(path)
    except KubernetesError as error:
        if error.status == 404:
            return []
        raise


def object_at(api: KubernetesApi, path: str) -> dict[str, Any] | None:
    """The object, None where there is none."""
    try:
        return api.get(path)
    except KubernetesError as error:
        if error.status == 404:
            return None
        raise


def _name(item: Mapping[str, Any]) -> str:
    return str((item.get("metadata") or {}).get("name") or "")


def _namespace(item: Mapping[str, Any]) -> str:
    return str((item.get("metadata") or {}).get("namespace") or "")


def _labels(item: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in ((item.get("metadata") or {}).get("labels") or {}).items()}


def _pod_template(item: Mapping[str, Any]) -> Mapping[str, Any]:
    template: Mapping[str, Any] = (item.get("spec") or {}).get("template") or {}
    return template


def _digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the value's JSON with sorted keys, in hex."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
