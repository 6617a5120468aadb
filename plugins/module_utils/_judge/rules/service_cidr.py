# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The rule on the range of addresses that Services have."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.node_groups import has_own_ami
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
    unknown_part,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    NodeGroup,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import GROUP_LABEL

RULES: list[Rule] = []

DEFAULTS = ("10.100.0.0/16", "172.20.0.0/16")
"""What EKS takes where none was given, as the API reference of CreateCluster says."""


@rule(
    RULES,
    id="network.service_cidr",
    severity="warning",
    title="Services have a default range of addresses, or no Windows node bootstraps itself",
    evidence="The cluster's range of Service addresses, and each Windows node that bootstraps itself.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    remedy="See that the user data of these nodes passes the cluster's range to Start-EKSBootstrap.ps1 by "
    "-ServiceCIDR. Where it does, put network.service_cidr into ignore (role variable eks_windows_ignore) with that "
    "reason.",
)
def service_cidr(subject: Subject) -> Verdict:
    """The range of Service addresses is one of those that EKS takes by itself, 10.100.0.0/16 or 172.20.0.0/16. Or no
    Windows node is there whose user data is its owner's: self-managed ones, those of Karpenter, and those of a managed
    node group whose launch template names the AMI. The user guide says that such a node needs the cluster's range in
    its bootstrap arguments, or pods on it can't resolve names.

    No API shows whether the user data has it, so this only warns. It does not apply to clusters of another IP family,
    and not for goal disable.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    cluster = known(subject.observation.cluster)
    seen = Evidence(f"EKS cluster {cluster.name}", f"Service addresses {cluster.service_ipv4_cidr or 'not given'}")
    if cluster.ip_family not in ("ipv4", ""):
        return not_applicable(f"The cluster's IP family is {cluster.ip_family}", seen)
    if cluster.service_ipv4_cidr in DEFAULTS:
        return passed(f"Services have a default range, {cluster.service_ipv4_cidr}", seen)
    groups = subject.observation.node_groups
    doubtful = [node for node in known(subject.windows_nodes) if node.labels.get(GROUP_LABEL)]
    own = [node for node in known(subject.windows_nodes) if not node.labels.get(GROUP_LABEL)]
    if isinstance(groups, Unknown):
        if doubtful and not own:
            return unknown_part(groups)
    else:
        own += [node for node in doubtful if _has_own_ami(node, groups or ())]
    if not own:
        return passed(f"Services have range {cluster.service_ipv4_cidr}, and no Windows node bootstraps itself", seen)
    evidence = [seen, *(Evidence(f"Node {node.name}", "bootstraps itself") for node in own)]
    if not cluster.service_ipv4_cidr:
        return unknown(
            f"EKS does not say the range of Service addresses, and Windows nodes bootstrap themselves: {len(own)}",
            evidence,
            remedy="Look at kubernetesNetworkConfig of aws eks describe-cluster, and at the user data of these nodes.",
        )
    return failed(
        f"Services have range {cluster.service_ipv4_cidr}, which Windows nodes that bootstrap themselves have to be "
        f"told: {len(own)}",
        evidence,
    )


def _has_own_ami(node: Node, groups: tuple[NodeGroup, ...]) -> bool:
    return any(group.name == node.labels.get(GROUP_LABEL) and has_own_ami(group) for group in groups)
