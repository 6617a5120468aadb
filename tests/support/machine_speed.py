# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether this machine is as fast as the one that budgets of CPU seconds were set on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.measure import cheapest, cost_of
from tests.support.playbook import ANSIBLE_PLAYBOOK

REFERENCE_SECONDS = 1.1
"""CPU of the start of a playbook on that machine, which has two cores."""

TOLERANCE = 1.25
ROUNDS = 3
PLAY = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.debug": {}, "when": False}]}


def start_seconds(environment: Mapping[str, str], folder: Path) -> float:
    """CPU of the start of a playbook here, the least of some runs."""
    play = folder / "start.json"
    play.write_text(json.dumps([PLAY]), encoding="utf-8")
    return cheapest([cost_of([ANSIBLE_PLAYBOOK, str(play)], environment, folder) for _round in range(ROUNDS)]).cpu


def skip_where_slower(start: float) -> None:
    """Say that a budget of CPU seconds, which was not kept, can't be judged on a machine that is slower.

    Args:
        start: CPU seconds of the start of a playbook here.
    """
    if start > REFERENCE_SECONDS * TOLERANCE:
        pytest.skip(
            f"the start of a playbook takes {start:.1f} s of CPU on this machine, and {REFERENCE_SECONDS} s on the one "
            "that the budget was set on"
        )
