# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on how many addresses the controller keeps ready on Windows nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    TARGETS,
    WARM_PREFIX,
    Setting,
    deciding_key,
    parse_integer,
    pool_targets,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import CONTROL_PLANE_GOALS, Evidence
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
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.prefix_delegation import (
    effect_unread,
    held_off,
    in_prefix_mode,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.windows_settings import (
    as_config_map_text,
    wanted_addressing,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Known, Unknown

RULES: list[Rule] = []

SET_TARGETS = (
    "Set targets that the controller takes (options warm_ip_target, minimum_ip_target and warm_prefix_target, role "
    "variables eks_windows_warm_ip_target and so on: without prefix delegation warm_prefix_target is 0)"
)
DELETE_SHADOWED = "delete keys that begin with windows- where others win over them."


@rule(
    RULES,
    id="network.address_targets",
    severity="warning",
    title="The controller takes the targets of Windows nodes as they are given",
    evidence="Each key of a target with its value and what the controller makes of it.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/config/loader.go",
    remedy=f"{SET_TARGETS}, and {DELETE_SHADOWED}",
    blocks=CONTROL_PLANE_GOALS,
)
def address_targets(subject: Subject) -> Verdict:
    """No target, live or wanted, is one that the controller ignores or replaces, and no key is shadowed by another. In
    loader.go of the controller an un-prefixed key wins over the windows- one, even where its value is invalid; what is
    no integer counts as absent; and warm-prefix-target means nothing without prefix delegation.

    A live one is a warning that stops nothing. One that goal enable or migrate is to set is an error and stops it. Both
    are unknown where the ConfigMap can't be read, or where prefix delegation decides and the cluster's versions can't.
    The summary says what the controller makes of them all, and that it has no effect where Windows IPAM is off or a
    legacy controller turns it off, or that this is not known.
    """
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support")
    wanted = wanted_addressing(subject.options)
    asked = [setting for setting in wanted if not setting.boolean]
    if isinstance(subject.cni_data, Unknown) and not asked:
        return unknown_part(subject.cni_data, blocks=())
    live = known(subject.cni_data)
    to_be = {**live, **{setting.key: as_config_map_text(value) for setting, value in wanted.items()}}
    asked_mode = in_prefix_mode(subject, subject.options.prefix_delegation if wanted else None)
    refused, undecided = _ineffective(to_be, "Wanted", asked_mode, asked)
    if refused:
        return failed(
            f"The controller would not take a wanted target as it is: {refused[0].value}; {_used(to_be, asked_mode)}",
            refused,
            severity="error",
            remedy="Choose targets that the controller takes (options warm_ip_target, minimum_ip_target and "
            "warm_prefix_target, role variables eks_windows_warm_ip_target and so on), or leave them out.",
        )
    if undecided:
        return unknown_part(undecided)
    live_mode = in_prefix_mode(subject)
    ineffective, undecided = _ineffective(live, CONFIG_MAP, live_mode, TARGETS)
    shadowed = _shadowed(live)
    problems = [*ineffective, *shadowed]
    no_effect = _no_effect(subject)
    if problems:
        return failed(
            f"The controller does not take {problems[0].value}{_more(problems)}; {_used(live, live_mode)}{no_effect}",
            [*problems, *effect_unread(subject)],
            remedy=None if shadowed else f"{SET_TARGETS}.",
            blocks=(),
            resolved_by=("configure_windows_addressing",),
        )
    if undecided:
        return unknown_part(undecided, blocks=())
    not_read = [*([unread(asked_mode)] if isinstance(asked_mode, Unknown) else []), *effect_unread(subject)]
    return passed(
        f"Targets are taken as they are given: {_used(to_be, asked_mode)}{no_effect}",
        *_given(live),
        *dict.fromkeys(not_read),
    )


def _modes(prefix_mode: Known[bool]) -> tuple[bool, ...]:
    """Whether Nitro nodes are in prefix mode, which decides how targets are read: both where it is not known."""
    return (False, True) if isinstance(prefix_mode, Unknown) else (prefix_mode,)


def _ineffective(
    data: Mapping[str, str], where: str, prefix_mode: Known[bool], settings: Collection[Setting]
) -> tuple[list[Evidence], Unknown | None]:
    """Those of the targets that the controller takes for another number in any case, each with what it makes of it; and
    what would tell where it does so in one mode alone."""
    found = [_ineffective_in(data, where, mode, settings) for mode in _modes(prefix_mode)]
    certain = [evidence for evidence in found[0] if all(evidence in each for each in found)]
    differs = any(len(each) > len(certain) for each in found)
    return certain, prefix_mode if differs and isinstance(prefix_mode, Unknown) else None


def _ineffective_in(
    data: Mapping[str, str], where: str, prefix_mode: bool, settings: Collection[Setting]
) -> list[Evidence]:
    used = pool_targets(data, prefix_mode)
    found = []
    for setting, taken_for in zip(TARGETS, (used.warm_ip, used.minimum_ip, used.warm_prefix), strict=True):
        key = deciding_key(data, setting.keys)
        reason = "" if key is None else _reason(setting, data[key], taken_for, prefix_mode)
        if key is not None and reason and setting in settings:
            found.append(Evidence(where, f"{key} {quoted(data[key])} ({reason})"))
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
        Evidence(CONFIG_MAP, f"{key} {quoted(data[key])} ({setting.key} {quoted(data[setting.key])} wins over it)")
        for setting in TARGETS
        for key in setting.keys[1:]
        if key in data and setting.key in data
    ]


def _no_effect(subject: Subject) -> str:
    """What is to be added where the controller does none of it, or may do none."""
    if effect_unread(subject):
        return "; whether this has effect is not known"
    why = held_off(subject)
    return f"; this has no effect {why}" if why else ""


def _used(data: Mapping[str, str], prefix_mode: Known[bool]) -> str:
    """What the controller makes of the keys."""
    return ", or with prefix delegation ".join(_used_in(data, mode) for mode in _modes(prefix_mode))


def _used_in(data: Mapping[str, str], prefix_mode: bool) -> str:
    targets = pool_targets(data, prefix_mode)
    prefixes = f", warm prefixes {targets.warm_prefix}" if prefix_mode else ""
    default = "" if _given(data) else ", its defaults"
    return f"it keeps {targets.warm_ip} warm addresses, at least {targets.minimum_ip} in all{prefixes}{default}"


def _given(data: Mapping[str, str]) -> list[Evidence]:
    return [
        Evidence(CONFIG_MAP, f"{key}: {quoted(data[key])}")
        for setting in TARGETS
        for key in setting.keys
        if key in data
    ]


def _more(problems: list[Evidence]) -> str:
    return f" and {len(problems) - 1} more" if len(problems) > 1 else ""
