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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import runs_coredns
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []

WANTED = 2
"""Linux nodes that AWS recommends, so that CoreDNS survives the loss of one."""


@rule(
    RULES,
    id="capacity.linux",
    severity="error",
    title="CoreDNS has Linux nodes or Fargate to run on",
    evidence="Each Linux node with whether it is ready, and each Fargate profile that takes CoreDNS.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Add Linux nodes: Windows can't run CoreDNS. One is needed, two are recommended.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def linux(subject: Subject) -> Verdict:
    """Two Linux nodes are ready, or an active Fargate profile takes CoreDNS: the user guide wants one Linux node or
    Fargate pod for CoreDNS, which can't run on Windows, and recommends two.

    One node alone is a warning, none is an error. A profile counts for as many as are wanted, since each pod of CoreDNS
    then has a machine of its own. With legacy support Fargate does not count. Profiles are asked for only where fewer
    than two nodes are ready; where they can't be read, it is unknown.
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
    if not needs_nodes:
        if isinstance(profiles, Unknown):
            if ready:
                return unknown(
                    "One Linux node is ready, and whether Fargate runs CoreDNS is not known",
                    [*evidence, unread(profiles)],
                    remedy=profiles.remedy,
                    severity="warning",
                    blocks=(),
                    stops_pods=False,
                )
            known(profiles)
        else:
            covering = [profile for profile in profiles if runs_coredns(profile)]
            evidence += [Evidence(f"Fargate profile {profile.name}", "takes CoreDNS") for profile in covering]
            if covering:
                return passed(f"Fargate profile {covering[0].name} takes CoreDNS", *evidence)
    why = ", and with legacy support Fargate does not count" if needs_nodes else ""
    if ready:
        return failed(
            f"Only one Linux node is ready{why}: CoreDNS is gone when it is",
            evidence,
            severity="warning",
            blocks=(),
            stops_pods=False,
        )
    return failed(f"No Linux node is ready{why or ' and no Fargate profile takes CoreDNS'}", evidence)
