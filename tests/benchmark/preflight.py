# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""(c) and (d) The work of this collection for each host: its module alone, and its playbook with all that it prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark.way import Run, Way
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed import Testbed

PLAYBOOK = "cloudops.eks_windows.preflight"

PLAY = {
    "name": "Look at clusters",
    "hosts": "all",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Examine the cluster",
            "cloudops.eks_windows.eks_windows_preflight": {
                "cluster_name": "{{ eks_windows_cluster_name }}",
                "region": "{{ eks_windows_region }}",
            },
        }
    ],
}


def prepare_module(testbed: Testbed, names: Sequence[str], folder: Path) -> Run:
    """The run of a play whose only task is the module."""
    play = folder / "preflight.json"
    play.write_text(json.dumps([PLAY]), encoding="utf-8")
    return _run(testbed, names, folder, str(play))


def prepare_playbook(testbed: Testbed, names: Sequence[str], folder: Path) -> Run:
    """The run of the playbook; findings are no failure of it, a cluster that can't be reached is."""
    return _run(testbed, names, folder, PLAYBOOK, "-e", "eks_windows_fail_on=never")


def _run(testbed: Testbed, names: Sequence[str], folder: Path, *arguments: str) -> Run:
    command = [ANSIBLE_PLAYBOOK, *arguments, "-i", str(testbed.inventory), "-l", ",".join(names)]
    return Run(command, clean_environment(folder, testbed.environment))


PREFLIGHT = Way("c", "module eks_windows_preflight, every rule", prepare_module)
WHOLE_PLAYBOOK = Way("d", f"playbook {PLAYBOOK}: variables checked, every rule, tables printed", prepare_playbook)
