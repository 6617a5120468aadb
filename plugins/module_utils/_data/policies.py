# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What the cluster's IAM role must be allowed for Windows support.

Sources: AWS managed policy reference, AmazonEKSVPCResourceController version 1; Amazon EKS user guide of 2024-12;
aws/amazon-vpc-resource-controller-k8s of 2026-04 (the Describe calls of its Windows path). Read 2026-11-24.
"""

from __future__ import annotations

VPC_RESOURCE_CONTROLLER = "AmazonEKSVPCResourceController"
CLUSTER_POLICY = "AmazonEKSClusterPolicy"

INTERFACE_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
)
"""What AmazonEKSVPCResourceController allows on every resource."""

DESCRIBE_ACTIONS = ("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
"""What the Windows path calls besides, and AmazonEKSVPCResourceController lacks."""

TAG_CONDITION_KEY = "ec2:ResourceTag/eks:eni:owner"
TAG_CONDITION_VALUE = "eks-vpc-resource-controller"
"""The condition on ec2:CreateNetworkInterfacePermission that the managed policy itself has."""

GRANTS = {
    VPC_RESOURCE_CONTROLLER: INTERFACE_ACTIONS,
    CLUSTER_POLICY: DESCRIBE_ACTIONS,
    "AdministratorAccess": INTERFACE_ACTIONS + DESCRIBE_ACTIONS,
    "PowerUserAccess": INTERFACE_ACTIONS + DESCRIBE_ACTIONS,
    "AmazonEC2FullAccess": INTERFACE_ACTIONS + DESCRIBE_ACTIONS,
}
"""AWS managed policies by name, to those of the needed actions that they allow."""


def managed_policy_arn(partition: str, name: str) -> str:
    """ARN of an AWS managed policy in a partition (``aws``, ``aws-cn``, ``aws-us-gov``, ...)."""
    return f"arn:{partition}:iam::aws:policy/{name}"
