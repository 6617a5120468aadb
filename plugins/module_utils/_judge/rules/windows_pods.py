# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on how Windows pods are written."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WindowsPod

RULES: list[Rule] = []

NAME_WINDOWS = "Give the pod template the nodeSelector kubernetes.io/os: windows, and make its pods anew."
SEND_HOME = (
    "Give the pod template of pods that did not ask for Windows the nodeSelector kubernetes.io/os of the operating "
    "system that their containers are for, linux most often. Or taint the Windows nodes, which keeps off what does not "
    "tolerate it, and delete those pods."
)
"""The remedy for pods that landed on Windows nodes without asking."""

WITHOUT_HOST_NETWORK = (
    "Take hostNetwork out of the pod, or make it a HostProcess pod (securityContext.windowsOptions.hostProcess), which "
    "runs without isolation."
)
WINDOWS_SUPPORT = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"


@rule(
    RULES,
    id="workloads.node_selector_form",
    severity="warning",
    title="Windows pods name Windows by nodeSelector",
    evidence="Each pod that the webhooks take for no Windows pod, or that uses the deprecated label, and its owner.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/webhooks/core/pod_webhook.go",
    remedy=NAME_WINDOWS,
)
def node_selector_form(subject: Subject) -> Verdict:
    """Each Windows pod that needs an address has a nodeSelector of kubernetes.io/os or beta.kubernetes.io/os: windows.
    The webhook looks at nothing else (pod_webhook.go), so that a pod which asks for Windows by node affinity, or lands
    there without asking, gets no limit and no address. Pods on the network of their node need none.

    The remedy for a pod that landed there without asking is to send it where its containers can run: it is one of
    Linux, most often of a DaemonSet that names no operating system.

    A pod that uses the deprecated label beta.kubernetes.io/os alone gets its address, and is information.
    """
    pods = [pod for pod in known(subject.observation.windows_pods) if not pod.host_network]
    if not pods:
        return not_applicable("There is no Windows pod that needs an address")
    unseen = [pod for pod in pods if not pod.selects_windows]
    strays = [pod for pod in unseen if not pod.asks_for_windows]
    old = [pod for pod in pods if pod.beta_label_alone]
    evidence = [
        Evidence(_name(pod), f"no nodeSelector for Windows{_owner(pod)}") for pod in unseen if pod.asks_for_windows
    ]
    evidence += [Evidence(_name(pod), f"{astray(pod)}{_owner(pod)}") for pod in strays]
    evidence += [Evidence(_name(pod), f"nodeSelector beta.kubernetes.io/os, deprecated{_owner(pod)}") for pod in old]
    if unseen:
        return failed(
            f"{'Pods on Windows nodes' if strays else 'Windows pods'} that no webhook sees, for want of a "
            f"nodeSelector: {len(unseen)} of {len(pods)}{_of_which(strays)}",
            evidence,
            remedy=_remedies(NAME_WINDOWS if len(strays) < len(unseen) or old else "", SEND_HOME if strays else ""),
        )
    if old:
        return failed(
            f"Windows pods with the deprecated label beta.kubernetes.io/os alone: {len(old)} of {len(pods)}",
            evidence,
            severity="info",
        )
    return passed(f"All {len(pods)} Windows pods name Windows by nodeSelector")


@rule(
    RULES,
    id="workloads.host_network",
    severity="error",
    title="No Windows pod asks for its node's network but HostProcess ones",
    evidence="Each Windows pod with hostNetwork that is no HostProcess pod, with its owner.",
    reference=WINDOWS_SUPPORT,
    remedy=WITHOUT_HOST_NETWORK,
)
def host_network(subject: Subject) -> Verdict:
    """No Windows pod has hostNetwork, but HostProcess pods, which have to: Windows containers have no other way onto
    the network of their node, and the user guide names HostProcess pods as the only one.

    A pod with hostNetwork that landed on a Windows node without asking does not run there either. It counts, as rule
    workloads.os_selector does not look at every pod, but its remedy is another: hostNetwork may be right where its
    containers can run.
    """
    pods = known(subject.observation.windows_pods)
    if not pods:
        return not_applicable("There is no Windows pod")
    bad = [pod for pod in pods if pod.host_network and not pod.host_process]
    if bad:
        strays = [pod for pod in bad if not pod.asks_for_windows]
        return failed(
            f"{'Pods on Windows nodes' if strays else 'Windows pods'} with hostNetwork that are no HostProcess pods: "
            f"{len(bad)}{_of_which(strays)}",
            [Evidence(_name(pod), f"hostNetwork, no HostProcess pod{_astray(pod)}{_owner(pod)}") for pod in bad],
            remedy=_remedies(WITHOUT_HOST_NETWORK if len(strays) < len(bad) else "", SEND_HOME if strays else ""),
        )
    process = sum(1 for pod in pods if pod.host_process)
    return passed(f"No Windows pod asks for its node's network (HostProcess pods: {process} of {len(pods)})")


def astray(pod: WindowsPod) -> str:
    """How a pod that did not ask for Windows came there."""
    return f"did not ask for Windows, and landed on {pod.node_name}"


def _astray(pod: WindowsPod) -> str:
    return "" if pod.asks_for_windows else f"; {astray(pod)}"


def _of_which(strays: Sequence[WindowsPod]) -> str:
    return f", of which did not ask for Windows: {len(strays)}" if strays else ""


def _remedies(*remedies: str) -> str:
    """Those that are not empty."""
    return " ".join(filter(None, remedies))


def _name(pod: WindowsPod) -> str:
    return f"Pod {pod.namespace}/{pod.name}"


def _owner(pod: WindowsPod) -> str:
    return f" (of {pod.owner})" if pod.owner else ""
