# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that an EKS cluster has from its first minute on, as far as Windows support looks at them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import yaml

from tests.testbed.aws.vpc_cni_chart import variable_field, with_fields
from tests.testbed.kubernetes.crds import CNI_NODE, SECURITY_GROUP_POLICY, definitions_of
from tests.testbed.specs import ClusterSpec, NodeSpec

Json = dict[str, Any]

SYSTEM = "kube-system"
WINDOWS_GROUP = "eks:kube-proxy-windows"
IMAGES = {"linux": "Amazon Linux 2023.6.20250115", "windows": "Windows Server 2022 Datacenter"}
BUILDS = {"linux": "6.1.119-129.201.amzn2023.x86_64", "windows": "10.0.20348.3091"}

EKS = "eks"
"""The field manager of what EKS writes."""

AWS_NODE = "aws-node"
ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
SELF_MANAGED_CNI = "v1.19.0"
FAMILIES = {
    "ipv4": {"ENABLE_IPv4": "true", "ENABLE_IPv6": "false"},
    "ipv6": {"ENABLE_IPv4": "false", "ENABLE_IPv6": "true"},
}

CONTROLLER_DEFINITIONS = (SECURITY_GROUP_POLICY, CNI_NODE)
"""The VPC resource controller's own kinds."""

CHART_LABELS = {
    "app.kubernetes.io/instance": "aws-vpc-cni",
    "app.kubernetes.io/managed-by": "Helm",
    "app.kubernetes.io/name": "aws-node",
    "app.kubernetes.io/version": "v1.19.0",
}

LINUX_AFFINITY = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                        {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]},
                    ]
                }
            ]
        }
    }
}

ACCESS_POLICIES = {
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
    "AmazonEKSAdminViewPolicy": "eks:admin-view",
}
"""Cluster roles behind EKS's access policies, whose groups are named ``eks-access-policy:<policy>``."""


def new_cluster_objects(
    spec: ClusterSpec, config_map: Mapping[str, str], aws_node_fields: Mapping[str, str], role_arns: Mapping[str, str]
) -> list[Json]:
    """All that EKS creates, in an order in which they can be created.

    Args:
        config_map: Data of ConfigMap amazon-vpc-cni as the chart writes it, empty where the chart has none.
        aws_node_fields: Fields of aws-node's container as the chart writes them.
        role_arns: ARN of the node role by operating system.
    """
    network_objects = network(spec, config_map, aws_node_fields)
    return [*CONTROLLER_DEFINITIONS, *access(spec, role_arns), *network_objects, *coredns(), *nodes(spec)]


def access(spec: ClusterSpec, role_arns: Mapping[str, str]) -> list[Json]:
    """Who may do what: aws-auth, the bindings of EKS's access policies, Windows kube-proxies, the controller."""
    found: list[Json] = [admin_view_role()]
    found += [
        cluster_role_binding(f"eks-access-policy:{policy}", role, f"eks-access-policy:{policy}")
        for policy, role in ACCESS_POLICIES.items()
    ]
    found += controller_role()
    if spec.authentication_mode != "API":
        found.append(aws_auth(role_arns))
    if "windows" in role_arns:
        labels = {"k8s-app": "kube-proxy", "eks.amazonaws.com/component": "kube-proxy"}
        found.append(cluster_role_binding(WINDOWS_GROUP, "system:node-proxier", WINDOWS_GROUP, labels))
    return found


def admin_view_role() -> Json:
    """What AmazonEKSAdminViewPolicy allows: to read everything."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "eks:admin-view"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}],
    }


def cluster_role_binding(name: str, role: str, group: str, labels: Mapping[str, str] | None = None) -> Json:
    """A ClusterRoleBinding of a ClusterRole to a group."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": dict(labels or {})},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    }


def controller_role() -> list[Json]:
    """The Role of the VPC resource controller and its binding."""
    api = "rbac.authorization.k8s.io"
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}
    metadata = {"name": "eks-vpc-resource-controller-role", "namespace": SYSTEM}
    return [
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": [rule]},
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "eks-vpc-resource-controller-rolebinding", "namespace": SYSTEM},
            "roleRef": {"apiGroup": api, "kind": "Role", "name": metadata["name"]},
            "subjects": [{"apiGroup": api, "kind": "User", "name": "eks:vpc-resource-controller"}],
        },
    ]


def aws_auth(role_arns: Mapping[str, str]) -> Json:
    """ConfigMap aws-auth with the node roles, one row for a role that serves both operating systems."""
    rows: list[Json] = []
    for arn in dict.fromkeys(role_arns.values()):
        groups = ["system:bootstrappers", "system:nodes"]
        if role_arns.get("windows") == arn:
            groups.append(WINDOWS_GROUP)
        rows.append({"groups": groups, "rolearn": arn, "username": "system:node:{{EC2PrivateDNSName}}"})
    return config_map("aws-auth", {"mapRoles": yaml.safe_dump(rows)})


def config_map(name: str, data: Mapping[str, str], labels: Mapping[str, str] | None = None) -> Json:
    """A ConfigMap in kube-system, without the field ``data`` where there is none."""
    metadata: Json = {"name": name, "namespace": SYSTEM}
    if labels:
        metadata["labels"] = dict(labels)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **({"data": dict(data)} if data else {})}


def network(spec: ClusterSpec, chart_data: Mapping[str, str], aws_node_fields: Mapping[str, str]) -> list[Json]:
    """The CNI's ConfigMap, as far as it is the chart's (see :func:`changes_of_persons`), service account and
    DaemonSet."""
    found: list[Json] = []
    wanted = wanted_config_map(spec, chart_data)
    if wanted is not None:
        own = {key: value for key, value in wanted.items() if chart_data.get(key) == value}
        found.append(config_map("amazon-vpc-cni", own, CHART_LABELS))
    if spec.aws_node_env is not None:
        found.append(aws_node_account(spec.addon.service_account_role_arn if spec.addon else ""))
        env = {variable_field(name): value for name, value in {**FAMILIES[spec.ip_family], **spec.aws_node_env}.items()}
        found.append(aws_node({**aws_node_fields, **env}))
    return found


def wanted_config_map(spec: ClusterSpec, chart_data: Mapping[str, str]) -> Mapping[str, str] | None:
    """The data of ConfigMap amazon-vpc-cni as the spec has it, None for no such ConfigMap."""
    if spec.config_map == "absent":
        return None
    if spec.config_map is not None:
        return spec.config_map
    return chart_data or None


def further_objects(spec: ClusterSpec) -> list[Json]:
    """The spec's own objects, after the definitions of kinds among them that the cluster does not have."""
    there = {each["metadata"]["name"] for each in (*CONTROLLER_DEFINITIONS, *spec.objects)}
    definitions = [each for each in definitions_of(spec.objects) if each["metadata"]["name"] not in there]
    return [*definitions, *(dict(manifest) for manifest in spec.objects)]


def changes_of_persons(spec: ClusterSpec, chart_data: Mapping[str, str]) -> dict[str, str]:
    """What in the ConfigMap is not the chart's, so somebody else's."""
    wanted = wanted_config_map(spec, chart_data) or {}
    return {key: value for key, value in wanted.items() if chart_data.get(key) != value}


def aws_node_account(role_arn: str) -> Json:
    """Service account aws-node, with the role that its pods get, if any."""
    metadata: Json = {"name": AWS_NODE, "namespace": SYSTEM, "labels": dict(CHART_LABELS)}
    if role_arn:
        metadata["annotations"] = {ROLE_ANNOTATION: role_arn}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def aws_node(fields: Mapping[str, str]) -> Json:
    """DaemonSet aws-node, ``fields`` being those of vpc_cni_chart.py."""
    containers: list[Json] = [
        with_fields({"name": AWS_NODE}, fields),
        {
            "name": "aws-eks-nodeagent",
            "image": "602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon/aws-network-policy-agent:v1.1.5",
        },
    ]
    return _workload(
        "DaemonSet",
        AWS_NODE,
        {"k8s-app": AWS_NODE},
        containers,
        CHART_LABELS,
        hostNetwork=True,
        serviceAccountName=AWS_NODE,
    )


def coredns() -> list[Json]:
    """CoreDNS with its service account."""
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "coredns", "namespace": SYSTEM},
    }
    container = {"name": "coredns", "image": "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1.11.4"}
    labels = {"eks.amazonaws.com/component": "coredns", "k8s-app": "kube-dns"}
    deployment = _workload("Deployment", "coredns", labels, [container], labels, serviceAccountName="coredns")
    deployment["spec"]["replicas"] = 2
    return [account, deployment]


def _workload(
    kind: str, name: str, selector: Mapping[str, str], containers: list[Json], labels: Mapping[str, str], **pod: Any
) -> Json:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": SYSTEM, "labels": dict(labels)},
        "spec": {
            "selector": {"matchLabels": dict(selector)},
            "template": {
                "metadata": {"labels": dict(selector)},
                "spec": {"affinity": LINUX_AFFINITY, "containers": containers, **pod},
            },
        },
    }


def nodes(spec: ClusterSpec) -> list[Json]:
    """The nodes, with their status."""
    return [node(spec, each, number) for number, each in enumerate(spec.nodes)]


def node_name(spec: ClusterSpec, node: NodeSpec, number: int) -> str:
    """The name of the cluster's node ``number``."""
    digest = hashlib.sha256(f"{spec.name}/{number}".encode()).digest()
    return node.name or f"ip-10-0-{digest[0]}-{digest[1]}.{spec.region}.compute.internal"


def instance_id(name: str) -> str:
    """The id of the EC2 instance of a node."""
    return f"i-{hashlib.sha256(name.encode()).hexdigest()[:17]}"


def node(spec: ClusterSpec, each: NodeSpec, number: int) -> Json:
    """A node as its kubelet registers it."""
    name = node_name(spec, each, number)
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/instance-type": each.instance_type,
        "beta.kubernetes.io/os": each.os,
        "eks.amazonaws.com/nodegroup": each.os,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": each.os,
        "node.kubernetes.io/instance-type": each.instance_type,
        "topology.kubernetes.io/region": spec.region,
        "topology.kubernetes.io/zone": f"{spec.region}a",
        **each.labels,
    }
    if each.os == "windows" and not each.build:
        labels.setdefault("node.kubernetes.io/windows-build", "10.0.20348")
    capacity = {"cpu": "2", "memory": "7934Mi", "pods": "110" if each.os == "windows" else "29", **each.capacity}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {key: value for key, value in labels.items() if value}},
        "spec": {
            "providerID": f"aws:///{spec.region}a/{instance_id(name)}",
            "taints": [dict(taint) for taint in each.taints],
        },
        "status": {
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": conditions(each.ready),
            "addresses": [{"type": "Hostname", "address": name}],
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "",
                "containerRuntimeVersion": "containerd://1.7.25",
                "kernelVersion": each.build or BUILDS[each.os],
                "kubeProxyVersion": f"v{spec.version}.4-eks-aeac579",
                "kubeletVersion": f"v{spec.version}.4-eks-aeac579",
                "machineID": hashlib.sha256(f"machine {name}".encode()).hexdigest()[:32],
                "operatingSystem": each.os,
                "osImage": each.image or IMAGES[each.os],
                "systemUUID": "",
            },
        },
    }


def conditions(ready: bool) -> list[Json]:
    """Condition Ready of a node."""
    moment = "2026-01-01T00:00:00Z"
    return [
        {
            "type": "Ready",
            "status": "True" if ready else "Unknown",
            "reason": "KubeletReady" if ready else "NodeStatusUnknown",
            "message": "kubelet is posting ready status" if ready else "Kubelet stopped posting node status.",
            "lastHeartbeatTime": moment,
            "lastTransitionTime": moment,
        }
    ]
