# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The step on the configuration of the managed vpc-cni add-on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import (
    ACTIVE,
    BUSY,
    UPDATE_FAILED,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    merge,
    parse_configuration,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import AddonPatch, addon_patch
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import ADDON
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind, compact
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Unknown

ID = "configure_addon"


def configure(subject: Subject) -> Step | None:
    """Where EKS manages the add-on, owns the setting, and its configuration does not say what is wanted, or is not
    known to be in force."""
    patch = addon_patch(subject)
    if patch is None:
        return None
    return Step(
        step=ID,
        reason=_reason(subject, patch),
        object=ADDON,
        before=compact(patch.before),
        after=compact(patch.after),
    )


def applied(step: Step, observation: Observation) -> Observation:
    """The observation with the values merged, and EKS's work on them done."""
    addon = observation.vpc_cni
    if addon is None or isinstance(addon, Unknown):
        return observation
    merged = merge(parse_configuration(addon.configuration_values), json.loads(step.after))
    status = ACTIVE if addon.status in BUSY or addon.status == UPDATE_FAILED else addon.status
    return replace(observation, vpc_cni=replace(addon, configuration_values=compact(merged), status=status))


def _reason(subject: Subject, patch: AddonPatch) -> str:
    """What makes the step needed."""
    addon = subject.observation.vpc_cni
    if patch.changes or addon is None or isinstance(addon, Unknown):
        return f"The configuration of add-on vpc-cni {_seen(patch.before)}"
    return f"Add-on vpc-cni is {addon.status}" if addon.status in BUSY else "The last update of add-on vpc-cni failed"


def _seen(before: Mapping[str, Any]) -> str:
    """What the configuration has now of the keys that change."""
    parts = []
    for key, value in before.items():
        if isinstance(value, dict):
            parts += [f"has {inner} under {key}, where it has no effect" for inner in value]
        else:
            parts.append(f"has no {key}" if value is None else f"has {key}: {json.dumps(value, default=str)}")
    return ", ".join(parts)


CONFIGURE_ADDON = StepKind(ID, configure, applied)
