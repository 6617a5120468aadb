# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on how many addresses the controller keeps ready on Windows nodes."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    TARGETS,
    WARM_PREFIX,
    WINDOWS_PREFIX_DELEGATION,
    Setting,
    parse_bool,
    parse_integer,
    pool_targets,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import (
    PREFIX_DELEGATION,
    at_least,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import CONTROL_PLANE_GOALS, Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown_part,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.windows_settings import (
    as_config_map_text,
    live_text,
    wanted_addressing,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

RULES: list[Rule] = []


@rule(
    RULES,
    id="network.address_targets",
    severity="warning",
    title="The controller takes the targets of Windows nodes as they are given",
    evidence="Each key of a target with its value and what the controller makes of it.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/config/loader.go",
    remedy="Set targets that the controller takes (options warm_ip_target, minimum_ip_target and warm_prefix_target, "
    "role variables eks_windows_warm_ip_target and so on: without prefix delegation warm_prefix_target is 0), and "
    "delete keys that begin with windows- where others win over them.",
    blocks=CONTROL_PLANE_GOALS,
)
def address_targets(subject: Subject) -> Verdict:
    """No target, live or wanted, is one that the controller ignores or replaces, and no key is shadowed by another. In
    loader.go of the controller an un-prefixed key wins over the windows- one, even where its value is invalid; what is
    no integer counts as absent; and warm-prefix-target means nothing without prefix delegation.

    A live one is a warning that stops nothing. One that goal enable or migrate is to set is an error and stops it. The
    summary says what the controller makes of them all.
    """
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support")
    wanted = wanted_addressing(subject.options)
    asked = {setting for setting in wanted if not setting.boolean}
    if isinstance(subject.cni_data, Unknown) and not asked:
        return unknown_part(subject.cni_data, blocks=())
    live = known(subject.cni_data)
    to_be = {**live, **{setting.key: as_config_map_text(value) for setting, value in wanted.items()}}
    ineffective = _ineffective(to_be, "Wanted", _prefix_mode(subject, to_be))
    refused = [evidence for setting, evidence in ineffective.items() if setting in asked]
    if refused:
        return failed(
            f"The controller would not take a wanted target as it is: {refused[0].value}; {_used(subject, to_be)}",
            refused,
            severity="error",
            remedy="Choose targets that the controller takes (options warm_ip_target, minimum_ip_target and "
            "warm_prefix_target, role variables eks_windows_warm_ip_target and so on), or leave them out.",
        )
    problems = [*_ineffective(live, CONFIG_MAP, _prefix_mode(subject, live)).values(), *_shadowed(live)]
    if problems:
        return failed(
            f"The controller does not take {problems[0].value}{_more(problems)}; {_used(subject, live)}",
            problems,
            blocks=(),
            resolved_by=("configure_windows_addressing",),
        )
    return passed(f"Targets are taken as they are given: {_used(subject, to_be)}", *_given(live))


def _prefix_mode(subject: Subject, data: Mapping[str, str]) -> bool:
    """Whether Nitro nodes would be in prefix mode, which decides how targets are read."""
    cluster = subject.observation.cluster
    possible = isinstance(cluster, Unknown) or at_least(PREFIX_DELEGATION, cluster.version, cluster.platform_version)
    return bool(parse_bool(data.get(WINDOWS_PREFIX_DELEGATION.key))) and possible is not False


def _ineffective(data: Mapping[str, str], where: str, prefix_mode: bool) -> dict[Setting, Evidence]:
    """The targets that the controller takes for another number, each with what it makes of it."""
    used = pool_targets(data, prefix_mode)
    found = {}
    for setting, taken_for in zip(TARGETS, (used.warm_ip, used.minimum_ip, used.warm_prefix), strict=True):
        text = live_text(data, setting)
        reason = "" if text is None else _reason(setting, text, taken_for, prefix_mode)
        if reason:
            found[setting] = Evidence(where, f'{setting.key} "{text}" ({reason})')
    return found


def _reason(setting: Setting, text: str, taken_for: int, prefix_mode: bool) -> str:
    """Why the controller does not take this value as it is; empty where it does."""
    number = parse_integer(text)
    if number is None:
        return "no integer, so that it counts as absent"
    if number < 0:
        return "negative, which AWS documents as ignored"
    if number == taken_for:
        return ""
    if setting == WARM_PREFIX and not prefix_mode:
        return "ignored without prefix delegation"
    return f"taken for {taken_for}"


def _shadowed(data: Mapping[str, str]) -> list[Evidence]:
    """Keys that another one of the same target wins over."""
    return [
        Evidence(CONFIG_MAP, f'{key} "{data[key]}" ({setting.key} "{data[setting.key]}" wins over it)')
        for setting in TARGETS
        for key in setting.keys[1:]
        if key in data and setting.key in data
    ]


def _used(subject: Subject, data: Mapping[str, str]) -> str:
    """What the controller makes of the keys."""
    prefix_mode = _prefix_mode(subject, data)
    targets = pool_targets(data, prefix_mode)
    prefixes = f", warm prefixes {targets.warm_prefix}" if prefix_mode else ""
    default = "" if _given(data) else ", its defaults"
    return f"it keeps {targets.warm_ip} warm addresses, at least {targets.minimum_ip} in all{prefixes}{default}"


def _given(data: Mapping[str, str]) -> list[Evidence]:
    return [Evidence(CONFIG_MAP, f'{key}: "{data[key]}"') for setting in TARGETS for key in setting.keys if key in data]


def _more(problems: list[Evidence]) -> str:
    return f" and {len(problems) - 1} more" if len(problems) > 1 else ""
