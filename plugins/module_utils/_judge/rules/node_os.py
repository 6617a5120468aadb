# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the operating systems of nodes."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import kubernetes_version
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.windows_builds import (
    FEW_BACKENDS,
    MANY_BACKENDS,
    MOST_BACKENDS,
    RELEASES,
    SERVER_2025,
    SERVER_2025_KUBERNETES,
    WindowsBuild,
    windows_build,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import COREDNS_NAMESPACE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node, ObjectRef, Unknown

RULES: list[Rule] = []

AMAZON_LINUX_2 = "Amazon Linux 2"
REPLACE_NODES = (
    "Replace these nodes by ones of a newer Windows AMI of the same or a later release: containers need a host of "
    "their own release."
)
UPGRADE_CLUSTER = (
    "For Windows Server 2025 upgrade the cluster to Kubernetes 1.35 or later, or replace these nodes by ones of an "
    "earlier release, with containers of that."
)
COREDNS_SERVICE = ObjectRef("Service", COREDNS_NAMESPACE, "kube-dns")


class _Problem(NamedTuple):
    """What speaks against a build, and what mends it."""

    words: str
    remedy: str


@rule(
    RULES,
    id="nodes.os_build",
    severity="info",
    title="Windows nodes run a release that is supported, of a build without old limits",
    evidence="Each Windows node with its build, its release and the end of that release's support.",
    reference="https://learn.microsoft.com/windows-server/get-started/windows-server-release-info",
    remedy=f"{REPLACE_NODES} {UPGRADE_CLUSTER}",
)
def os_build(subject: Subject) -> Verdict:
    """Each Windows node runs a release that Microsoft still supports, extended support included, and no build before
    17763.2746: from that on a load-balanced Service may have 1024 pods behind it, before it 64, as the user guide says.
    Windows Server 2025 is on Amazon EKS from Kubernetes 1.35 on.

    A build that is not known here, or a node that does not tell one, is unknown. So is Windows Server 2025 where the
    cluster's version is not known.
    """
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    told = [(node, windows_build(node.kernel_version)) for node in nodes]
    builds = [(node, build) for node, build in told if build is not None]
    early = _is_too_early(subject)
    problems = [(node, found) for node, build in builds if (found := _problem(subject, build, early is True))]
    untold = [node for node, build in told if build is None or build.release not in RELEASES]
    strangers = [Evidence(f"Node {node.name}", node.kernel_version or "no build") for node in untold]
    if problems:
        evidence = [Evidence(f"Node {node.name}", f"{node.kernel_version}: {found.words}") for node, found in problems]
        counts = Counter(found for _node, found in problems)
        return failed(
            "; ".join(f"{found.words} (nodes: {count} of {len(nodes)})" for found, count in counts.items()),
            [*evidence, *strangers],
            remedy=" ".join(dict.fromkeys(found.remedy for found in counts)),
        )
    if strangers:
        return unknown(
            f"Windows nodes whose release is not known: {len(untold)} of {len(nodes)}",
            strangers,
            remedy="Look the build up in Microsoft's release information: it is newer than this collection, or a "
            "preview.",
        )
    if early is None and (doubtful := [node for node, build in builds if build.release == SERVER_2025]):
        cluster = subject.observation.cluster
        if isinstance(cluster, Unknown):
            return unknown_part(cluster)
        return unknown(
            "Whether the cluster's version is one for Windows Server 2025 is not known, as EKS does not tell it: "
            f"{len(doubtful)} of {len(nodes)} nodes",
            [Evidence(f"Node {node.name}", node.kernel_version) for node in doubtful],
            remedy="Look at version of aws eks describe-cluster: it has to be 1.35 or later.",
        )
    names = sorted({RELEASES[build.release].name for _node, build in builds})
    return passed(f"{', '.join(names)} on Windows nodes", *(_evidence(node, build) for node, build in builds))


def _is_too_early(subject: Subject) -> bool | None:
    """Whether the cluster's version is one without Windows Server 2025; None where it is not known."""
    cluster = subject.observation.cluster
    version = None if isinstance(cluster, Unknown) else kubernetes_version(cluster.version)
    return None if version is None else version < SERVER_2025_KUBERNETES


def _problem(subject: Subject, build: WindowsBuild, early: bool) -> _Problem | None:
    """What speaks against a build; None where nothing does."""
    release = RELEASES.get(build.release)
    if release is not None and release.end_of_support < subject.options.today:
        return _Problem(f"{release.name} is out of support since {release.end_of_support.isoformat()}", REPLACE_NODES)
    if build < MANY_BACKENDS:
        return _Problem(
            f"Services may have {FEW_BACKENDS} backends in place of {MOST_BACKENDS} before build {MANY_BACKENDS}",
            REPLACE_NODES,
        )
    if build.release == SERVER_2025 and early:
        version = known(subject.observation.cluster).version
        return _Problem(
            f"Windows Server 2025 is supported from Kubernetes 1.35 on, and the cluster has {version}", UPGRADE_CLUSTER
        )
    return None


def _evidence(node: Node, build: WindowsBuild) -> Evidence:
    release = RELEASES[build.release]
    end = release.end_of_support.isoformat()
    return Evidence(f"Node {node.name}", f"{node.kernel_version}, {release.name}, supported until {end}")


@rule(
    RULES,
    id="nodes.linux_ami",
    severity="info",
    title="CoreDNS does not run on Amazon Linux 2",
    evidence="Each Linux node on Amazon Linux 2 that CoreDNS runs on.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html",
    remedy="Replace these nodes by ones of Amazon Linux 2023 or Bottlerocket: Windows pods have no name resolution "
    "without CoreDNS.",
)
def linux_ami(subject: Subject) -> Verdict:
    """No Linux node that a pod of CoreDNS runs on is Amazon Linux 2: AWS publishes no Amazon EKS AMIs of it since
    2025-11-26, so that it gets no security updates, and Windows pods hang on CoreDNS. Where CoreDNS runs is told by the
    Service kube-system/kube-dns, which is looked at where there are Windows nodes; else every Linux node counts.
    """
    nodes = known(subject.linux_nodes)
    old = [node for node in nodes if node.os_image.strip() == AMAZON_LINUX_2]
    if not nodes:
        return not_applicable("There is no Linux node")
    if not old:
        return passed("No Linux node runs Amazon Linux 2")
    backends = known(subject.observation.service_backends)
    carrying = {name for each in backends if each.service == COREDNS_SERVICE for name in each.nodes}
    found = [node for node in old if not carrying or node.name in carrying]
    if not found:
        return passed("CoreDNS runs on none of the nodes that run Amazon Linux 2", *map(_image, old))
    which = "that CoreDNS runs on" if carrying else "that CoreDNS may run on"
    return failed(f"Linux nodes {which} with {AMAZON_LINUX_2}: {len(found)} of {len(nodes)}", [*map(_image, found)])


def _image(node: Node) -> Evidence:
    return Evidence(f"Node {node.name}", node.os_image)
