# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the cluster itself."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.identity import same_server, trusts_no_other
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    WINDOWS_GOALS,
    WRITING_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    passed,
    rule,
    unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []


@rule(
    RULES,
    id="cluster.identity",
    severity="error",
    title="The Kubernetes API in use is the one that EKS describes for the cluster",
    evidence="The server in use, and the endpoint that EKS describes.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html",
    remedy="Leave out kubeconfig, context and host, so that endpoint and certificate authority come from EKS. "
    "Where the API is reached through a proxy's own address on purpose, put cluster.identity into ignore (role "
    "variable eks_windows_ignore).",
    blocks=WRITING_GOALS,
)
def identity(subject: Subject) -> Verdict:
    """Server and certificate authority in use are those that DescribeCluster tells, and the server's certificate is
    checked. So no variable of the environment and no kubeconfig leads to another cluster.

    Where they differ nothing is asked of the Kubernetes API, and what hangs on it is unknown. It is unknown where no
    Kubernetes API could be reached at all.
    """
    cluster = known(subject.observation.cluster)
    connection = subject.observation.connection
    evidence = (
        Evidence("Kubernetes API in use", connection.server or "none"),
        Evidence(f"EKS cluster {cluster.name}", cluster.endpoint),
    )
    if connection.refused:
        return failed(f"Nothing was asked of the Kubernetes API: {connection.refused}", evidence)
    if not connection.server:
        return unknown(
            "No Kubernetes API was reached, so it can't be told whether it is the cluster's",
            evidence,
            remedy="Mend what stopped the connection: the other findings that are unknown name it.",
        )
    if not same_server(connection.server, cluster.endpoint):
        return failed(f"{connection.server} is not the endpoint of cluster {cluster.name}", evidence)
    if not connection.validate_certs:
        return failed(
            "Certificates of the Kubernetes API are not checked, so any server could answer for it",
            evidence,
            remedy="Set kubernetes_validate_certs to true.",
        )
    if not trusts_no_other(connection.certificate_authority, cluster.certificate_authority):
        return failed(f"The certificate authority in use is not that of cluster {cluster.name}", evidence)
    return passed(f"The Kubernetes API in use is that of cluster {cluster.name}", *evidence)


@rule(
    RULES,
    id="cluster.status",
    severity="error",
    title="The cluster is ACTIVE",
    evidence="The cluster's status.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html",
    remedy="Wait until the cluster is ACTIVE (aws eks wait cluster-active), or mend what keeps it from it.",
    blocks=WRITING_GOALS,
)
def status(subject: Subject) -> Verdict:
    """DescribeCluster gives the cluster's status as ACTIVE. While EKS creates, updates or deletes the cluster, what is
    read now may not be what is there in a minute."""
    cluster = known(subject.observation.cluster)
    evidence = Evidence(f"EKS cluster {cluster.name}", cluster.status)
    if cluster.status != "ACTIVE":
        return failed(f"The cluster is {cluster.status or 'without a status'}, not ACTIVE", [evidence])
    return passed("The cluster is ACTIVE", evidence)


@rule(
    RULES,
    id="cluster.auto_mode",
    severity="info",
    title="Auto Mode runs no nodes of the cluster",
    evidence="Whether Auto Mode is on, and each node that is its own.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Run Windows in managed or self-managed node groups, or by Karpenter, beside Auto Mode.",
)
def auto_mode(subject: Subject) -> Verdict:
    """Auto Mode is off, and no node of its own is there. The user guide says that Auto Mode does not support Windows,
    and the VPC resource controller passes over nodes with label eks.amazonaws.com/compute-type=auto.

    Auto Mode alone does not keep Windows nodes of one's own from running beside it, so this is information.
    """
    cluster = known(subject.observation.cluster)
    nodes = subject.observation.nodes
    named = [] if isinstance(nodes, Unknown) else [node.name for node in nodes if node.auto_mode]
    if not cluster.auto_mode and not named:
        return passed("Auto Mode is off", Evidence(f"EKS cluster {cluster.name}", "Auto Mode off"))
    evidence = [Evidence(f"EKS cluster {cluster.name}", f"Auto Mode {'on' if cluster.auto_mode else 'off'}")]
    evidence += [Evidence(f"Node {name}", "eks.amazonaws.com/compute-type=auto") for name in named]
    return failed("Auto Mode's nodes are never Windows, and the VPC resource controller skips them", evidence)


@rule(
    RULES,
    id="cluster.outposts",
    severity="error",
    title="The cluster is no local cluster on Outposts",
    evidence="The ARN of each Outpost that the control plane is on.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/eks-outposts-local-cluster-overview.html",
    remedy="Local clusters on Outposts can't have Windows nodes. Use a cluster whose control plane is in the region.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def outposts(subject: Subject) -> Verdict:
    """DescribeCluster names no Outpost that the control plane is on. The user guide says that local clusters on
    Outposts can't have Windows nodes; nodes on an Outpost whose control plane is in the region are another thing."""
    cluster = known(subject.observation.cluster)
    if cluster.outpost_arns:
        evidence = [Evidence(f"EKS cluster {cluster.name}", arn) for arn in cluster.outpost_arns]
        return failed("A local cluster on Outposts can't have Windows nodes", evidence)
    return passed("The control plane is in the region", Evidence(f"EKS cluster {cluster.name}", "no Outposts"))
