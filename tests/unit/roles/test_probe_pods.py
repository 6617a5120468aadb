# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What role plan makes of a preflight's probe, and that its own dry run of a Windows pod creates the same."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import OF_CONTROL_PLANE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import probe_pod

ROLE = Path(__file__).resolve().parents[3] / "roles" / "plan"
TASKS = ROLE / "tasks"


def test_pod_that_shows_the_controller_is_that_of_the_probe() -> None:
    tasks = yaml.safe_load((TASKS / "see_control_plane.yml").read_text(encoding="utf-8"))
    (definition,) = [task["kubernetes.core.k8s"]["definition"] for task in tasks if "kubernetes.core.k8s" in task]
    assert definition["spec"] == probe_pod()["spec"]


def test_answer_of_the_control_plane_is_not_waited_for_to_change() -> None:
    variables = yaml.safe_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))
    (accepted,) = re.findall(
        r"rejectattr\('summary', 'search', '([^']+)'\)", variables["__eks_windows_probe_unanswered"]
    )
    assert re.search(accepted, OF_CONTROL_PLANE)
    assert not re.search(accepted, "Admission gave a Windows pod no address")
