# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Every rule, in the order of the report. A new topic's file is entered here."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules import (
    addon,
    address_targets,
    capacity,
    cluster,
    controller_events,
    controller_role,
    coredns,
    fargate,
    iam,
    instance_metadata,
    ipam,
    ipam_owner,
    legacy,
    legacy_certificate,
    network,
    network_policy,
    node_authorization,
    node_os,
    nodes,
    pod_capacity,
    policy_use,
    prefix_delegation,
    service_backends,
    service_cidr,
    subnets,
    usage,
    version,
    windows_pods,
    workload_placement,
    workloads,
)

RULES: tuple[Rule, ...] = (
    *cluster.RULES,
    *version.RULES,
    *network.RULES,
    *prefix_delegation.RULES,
    *address_targets.RULES,
    *service_cidr.RULES,
    *subnets.RULES,
    *controller_events.PREFIX_RULES,
    *network_policy.RULES,
    *capacity.RULES,
    *coredns.RULES,
    *pod_capacity.RULES,
    *nodes.RULES,
    *node_os.RULES,
    *instance_metadata.RULES,
    *controller_events.RULES,
    *workload_placement.TAINT_RULES,
    *workload_placement.RULES,
    *windows_pods.RULES,
    *fargate.RULES,
    *service_backends.RULES,
    *workloads.RULES,
    *usage.RULES,
    *iam.RULES,
    *policy_use.RULES,
    *node_authorization.RULES,
    *ipam.RULES,
    *controller_role.RULES,
    *ipam_owner.RULES,
    *legacy.RULES,
    *legacy_certificate.RULES,
    *addon.RULES,
)

RULES_BY_ID: Mapping[str, Rule] = {entry.id: entry for entry in RULES}
