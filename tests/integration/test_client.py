# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of these tests run with the Ansible that the run is about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.playbook import run_tasks

SHOWN = "{{ ansible_version.full }} {{ ansible_playbook_python }}"


def test_playbooks_run_with_the_ansible_under_test() -> None:
    """EKS_WINDOWS_TEST_CLIENT names the environment; without it, it is the one that runs the tests."""
    client = Path(os.environ.get("EKS_WINDOWS_TEST_CLIENT") or sys.prefix) / "bin" / "python"
    version = subprocess.run(
        [client, "-c", "import ansible.release; print(ansible.release.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    run = run_tasks([{"name": "Show", "ansible.builtin.debug": {"msg": SHOWN}}], {})
    assert [task.message for task in run.of("localhost")] == [f"{version} {client}"]
