# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The step on live prefix delegation and targets of Windows nodes."""

from __future__ import annotations

import json

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.quoting import quoted
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.config_map import with_data
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind, compact
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.windows_settings import (
    as_config_map_text,
    live_text,
    means,
    wanted_addressing,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Unknown

ID = "configure_windows_addressing"


def configure(subject: Subject) -> Step | None:
    """Where a key that decides does not have the value that is asked for.

    The un-prefixed keys are written: they win over those that begin with ``windows-``. The value of such a one is
    left where it decides and is what is asked for.
    """
    data = subject.cni_data
    if isinstance(data, Unknown):
        return None
    changes = {
        setting: value
        for setting, value in wanted_addressing(subject.options).items()
        if not means(setting, live_text(data, setting), value)
    }
    if not changes:
        return None
    before = {setting.key: data.get(setting.key) for setting in changes}
    return Step(
        step=ID,
        reason=", ".join(
            f"{key} is not set" if text is None else f"{key} is {quoted(text)}" for key, text in before.items()
        ),
        object=CONFIG_MAP,
        before=compact(before),
        after=compact({setting.key: as_config_map_text(value) for setting, value in changes.items()}),
    )


def applied(step: Step, observation: Observation) -> Observation:
    """The observation with the keys set."""
    return with_data(observation, json.loads(step.after))


CONFIGURE_WINDOWS_ADDRESSING = StepKind(ID, configure, applied)
