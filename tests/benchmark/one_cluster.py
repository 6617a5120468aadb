# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What preflight and enable cost on one converged cluster: calls counted at the servers, CPU measured."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.measure import Cost, cheapest_in_turn, cost_of
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment, run_playbook
from tests.testbed import Testbed
from tests.testbed.fleets import demo_fleet

CPU_BUDGET = 0.15
CALL_BUDGET = 30
LEAST_ROUNDS = 3
MOST_ROUNDS = 10
"""Rounds on a machine that is so busy that the budget is not seen to be met before."""
CONVERGED = "ready"

# The same play, with its one task run or skipped: the difference is the task.
PLAY = """
- hosts: all
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  tasks:
    - name: Examine the cluster
      cloudops.eks_windows.eks_windows_preflight:
        cluster_name: "{{{{ eks_windows_cluster_name }}}}"
        region: "{{{{ eks_windows_region }}}}"
        goal: enable
      when: {when}
"""


@dataclass(frozen=True)
class Figures:
    """The figures of one converged cluster."""

    start: Cost
    preflight: Cost
    calls: tuple[str, ...]
    enable_calls: tuple[str, ...]
    enable_api_tasks: tuple[str, ...]

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the preflight takes beyond the start of its playbook."""
        return self.preflight.cpu - self.start.cpu


def calls(testbed: Testbed) -> tuple[str, ...]:
    """Every call that the servers saw, AWS's first."""
    aws = [f"{request.service}:{request.operation}" for request in testbed.aws.requests()]
    kubernetes = [f"{request.verb} {request.path}" for request in testbed.clusters[CONVERGED].requests()]
    return tuple(sorted(aws) + sorted(kubernetes))


def measured(testbed: Testbed, folder: Path, *, run: bool) -> Cost:
    """One round of the play, with its task run or skipped."""
    play = folder / f"{'run' if run else 'start'}.yml"
    play.write_text(PLAY.format(when=str(run).lower()), encoding="utf-8")
    command = [ANSIBLE_PLAYBOOK, str(play), "-i", str(testbed.inventory), "-l", CONVERGED]
    return cost_of(command, clean_environment(folder, testbed.environment), folder)


def figures() -> Figures:
    """Measure on an embedded fleet of one cluster that has Windows support already."""
    fleet = [spec for spec in demo_fleet() if spec.name == CONVERGED]
    with tempfile.TemporaryDirectory(prefix="eks-windows-benchmark-") as name, Testbed(fleet, "emulated") as testbed:
        folder = Path(name)
        # Byte code and caches are there from now on.
        measured(testbed, folder, run=True)
        testbed.forget_requests()
        measured(testbed, folder, run=True)
        preflight_calls = calls(testbed)
        start, preflight = cheapest_in_turn(
            [lambda: measured(testbed, folder, run=False), lambda: measured(testbed, folder, run=True)],
            least=LEAST_ROUNDS,
            most=MOST_ROUNDS,
            enough=lambda found: found[1].cpu - found[0].cpu <= CPU_BUDGET,
        )
        testbed.forget_requests()
        enabled = run_playbook("cloudops.eks_windows.enable", testbed.environment, inventory=testbed.inventory)
        assert enabled.returncode == 0, enabled.stdout
        api_tasks = tuple(
            task.action for task in enabled.of(CONVERGED) if not task.action.startswith("ansible.builtin.")
        )
        return Figures(start, preflight, preflight_calls, calls(testbed), api_tasks)
