# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what resolves names for Windows pods."""

from __future__ import annotations

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
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.capacity import COREDNS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []

ADDON = "Add-on coredns"


@rule(
    RULES,
    id="capacity.coredns",
    severity="warning",
    title="CoreDNS is installed",
    evidence="Deployment kube-system/coredns and add-on coredns, with whether they are there.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html",
    remedy="Install add-on coredns (aws eks create-addon --addon-name coredns). Where another DNS answers Windows "
    "pods, put capacity.coredns into ignore (role variable eks_windows_ignore) with that reason.",
)
def coredns(subject: Subject) -> Verdict:
    """EKS manages add-on coredns, or Deployment kube-system/coredns is there: the user guide wants CoreDNS on a Linux
    node or on Fargate for Windows pods, which resolve no name of a Service without a DNS. EKS installs none in a
    cluster that is created with bootstrapSelfManagedAddons=false.

    Whether it has nodes to run on is for rule capacity.linux to say, and how the add-on fares for addon.health. What
    else may serve names is not looked for, a Deployment of another name or what a node runs outside of pods. Where the
    add-on is not known to be there, and the Deployment or the add-on could not be read, it is unknown. It does not
    apply to goal disable, after which no Windows pod is to run.
    """
    if subject.options.goal == "disable":
        return not_applicable("It does not matter to goal disable")
    addon = subject.observation.coredns
    if addon is not None and not isinstance(addon, Unknown):
        return passed("EKS manages add-on coredns", Evidence(ADDON, addon.version))
    deployments = subject.observation.workloads.deployments
    if not isinstance(deployments, Unknown) and any(each.ref == COREDNS for each in deployments):
        return passed(f"{COREDNS} is there", Evidence(str(COREDNS), "present"))
    known(deployments)
    absent = Evidence(str(COREDNS), "absent")
    if isinstance(addon, Unknown):
        return unknown(
            f"{COREDNS} is absent, and whether EKS manages add-on coredns is not known",
            [absent, unread(addon)],
            remedy=addon.remedy,
        )
    return failed(
        "CoreDNS is not installed: no Windows pod resolves names by it", [absent, Evidence(ADDON, "not managed by EKS")]
    )
