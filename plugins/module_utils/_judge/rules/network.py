# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the cluster's network."""

from __future__ import annotations

from collections.abc import Collection

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import AWS_NODE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.policy_use import POD_ENI
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    WINDOWS_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    not_known,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.windows_pods import SEND_HOME
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import (
    fault,
    selects,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    SecurityGroupPolicy,
    ServiceAccount,
    Unknown,
    WindowsPod,
)

RULES: list[Rule] = []

WINDOWS_SUPPORT = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"
SECURITY_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"

CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"

NARROW_IT = "Narrow the selector of the SecurityGroupPolicy to Linux pods."

_FINISHED = ("Succeeded", "Failed")


@rule(
    RULES,
    id="network.ip_family",
    severity="error",
    title="The cluster's IP family is IPv4",
    evidence="The cluster's IP family.",
    reference=WINDOWS_SUPPORT,
    remedy="Windows nodes need a cluster of IP family IPv4, which can only be chosen when a cluster is created.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def ip_family(subject: Subject) -> Verdict:
    """DescribeCluster gives the IP family of the cluster as ipv4. The user guide says that Windows nodes don't support
    IPv6. It is unknown where EKS does not say the family."""
    cluster = known(subject.observation.cluster)
    evidence = Evidence(f"EKS cluster {cluster.name}", f"IP family {cluster.ip_family or 'not given'}")
    if not cluster.ip_family:
        return unknown(
            "EKS does not say the cluster's IP family",
            [evidence],
            remedy="Look at kubernetesNetworkConfig.ipFamily of aws eks describe-cluster, and at the addresses of the "
            "cluster's pods. Where they are IPv4, put network.ip_family into ignore (role "
            "variable eks_windows_ignore) with that reason.",
        )
    if cluster.ip_family != "ipv4":
        return failed(f"The cluster's IP family is {cluster.ip_family}, and Windows needs ipv4", [evidence])
    return passed("The cluster's IP family is ipv4", evidence)


@rule(
    RULES,
    id="network.custom_networking",
    severity="error",
    title="Custom networking is off",
    evidence="The variable's value in DaemonSet aws-node.",
    reference=WINDOWS_SUPPORT,
    remedy=f"Set {CUSTOM_NETWORKING} of {AWS_NODE} to false (or in the vpc-cni add-on's configuration), or use another "
    "cluster for Windows.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def custom_networking(subject: Subject) -> Verdict:
    """Variable AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG of DaemonSet kube-system/aws-node is not true. The user guide says
    that Windows nodes don't support custom networking: their pods were seen to wait for an address (issue 965 of
    aws-ia/terraform-aws-eks-blueprints).

    It is unknown where the value comes from a ConfigMap, a Secret or another variable, and does not apply where there
    is no aws-node.
    """
    aws_node = known(subject.observation.aws_node)
    if aws_node is None:
        return not_applicable(f"There is no {AWS_NODE}")
    if not aws_node.is_resolved(CUSTOM_NETWORKING):
        return unknown(
            f"Whether custom networking is on can't be told: {CUSTOM_NETWORKING} of {AWS_NODE} is set from elsewhere",
            [_unresolved(aws_node, CUSTOM_NETWORKING)],
            remedy=f"Look where {AWS_NODE} takes {CUSTOM_NETWORKING} from. Set it to false there, or literally.",
        )
    value = aws_node.env.get(CUSTOM_NETWORKING)
    evidence = Evidence(AWS_NODE, f"{CUSTOM_NETWORKING}={value}" if value is not None else f"no {CUSTOM_NETWORKING}")
    if parse_bool(value):
        return failed("Custom networking is on, and Windows nodes can't take part in it", [evidence])
    return passed("Custom networking is off", evidence)


@rule(
    RULES,
    id="network.security_groups_for_pods",
    severity="error",
    title="No SecurityGroupPolicy selects Windows pods",
    evidence="Each Windows pod that a SecurityGroupPolicy selects, or else the policies and the variable "
    "ENABLE_POD_ENI of aws-node; and each policy that the controller passes over, with the reason.",
    reference=SECURITY_GROUPS,
    remedy=NARROW_IT,
    blocks=WINDOWS_GOALS,
)
def security_groups_for_pods(subject: Subject) -> Verdict:
    """No SecurityGroupPolicy selects a Windows pod that has not finished, by podSelector or serviceAccountSelector. The
    user guide says that Windows nodes don't support security groups for pods, so that such a pod runs without them.
    One that asks for Windows by node affinity, or lands there without asking, does not even run: the webhook, which
    looks at nodeSelector alone, takes it for a Linux pod and has it ask for a branch interface (pod_webhook.go),
    which no Windows node has: where it did not ask, it is the pod that is to go elsewhere. Pods on their node's
    network, HostProcess pods among them, don't count: the controller passes over them anywhere. Nor do policies
    that it passes over, since they have no selector, no security group or a selector that is none to Kubernetes.

    That the feature is on for Linux pods alone is information: while it is, the cluster's role needs policy
    AmazonEKSVPCResourceController also without Windows. So is that it can't be told, where no policy selects a Windows
    pod.
    """
    policies = known(subject.observation.security_group_policies)
    if policies:
        verdict = _selected_windows_pods(subject, policies)
        if verdict is not None:
            return verdict
    aws_node = subject.observation.aws_node
    value = aws_node.env.get(POD_ENI) if isinstance(aws_node, AwsNode) else None
    evidence = [Evidence(_name(policy), _passed_over(policy) or "selects no Windows pod") for policy in policies]
    if parse_bool(value):
        return failed(
            "Security groups for pods are on, for Linux pods alone: Windows pods never get them",
            [Evidence(AWS_NODE, f"{POD_ENI}={value}"), *evidence],
            remedy="Nothing to mend. While Linux pods use it, the cluster's role needs AmazonEKSVPCResourceController "
            "also without Windows.",
            severity="info",
            blocks=(),
        )
    if isinstance(aws_node, Unknown):
        return unknown(
            not_known(aws_node),
            [unread(aws_node), *evidence],
            remedy=aws_node.remedy,
            severity="info",
            blocks=(),
        )
    if aws_node is not None and not aws_node.is_resolved(POD_ENI):
        return unknown(
            f"No SecurityGroupPolicy selects Windows pods, and whether security groups for Linux pods are on can't be "
            f"told: {POD_ENI} of {AWS_NODE} is set from elsewhere",
            [_unresolved(aws_node, POD_ENI), *evidence],
            remedy=f"Look where {AWS_NODE} takes {POD_ENI} from. While Linux pods use it, the cluster's role needs "
            "AmazonEKSVPCResourceController also without Windows.",
            severity="info",
            blocks=(),
        )
    return passed("No SecurityGroupPolicy selects Windows pods", *evidence)


def _selected_windows_pods(subject: Subject, policies: tuple[SecurityGroupPolicy, ...]) -> Verdict | None:
    """The verdict where a policy selects a Windows pod or that can't be told; None where none does."""
    pods = [
        pod
        for pod in known(subject.observation.windows_pods)
        if pod.phase not in _FINISHED and not pod.host_network and not pod.host_process
    ]
    evidence: list[Evidence] = []
    stopped: dict[tuple[str, str], WindowsPod] = {}
    undecided: Unknown | None = None
    for policy in policies:
        if _passed_over(policy):
            continue
        accounts: tuple[ServiceAccount, ...] = ()
        candidates = [pod for pod in pods if pod.namespace == policy.namespace]
        if policy.pod_selector is not None:
            candidates = [pod for pod in candidates if selects(policy.pod_selector, pod.labels)]
        if policy.service_account_selector is not None and candidates:
            seen = subject.observation.service_accounts
            if isinstance(seen, Unknown):
                undecided = seen
                continue
            accounts = seen
        selected = [pod for pod in candidates if _selects_account(policy, pod, accounts)]
        evidence += [Evidence(f"Pod {pod.namespace}/{pod.name}", _selected(pod, policy)) for pod in selected]
        stopped.update({(pod.namespace, pod.name): pod for pod in selected if not pod.selects_windows})
    if evidence:
        running = len({item.object for item in evidence}) - len(stopped)
        kinds = [f"which run without it: {running}"] if running else []
        kinds += [f"which can't run, for want of a nodeSelector: {len(stopped)}"] if stopped else []
        return failed(
            f"A SecurityGroupPolicy selects Windows pods, {', and '.join(kinds)}",
            [*evidence, *(Evidence(_name(each), words) for each in policies if (words := _passed_over(each)))],
            remedy=_remedy(stopped.values(), running),
        )
    if undecided is not None:
        known(undecided)
    return None


def _remedy(stopped: Collection[WindowsPod], running: int) -> str | None:
    """What mends it for the pods that are selected and can't run, and so many others; None for what the rule says."""
    if not stopped:
        return None
    asking = any(pod.asks_for_windows for pod in stopped)
    parts = [NARROW_IT] if asking or running else []
    parts += ["Give pods without a nodeSelector one, kubernetes.io/os: windows."] if asking else []
    parts += [] if all(pod.asks_for_windows for pod in stopped) else [SEND_HOME]
    return " ".join(parts)


def _selected(pod: WindowsPod, policy: SecurityGroupPolicy) -> str:
    """What a policy that selects a pod means for it."""
    if pod.selects_windows:
        return f"selected by {_name(policy)}"
    return f"selected by {_name(policy)}; without a nodeSelector the webhook takes it for a Linux pod"


def _selects_account(policy: SecurityGroupPolicy, pod: WindowsPod, accounts: tuple[ServiceAccount, ...]) -> bool:
    selector = policy.service_account_selector
    return selector is None or any(
        account.namespace == pod.namespace
        and account.name == (pod.service_account or "default")
        and selects(selector, account.labels)
        for account in accounts
    )


def _passed_over(policy: SecurityGroupPolicy) -> str:
    """Why the controller takes a policy for none, whatever pods there are; empty where it does not.

    Source: aws/amazon-vpc-resource-controller-k8s, filterPodSecurityGroups of pkg/utils/helper.go.
    """
    selectors = {"podSelector": policy.pod_selector, "serviceAccountSelector": policy.service_account_selector}
    if not any(each is not None for each in selectors.values()):
        return "passed over: it has no selector"
    if not policy.names_groups:
        return "passed over: it has no securityGroups.groupIds"
    faults = (f"{name} has {why}" for name, each in selectors.items() if each is not None and (why := fault(each)))
    return next((f"passed over: {words}, which is no selector" for words in faults), "")


def _unresolved(aws_node: AwsNode, variable: str) -> Evidence:
    return Evidence(AWS_NODE, f"{variable} from {'valueFrom' if variable in aws_node.unresolved else 'envFrom'}")


def _name(policy: SecurityGroupPolicy) -> str:
    return f"SecurityGroupPolicy {policy.namespace}/{policy.name}"
