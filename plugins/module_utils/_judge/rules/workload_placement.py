# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on where the pods of workloads may land."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.unsupported_instance_families import (
    documented_2022,
    without_windows_ami,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import WINDOWS_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.placement import (
    Candidates,
    lasting_taints,
)
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
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import (
    effective_ipam,
    effective_ipam_unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    Taint,
    Unknown,
    Workload,
)

TAINT_RULES: list[Rule] = []
RULES: list[Rule] = []

WINDOWS_SUPPORT = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"
WINDOWS_GUIDE = "https://kubernetes.io/docs/concepts/windows/user-guide/"

TAINT = "os=windows:NoSchedule"
"""The taint of the Kubernetes guide for Windows."""

OF_TYPE = (
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "karpenter.k8s.aws/instance-category",
    "karpenter.k8s.aws/instance-family",
    "karpenter.k8s.aws/instance-generation",
    "karpenter.k8s.aws/instance-size",
)
OF_ANY_NODE = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.k8s.aws/zone-id",
    "topology.ebs.csi.aws.com/zone",
    "eks.amazonaws.com/capacityType",
    "karpenter.sh/capacity-type",
)
"""Labels that kubelet, cloud provider, EKS, Karpenter and the EBS driver give nodes of both operating systems, and
whose values say nothing of it; those of the type where Windows could have the node's too."""


class _Seen(NamedTuple):
    """Workloads that were read, and why others were not."""

    workloads: tuple[Workload, ...]
    missed: tuple[Unknown, ...]

    @property
    def but(self) -> str:
        """What a summary adds where some could not be read."""
        return f"; {', '.join(part.source for part in self.missed)} could not be read" if self.missed else ""


@rule(
    TAINT_RULES,
    id="nodes.taint",
    severity="warning",
    title="Windows nodes are tainted, or every workload names its operating system",
    evidence="Each Windows node without a lasting taint.",
    reference=WINDOWS_GUIDE,
    remedy=f"Taint Windows nodes in their node group, for example {TAINT}, and give Windows workloads the toleration. "
    "Or give every workload a nodeSelector kubernetes.io/os.",
)
def taint(subject: Subject) -> Verdict:
    """Each Windows node has a taint of effect NoSchedule or NoExecute that stays, so that pods which don't tolerate it
    keep off, or every Deployment, DaemonSet and StatefulSet that may be placed on one without names its operating
    system, as rule workloads.os_selector judges it. Taints by which Kubernetes, autoscalers and CSI drivers tell how a
    node fares do not count.

    Pods without an owner, those of Jobs, and Fargate profiles are not looked at. It does not apply where there is no
    Windows node. Where the RuntimeClasses that workloads name can't be read, it is unknown unless others fail already.
    """
    windows = known(subject.windows_nodes)
    if not windows:
        return not_applicable("There is no Windows node")
    bare = [node for node in windows if not lasting_taints(node)]
    if not bare:
        return passed("Every Windows node is tainted", *map(_taints, windows))
    seen = _placed(subject)
    loose = _loose(seen.workloads, bare, _linux(subject))
    evidence = [*map(_taints, bare), *map(unread, seen.missed)]
    if loose:
        return failed(
            f"Windows nodes without a taint: {len(bare)} of {len(windows)}, and workloads that may land there and name "
            f"no operating system: {len(loose)}{seen.but}",
            evidence,
        )
    if seen.missed:
        return unknown_part(seen.missed[0])
    return passed("Windows nodes are without a taint, and every workload names its operating system", *evidence)


@rule(
    RULES,
    id="workloads.os_selector",
    severity="warning",
    title="No workload may land on the wrong operating system",
    evidence="Each Deployment, DaemonSet and StatefulSet that names no operating system, and where it may land.",
    reference=WINDOWS_SUPPORT,
    remedy="Give the pod template a nodeSelector with kubernetes.io/os and kubernetes.io/arch, or taint the Windows "
    "nodes.",
)
def os_selector(subject: Subject) -> Verdict:
    """No Deployment, DaemonSet or StatefulSet may be placed on a Windows node and on a Linux node too, judged as the
    scheduler does by nodeSelector, required node affinity and the taints of the nodes that are there: the user guide
    wants a nodeSelector on Linux and on Windows pods of a mixed cluster. The field os of a pod keeps it off no node.
    Nor may one that taints alone keep off Linux be placed on a Windows node that has none: it names no operating
    system, and may well be for Linux.

    A pod takes a nodeSelector and tolerations from the RuntimeClass that it names (admission plugin RuntimeClass, on by
    default), which count as its own. Where RuntimeClasses can't be read, workloads that name one are not judged, and
    the rule is unknown unless others fail already.

    Where there is no Windows node, and the goal or a planned instance type brings one, Windows nodes without taints are
    taken for it, one of them in each place and of each kind of capacity and type that the Linux nodes are of. Left out
    are types without a Windows AMI and, where types are planned, those that are neither planned nor of a Windows node
    group; where none is planned, those on AWS's list of 2022. Labels of the user's own are not taken over. It does not
    apply where neither is so. Pods without an owner and those of Jobs
    are not looked at, and Fargate profiles neither, as they are not always read: a pod that one of them takes lands on
    no node of these.
    """
    windows = known(subject.windows_nodes)
    coming = subject.options.goal in WINDOWS_GOALS or bool(subject.options.planned_instance_types)
    if not windows and not coming:
        return not_applicable("There is no Windows node")
    seen = _placed(subject)
    linux = _linux(subject)
    loose = _loose(seen.workloads, windows or _windows_to_come(linux, _planned(subject)), linux)
    missed = [unread(part) for part in seen.missed]
    if loose:
        return failed(
            f"Workloads that may land on a Windows node and name no operating system: {len(loose)}{seen.but}",
            [*loose, *missed],
        )
    if missed:
        return unknown_part(seen.missed[0])
    return passed(f"Each of {len(seen.workloads)} workloads may land on one operating system alone")


@rule(
    RULES,
    id="workloads.address_annotation",
    severity="error",
    title="No pod template carries an address",
    evidence="Each workload whose pod template has the annotation, and its value, which may be empty.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/webhooks/core/annotation_validation_webhook.go",
    remedy="Take annotation vpc.amazonaws.com/PrivateIPv4Address out of the pod template: it was saved with a running "
    "pod, by a backup or a copy of its manifest.",
)
def address_annotation(subject: Subject) -> Verdict:
    """No pod template of a Deployment, DaemonSet or StatefulSet has annotation vpc.amazonaws.com/PrivateIPv4Address.
    Only the controller may give it: while Windows IPAM is on, its webhook denies every new pod that has one already, an
    empty one too, and on Linux too. Restored backups and copied manifests bring it along.

    Where the control plane's controller holds Windows IPAM to be off it is information: the pods are denied once it is
    on. Where that is not known it is unknown. It does not apply to goal disable, after which nothing denies them.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support no pod is denied for it")
    seen = _read(subject)
    found = [
        Evidence(str(each.ref), f"vpc.amazonaws.com/PrivateIPv4Address: {each.address or 'empty'}")
        for each in seen.workloads
        if each.address is not None
    ]
    missed = [unread(part) for part in seen.missed]
    if found:
        return _denied(subject, f"{len(found)}{seen.but}", [*found, *missed])
    if missed:
        return unknown_part(seen.missed[0])
    return passed("No pod template carries an address")


def _denied(subject: Subject, count: str, evidence: list[Evidence]) -> Verdict:
    """The verdict on workloads that carry an address."""
    on = effective_ipam(subject)
    if on is None:
        part = next(iter(effective_ipam_unread(subject)), None)
        return unknown(
            f"Workloads carry an address, and whether Windows IPAM is on, which denies their new pods, is not known: "
            f"{count}",
            [*evidence, *([unread(part)] if part else [])],
            remedy=part.remedy if part else "Look at version.control_plane_support.",
        )
    if on:
        return failed(f"Workloads whose new pods are denied, as they carry an address: {count}", evidence)
    return failed(
        f"Workloads whose new pods are denied once Windows IPAM is on, as they carry an address: {count}",
        evidence,
        severity="info",
    )


def _read(subject: Subject) -> _Seen:
    workloads = subject.observation.workloads
    parts = (workloads.deployments, workloads.daemon_sets, workloads.stateful_sets)
    return _Seen(
        tuple(each for part in parts if not isinstance(part, Unknown) for each in part),
        tuple(part for part in parts if isinstance(part, Unknown)),
    )


def _placed(subject: Subject) -> _Seen:
    """The workloads whose placement is known."""
    seen, classes = _read(subject), subject.observation.workloads.runtime_classes
    if not isinstance(classes, Unknown):
        return seen
    return _Seen(tuple(each for each in seen.workloads if not each.runtime_class), (*seen.missed, classes))


def _linux(subject: Subject) -> tuple[Node, ...]:
    """Linux nodes, one to come where there is none."""
    return known(subject.linux_nodes) or (_node("linux"),)


def _loose(workloads: Iterable[Workload], windows: Sequence[Node], linux: Sequence[Node]) -> list[Evidence]:
    """The workloads that may land on a Windows node and name no operating system, and where they may land."""
    of_windows, of_linux = Candidates(windows), Candidates(linux)
    bare = Candidates(node for node in windows if not lasting_taints(node))
    untainted = Candidates(replace(node, taints=()) for node in linux)
    found = []
    for each in workloads:
        on_windows = of_windows.first_for(each.placement)
        # A bare node is one of Windows.
        if on_windows is None:
            continue
        on_linux = of_linux.first_for(each.placement)
        if on_linux:
            found.append(Evidence(str(each.ref), f"may land on {on_windows.name} and on {on_linux.name}"))
        elif (on_bare := bare.first_for(each.placement)) and untainted.first_for(each.placement):
            found.append(Evidence(str(each.ref), f"may land on {on_bare.name}, and taints alone keep it off Linux"))
    return found


def _planned(subject: Subject) -> tuple[str, ...]:
    """The types that Windows nodes will be of, as far as they are told; empty where none is planned."""
    return subject.windows_types if any(subject.options.planned_instance_types) else ()


def _windows_to_come(linux: Iterable[Node], planned: Sequence[str]) -> tuple[Node, ...]:
    """Windows nodes as they may come: a plain one, and one beside each kind of Linux node."""
    plain = _node("windows")
    kept = dict.fromkeys(frozenset(_shared(node, planned).items()) for node in linux)
    return (plain, *(replace(plain, labels={**dict(labels), **plain.labels}) for labels in kept if labels))


def _shared(node: Node, planned: Sequence[str]) -> Mapping[str, str]:
    """The labels of a Linux node that a Windows node may have as well."""
    names = (*OF_ANY_NODE, *(OF_TYPE if _may_run_windows(node, planned) else ()))
    return {name: node.labels[name] for name in names if name in node.labels}


def _may_run_windows(node: Node, planned: Sequence[str]) -> bool:
    """Whether a Windows node of the node's type may come. AWS's list of 2022 does not speak against a planned one: rule
    nodes.instance_type does, and may be ignored where the type has proved itself."""
    name = node.instance_type
    if node.architecture != "amd64" or without_windows_ami(name):
        return False
    return name in planned if planned else not documented_2022(name)


def _node(operating_system: str) -> Node:
    """A node to come, as the kubelet labels it."""
    labels = {f"{prefix}kubernetes.io/os": operating_system for prefix in ("", "beta.")}
    labels |= {f"{prefix}kubernetes.io/arch": "amd64" for prefix in ("", "beta.")}
    if operating_system == "windows":
        labels["node.kubernetes.io/windows-build"] = "10.0.20348"
    return Node(
        name=f"a {operating_system.capitalize()} node",
        operating_system=operating_system,
        architecture="amd64",
        instance_type="",
        os_image="",
        kernel_version="",
        kubelet_version="",
        ready=True,
        fargate=False,
        auto_mode=False,
        labels=labels,
        capacity={},
        taints=(),
    )


def _taints(node: Node) -> Evidence:
    return Evidence(f"Node {node.name}", ", ".join(map(_taint, lasting_taints(node))) or "no taint")


def _taint(each: Taint) -> str:
    return f"{each.key}={each.value}:{each.effect}" if each.value else f"{each.key}:{each.effect}"
