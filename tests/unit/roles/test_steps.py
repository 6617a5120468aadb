# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that role plan carries out are those of the plans, in their order, each with its tasks and its remedy."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import KINDS, PLANS

ROLE = Path(__file__).resolve().parents[3] / "roles" / "plan"
VARIABLES = yaml.safe_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))


def test_steps_of_each_goal() -> None:
    plans = {goal: [kind.id for kind in kinds] for goal, kinds in PLANS.items() if kinds}
    assert VARIABLES["__eks_windows_steps"] == plans


def test_each_step_has_its_tasks_and_its_remedy() -> None:
    assert {file.stem for file in (ROLE / "tasks" / "steps").glob("*.yml")} == set(KINDS)
    assert set(VARIABLES["__eks_windows_remedies"]) == set(KINDS)


def test_no_step_has_the_file_name_of_other_tasks() -> None:
    """Where it had, include_tasks of ../NAME would find the step itself: Ansible looks from the step's folder first."""
    assert not {file.name for file in (ROLE / "tasks").glob("*.yml")} & {
        file.name for file in (ROLE / "tasks" / "steps").glob("*.yml")
    }


def test_each_goal_has_its_proofs() -> None:
    assert set(VARIABLES["__eks_windows_proofs"]) == set(VARIABLES["__eks_windows_steps"])
