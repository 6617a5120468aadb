# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on versions of Kubernetes and of the platform."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    CONTROL_PLANE_SUPPORT,
    minimum,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    CONTROL_PLANE_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject

RULES: list[Rule] = []

WINDOWS_SUPPORT = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"
VERSIONS = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"

_VERSION_REMEDY = "Update the cluster: its platform version comes with each Kubernetes version."


def _evidence(cluster: Cluster) -> Evidence:
    return Evidence(f"EKS cluster {cluster.name}", f"{cluster.version} {cluster.platform_version}".strip())


@rule(
    RULES,
    id="version.control_plane_support",
    severity="error",
    title="Kubernetes and platform version can run Windows support in the control plane",
    evidence="The cluster's Kubernetes and platform version.",
    reference=WINDOWS_SUPPORT,
    remedy=f"{_VERSION_REMEDY} Where it must stay, legacy Windows support is the way (goal legacy_install).",
    blocks=CONTROL_PLANE_GOALS,
    stops_pods=True,
)
def control_plane_support(subject: Subject) -> Verdict:
    """Kubernetes and platform version are at or above the table of the user guide for Windows support in the control
    plane: 1.19 eks.7, 1.20 eks.3, 1.21 eks.3, 1.22 eks.1, 1.23 eks.1, and anything later.

    Below it legacy Windows support is the way. Where that is whole, this is a warning, and only goals that need the
    control plane are stopped. It is unknown where the versions have a form that can't be compared.
    """
    cluster = known(subject.observation.cluster)
    seen = _evidence(cluster)
    if subject.control_plane_supported is None:
        return unknown(f"Can't tell the versions apart: {seen.value}", [seen], remedy="Report this cluster's versions.")
    if subject.control_plane_supported:
        return passed(f"{seen.value} runs Windows support in the control plane", seen)
    summary = f"{seen.value} is below {minimum(CONTROL_PLANE_SUPPORT, cluster.version)}, the least for Windows support"
    if subject.legacy.complete and subject.options.goal not in CONTROL_PLANE_GOALS:
        return failed(f"{summary} in the control plane; legacy support is there", [seen], severity="warning")
    return failed(f"{summary} in the control plane", [seen])


@rule(
    RULES,
    id="version.legacy_obsolete",
    severity="error",
    title="Legacy Windows support is what the versions need",
    evidence="The cluster's Kubernetes and platform version.",
    reference=WINDOWS_SUPPORT,
    remedy="Use control-plane support (role cloudops.eks_windows.enable): legacy support would switch it off.",
    blocks=("legacy_install",),
)
def legacy_obsolete(subject: Subject) -> Verdict:
    """Kubernetes and platform version are below the table of the user guide for Windows support in the control plane.
    At or above it the Deployment of a legacy controller would switch working support off.

    It matters to goal legacy_install alone, and does not apply to any other on a version that has support in the
    control plane.
    """
    cluster = known(subject.observation.cluster)
    seen = _evidence(cluster)
    if subject.control_plane_supported is None:
        return unknown(f"Can't tell the versions apart: {seen.value}", [seen], remedy="Report this cluster's versions.")
    if not subject.control_plane_supported:
        return passed(f"{seen.value} has no Windows support in the control plane", seen)
    summary = f"Legacy Windows support is obsolete on {seen.value}"
    if subject.options.goal != "legacy_install":
        return not_applicable(f"{summary}, which matters where it is to be installed", seen)
    return failed(f"{summary}: its controller would switch control-plane support off", [seen])


@rule(
    RULES,
    id="version.lifecycle",
    severity="warning",
    title="The Kubernetes version is in standard support",
    evidence="What EKS calls the version's support, and until when it lasts.",
    reference=VERSIONS,
    remedy="Update the cluster to a version in standard support.",
)
def lifecycle(subject: Subject) -> Verdict:
    """DescribeClusterVersions calls the support of the cluster's Kubernetes version standard. A version that EKS does
    not list any more, is in extended support or is unsupported, fails. It is unknown where EKS calls it something else.
    """
    cluster = known(subject.observation.cluster)
    version = known(subject.observation.cluster_version)
    if version is None:
        return failed(f"EKS does not list Kubernetes {cluster.version} any more", [_evidence(cluster)])
    evidence = [
        Evidence(f"Kubernetes {version.version}", text)
        for text in (
            version.version_status,
            f"standard support until {version.end_of_standard_support}" if version.end_of_standard_support else "",
            f"extended support until {version.end_of_extended_support}" if version.end_of_extended_support else "",
        )
        if text
    ]
    if version.version_status == "STANDARD_SUPPORT":
        until = f" until {version.end_of_standard_support}" if version.end_of_standard_support else ""
        return passed(f"Kubernetes {version.version} is in standard support{until}", *evidence)
    if version.version_status == "EXTENDED_SUPPORT":
        until = f" until {version.end_of_extended_support}" if version.end_of_extended_support else ""
        return failed(f"Kubernetes {version.version} is in extended support{until}", evidence)
    if version.version_status == "UNSUPPORTED":
        return failed(f"Kubernetes {version.version} is not supported any more", evidence)
    return unknown(
        f"EKS calls the support of Kubernetes {version.version} {version.version_status or 'nothing'}",
        evidence,
        remedy="Look the version up in the reference.",
    )
