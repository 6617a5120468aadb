# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observations for tests: a cluster that can run Windows pods, and what makes it differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster, KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Finding
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import JudgeOptions, judge
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    Addon,
    AwsNode,
    ClusterRole,
    ClusterVersion,
    ConfigMap,
    ControllerRole,
    Instance,
    LegacyDeployment,
    LegacyObjects,
    LegacyReferences,
    MetadataOptions,
    Node,
    NodeGroup,
    ObjectRef,
    Observation,
    Placement,
    Policy,
    RoleUsers,
    Subnet,
    Unknown,
    Webhook,
    WebhookConfiguration,
    WebhookService,
    WindowsPod,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

TODAY = date(2026, 11, 24)
PEM = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
OTHER_PEM = "-----BEGIN CERTIFICATE-----\nREVG\n-----END CERTIFICATE-----\n"
ENDPOINT = "https://ABC.gr7.eu-central-1.eks.amazonaws.com"
DENIED = Unknown("GET /api/v1/something", "somethings is forbidden:\n User cannot list", "Allow get on somethings.")

WINDOWS_ROLE = "arn:aws:iam::111122223333:role/production-windows-node"
LINUX_ROLE = "arn:aws:iam::111122223333:role/production-linux-node"

CONTROLLER = ObjectRef("Deployment", "kube-system", "vpc-resource-controller")
EKSCTL_WEBHOOK = ObjectRef("Deployment", "kube-system", "vpc-admission-webhook")
EKSCTL_SERVICE = ObjectRef("Service", "kube-system", "vpc-admission-webhook")
LEGACY_SECRET = ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs")
KUBE_PROXY_BINDING = ObjectRef("ClusterRoleBinding", "", "eks:kube-proxy-windows")
CONTROLLER_BINDING = ObjectRef("ClusterRoleBinding", "", "vpc-resource-controller")
CONTROLLER_ROLE = ObjectRef("ClusterRole", "", "vpc-resource-controller")
CONTROLLER_ACCOUNT = ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller")
COREDNS = Workload(ObjectRef("Deployment", "kube-system", "coredns"), Placement({"kubernetes.io/os": "linux"}))
"""The Deployment of CoreDNS, which Fargate may take too."""

SIGNING_REQUEST = ObjectRef("CertificateSigningRequest", "", "vpc-admission-webhook.kube-system")


def cluster(**changes: Any) -> Cluster:
    """A current cluster in eu-central-1."""
    return replace(
        Cluster(
            name="production",
            arn="arn:aws:eks:eu-central-1:111122223333:cluster/production",
            region="eu-central-1",
            account="111122223333",
            partition="aws",
            version="1.35",
            platform_version="eks.9",
            status="ACTIVE",
            endpoint=ENDPOINT,
            certificate_authority=PEM,
            role_arn="arn:aws:iam::111122223333:role/production-cluster",
            ip_family="ipv4",
            service_ipv4_cidr="10.100.0.0/16",
            authentication_mode="API_AND_CONFIG_MAP",
            subnet_ids=("subnet-1", "subnet-2"),
            outpost_arns=(),
            auto_mode=False,
        ),
        **changes,
    )


def node(name: str = "linux-1", operating_system: str = "linux", **changes: Any) -> Node:
    """A ready node of type m5.large, of the managed node group that is named as its operating system."""
    windows = operating_system == "windows"
    return replace(
        Node(
            name=name,
            operating_system=operating_system,
            architecture="amd64",
            instance_type="m5.large",
            os_image="Windows Server 2022 Datacenter" if windows else "Amazon Linux 2023",
            kernel_version="10.0.20348.2849" if windows else "6.1.0",
            kubelet_version="v1.35.0",
            ready=True,
            fargate=False,
            auto_mode=False,
            labels={"kubernetes.io/os": operating_system, "eks.amazonaws.com/nodegroup": operating_system},
            capacity={"vpc.amazonaws.com/PrivateIPv4Address": "9"} if windows else {},
            taints=(),
        ),
        **changes,
    )


def instance(number: int = 1, **changes: Any) -> Instance:
    """The instance of a node that a managed node group made, with the metadata options that EKS gives it."""
    return replace(Instance(f"i-{number:02}", "subnet-1", None, MetadataOptions("enabled", "required", 2)), **changes)


def provider_id(number: int = 1) -> str:
    """How a node names that instance."""
    return f"aws:///eu-central-1a/i-{number:02}"


def node_group(name: str = "windows", **changes: Any) -> NodeGroup:
    """A managed node group whose launch template names the instance type: of Windows where it is called so."""
    windows = name.startswith("windows")
    return replace(
        NodeGroup(
            name=name,
            status="ACTIVE",
            ami_type="WINDOWS_CORE_2022_x86_64" if windows else "AL2023_x86_64_STANDARD",
            desired_size=1,
            node_role=WINDOWS_ROLE if windows else LINUX_ROLE,
            subnet_ids=("subnet-1", "subnet-2"),
        ),
        **changes,
    )


def managed(name: str, partition: str = "aws") -> Policy:
    """An AWS managed policy."""
    return Policy(name, f"arn:{partition}:iam::aws:policy/{name}")


def role(*attached: str, inline: tuple[Policy, ...] = (), complete: bool = True, partition: str = "aws") -> ClusterRole:
    """The cluster's role with these AWS managed policies."""
    return ClusterRole(
        arn=f"arn:{partition}:iam::111122223333:role/production-cluster",
        name="production-cluster",
        attached=tuple(managed(name, partition) for name in attached),
        inline=inline,
        complete=complete,
    )


def config_map(data: dict[str, str] | None, **changes: Any) -> ConfigMap:
    """ConfigMap kube-system/amazon-vpc-cni."""
    return replace(ConfigMap("kube-system", "amazon-vpc-cni", data), **changes)


def addon(values: str = "", **changes: Any) -> Addon:
    """The managed vpc-cni add-on."""
    return replace(Addon("vpc-cni", "v1.20.4-eksbuild.1", "ACTIVE", values, "", ()), **changes)


def schema(*lacking: str) -> dict[str, Any]:
    """The schema of the configuration of vpc-cni, without these keys."""
    switch: dict[str, Any] = {"type": ["string", "boolean"]}
    target: dict[str, Any] = {"type": ["integer", "string"]}
    properties = {
        "enableWindowsIpam": switch,
        "enableWindowsPrefixDelegation": switch,
        "warmWindowsIPTarget": target,
        "minimumWindowsIPTarget": target,
        "warmWindowsPrefixTarget": target,
        "env": {"type": "object"},
        "other": {"type": "string"},
    }
    return {
        "$schema": "http://json-schema.org/draft-06/schema#",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: value for key, value in properties.items() if key not in lacking},
    }


def webhook_configuration(name: str, namespace: str = "kube-system", service: str = "service") -> WebhookConfiguration:
    """A MutatingWebhookConfiguration with one webhook."""
    return WebhookConfiguration(name, (Webhook(name, WebhookService(namespace, service, "/mutate"), "", "Ignore"),))


CONTROL_PLANE_WEBHOOK = WebhookConfiguration(
    "vpc-resource-mutating-webhook", (Webhook("mpod.vpc.k8s.aws", None, "https://127.0.0.1:9443/mutate", "Ignore"),)
)
EKSCTL_CONFIGURATION = webhook_configuration("vpc-admission-webhook-cfg", service="vpc-admission-webhook")


def legacy(**changes: Any) -> LegacyObjects:
    """No legacy objects."""
    return replace(LegacyObjects(deployments=(), services=(), secrets=(), cluster_role_bindings=()), **changes)


def observed(**changes: Any) -> Observation:
    """A cluster that runs Windows pods, with two Linux nodes and one Windows node."""
    return replace(
        Observation(
            observed_at="2026-11-24T10:00:00Z",
            connection=KubernetesConnection(ENDPOINT, PEM, True),
            cluster=cluster(),
            cluster_version=ClusterVersion("1.35", "STANDARD_SUPPORT", "eks.9", "2027-03-27", "2028-03-27"),
            cluster_role=role("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"),
            vpc_cni=None,
            vpc_cni_schema=schema(),
            fargate_profiles=(),
            nodes=(node("linux-1"), node("linux-2"), node("windows-1", "windows", provider_id=provider_id())),
            cni_config_map=config_map({"enable-windows-ipam": "true"}),
            aws_node=AwsNode({}),
            webhook_configurations=(CONTROL_PLANE_WEBHOOK,),
            legacy=legacy(cluster_role_bindings=(KUBE_PROXY_BINDING,)),
            security_group_policies=(),
            windows_pods=(),
            service_accounts=(),
            node_groups=(node_group("linux"), node_group("windows")),
            instances=(instance(),),
            access_entries=(AccessEntry(WINDOWS_ROLE, "EC2_WINDOWS"),),
            subnets=(Subnet("subnet-1", "eu-central-1a", 200), Subnet("subnet-2", "eu-central-1b", 200)),
            controller_role=ControllerRole(role=True, binding=True),
            workloads=Workloads(deployments=(COREDNS,)),
            examined={"nodes": 3},
        ),
        **changes,
    )


def disabling(**changes: Any) -> Observation:
    """A cluster on which Windows support is on, nothing uses it, and nothing else needs the policy; asked with goal
    disable."""
    parts: dict[str, Any] = {
        "nodes": (node("linux-1"), node("linux-2")),
        "node_groups": (),
        "karpenter_node_classes": (),
        "cni_nodes": (),
        "role_users": RoleUsers((), ("eu-central-1",)),
    }
    return observed(**{**parts, **changes})


def legacy_cluster(**changes: Any) -> Observation:
    """A cluster below the version table, on which eksctl's legacy support runs."""
    parts: dict[str, Any] = {
        "cluster": cluster(version="1.19", platform_version="eks.5"),
        "cni_config_map": None,
        "webhook_configurations": (EKSCTL_CONFIGURATION,),
        "legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), services=(EKSCTL_SERVICE,)),
    }
    return observed(**{**parts, **changes})


def chain(**changes: Any) -> WebhookChain:
    """What serves eksctl's webhook: all of it is there."""
    return replace(
        WebhookChain(
            configuration="vpc-admission-webhook-cfg",
            webhook="vpc-admission-webhook.amazonaws.com",
            failure_policy="Ignore",
            ca_bundle="",
            service=WebhookService("kube-system", "vpc-admission-webhook", ""),
            service_exists=True,
            deployment=EKSCTL_WEBHOOK,
            leaves_gap=True,
            secret=LEGACY_SECRET,
            secret_exists=True,
            holds_pair=True,
            certificate_key="cert.pem",
            private_key="key.pem",
            certificate_pem="",
            key_state="matches",
        ),
        **changes,
    )


def with_legacy(**changes: Any) -> Observation:
    """A cluster at or above the version table that still has all of eksctl's legacy support, Windows IPAM off."""
    parts: dict[str, Any] = {
        "cni_config_map": config_map({"enable-windows-ipam": "false"}),
        "webhook_configurations": (CONTROL_PLANE_WEBHOOK, EKSCTL_CONFIGURATION),
        "legacy_webhooks": (chain(),),
        "legacy": legacy(
            deployments=(CONTROLLER, EKSCTL_WEBHOOK),
            services=(EKSCTL_SERVICE,),
            secrets=(LEGACY_SECRET,),
            cluster_role_bindings=(CONTROLLER_BINDING, KUBE_PROXY_BINDING),
            details=(CONTROLLER_ACCOUNT, CONTROLLER_ROLE, SIGNING_REQUEST),
            bound_accounts=(CONTROLLER_ACCOUNT,),
            references=LegacyReferences(deployments=(ready(CONTROLLER), ready(EKSCTL_WEBHOOK, LEGACY_SECRET))),
        ),
    }
    return observed(**{**parts, **changes})


def windows_pod(name: str = "pod", **changes: Any) -> WindowsPod:
    """A pod that waits for an address, since no webhook gave it the limit; its ReplicaSet would make it again."""
    return replace(
        WindowsPod(
            namespace="shop",
            name=name,
            labels={},
            service_account="default",
            node_name="windows-1",
            phase="Pending",
            is_starting=True,
            selects_windows=True,
            owner=ObjectRef("ReplicaSet", "shop", "web"),
            created_at="2026-11-24T09:00:00Z",
        ),
        **changes,
    )


def workload(kind: str = "Deployment", name: str = "web", address: str | None = None, **placement: Any) -> Workload:
    """A workload of namespace shop that names no operating system, unless ``placement`` says so."""
    return Workload(ObjectRef(kind, "shop", name), Placement(**placement), address)


def ready(ref: ObjectRef, secret: ObjectRef | None = None, **changes: Any) -> LegacyDeployment:
    """A Deployment whose pods run."""
    return replace(LegacyDeployment(ref, True, secret, {"app": ref.name}), **changes)


def options(**changes: Any) -> JudgeOptions:
    """Options of a judgement today; ``ignore`` as a user gives it."""
    if "ignore" in changes:
        changes["ignore"] = parse_ignore(changes["ignore"])
    return JudgeOptions(today=TODAY, **changes)


def findings(observation: Observation | None = None, **changes: Any) -> dict[str, Finding]:
    """Every finding by its id."""
    judged = judge(observation if observation is not None else observed(), options(**changes))
    return {finding.id: finding for finding in judged}


def finding(id: str, observation: Observation | None = None, **changes: Any) -> Finding:
    """One rule's finding."""
    return findings(observation, **changes)[id]
