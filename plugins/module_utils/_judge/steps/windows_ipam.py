# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps on the live setting enable-windows-ipam."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.quoting import quoted
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.config_map import with_data
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import ABSENT, Step, StepKind
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Unknown

ENABLE_ID = "enable_windows_ipam"
DISABLE_ID = "disable_windows_ipam"


def enable(subject: Subject) -> Step | None:
    """Where the live value is not true. The one key is set; the ConfigMap is created where it is absent."""
    data = subject.cni_data
    if isinstance(data, Unknown) or parse_bool(data.get(ENABLE_WINDOWS_IPAM)):
        return None
    live = data.get(ENABLE_WINDOWS_IPAM)
    if subject.observation.cni_config_map is None:
        reason = f"{CONFIG_MAP} does not exist"
    elif live is None:
        reason = f"{ENABLE_WINDOWS_IPAM} is not set"
    else:
        reason = f"{ENABLE_WINDOWS_IPAM} is {quoted(live)}"
    return Step(
        step=ENABLE_ID,
        reason=reason,
        object=CONFIG_MAP,
        before=ABSENT if live is None else live,
        after="true",
    )


def disable(subject: Subject) -> Step | None:
    """Where the live value is true, in any spelling that the controller reads so: all else is off already."""
    data = subject.cni_data
    if isinstance(data, Unknown) or not parse_bool(data.get(ENABLE_WINDOWS_IPAM)):
        return None
    live = data[ENABLE_WINDOWS_IPAM]
    return Step(
        step=DISABLE_ID,
        reason=f"{ENABLE_WINDOWS_IPAM} is {quoted(live)}",
        object=CONFIG_MAP,
        before=live,
        after="false",
    )


def applied(step: Step, observation: Observation) -> Observation:
    """The observation with the key set."""
    return with_data(observation, {ENABLE_WINDOWS_IPAM: step.after})


ENABLE_WINDOWS_IPAM_STEP = StepKind(ENABLE_ID, enable, applied)
DISABLE_WINDOWS_IPAM_STEP = StepKind(DISABLE_ID, disable, applied)
