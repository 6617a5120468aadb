# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster of the testbed is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

CHART_DATA: Mapping[str, str] = {
    "enable-windows-ipam": "false",
    "enable-network-policy-controller": "false",
    "enable-windows-prefix-delegation": "false",
    "warm-prefix-target": "0",
    "warm-ip-target": "1",
    "minimum-ip-target": "3",
    "branch-eni-cooldown": "60",
}
"""Data of ConfigMap kube-system/amazon-vpc-cni as the CNI's chart from v1.16.0 on writes it."""

CLUSTER_POLICIES = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")

LegacyVariant = Literal["A", "B", "D", "E", "F"]
"""How legacy support was installed: A preview of 2019, B manifests of the user guide, D eksctl, E a public Terraform
copy, F the Helm chart of EKS Blueprints."""


def chart_data(**changes: str) -> dict[str, str]:
    """:data:`CHART_DATA` with changes, underscores standing for dashes: ``chart_data(enable_windows_ipam="true")``."""
    return {**CHART_DATA, **{name.replace("_", "-"): value for name, value in changes.items()}}


@dataclass(frozen=True)
class NodeSpec:
    """A node.

    Attributes:
        name: Empty for a name made from the cluster's, as EC2 names are.
        os: ``linux`` or ``windows``.
        instance_type: A type of standins/instance_types.py, or one that the controller does not know.
        image: status.nodeInfo.osImage; empty for Amazon Linux 2023 or Windows Server 2022.
        build: status.nodeInfo.kernelVersion; empty for a recent one.
        labels: Further labels; an empty value takes away one that nodes have by default.
        taints: As in the API.
        ready: Condition Ready.
        capacity: Further entries of status.capacity.
        role_name: Role of a node that no managed node group made, which is one without label
            eks.amazonaws.com/nodegroup. Nothing lets this role into the cluster; empty for the role that the node
            group of its operating system has.
    """

    name: str = ""
    os: Literal["linux", "windows"] = "linux"
    instance_type: str = "m5.large"
    image: str = ""
    build: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    ready: bool = True
    capacity: Mapping[str, str] = field(default_factory=dict)
    role_name: str = ""


LINUX_NODES = (NodeSpec(), NodeSpec())
WINDOWS_NODE = NodeSpec(os="windows")


@dataclass(frozen=True)
class AddonSpec:
    """A managed add-on.

    Attributes:
        version: One of aws/addon_catalogue.py. Of vpc-cni, 1.13 knows nothing of Windows and has no ConfigMap, 1.15
            knows no prefix delegation.
        configuration_values: JSON or YAML text, empty where none was given.
        service_account_role_arn: Shown on service account aws-node, too.
        pod_identity_associations: ARNs.
        status: As EKS spells it, ``DEGRADED`` for example.
        issues: Of its health: code, message.
    """

    name: str = "vpc-cni"
    version: str = "v1.19.0-eksbuild.1"
    configuration_values: str = ""
    service_account_role_arn: str = ""
    pod_identity_associations: tuple[str, ...] = ()
    status: str = "ACTIVE"
    issues: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FargateProfileSpec:
    """A Fargate profile; selectors as in the API: ``namespace`` and optional ``labels``."""

    name: str
    selectors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class NodegroupSpec:
    """A managed node group without nodes in the cluster, beside those that nodes make.

    Attributes:
        ami_type: As EKS spells it.
        role_name: Empty for a role of its own.
        size: Desired size; no nodes come of it.
    """

    name: str
    ami_type: str = "WINDOWS_CORE_2022_x86_64"
    instance_types: tuple[str, ...] = ("m5.large",)
    role_name: str = ""
    size: int = 0


@dataclass(frozen=True)
class LegacySpec:
    """Legacy support, and what is wrong with it.

    Attributes:
        variant: How it was installed.
        namespace: Of its webhook, which is made with it; empty for the variant's.
        not_before: When the webhook's certificate begins, counted from the start of the testbed.
        not_after: When it ends, counted likewise: ``timedelta(days=-1)`` for one that expired yesterday.
        issuer: Who signed it: the ``cluster``'s authority or an ``own`` one; empty for what the variant does,
            ``own`` for F and ``cluster`` for all others.
        key: ``rsa`` (2048 bits) or ``ec``.
        key_matches: Whether the key in the Secret is that of the certificate.
        hosts: The certificate's names; empty for the three of the variant's Service.
        chain: What of certificates is in the Secret: the ``leaf``, the ``leaf_and_issuer`` after it, or the
            ``issuer_and_leaf`` in this order, which no server takes with the leaf's key.
        ca_bundle: Whom the webhook configuration trusts: the certificate's ``issuer``, ``another`` authority, or
            ``another_and_issuer``, as during a change of authorities.
        secret: Whether the Secret is ``present``, ``absent``, or lacks the ``certificate`` or the ``key``.
        failure_policy: Of the webhook configuration.
        side_effects: Of the webhook configuration: ``Unknown`` where its manifest is of v1beta1 and says nothing, so
            that the API server refuses dry runs of pods. Only a cluster that serves v1beta1 can be given one.
        selection: What its webhook has of namespaceSelector, objectSelector and matchConditions.
        image_tag: Of the webhook's image: before v0.2.3 it knows Windows pods by label beta.kubernetes.io/os alone.
        readiness_probe: Whether the webhook's container has one, without which its pods count as ready before they
            listen.
        strategy: Of the webhook's Deployment.
        replicas: Of the webhook's Deployment.
        controller: Whether there is a controller, too.
        controller_replicas: Of the controller's Deployment.
        webhook: Whether there is a webhook, too.
        cert_manager: Whether cert-manager's marks and Certificate are there; None for those of F alone.
        signing_request: Whether the CertificateSigningRequest is left, approved and, where a signer runs, issued; F has
            none.
        role_binding: Whether ClusterRoleBinding eks:kube-proxy-windows belongs to it; None for what the variant does.
    """

    variant: LegacyVariant = "B"
    namespace: str = ""
    not_before: timedelta = timedelta(days=-1)
    not_after: timedelta = timedelta(days=364)
    issuer: Literal["", "cluster", "own"] = ""
    key: Literal["rsa", "ec"] = "rsa"
    key_matches: bool = True
    hosts: tuple[str, ...] = ()
    chain: Literal["leaf", "leaf_and_issuer", "issuer_and_leaf"] = "leaf"
    ca_bundle: Literal["issuer", "another", "another_and_issuer"] = "issuer"
    secret: Literal["present", "absent", "without_certificate", "without_key"] = "present"
    failure_policy: Literal["Ignore", "Fail"] = "Ignore"
    side_effects: Literal["None", "Unknown"] = "None"
    selection: Mapping[str, Any] = field(default_factory=dict)
    image_tag: str = "v0.2.7"
    readiness_probe: bool = False
    strategy: Literal["Recreate", "RollingUpdate"] = "Recreate"
    replicas: int = 1
    controller: bool = True
    controller_replicas: int = 1
    webhook: bool = True
    cert_manager: bool | None = None
    signing_request: bool = False
    role_binding: bool | None = None

    @property
    def serves(self) -> bool:
        """Whether a pod of the webhook can start."""
        usable = self.secret == "present" and self.key_matches and self.chain != "issuer_and_leaf"
        return self.webhook and self.replicas > 0 and usable

    @property
    def answers(self) -> bool:
        """Whether the API server gets an answer of the webhook now."""
        current = self.not_before <= timedelta() < self.not_after
        return self.serves and current and self.ca_bundle != "another" and not self.hosts


@dataclass(frozen=True)
class ClusterSpec:
    """A cluster.

    Attributes:
        name: Unique in its testbed.
        account: Empty for the testbed's default account.
        partition: Empty for the region's; given, it must be that.
        version: What EKS says; the API server says its own.
        ip_family: ``ipv4`` or ``ipv6``.
        authentication_mode: ``CONFIG_MAP``, ``API_AND_CONFIG_MAP``, ``API``, or empty for an answer without
            accessConfig.
        policies: What the cluster role has attached: AWS managed policies by name, others by ARN.
        role_name: A cluster role to share with other clusters; empty for one of its own.
        nodes: Its nodes. Each operating system makes one managed node group with a role of its own.
        nodegroups: Further node groups, which have no nodes.
        config_map: Data of kube-system/amazon-vpc-cni. None for what the chart, or the add-on, writes;
            ``absent`` for no ConfigMap; an empty mapping for one without ``data``. Values that are not the chart's are
            somebody else's, by managedFields.
        aws_node_env: Somebody's changes to the environment of DaemonSet aws-node; None for a cluster without it.
        addon: The managed vpc-cni add-on, None for a self-managed CNI.
        legacy: Legacy support that is there, and works where stand-ins run: a variant, True for B, or more of it in a
            LegacySpec.
        controller: Whether the control plane's VPC resource controller, or its stand-in, and its webhooks run.
        resync_seconds: When the controller tries nodes again whose initialisation failed; 30 minutes at AWS.
        prefix_delegation: Whether the platform's controller can do Windows prefix delegation.
        beta_apis: Whether the API server serves beta APIs; the emulator never does but for those it knows.
        objects: Further manifests, created last and in this order; definitions of kubernetes/crds.py that they need
            (CNINode, EC2NodeClass of Karpenter) come by themselves.
    """

    name: str
    region: str = "us-east-1"
    account: str = ""
    partition: Literal["", "aws", "aws-cn", "aws-us-gov"] = ""
    version: str = "1.31"
    platform_version: str = "eks.20"
    status: str = "ACTIVE"
    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    authentication_mode: Literal["", "CONFIG_MAP", "API_AND_CONFIG_MAP", "API"] = "API_AND_CONFIG_MAP"
    policies: tuple[str, ...] = CLUSTER_POLICIES
    role_name: str = ""
    auto_mode: bool = False
    outpost_arns: tuple[str, ...] = ()
    nodes: tuple[NodeSpec, ...] = LINUX_NODES
    nodegroups: tuple[NodegroupSpec, ...] = ()
    config_map: Mapping[str, str] | Literal["absent"] | None = None
    aws_node_env: Mapping[str, str] | None = field(default_factory=dict)
    addon: AddonSpec | None = None
    legacy: LegacyVariant | LegacySpec | bool = False
    controller: bool = True
    resync_seconds: float = 2.0
    prefix_delegation: bool = True
    fargate_profiles: tuple[FargateProfileSpec, ...] = ()
    beta_apis: bool = True
    objects: tuple[Mapping[str, Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def legacy_spec(self) -> LegacySpec | None:
        """The legacy support that is there, if any."""
        if isinstance(self.legacy, LegacySpec):
            return self.legacy
        if isinstance(self.legacy, bool):
            return LegacySpec() if self.legacy else None
        return LegacySpec(self.legacy)

    @property
    def legacy_variant(self) -> LegacyVariant | None:
        """The variant whose objects are there, if any."""
        return self.legacy_spec.variant if self.legacy_spec else None
