# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a preflight's probe finds admitted is what role plan's own dry run of a Windows pod creates."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import probe_pod

TASKS = Path(__file__).resolve().parents[3] / "roles" / "plan" / "tasks"


def test_pod_that_shows_the_controller_is_that_of_the_probe() -> None:
    tasks = yaml.safe_load((TASKS / "see_control_plane.yml").read_text(encoding="utf-8"))
    (definition,) = [task["kubernetes.core.k8s"]["definition"] for task in tasks if "kubernetes.core.k8s" in task]
    assert definition["spec"] == probe_pod()["spec"]
