# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows nodes."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import instance_type
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.unsupported_instance_families import (
    documented_2022,
    family,
    without_windows_ami,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    WINDOWS_GOALS,
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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []

ADDRESS_CAPACITY = "vpc.amazonaws.com/PrivateIPv4Address"


def type_problems(name: str) -> list[str]:
    """Why an EC2 instance type can't be a Windows node; empty where nothing speaks against it."""
    problems = []
    if instance_type(name) is None:
        problems.append("unknown to the VPC resource controller")
    without = without_windows_ami(name)
    if without:
        problems.append("has no Windows AMI" if without == "no Windows AMI" else f"has no Windows AMI ({without})")
    if documented_2022(name):
        problems.append(f"family {family(name).upper()} is on AWS's list of 2022")
    return problems


@rule(
    RULES,
    id="nodes.instance_type",
    severity="error",
    title="Windows nodes are of instance types that can be one",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/aws/vpc/limits.go",
    remedy="Use another instance type for Windows nodes, for example m5.large. AWS's list of 2022 is gone from today's "
    "page: where the type has proved itself, put nodes.instance_type into ignore with that reason.",
    blocks=WINDOWS_GOALS,
    stops_pods=True,
)
def instance_types(subject: Subject) -> Verdict:
    """No Windows node or planned type is unknown to the controller, without a Windows AMI, or on AWS's list of 2022."""
    planned = subject.options.planned_instance_types
    nodes = subject.windows_nodes
    if isinstance(nodes, Unknown) and not planned:
        known(nodes)
    seen = () if isinstance(nodes, Unknown) else nodes
    if not seen and not planned:
        return not_applicable("There is no Windows node and no planned type")
    named = [(f"Node {node.name}", node.instance_type) for node in seen]
    named += [("Planned type", name) for name in planned]
    problems = {name: type_problems(name) for _where, name in named if name}
    evidence = [
        Evidence(where, f"{name}: {', '.join(problems[name])}") for where, name in named if name and problems[name]
    ]
    if evidence:
        worst = {name: text for name, text in problems.items() if text}
        first = next(iter(worst))
        more = f" (types like it: {len(worst) - 1})" if len(worst) > 1 else ""
        return failed(f"{first}: {', '.join(worst[first])}{more}", evidence)
    known(nodes)
    untyped = [Evidence(f"Node {node.name}", "no instance type") for node in seen if not node.instance_type]
    if untyped:
        return unknown(
            f"Windows nodes that don't say their instance type: {len(untyped)}",
            untyped,
            remedy="Look at label node.kubernetes.io/instance-type of these nodes.",
        )
    good = [Evidence(where, name) for where, name in named]
    return passed(f"{', '.join(sorted(problems))} can be Windows nodes", *good)


@rule(
    RULES,
    id="nodes.address_capacity",
    severity="error",
    title="Each Windows node advertises addresses for pods",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/docs/troubleshooting.md",
    remedy="Wait some minutes: the controller takes a node up at its next event or within 30 minutes. Then look at the "
    "node's events from vpc-resource-controller, and replace the node.",
    resolved_by=("attach_cluster_policy", "enable_windows_ipam"),
    stops_pods=True,
)
def address_capacity(subject: Subject) -> Verdict:
    """Each Windows node's capacity has vpc.amazonaws.com/PrivateIPv4Address, above 0.

    It stops no goal: a node that has just joined lacks it for a while. It passes also after Windows support was
    disabled, since the capacity stays; that support is on is for other rules to say.
    """
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    evidence = [
        Evidence(f"Node {node.name}", f"{ADDRESS_CAPACITY}: {node.capacity.get(ADDRESS_CAPACITY, 'absent')}")
        for node in nodes
    ]
    lacking = [item for item in evidence if item.value.endswith((": absent", ": 0"))]
    if not lacking:
        return passed("Every Windows node advertises addresses, as it also does after disabling", *evidence)
    summary = f"Windows nodes that don't advertise addresses for pods: {len(lacking)} of {len(nodes)}"
    config_map = subject.observation.cni_config_map
    if not isinstance(config_map, Unknown) and subject.control_plane_supported is not False:
        data = (config_map.data if config_map else None) or {}
        if not parse_bool(data.get(ENABLE_WINDOWS_IPAM)):
            return failed(
                f"{summary}, as Windows IPAM is off",
                lacking,
                remedy="Run role cloudops.eks_windows.enable.",
                resolved_by=("enable_windows_ipam",),
            )
    # Pods can run on the nodes that do.
    return failed(summary, lacking, stops_pods=len(lacking) == len(nodes))
