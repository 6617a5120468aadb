# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How EKS reconciles what an add-on's chart renders with what others made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.testbed.aws.eks_state import AppliedAddon

CONFIG_MAP = "ConfigMap amazon-vpc-cni"
AWS_NODE = "DaemonSet.apps aws-node"


@dataclass(frozen=True)
class ConfigMapResult:
    """``data`` is the ConfigMap's data afterwards, None when there is none; ``conflicts`` names the object and each
    field, in EKS's words, that kept it from writing anything."""

    data: dict[str, str] | None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class AwsNodeResult:
    """The fields of aws-node's container afterwards, and conflicts as in :class:`ConfigMapResult`."""

    fields: dict[str, str]
    conflicts: tuple[str, ...] = ()


def merge_config_map(
    live: Mapping[str, str] | None, addon: AppliedAddon, foreign: Iterable[str] | None = None
) -> ConfigMapResult:
    """What becomes of the live data when EKS applies ``addon``.

    Args:
        live: The live data, None where there is no ConfigMap.
        addon: What EKS is about to write.
        foreign: Keys that another field manager wrote. Without it a key counts as foreign when its live value is
            not what EKS wrote last.

    A key with the desired value is never in conflict. ``OVERWRITE`` takes every rendered key back. ``PRESERVE``
    keeps the live value of foreign keys on update, also where EKS once wrote the same; on create it acts like
    ``NONE``, which fails on the first foreign key. Keys that the chart does not render are left alone, as the whole
    ConfigMap where the chart has none.
    """
    if addon.action == "delete":
        if addon.resolve_conflicts == "PRESERVE" or live is None:
            return ConfigMapResult(None if live is None else dict(live))
        return ConfigMapResult(None)
    if live is None:
        return ConfigMapResult(dict(addon.desired) or None)
    owned = None if foreign is None else frozenset(foreign)
    data, conflicts = _merge(live, addon, addon.desired, addon.previous, owned)
    return ConfigMapResult(data, tuple(f"{CONFIG_MAP} - .data.{key}" for key in conflicts))


def merge_aws_node(live: Mapping[str, str], addon: AppliedAddon) -> AwsNodeResult:
    """What becomes of the fields of aws-node's container when EKS creates or updates ``addon``.

    As :func:`merge_config_map`; a field counts as foreign when its live value is not what EKS wrote last.
    """
    fields, conflicts = _merge(live, addon, addon.aws_node, addon.previous_aws_node, None)
    path = '.spec.template.spec.containers[name="aws-node"]'
    return AwsNodeResult(fields, tuple(f"{AWS_NODE} - {path}.{name}" for name in conflicts))


def _merge(
    live: Mapping[str, str],
    addon: AppliedAddon,
    desired: Mapping[str, str],
    previous: Mapping[str, str],
    foreign: frozenset[str] | None,
) -> tuple[dict[str, str], list[str]]:
    merged, conflicts = dict(live), []
    for key, value in desired.items():
        current = live.get(key)
        if current is None or current == value or addon.resolve_conflicts == "OVERWRITE":
            merged[key] = value
            continue
        is_foreign = current != previous.get(key) if foreign is None else key in foreign
        if not is_foreign:
            merged[key] = value
        elif addon.resolve_conflicts != "PRESERVE" or addon.action == "create":
            conflicts.append(key)
    return (dict(live) if conflicts else merged), conflicts
