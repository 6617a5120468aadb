# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster of the testbed is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


LINUX_NODES = (NodeSpec(), NodeSpec())
WINDOWS_NODE = NodeSpec(os="windows")


@dataclass(frozen=True)
class AddonSpec:
    """A managed add-on. ``configuration_values`` is JSON or YAML text, empty where none was given."""

    name: str = "vpc-cni"
    version: str = "v1.19.0-eksbuild.1"
    configuration_values: str = ""
    service_account_role_arn: str = ""
    status: str = "ACTIVE"


@dataclass(frozen=True)
class FargateProfileSpec:
    """A Fargate profile; selectors as in the API: ``namespace`` and optional ``labels``."""

    name: str
    selectors: tuple[Mapping[str, Any], ...]


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
        config_map: Data of kube-system/amazon-vpc-cni. None for what the chart, or the add-on, writes;
            ``absent`` for no ConfigMap; an empty mapping for one without ``data``.
        aws_node_env: Changes to the environment of DaemonSet aws-node; None for a cluster without it.
        addon: The managed vpc-cni add-on, None for a self-managed CNI.
        legacy: Objects of legacy support that are there: a variant, True for B.
        controller: Whether the control plane's VPC resource controller, or its stand-in, and its webhooks run.
        resync_seconds: When the controller tries nodes again whose initialisation failed; 30 minutes at AWS.
        prefix_delegation: Whether the platform's controller can do Windows prefix delegation.
        beta_apis: Whether the API server serves beta APIs; the emulator never does but for those it knows.
        objects: Further manifests, created last and in this order.
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
    config_map: Mapping[str, str] | Literal["absent"] | None = None
    aws_node_env: Mapping[str, str] | None = field(default_factory=dict)
    addon: AddonSpec | None = None
    legacy: LegacyVariant | bool = False
    controller: bool = True
    resync_seconds: float = 2.0
    prefix_delegation: bool = True
    fargate_profiles: tuple[FargateProfileSpec, ...] = ()
    beta_apis: bool = True
    objects: tuple[Mapping[str, Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def legacy_variant(self) -> LegacyVariant | None:
        """The variant whose objects are there, if any."""
        if isinstance(self.legacy, bool):
            return "B" if self.legacy else None
        return self.legacy
