# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on prefix delegation of Windows nodes."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_PREFIX_DELEGATION,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import LIST_DATE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    PREFIX_DELEGATION,
    at_least,
    minimum,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import CONTROL_PLANE_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.quoting import quoted
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    PartUnknownError,
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
    types_to_come,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import GROUPS_NOT_ASKED, Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import (
    effective_ipam,
    effective_ipam_unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Known, Unknown

RULES: list[Rule] = []

_OPTION = "prefix_delegation (role variable eks_windows_prefix_delegation)"
_REPORT = "Report this cluster's versions."


@rule(
    RULES,
    id="network.prefix_delegation",
    severity="error",
    title="Windows prefix delegation is off, or the versions and every Windows instance type can have it",
    evidence="The setting, the cluster's versions, and each node, Windows node group or planned type that can't have "
    "it or is not known.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html",
    remedy=f"Use instance types on Nitro or bare metal for Windows nodes. Or turn it off: {_OPTION} false.",
    blocks=CONTROL_PLANE_GOALS,
)
def prefix_delegation(subject: Subject) -> Verdict:
    """Windows prefix delegation is off. Or it is on, or goal enable or migrate is to turn it on, and Kubernetes and
    platform version are at or above the table of the user guide (1.25 eks.5, 1.26 eks.4, 1.27 eks.3, and later), and
    each Windows node, type that a Windows node group names, and planned type is on Nitro or bare metal.

    It stops a goal only where that is to turn it on. Otherwise pods run all the same, only fewer on a node: the
    controller leaves older platforms and types on Xen in secondary mode, without a word or with event Unsupported. A
    type that is not in the controller's list is unknown, and so are types where node groups can't be read, or where a
    Windows node group has no node, its launch template names the type, and none is planned.

    Where it is set, and Windows IPAM is off or a legacy controller turns it off, the summary says that it has no
    effect, and where that can't be read, that it is not known.
    """
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support")
    wanted = subject.options.prefix_delegation if subject.options.goal in CONTROL_PLANE_GOALS else None
    data = subject.cni_data
    if isinstance(data, Unknown) and not wanted:
        return unknown_part(data, blocks=())
    live = known(data).get(ENABLE_WINDOWS_PREFIX_DELEGATION)
    seen = [] if live is None else [Evidence(CONFIG_MAP, f"{ENABLE_WINDOWS_PREFIX_DELEGATION}: {quoted(live)}")]
    if not wanted and not parse_bool(live):
        return passed("Windows prefix delegation is off", *seen)
    if wanted:
        seen.append(Evidence("prefix_delegation", "asked for"))
    is_on = bool(parse_bool(live))
    try:
        verdict = _version(subject) or _instance_types(subject, is_on) or _possible(subject, is_on)
    except PartUnknownError as error:
        verdict = unknown_part(error.unknown)
    # A step that turns it off mends what is live; one that turns it on mends nothing.
    return replace(
        verdict,
        evidence=(*seen, *verdict.evidence),
        blocks=verdict.blocks if wanted else (),
        resolved_by=("configure_windows_addressing",) if wanted is False else None,
    )


def in_prefix_mode(subject: Subject, wanted: bool | None = None) -> Known[bool]:
    """Whether the controller runs a Windows node in prefix mode where its type can have it: by ``wanted``, or by the
    ConfigMap where that is None. Unknown where it hangs on what could not be read."""
    # The controller leaves older platforms in secondary mode without a word.
    if wanted is False or subject.prefix_delegation_supported is False:
        return False
    data = subject.cni_data
    if wanted is None and isinstance(data, Unknown):
        return data
    if not wanted and not parse_bool(known(data).get(ENABLE_WINDOWS_PREFIX_DELEGATION)):
        return False
    if subject.prefix_delegation_supported:
        return True
    cluster = subject.observation.cluster
    if isinstance(cluster, Unknown):
        return cluster
    seen = f"{cluster.version} {cluster.platform_version}".strip() or "none"
    return Unknown("eks:DescribeCluster", f"can't tell the versions apart: {seen}", _REPORT)


def held_off(subject: Subject) -> str:
    """While what the controller holds Windows IPAM, and prefix delegation with it, to be off, whatever is set; empty
    where it does not, where that is not known, and for a goal that ends it."""
    if subject.options.goal in CONTROL_PLANE_GOALS or effective_ipam(subject) is not False:
        return ""
    return (
        f"while {BLOCKING_CONTROLLER} is there" if subject.legacy.blocking_controller else "while Windows IPAM is off"
    )


def effect_unread(subject: Subject) -> list[Evidence]:
    """What could not be read, and would tell whether :func:`held_off` applies."""
    if subject.options.goal in CONTROL_PLANE_GOALS or effective_ipam(subject) is not None:
        return []
    return [*map(unread, effective_ipam_unread(subject))]


def _version(subject: Subject) -> Verdict | None:
    """The verdict where the versions are below AWS's table, or can't be told apart."""
    cluster = known(subject.observation.cluster)
    seen = Evidence(f"EKS cluster {cluster.name}", f"{cluster.version} {cluster.platform_version}".strip())
    enough = at_least(PREFIX_DELEGATION, cluster.version, cluster.platform_version)
    if enough is None:
        return unknown(f"Can't tell the versions apart: {seen.value}", [seen], remedy=_REPORT)
    if enough:
        return None
    return failed(
        f"{seen.value} is below {minimum(PREFIX_DELEGATION, cluster.version)}, the least for Windows prefix "
        "delegation, which the controller then ignores without a word: nodes stay in secondary mode",
        [seen],
        remedy="Update the cluster: its platform version comes with each Kubernetes version. Or turn it off: "
        f"{_OPTION} false.",
    )


def _instance_types(subject: Subject, is_on: bool) -> Verdict | None:
    """The verdict where a Windows node, Windows node group or planned type is on Xen, or its type is not known."""
    named = [(f"Node {node.name}", node.instance_type) for node in known(subject.windows_nodes)]
    named += types_to_come(subject)
    named += [("Planned type", name) for name in subject.options.planned_instance_types if name]
    xen, unlisted = [], []
    for where, name in named:
        found = subject.limits(name)
        if found is None:
            unlisted.append(
                Evidence(where, f"{name or 'no instance type'}: not in the controller's list of {LIST_DATE}")
            )
        elif found.prefix is None:
            xen.append(Evidence(where, f"{name} on Xen: secondary mode, {found.secondary} pods, by {found.told_by}"))
    if xen:
        return failed(
            f"Xen can't have prefix delegation, and works in secondary mode: {len(xen)} of {len(named)} instance types",
            xen + unlisted,
        )
    if unlisted and isinstance(subject.observation.instance_types, Unknown):
        return unknown_part(subject.observation.instance_types)
    if unlisted:
        return unknown(
            f"Whether prefix delegation is possible is not known for instance types: {len(unlisted)} of {len(named)}",
            unlisted,
            remedy="Look up whether the type is on Nitro (aws ec2 describe-instance-types). Where it is, put "
            "network.prefix_delegation into ignore (role variable eks_windows_ignore).",
        )
    if isinstance(subject.observation.node_groups, Unknown):
        return unknown_part(subject.observation.node_groups)
    not_told = types_not_told(subject, "Whether prefix delegation is possible")
    # Where it is on already, a node group that comes and goes stops no run that changes nothing.
    return replace(not_told, severity="warning", blocks=() if is_on else None) if not_told else None


def _possible(subject: Subject, live: bool) -> Verdict:
    nodes = known(subject.windows_nodes)
    untold = types_of_templates(subject)
    every = "every Windows instance type that is told" if untold else "every Windows instance type"
    why = held_off(subject)
    missed = effect_unread(subject)
    state = f"is set, and has no effect {why}" if why else "is on"
    if missed:
        state = "is set, and whether it has effect is not known"
    if live and subject.observation.node_groups is None:
        return passed(f"Windows prefix delegation {state}. {GROUPS_NOT_ASKED}", *missed)
    if live:
        link = ";" if why or missed else ", and"
        return passed(f"Windows prefix delegation {state}{link} {every} can have it", *untold, *missed)
    replace_them = f"; replace the Windows nodes there are, rather than mix modes: {len(nodes)}" if nodes else ""
    return passed(f"Windows prefix delegation can be turned on{replace_them}", *untold)
