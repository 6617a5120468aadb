# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a step of a plan is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation

ABSENT = "absent"


@dataclass(frozen=True)
class Step:
    """One step of a plan: the return value ``plan``. ``step`` is a published id, the same for ever.

    ``before`` and ``after`` are plain texts, or compact JSON objects that hold each key which changes: null is absent.
    """

    step: str
    reason: str
    object: str
    before: str
    after: str


@dataclass(frozen=True)
class StepKind:
    """A step that plans may have.

    Attributes:
        id: Its published id.
        make: The step that a subject needs; None where it needs none, or where what decides could not be read.
        apply: An observation as it would be after the step. Parts that could not be read stay so.
    """

    id: str
    make: Callable[[Subject], Step | None]
    apply: Callable[[Step, Observation], Observation]


def compact(values: Mapping[str, Any]) -> str:
    """Values as ``before`` and ``after`` show them."""
    return json.dumps(values, ensure_ascii=False, default=str)
