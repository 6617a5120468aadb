#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster_info
short_description: Gather information about Amazon EKS clusters
version_added: 0.1.0
description:
  - Gathers what EKS DescribeCluster tells of one cluster, or of each cluster of the account and region.
author:
  - cloudops.eks_windows maintainers (@cloudops)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
  - cloudops.eks_windows.attributes.readonly
  - cloudops.eks_windows.attributes.twin
options:
  cluster_name:
    description:
      - Name of the cluster. It is an error where it does not exist.
      - Without it each cluster that EKS ListClusters tells of is described.
    type: str
  request_timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
seealso:
  - module: cloudops.eks_windows.eks_windows_preflight
"""

EXAMPLES = r"""
- name: All clusters of the region
  cloudops.eks_windows.eks_cluster_info:
    region: eu-central-1
  register: found

- name: One cluster
  cloudops.eks_windows.eks_cluster_info:
    cluster_name: production
    region: eu-central-1
"""

RETURN = r"""
clusters:
  description:
    - The clusters, as DescribeCluster tells of each, keys in snake_case.
    - Keys that EKS leaves out are absent. Keys of C(tags) are as they are.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: Name of the cluster.
      type: str
      sample: production
    arn:
      description: Its ARN.
      type: str
      sample: arn:aws:eks:eu-central-1:111122223333:cluster/production
    version:
      description: Its Kubernetes version.
      type: str
      sample: "1.35"
    platform_version:
      description: Its EKS platform version.
      type: str
      sample: eks.9
    status:
      description: Its status.
      type: str
      sample: ACTIVE
    endpoint:
      description: URL of its Kubernetes API.
      type: str
      sample: https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com
    certificate_authority:
      description: The certificate authority of its Kubernetes API, C(data) holds PEM text in base64.
      type: dict
      sample: {data: LS0tLS1CRUdJTi...}
    role_arn:
      description: ARN of the cluster's IAM role.
      type: str
      sample: arn:aws:iam::111122223333:role/production-cluster
    created_at:
      description: When it was created, ISO 8601.
      type: str
      sample: "2026-01-31T12:00:00+00:00"
    kubernetes_network_config:
      description: Its service CIDR and IP family.
      type: dict
      sample: {ip_family: ipv4, service_ipv4_cidr: 10.100.0.0/16}
    resources_vpc_config:
      description: Its subnets, security groups and the access to its endpoint.
      type: dict
      sample: {subnet_ids: [subnet-0123456789abcdef0]}
    access_config:
      description: How identities are let in.
      type: dict
      sample: {authentication_mode: API_AND_CONFIG_MAP}
    tags:
      description: Its tags.
      type: dict
      sample: {Environment: production}
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeCluster"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.cluster_info import backend


def main() -> None:
    """Describe the clusters."""
    run_module(backend())


if __name__ == "__main__":
    main()
