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
      - V(legacy_install), V(legacy_remove) and V(cert_renew) are about legacy Windows support, the controller and
        webhook that a cluster runs itself. V(migrate) takes it away in the order that leaves the shortest gap, and
        enables control-plane support.
      - V(none) examines the cluster and plans nothing.
    type: str
    choices: [enable, disable, legacy_install, legacy_remove, migrate, cert_renew, none]
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
      - A waiver of C(iam.policy_in_use) or C(iam.cluster_role_shared) lets the V(disable) goal detach the policy in
        spite of what that rule found.
      - An id that does not exist is an error.
    type: list
    elements: raw
    default: []
  renewal_days:
    description:
      - Days before its end from which on a legacy certificate is due for renewal.
      - One that lasts less than three times as long is due in the last third of its life. More than 365 makes each due.
    type: int
    default: 30
  cluster_policy:
    description:
      - What a goal does about managed policy C(AmazonEKSVPCResourceController) of the cluster's role.
      - V(manage) attaches it for the goals V(enable) and V(migrate). For the V(disable) goal it detaches it, unless
        something else needs it.
      - V(verify) refuses to enable without it, V(ignore) does not look at it. Neither attaches nor detaches it.
    type: str
    choices: [manage, verify, ignore]
    default: manage
  ipam_owner:
    description:
      - Whose setting Windows IPAM is for the goals V(enable), V(migrate) and V(disable).
      - V(auto) takes the add-on where EKS manages the C(vpc-cni) add-on, and else the ConfigMap.
      - V(addon) and V(config_map) name it. V(config_map) is AWS's documented way also on a managed add-on, where an
        update of the add-on can take the setting back.
    type: str
    choices: [auto, addon, config_map]
    default: auto
  prefix_delegation:
    description:
      - Whether the goals V(enable) and V(migrate) turn Windows prefix delegation on or off. Left out, it stays as it
        is. The same two goals take the targets below.
      - It needs instance types on Nitro, or bare metal, and a Kubernetes version of 1.25 or later.
    type: bool
    version_added: 0.2.0
  warm_ip_target:
    description:
      - How many free addresses the V(enable) goal has kept ready on each Windows node. Left out, it stays as it is.
      - It is set as C(warm-ip-target) and, where the add-on owns the setting, as C(warmWindowsIPTarget).
      - A negative number is an error, here and below.
    type: int
    version_added: 0.2.0
  minimum_ip_target:
    description: How many addresses the V(enable) goal has each Windows node have at least, C(minimum-ip-target).
    type: int
    version_added: 0.2.0
  warm_prefix_target:
    description:
      - How many free prefixes the V(enable) goal has kept ready on each Windows node, C(warm-prefix-target).
      - The controller reads it under prefix delegation alone.
    type: int
    version_added: 0.2.0
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
  - Whatever the goal, it asks AWS for C(eks:DescribeCluster), C(eks:DescribeClusterVersions), C(eks:DescribeAddon) and
    C(iam:ListAttachedRolePolicies). It asks for C(eks:ListFargateProfiles) and C(eks:DescribeFargateProfile) where
    fewer than two Linux nodes are ready or there are Windows pods, and for C(iam:ListRolePolicies),
    C(iam:GetRolePolicy), C(iam:GetPolicy) and C(iam:GetPolicyVersion) where the managed policies are not both attached.
  - With goals V(enable), V(legacy_install) and V(migrate), and with every other but V(disable) where a node runs
    Windows, O(planned_instance_types) has one or Windows IPAM is on, it also asks for C(eks:ListNodegroups) and
    C(eks:DescribeNodegroup). For the instance types of Windows that are then in use or planned it asks for
    C(ec2:DescribeInstanceTypes) and C(ec2:DescribeSubnets), one call each; for each role of Windows nodes for
    C(eks:DescribeAccessEntry), where the cluster reads access entries, and for C(get) on ConfigMap
    C(kube-system/aws-auth), where no entry decides on one of them. For Windows nodes it asks for
    C(ec2:DescribeInstances), one call for up to 200, and for those that no managed node group made also for
    C(iam:GetInstanceProfile).
  - With O(goal=enable) and O(goal=migrate) it also asks for C(eks:DescribeAddonConfiguration), where EKS manages the
    C(vpc-cni) add-on and O(ipam_owner) is not V(config_map).
  - With O(goal=disable) it also asks for C(eks:ListNodegroups) and C(eks:DescribeNodegroup), and for
    C(eks:DescribeAddonConfiguration) as with O(goal=enable), where the add-on's configuration may have
    C(enableWindowsIpam). One call is made for each node group.
  - With O(goal=disable) and O(cluster_policy=manage), where C(AmazonEKSVPCResourceController) is attached to the
    cluster's role, other clusters may run as that role, so that it asks for C(ec2:DescribeRegions), for
    C(eks:ListClusters) in every region that is enabled for the account, and for C(eks:DescribeCluster) of every cluster
    there. One call is made for each region and cluster.
  - Whatever the goal, it asks Kubernetes for C(list) on nodes, pods, services, deployments, daemonsets, statefulsets,
    mutatingwebhookconfigurations, clusterrolebindings, securitygrouppolicies and secrets, and for C(get) on ConfigMap
    C(kube-system/amazon-vpc-cni). Of secrets it asks for the metadata of those named C(vpc-admission-webhook-certs)
    alone, and with O(goal=legacy_remove) and O(goal=migrate) also of those named C(windows-vpc-admission-webhook-tls)
    and of the backups of both, C(-backup) at the end. A rule with these names in C(resourceNames) is enough.
  - With O(goal=enable), where the control plane has Windows support, it also asks for C(get) on Role
    C(eks-vpc-resource-controller-role) and RoleBinding C(eks-vpc-resource-controller-rolebinding) in C(kube-system).
  - Where a node runs Windows, it also asks for C(list) on endpointslices in group C(discovery.k8s.io) and on events,
    and leaves out pods that have ended or are on a Linux node. Where none does, it asks for pending pods alone.
  - Where a Deployment, DaemonSet or StatefulSet names a RuntimeClass, it also asks for C(list) on runtimeclasses in
    group C(node.k8s.io), of which the pods take where they may be placed.
  - Where there are SecurityGroupPolicies, it also asks for C(list) on serviceaccounts in their namespaces, or in the
    whole cluster where more than four namespaces have some. Where something of legacy support is left, it asks
    for C(list) on serviceaccounts, clusterroles, certificatesigningrequests and the metadata of secrets named
    C(windows-vpc-admission-webhook-tls), and for C(get) on its Deployments.
  - Where a legacy webhook is left, it also asks for C(get) on its Service and its Secret, and in their namespace for
    C(list) on deployments and the metadata of the Secret's backup. Of the Secret the certificate is judged; its key is
    compared with the certificate and goes nowhere. It asks for C(get) on a Service or Secret that only has a name of
    legacy support, which tells whether it belongs to it.
  - With O(goal=legacy_remove) and O(goal=migrate) it also asks for C(list) on certificates in group C(cert-manager.io),
    where the Secret of the Helm chart is left.
  - With O(goal=cert_renew) it also asks for C(list) on the metadata of the webhook's pods and of its Secret, and on
    that of namespaces where the webhook has a namespaceSelector.
  - With O(goal=disable) it also asks for C(list) on cninodes in group C(vpcresources.k8s.aws) and, where Karpenter is
    installed, ec2nodeclasses in group C(karpenter.k8s.aws). That group is looked for by C(get) on the non-resource URL
    C(/apis/karpenter.k8s.aws), which cluster role C(system:discovery) allows to every identity that is authenticated.
requirements:
  - cryptography >= 42.0.0, where something of legacy Windows support is left
  - PyYAML, where ConfigMap aws-auth says what the role of a Windows node may do
seealso:
  - module: cloudops.eks_windows.eks_cluster_info
  - module: cloudops.eks_windows.webhook_cert_info
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

- name: What would switching Windows support off do, and what stops it?
  cloudops.eks_windows.eks_windows_preflight:
    cluster_name: production
    region: eu-central-1
    goal: disable
  register: disabling

- name: What would become of legacy support, and does its webhook still have a good certificate?
  cloudops.eks_windows.eks_windows_preflight:
    cluster_name: production
    region: eu-central-1
    goal: migrate
  register: migrating

- name: Say when the certificate ends
  ansible.builtin.debug:
    var: migrating.support.legacy.certificate.not_after
  when: migrating.support.legacy.certificate is not none

- name: Show the plan
  ansible.builtin.debug:
    var: examined.plan
"""

RETURN = r"""
ready:
  description:
    - Whether Windows pods can run now, on the Windows nodes there are or on one that joins.
    - Legacy Windows support counts below the versions that have control-plane support, where it is whole, its pods run,
      and its webhook has a good certificate.
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
    waiver:
      description:
        - The waiver of a finding that failed or is unknown, as O(ignore) gives it.
        - Null where there is none.
      type: dict
      contains:
        severity:
          description: How grave the finding is without the waiver.
          type: str
          sample: warning
        holds:
          description: Whether it has not ended. One that has ended changes nothing.
          type: bool
          sample: true
        reason:
          description: Why it was given. Empty where nothing was said, as RV(findings[].waiver.owner).
          type: str
          sample: update is planned for spring
        owner:
          description: Who gave it.
          type: str
          sample: platform team
        until:
          description: Its last day. Null is for ever.
          type: str
          sample: "2027-03-31"
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
          description:
            - What is to be said of the certificate of its webhook, of the worst where there are several. None without a
              webhook, or where that could not be read.
            - In RV(support_after) all of it is none where a new one would be issued.
          type: dict
          contains:
            not_after:
              description: Its end, RFC 3339 in UTC; none where there is no certificate that can be read, also below.
              type: str
              sample: "2027-11-24T10:00:00Z"
            days_left:
              description: Whole days until then, rounded down, so that it is V(-1) on the first day after that.
              type: int
              sample: 364
            expired:
              description: Whether it is over.
              type: bool
              sample: false
            renewal_due:
              description: Whether it is due for renewal by O(renewal_days), or over.
              type: bool
              sample: false
            key_matches:
              description: Whether the Secret has its private key.
              type: bool
              sample: true
            covers_service:
              description: Whether it is good for the name by which the API server calls the webhook.
              type: bool
              sample: true
            trusted_by_ca_bundle:
              description: Whether the caBundle of the webhook leads to it.
              type: bool
              sample: true
            problems:
              description: All that is wrong; empty where the webhook can answer.
              type: list
              elements: str
              sample: []
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
support_after:
  description:
    - RV(support) as it would be when RV(plan) is carried out. It equals RV(support) where the plan is empty.
    - It is worked out, not tried.
  type: dict
  returned: success
  sample:
    mode: control_plane
    windows_ipam: {live: "true", effective: true, owner: addon, addon_value: "true"}
    prefix_delegation: false
    cluster_role: {arn: "arn:aws:iam::111122223333:role/production-cluster", policy_attached: true}
    legacy: {variant: null, components: [], certificate: null}
    windows_nodes: 0
    linux_nodes: 2
    security_groups_for_pods: false
plan:
  description: The steps from the state seen to O(goal), in order. Empty when nothing is to be done.
  type: list
  elements: dict
  returned: success
  contains:
    step:
      description:
        - The step's id. For goal V(enable) V(attach_cluster_policy), V(configure_windows_addressing),
          V(enable_windows_ipam) and V(configure_addon); for goal V(disable) V(disable_windows_ipam),
          V(configure_addon) and V(detach_cluster_policy).
        - For goal V(legacy_install) V(create_role_binding), V(install_legacy_controller), V(issue_webhook_certificate)
          and V(install_legacy_webhook); for goal V(legacy_remove) V(remove_legacy_controller), V(remove_legacy_webhook)
          and V(remove_legacy_leftovers); for goal V(cert_renew) V(declare_side_effects),
          V(renew_webhook_certificate), V(restart_webhook), V(recycle_stuck_pods) and V(drop_certificate_backup).
        - For goal V(migrate) those of V(enable), V(remove_second_controller) before V(enable_windows_ipam), and those
          of V(legacy_remove) after V(configure_addon), and before all
          V(declare_side_effects).
      type: str
      sample: enable_windows_ipam
    reason:
      description:
        - Why it is needed.
        - C(configure_addon) is also needed where the configuration has the wanted values, but EKS is at work on the
          add-on, which is waited for, or its last update failed, which is made again.
      type: str
      sample: enable-windows-ipam is "false"
    object:
      description: What it changes.
      type: str
      sample: ConfigMap kube-system/amazon-vpc-cni
    before:
      description: What is there now. A JSON object where several keys may change, in which null is absent.
      type: str
      sample: "false"
    after:
      description:
        - What will be there.
        - For C(configure_windows_addressing) a JSON object of the ConfigMap's keys, for C(configure_addon) a JSON merge
          patch (RFC 7386) of the add-on's configuration values, the same as RV(plan[].before) where it has them.
        - For steps that delete V(absent); RV(plan[].before) is then a JSON object whose C(objects) have C(apiVersion),
          C(kind), C(namespace) and C(name), in the order of their deletion. Where C(remove_legacy_webhook) deletes a
          webhook configuration last, C(stopped) has the webhooks of it, by its name, that are made to be asked about
          nothing before.
      type: str
      sample: "true"
examined:
  description: How many objects were looked at, by kind. A kind that could not be read is not listed.
  type: dict
  returned: success
  sample: {nodes: 3, pods: 40, windows_pods: 8, deployments: 12, daemon_sets: 5, stateful_sets: 2, services: 9}
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
    aws_node_pod_template:
      description:
        - SHA-256 of the pod template of DaemonSet C(kube-system/aws-node), in hex. It changes when an update of the
          add-on replaces the pods of the Linux nodes' network.
        - None where there is no such DaemonSet, or it could not be read.
      type: str
      sample: 5b4d1f8f2f0cbbd6ac58a8dd7ea7ba7ec1f7a3a1f5b8cd8b0c9a0d3f1c0b7c55
    max_pods:
      description:
        - Pods with an address of their own on one Windows node, by instance type that Windows nodes have, that Windows
          node groups name, or that O(planned_instance_types) has.
        - Types that neither EC2 nor the list of the VPC resource controller has are left out.
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
        source:
          description:
            - V(ec2) where EC2 tells it of the cluster's region; V(table) where a dated table of the collection, the
              controller's own list, does.
          type: str
          sample: ec2
          version_added: 0.2.0
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
