# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on network policies."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import WINDOWS_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.quoting import quoted
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

RULES: list[Rule] = []

KEY = "enable-network-policy-controller"


@rule(
    RULES,
    id="network.network_policy",
    severity="info",
    title="No network policies are counted on for Windows pods",
    evidence="The ConfigMap's key and its value.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
    remedy="Nothing to mend where no NetworkPolicy is meant for Windows pods. Else use a network policy engine that "
    "has Windows, or security groups on the Windows nodes.",
)
def network_policy(subject: Subject) -> Verdict:
    """The network policies of the VPC CNI are off (enable-network-policy-controller), or there is no Windows node that
    they could be missed on: the user guide has them for Linux pods alone, so that a NetworkPolicy which selects Windows
    pods has no effect on them.
    """
    nodes = known(subject.windows_nodes)
    if not nodes and subject.options.goal not in WINDOWS_GOALS:
        return not_applicable("There is no Windows node")
    value = known(subject.cni_data).get(KEY)
    evidence = Evidence(CONFIG_MAP, f"{KEY}: {quoted(value)}" if value is not None else f"no {KEY}")
    if parse_bool(value):
        return failed("Network policies of the VPC CNI are on, and have no effect on Windows pods", [evidence])
    return passed("Network policies of the VPC CNI are off", evidence)
