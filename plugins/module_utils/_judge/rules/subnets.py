# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The rule on the subnets that Windows nodes and their pods take addresses from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import PREFIX_ADDRESSES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import CONTROL_PLANE_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.instance_limits import Limits
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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.nodes import (
    types_not_told,
    types_of_templates,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.prefix_delegation import in_prefix_mode
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import GROUPS_NOT_ASKED, Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Subnet, Unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import windows_groups

RULES: list[Rule] = []

_ADDRESSES = "How many addresses a node takes"

MAX_PODS = 110
"""Pods that a Windows node's kubelet runs unless its bootstrap arguments say otherwise (user guide, Windows AMIs)."""


@rule(
    RULES,
    id="network.subnet_addresses",
    severity="warning",
    title="The subnets have addresses for one more Windows node and its pods",
    evidence="Each subnet that Windows nodes are or may be in, with its zone and its free addresses.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    remedy="Give Windows nodes other subnets, add a CIDR block to the VPC and make subnets in it, or use instance "
    "types with fewer addresses. Fewer warm addresses (role variables eks_windows_warm_ip_target and "
    "eks_windows_minimum_ip_target) leave more to others.",
)
def subnet_addresses(subject: Subject) -> Verdict:
    """Each subnet of the Windows node groups and instances has as many free addresses as one more Windows node takes
    with as many pods as it can run: the largest of the instance types in use and planned, and one address of its own.
    Where no Windows node group or instance tells its subnets, one of the cluster's subnets is enough, since some may be
    for the control plane alone. EC2's DescribeSubnets tells what is free.

    Under prefix delegation a node takes blocks of 16 addresses that begin at a multiple of 16, and no more of them than
    110 pods need, which is what its kubelet runs by default. Whether free addresses are contiguous no API shows: rule
    network.prefix_blocks has the controller's events.

    It does not apply for goal disable, and where no instance type is in use or planned for Windows. It is unknown where
    neither EC2 nor the controller's list has a type, or a Windows node group has no node yet, its launch template
    names the type and none is planned, unless a subnet is too small for the others already; and where prefix delegation
    decides and is not known, since the ConfigMap or the cluster's versions can't be read.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    if not subject.windows_types:
        known(subject.windows_nodes)
        if subject.observation.node_groups is None:
            return not_applicable(GROUPS_NOT_ASKED)
        if isinstance(subject.observation.node_groups, Unknown):
            return unknown_part(subject.observation.node_groups)
        return types_not_told(subject, _ADDRESSES) or not_applicable(
            "No instance type is in use or planned for Windows nodes"
        )
    found = [limits for limits in map(subject.limits, subject.windows_types) if limits is not None]
    untold = [name for name in subject.windows_types if subject.limits(name) is None]
    if found:
        verdict = _of_types(subject, found)
        if verdict.status != "pass":
            return verdict
        if not untold:
            seen = (*verdict.evidence, *types_of_templates(subject))
            return types_not_told(subject, _ADDRESSES) or replace(verdict, evidence=seen)
    if isinstance(subject.observation.instance_types, Unknown):
        return unknown_part(subject.observation.instance_types)
    return unknown(
        f"{_ADDRESSES} is not known for instance types: {', '.join(untold)}",
        [Evidence("Instance type", f"{name}: neither EC2 nor the controller's list has it") for name in untold],
        remedy="Check the names of these types, in node groups and among the planned ones, and whether the region has "
        "them (aws ec2 describe-instance-types).",
    )


@dataclass(frozen=True)
class _Need:
    """What one more node takes."""

    limits: Limits
    pods: int
    addresses: int


def _of_types(subject: Subject, found: list[Limits]) -> Verdict:
    """The verdict for the type that takes most, in either mode where it is not known which of them it is."""
    subnets = {subnet.id: subnet for subnet in known(subject.observation.subnets or ())}
    prefixes = in_prefix_mode(subject, _wanted(subject))
    modes = (False, True) if isinstance(prefixes, Unknown) else (prefixes,)
    needs = [max((_need(limits, mode) for limits in found), key=lambda each: each.addresses) for mode in modes]
    verdicts = [_judged(subject, need, subnets) for need in needs]
    if isinstance(prefixes, Unknown) and verdicts[0].status != verdicts[-1].status:
        return unknown_part(prefixes)
    # A node takes at least as many in prefix mode: what is enough there always is, and what is too few in the other.
    verdict = verdicts[-1] if verdicts[-1].status == "pass" else verdicts[0]
    not_read = [unread(prefixes)] if isinstance(prefixes, Unknown) else []
    return replace(verdict, evidence=[*verdict.evidence, *not_read])


def _wanted(subject: Subject) -> bool | None:
    """Whether the goal turns prefix delegation on or off; None where it leaves it."""
    return subject.options.prefix_delegation if subject.options.goal in CONTROL_PLANE_GOALS else None


def _need(limits: Limits, prefixes: bool) -> _Need:
    if limits.prefix is not None and prefixes:
        pods = min(limits.prefix, MAX_PODS)
        return _Need(limits, pods, -(-pods // PREFIX_ADDRESSES) * PREFIX_ADDRESSES + 1)
    return _Need(limits, limits.secondary, limits.secondary + 1)


def _judged(subject: Subject, need: _Need, subnets: dict[str, Subnet]) -> Verdict:
    used = _used(subject)
    where = used or _of_cluster(subject)
    if not where:
        return unknown(
            "Neither the cluster nor a Windows node group or instance tells its subnets",
            remedy="Look at resourcesVpcConfig of aws eks describe-cluster.",
        )
    evidence = [_evidence(name, subnets.get(name)) for name in where]
    short = [name for name in where if name not in subnets or subnets[name].available_addresses < need.addresses]
    wanted = f"{need.addresses} addresses: one more {need.limits.type} with {need.pods} pods, by {need.limits.told_by}"
    if used and short:
        return failed(f"Subnets of Windows nodes with fewer than {wanted}: {len(short)} of {len(where)}", evidence)
    for part in (subject.windows_nodes, subject.observation.node_groups, subject.own_instances):
        if isinstance(part, Unknown):
            # There may be subnets of theirs, be they short or not.
            return unknown_part(part)
    if short and len(short) == len(where):
        return failed(f"Subnets of the cluster with fewer than {wanted}: {len(short)} of {len(where)}", evidence)
    return passed(f"Subnets have at least {wanted}: {len(where) - len(short)} of {len(where)}", *evidence)


def _evidence(name: str, subnet: Subnet | None) -> Evidence:
    if subnet is None:
        return Evidence(f"Subnet {name}", "EC2 does not tell of it")
    return Evidence(f"Subnet {name}", f"{subnet.zone or 'zone not given'}, {subnet.available_addresses} addresses free")


def _used(subject: Subject) -> tuple[str, ...]:
    """Subnets that Windows nodes certainly get their addresses from, sorted."""
    groups, instances = subject.observation.node_groups, subject.own_instances
    names: set[str] = set()
    nodes = () if isinstance(subject.windows_nodes, Unknown) else subject.windows_nodes
    for group in windows_groups(nodes, () if groups is None or isinstance(groups, Unknown) else groups):
        names.update(group.subnet_ids)
    names.update(each.subnet_id for each in (() if isinstance(instances, Unknown) else instances or ()))
    return tuple(sorted(names - {""}))


def _of_cluster(subject: Subject) -> tuple[str, ...]:
    return tuple(sorted(known(subject.observation.cluster).subnet_ids))
