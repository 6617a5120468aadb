# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How EKS reconciles an add-on's ConfigMap with what others wrote into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.testbed.aws.eks_state import AppliedAddon


@dataclass(frozen=True)
class ConfigMapResult:
    """``data`` is the ConfigMap's data afterwards, None when it is gone; ``conflicts`` names the keys, in the words of
    a server-side apply conflict, that kept EKS from writing anything."""

    data: dict[str, str] | None
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
    keeps the live value of foreign keys on update; on create it acts like ``NONE``, which fails on the first foreign
    key. Keys that the chart does not render are left alone.
    """
    if addon.action == "delete":
        if addon.resolve_conflicts == "PRESERVE" or live is None:
            return ConfigMapResult(None if live is None else dict(live))
        return ConfigMapResult(None)
    if live is None:
        return ConfigMapResult(dict(addon.desired))
    owned_elsewhere = None if foreign is None else set(foreign)
    data, conflicts = dict(live), []
    for key, value in addon.desired.items():
        current = live.get(key)
        if current is None or current == value or addon.resolve_conflicts == "OVERWRITE":
            data[key] = value
            continue
        is_foreign = current != addon.previous.get(key) if owned_elsewhere is None else key in owned_elsewhere
        if not is_foreign:
            data[key] = value
        elif addon.resolve_conflicts != "PRESERVE" or addon.action == "create":
            conflicts.append(f".data.{key}")
    if conflicts:
        return ConfigMapResult(dict(live), tuple(conflicts))
    return ConfigMapResult(data)
