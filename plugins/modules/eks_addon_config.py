#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addon_config
short_description: Merge values into a managed add-on's configuration
version_added: 0.2.0
description:
  - Merges values into the configuration of an add-on that Amazon EKS manages, and leaves everything else of the add-on
    as it is.
  - EKS UpdateAddon replaces the whole configuration, and takes the role of the add-on's service account away where it
    is not given again. This module reads the configuration, merges O(values) into it, checks the outcome against the
    schema of the installed version, and sends it with the same version and the same role. Pod identity associations
    stay. Conflicts with what others have changed in the cluster are resolved by C(PRESERVE).
  - The configuration keeps its format, JSON or YAML, and the order of its keys. YAML loses its comments.
  - Where the configuration holds the values already, nothing is written.
author:
  - cloudops.eks_windows maintainers (@cloudops)
requirements:
  - jsonschema >= 4.10.3, where something changes
  - PyYAML, where the configuration is YAML
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
attributes:
  check_mode:
    support: full
    details: The schema is read and checked as well.
  diff_mode:
    support: full
    details: Shows the configuration values.
  idempotent:
    support: full
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  addon_name:
    description: Name of the add-on, which EKS has to manage.
    type: str
    required: true
    aliases: [name]
  values:
    description:
      - Values to merge, as a JSON merge patch (RFC 7386). A dictionary is merged into the one that is there, C(null)
        removes a key, and anything else, a list too, takes the place of what is there.
      - What a key is called and whether it takes a string, a number or a boolean is said by the add-on's version, see
        C(aws eks describe-addon-configuration). Quote strings that look like something else, as in V("true").
    type: dict
    required: true
  wait:
    description:
      - Whether to wait while EKS is at work on the add-on, before the update and after it.
      - With V(false) it is an error when EKS is at work on the add-on already, and whether the update succeeds is not
        looked at.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for what EKS is at work on already, and again for the update.
    type: int
    default: 600
  wait_delay:
    description: Seconds between two looks at the update or the add-on.
    type: int
    default: 5
  request_timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
notes:
  - Needs C(eks:DescribeAddon), and to change something C(eks:DescribeAddonConfiguration), C(eks:UpdateAddon) and
    C(eks:DescribeUpdate).
  - Needs C(iam:PassRole) on the role of the add-on's service account, where it has one, since UpdateAddon has to be
    given it again.
  - An add-on in status C(DEGRADED) or C(UPDATE_FAILED) is updated with a warning that names its health issues. After a
    failed update it is updated again also where the configuration holds the values already, as nothing shows that EKS
    has put them into force.
  - Under C(PRESERVE) EKS keeps what others have written into the add-on's objects. A value can so be in the
    configuration, and another in the cluster.
seealso:
  - module: cloudops.eks_windows.eks_windows_preflight
  - name: Amazon EKS add-ons
    description: What a managed add-on is, and how it treats what others change.
    link: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
"""

EXAMPLES = r"""
- name: Let the VPC CNI's add-on turn Windows support on
  cloudops.eks_windows.eks_addon_config:
    cluster_name: production
    addon_name: vpc-cni
    values:
      enableWindowsIpam: "true"

- name: Put a misplaced key where it belongs
  cloudops.eks_windows.eks_addon_config:
    cluster_name: production
    addon_name: vpc-cni
    values:
      enableWindowsIpam: "true"
      env:
        enableWindowsIpam: null

- name: See what would change
  cloudops.eks_windows.eks_addon_config:
    cluster_name: production
    addon_name: coredns
    values:
      replicaCount: 3
  check_mode: true
  diff: true
"""

RETURN = r"""
cluster_name:
  description: Name of the cluster.
  type: str
  returned: success
  sample: production
addon:
  description: The add-on after the task. In check mode as it is, with the configuration values that it would have.
  type: dict
  returned: success
  contains:
    name:
      description: Name of the add-on.
      type: str
      sample: vpc-cni
    arn:
      description: ARN of the add-on.
      type: str
      sample: arn:aws:eks:eu-central-1:111122223333:addon/production/vpc-cni/3ac8b1c4-5f3e-4f4e-9a55-2f4f6a4b7d10
    version:
      description: Version of the add-on.
      type: str
      sample: v1.19.0-eksbuild.1
    status:
      description: Status of the add-on.
      type: str
      sample: ACTIVE
    configuration_values:
      description: All its configuration values.
      type: dict
      sample: {"enableWindowsIpam": "true", "env": {"WARM_IP_TARGET": "5"}}
    service_account_role_arn:
      description: ARN of the role of its service account; empty where it has none.
      type: str
      sample: arn:aws:iam::111122223333:role/vpc-cni
    pod_identity_associations:
      description: ARNs of the pod identity associations that it owns, sorted.
      type: list
      elements: str
      sample: [arn:aws:eks:eu-central-1:111122223333:podidentityassociation/production/a-1234567890abcdefg]
    health_issues:
      description: What EKS holds against its health.
      type: list
      elements: dict
      contains:
        code:
          description: Code of the issue.
          type: str
          sample: InsufficientNumberOfReplicas
        message:
          description: EKS's own words.
          type: str
          sample: The add-on is unhealthy because it doesn't have the desired number of replicas.
        resource_ids:
          description: What it is about.
          type: list
          elements: str
          sample: []
addon_update:
  description: The update that was made. Also where the task failed after it.
  type: dict
  returned: when EKS has told of an update that this task made
  contains:
    id:
      description: Id of the update.
      type: str
      sample: 5a1f0c1e-4d0b-3a6e-9d3f-5a3c4b0f7a52
    status:
      description: V(Successful), V(Failed), V(Cancelled), or V(InProgress) where the task did not wait for its end.
      type: str
      sample: Successful
    errors:
      description: What kept it from success.
      type: list
      elements: dict
      contains:
        code:
          description: Code of the error.
          type: str
          sample: ConfigurationConflict
        message:
          description: EKS's own words.
          type: str
          sample: "Apply failed with 1 conflicts: conflicts found for ConfigMap amazon-vpc-cni kube-system: .data.a"
        resource_ids:
          description: What it is about.
          type: list
          elements: str
          sample: []
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeAddon", "eks:DescribeAddonConfiguration", "eks:DescribeUpdate", "eks:UpdateAddon"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.addon_config import backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module


def main() -> None:
    """Merge the values."""
    run_module(backend())


if __name__ == "__main__":
    main()
