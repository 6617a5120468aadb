#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_windows_preflight
short_description: Examine an Amazon EKS cluster for Windows support
version_added: 0.1.0
description:
  - Says, finding by finding with evidence and remedy, whether an Amazon EKS cluster can run Windows nodes, what state
    its Windows support is in, and what a role of this collection would do about it.
  - Reads only. With O(goal) it is the read-only dry run of a role.
  - What could not be read is reported as unknown, with the API's own reason and what would make it readable.
author:
  - cloudops.eks_windows maintainers (@cloudops)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.kubernetes
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
  - cloudops.eks_windows.attributes.readonly
  - cloudops.eks_windows.attributes.twin
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  goal:
    description:
      - What a role would be run for. RV(plan) holds its steps and RV(blockers) what stops it.
      - V(none) examines the cluster and plans nothing.
    type: str
    choices: [enable, none]
    default: none
  planned_instance_types:
    description: EC2 instance types of Windows nodes to come, judged like those that run.
    type: list
    elements: str
    default: []
  ignore:
    description:
      - Rules to waive. Each is the id of a rule, or a dictionary with C(id), and optionally C(reason), C(owner) and
        C(until), an ISO 8601 date after which the waiver holds no more.
      - A waived finding stays in RV(findings) as V(info), with the waiver.
      - An id that does not exist is an error.
    type: list
    elements: raw
    default: []
  renewal_days:
    description:
      - Days before its end from which on a legacy certificate is due for renewal.
      - Legacy certificates are not looked at yet, so that it has no effect in this release.
    type: int
    default: 30
  cluster_policy:
    description:
      - What the V(enable) goal does about managed policy C(AmazonEKSVPCResourceController) of the cluster's role.
      - V(manage) attaches it, V(verify) refuses without it, V(ignore) does not look at it.
    type: str
    choices: [manage, verify, ignore]
    default: manage
  ipam_owner:
    description:
      - Whose setting Windows IPAM is for the V(enable) goal.
      - V(auto) takes the add-on where EKS manages the C(vpc-cni) add-on, and else the ConfigMap.
      - V(addon) and V(config_map) name it. V(config_map) is AWS's documented way also on a managed add-on, where an
        update of the add-on can take the setting back.
    type: str
    choices: [auto, addon, config_map]
    default: auto
  probe:
    description:
      - Whether to ask admission itself, by a server-side dry run that creates a Windows pod and stores nothing.
      - Needs C(create) on pods in O(probe_namespace).
    type: bool
    default: false
  probe_namespace:
    description: Namespace of the probe's pod.
    type: str
    default: default
notes:
  - O(endpoint_url) is the endpoint of Amazon EKS alone. Endpoints of the other services are read from
    C(AWS_ENDPOINT_URL_IAM) and its like. The token for the Kubernetes API is never made for such an endpoint.
  - A failed finding does not fail the task. Use RV(ready), RV(blockers) and RV(findings).
  - Asks AWS for C(eks:DescribeCluster), C(eks:DescribeClusterVersions), C(eks:DescribeAddon) and
    C(iam:ListAttachedRolePolicies). It asks for C(eks:ListFargateProfiles) and C(eks:DescribeFargateProfile) where
    fewer than two Linux nodes are ready, and for C(iam:ListRolePolicies), C(iam:GetRolePolicy), C(iam:GetPolicy) and
    C(iam:GetPolicyVersion) where the managed policies are not both attached.
  - Asks Kubernetes for C(list) on nodes, services, deployments, mutatingwebhookconfigurations, clusterrolebindings,
    securitygrouppolicies and secrets, and for C(get) on ConfigMap C(kube-system/amazon-vpc-cni) and DaemonSet
    C(kube-system/aws-node). Of secrets it asks for the metadata of those named C(vpc-admission-webhook-certs) alone, so
    that a rule with that name in C(resourceNames) is enough.
seealso:
  - module: cloudops.eks_windows.eks_cluster_info
  - name: Deploy Windows nodes on EKS clusters
    description: The considerations and the procedure as AWS documents them.
    link: https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
"""

EXAMPLES = r"""
- name: Examine one cluster
  cloudops.eks_windows.eks_windows_preflight:
    cluster_name: production
    region: eu-central-1
  register: examined

- name: Refuse a cluster that can't run Windows pods now
  ansible.builtin.assert:
    that: examined.ready
    fail_msg: "{{ examined.findings | selectattr('status', 'equalto', 'fail') | map(attribute='summary') | list }}"

- name: What would role enable do, in another account and as another Kubernetes administrator?
  cloudops.eks_windows.eks_windows_preflight:
    cluster_name: production
    region: eu-central-1
    assume_role_arn: arn:aws:iam::111122223333:role/reader
    kubernetes_role_arn: arn:aws:iam::111122223333:role/cluster-admin
    goal: enable
    planned_instance_types: [m5.xlarge]
    ignore:
      - id: version.lifecycle
        reason: upgrade is planned for spring
        owner: platform team
        until: "2027-03-31"
  register: examined

- name: Show the plan
  ansible.builtin.debug:
    var: examined.plan
"""

RETURN = r"""
ready:
  description:
    - Whether Windows pods can run now, on the Windows nodes there are or on one that joins.
    - Legacy Windows support alone is never ready, since its certificate is not looked at yet.
    - With O(cluster_policy=ignore) it says nothing of the policy.
  type: bool
  returned: success
  sample: false
blockers:
  description:
    - Ids of the findings that stop O(goal), failed or unknown, and that no step of RV(plan) resolves.
  type: list
  elements: str
  returned: success
  sample: [network.ip_family]
findings:
  description: What each rule says, in the order of the rule reference.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: Id of the rule.
      type: str
      sample: iam.cluster_policy
    severity:
      description: V(error), V(warning) or V(info). A waived finding is V(info).
      type: str
      sample: error
    status:
      description: V(pass), V(fail), V(unknown) or V(not_applicable).
      type: str
      sample: fail
    summary:
      description: One line.
      type: str
      sample: AmazonEKSVPCResourceController is not attached to role production-cluster
    evidence:
      description: The objects and values seen, at most 20.
      type: list
      elements: dict
      contains:
        object:
          description: What was looked at.
          type: str
          sample: IAM role production-cluster
        value:
          description: What was seen of it.
          type: str
          sample: AmazonEKSClusterPolicy
    evidence_total:
      description: How many there were.
      type: int
      sample: 1
    remedy:
      description: The task, role or command that mends it.
      type: str
      sample: Run role cloudops.eks_windows.enable, which attaches the policy.
    reference:
      description: URL of the rule's source.
      type: str
      sample: https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
    blocks:
      description: The goals that the finding stops while it fails.
      type: list
      elements: str
      sample: [enable]
    resolved_by:
      description: The steps of a plan that mend it.
      type: list
      elements: str
      sample: [attach_cluster_policy]
support:
  description: The state of Windows support.
  type: dict
  returned: success
  contains:
    mode:
      description: Who runs Windows support, V(control_plane), V(legacy), V(mixed), V(none) or V(unknown).
      type: str
      sample: none
    windows_ipam:
      description: The setting C(enable-windows-ipam).
      type: dict
      contains:
        live:
          description: Its value in ConfigMap C(kube-system/amazon-vpc-cni); none where it is absent or unknown.
          type: str
          sample: "false"
        effective:
          description:
            - Whether the controller of the control plane acts on it; none where unknown. A legacy controller turns it
              off, whatever the ConfigMap says.
          type: bool
          sample: false
        owner:
          description: V(addon) where EKS manages the C(vpc-cni) add-on, else V(config_map); V(unknown) where unread.
          type: str
          sample: config_map
        addon_value:
          description: Its value in the add-on's configuration; none where absent.
          type: str
          sample: null
    prefix_delegation:
      description: Whether Windows prefix delegation is on; none where unknown.
      type: bool
      sample: false
    cluster_role:
      description: The cluster's IAM role.
      type: dict
      contains:
        arn:
          description: Its ARN.
          type: str
          sample: arn:aws:iam::111122223333:role/production-cluster
        policy_attached:
          description: Whether AmazonEKSVPCResourceController is attached; none where unknown.
          type: bool
          sample: false
    legacy:
      description: What is left of legacy Windows support.
      type: dict
      contains:
        variant:
          description: The way it was installed, none where there is none or it can't be told.
          type: str
          sample: eksctl
        components:
          description: Its objects.
          type: list
          elements: str
          sample: ["Deployment kube-system/vpc-resource-controller"]
        certificate:
          description: Not looked at yet.
          type: dict
          sample: null
    windows_nodes:
      description: How many Windows nodes there are; none where unknown.
      type: int
      sample: 0
    linux_nodes:
      description: How many Linux nodes there are; none where unknown.
      type: int
      sample: 2
    security_groups_for_pods:
      description: Whether C(ENABLE_POD_ENI) is on; none where unknown.
      type: bool
      sample: false
plan:
  description: The steps from the state seen to O(goal), in order. Empty when nothing is to be done.
  type: list
  elements: dict
  returned: success
  contains:
    step:
      description: The step's id.
      type: str
      sample: enable_windows_ipam
    reason:
      description: Why it is needed.
      type: str
      sample: enable-windows-ipam is "false"
    object:
      description: What it changes.
      type: str
      sample: ConfigMap kube-system/amazon-vpc-cni
    before:
      description: What is there now.
      type: str
      sample: "false"
    after:
      description: What will be there.
      type: str
      sample: "true"
examined:
  description: How many objects were looked at, by kind. A kind that could not be read is not listed.
  type: dict
  returned: success
  sample: {nodes: 3, deployments: 12}
observed_at:
  description: When the cluster was looked at, RFC 3339 in UTC.
  type: str
  returned: success
  sample: "2026-11-24T10:00:00Z"
cluster:
  description: The cluster as EKS tells it. What could not be read is none.
  type: dict
  returned: success
  contains:
    name:
      description: Its name.
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
    region:
      description: Its region.
      type: str
      sample: eu-central-1
    account:
      description: Its account.
      type: str
      sample: "111122223333"
    partition:
      description: Its partition.
      type: str
      sample: aws
    status:
      description: Its status.
      type: str
      sample: ACTIVE
    endpoint:
      description: URL of its Kubernetes API.
      type: str
      sample: https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com
    max_pods:
      description: Pods with an address of their own on one Windows node, by instance type seen or planned.
      type: list
      elements: dict
      contains:
        type:
          description: The instance type.
          type: str
          sample: m5.large
        secondary:
          description: Without prefix delegation, IPv4 addresses of an interface less one.
          type: int
          sample: 9
        prefix:
          description: With prefix delegation; none where the type can't have it.
          type: int
          sample: 144
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeCluster"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend


def main() -> None:
    """Examine the cluster."""
    run_module(backend())


if __name__ == "__main__":
    main()
