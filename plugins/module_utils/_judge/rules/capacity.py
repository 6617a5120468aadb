# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what the cluster has room for."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    WINDOWS_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import (
    COREDNS_NAMESPACE,
    runs_coredns,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import COMPUTE_TYPE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    ObjectRef,
    Unknown,
)

RULES: list[Rule] = []

WANTED = 2
"""Linux nodes that AWS recommends, so that CoreDNS survives the loss of one."""

COREDNS = ObjectRef("Deployment", COREDNS_NAMESPACE, "coredns")
"""The Deployment of CoreDNS, as EKS installs it."""

ON_EC2 = "ec2"
"""The value of annotation eks.amazonaws.com/compute-type that keeps pods off Fargate."""


@rule(
    RULES,
    id="capacity.linux",
    severity="error",
    title="CoreDNS has Linux nodes or Fargate to run on",
    evidence="Each Linux node with whether it is ready, and each Fargate profile that takes CoreDNS, with the "
    "annotation that keeps it off Fargate.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Add Linux nodes: Windows can't run CoreDNS. One is needed, two are recommended.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def linux(subject: Subject) -> Verdict:
    """Two Linux nodes are ready, or an active Fargate profile takes CoreDNS: the user guide wants one Linux node or
    Fargate pod for CoreDNS, which can't run on Windows, and recommends two.

    One node alone is a warning, none is an error. A profile counts for as many as are wanted, since each pod of CoreDNS
    then has a machine of its own. It does not count while the pod template of Deployment kube-system/coredns has
    annotation eks.amazonaws.com/compute-type: ec2, as EKS installs it: the user guide has that changed first. With
    legacy support Fargate does not count. Profiles are asked for only where fewer than two nodes are ready; where they,
    or with a profile the Deployment, can't be read, it is unknown.
    """
    nodes = known(subject.linux_nodes)
    ready = [node for node in nodes if node.ready]
    evidence = [Evidence(f"Node {node.name}", "Linux, ready" if node.ready else "Linux, not ready") for node in nodes]
    if len(ready) >= WANTED:
        return passed(f"{len(ready)} Linux nodes are ready", *evidence)
    needs_nodes = subject.options.goal == "legacy_install" or (
        subject.control_plane_supported is False and subject.legacy.complete
    )
    profiles = subject.observation.fargate_profiles
    why, remedy = "", None
    if needs_nodes:
        why = ", and with legacy support Fargate does not count"
    else:
        covering = [] if isinstance(profiles, Unknown) else [each for each in profiles if runs_coredns(each)]
        kept = _kept_on_ec2(subject) if covering else False
        missing = next((part for part in (profiles, kept) if isinstance(part, Unknown)), None)
        if missing is not None and ready:
            return unknown(
                "One Linux node is ready, and whether Fargate runs CoreDNS is not known",
                [*evidence, unread(missing)],
                remedy=missing.remedy,
                severity="warning",
                blocks=(),
                stops_pods=False,
            )
        if missing is not None:
            known(missing)
        evidence += [Evidence(f"Fargate profile {profile.name}", "takes CoreDNS") for profile in covering]
        if covering and not kept:
            return passed(f"Fargate profile {covering[0].name} takes CoreDNS", *evidence)
        if covering:
            evidence.append(Evidence(str(COREDNS), f"{COMPUTE_TYPE}: {ON_EC2}"))
            why = ", and an annotation keeps CoreDNS off Fargate"
            remedy = (
                "Add Linux nodes. Or let Fargate take CoreDNS: set computeType to Fargate in the configuration of "
                f"add-on coredns or, where EKS does not manage it, take annotation {COMPUTE_TYPE} out of the pod "
                f"template of {COREDNS}."
            )
    if ready:
        return failed(
            f"Only one Linux node is ready{why}: CoreDNS is gone when it is",
            evidence,
            remedy=remedy,
            severity="warning",
            blocks=(),
            stops_pods=False,
        )
    return failed(f"No Linux node is ready{why or ' and no Fargate profile takes CoreDNS'}", evidence, remedy=remedy)


def _kept_on_ec2(subject: Subject) -> Known[bool]:
    """Whether the pods of CoreDNS are told to stay off Fargate; not so where there is no such Deployment."""
    deployments = subject.observation.workloads.deployments
    if isinstance(deployments, Unknown):
        return deployments
    return any(each.ref == COREDNS and each.compute_type == ON_EC2 for each in deployments)
