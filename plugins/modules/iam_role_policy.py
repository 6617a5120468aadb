#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_role_policy
short_description: Attach one managed policy to an IAM role, or detach it
version_added: 0.1.0
description:
  - Attaches one managed policy to one IAM role, or detaches it. The role's other policies, its trust policy and its
    tags are left alone.
  - M(amazon.aws.iam_role) with O(amazon.aws.iam_role#module:managed_policies) manages the whole role. It asks for the
    trust policy, and by default detaches each policy that it is not told of. Use it where one place knows all of the
    role.
author:
  - cloudops.eks_windows maintainers (@cloudops)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  role_name:
    description: Name of the role, without its path.
    type: str
    required: true
    aliases: [name]
  policy_arn:
    description: ARN of the managed policy, AWS's or your own.
    type: str
    required: true
  state:
    description: Whether the policy is attached (V(present)) or not (V(absent)).
    type: str
    choices: [present, absent]
    default: present
  request_timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
seealso:
  - module: amazon.aws.iam_role
"""

EXAMPLES = r"""
- name: Attach the policy that Windows support needs
  cloudops.eks_windows.iam_role_policy:
    role_name: production-cluster
    policy_arn: arn:aws:iam::aws:policy/AmazonEKSVPCResourceController

- name: Detach it
  cloudops.eks_windows.iam_role_policy:
    role_name: production-cluster
    policy_arn: arn:aws:iam::aws:policy/AmazonEKSVPCResourceController
    state: absent

- name: The same by the upstream module, which needs to know all of the role
  amazon.aws.iam_role:
    name: production-cluster
    assume_role_policy_document: "{{ lookup('ansible.builtin.file', 'trust-policy.json') }}"
    managed_policies:
      - arn:aws:iam::aws:policy/AmazonEKSClusterPolicy
      - arn:aws:iam::aws:policy/AmazonEKSVPCResourceController
    purge_policies: true
"""

RETURN = r"""
role_name:
  description: Name of the role.
  type: str
  returned: success
  sample: production-cluster
policy_arn:
  description: ARN of the policy.
  type: str
  returned: success
  sample: arn:aws:iam::aws:policy/AmazonEKSVPCResourceController
attached_policies:
  description: ARNs of the role's managed policies after the task, sorted. In check mode as they would be.
  type: list
  elements: str
  returned: success
  sample:
    - arn:aws:iam::aws:policy/AmazonEKSClusterPolicy
    - arn:aws:iam::aws:policy/AmazonEKSVPCResourceController
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeCluster"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.role_policy import backend


def main() -> None:
    """Attach or detach the policy."""
    run_module(backend())


if __name__ == "__main__":
    main()
