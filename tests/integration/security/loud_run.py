# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Runs ansible-playbook as loudly as it gets, with everything kept that it ever writes to a file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.planted_secrets import Leavings
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment

LOG = "ansible.log"
FACTS = "facts"
VARIABLES = "hostvars.json"


@dataclass(frozen=True)
class LoudRun:
    """A run, what it printed and what it left."""

    returncode: int
    printed: str
    left: Leavings


def run_loudly(playbook: str, home: Path, environment: Mapping[str, str], variables: Mapping[str, Any]) -> LoudRun:
    """Run the playbook, whose files of whatever kind are all in ``home``."""
    kept = {
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_LOG_PATH": str(home / LOG),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(home / FACTS),
    }
    completed = subprocess.run(
        [ANSIBLE_PLAYBOOK, playbook, "-vvvv", "--diff", "-e", json.dumps(dict(variables))],
        env=clean_environment(home, {**environment, **kept}),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    printed = completed.stdout + completed.stderr
    # At a lower verbosity a callback does not say that it was loaded.
    assert "Loading callback plugin default of type stdout" in printed, printed[-3000:]
    return LoudRun(completed.returncode, printed, Leavings(printed.encode(), home))


def play_of(role: str, home: Path) -> str:
    """Path of a playbook that runs a role of the collection, and writes down all that it leaves, failed or not.

    What it registered and set is written to :data:`VARIABLES`, and what it documents to the fact cache.
    """
    always = [
        {
            "name": "Keep what the role documents",
            "ansible.builtin.set_fact": {
                "kept_result": "{{ eks_windows_result }}",
                "kept_preflight": "{{ eks_windows_preflight }}",
                "cacheable": True,
            },
        },
        {
            "name": "Write down every variable of the host",
            "ansible.builtin.copy": {
                "content": "{{ dict(kept | zip(kept | map('extract', hostvars[inventory_hostname]))) | to_json }}",
                "dest": str(home / VARIABLES),
            },
            # A task that failed is kept as it was written, with templates that mean nothing outside its role.
            "vars": {
                "kept": "{{ hostvars[inventory_hostname].keys() | reject('equalto', 'ansible_failed_task') | list }}"
            },
        },
    ]
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [
            {
                "name": "Run the role",
                "block": [{"ansible.builtin.include_role": {"name": f"cloudops.eks_windows.{role}"}}],
                "always": always,
            }
        ],
    }
    file = home / "play.yml"
    file.write_text(json.dumps([play]), encoding="utf-8")
    return str(file)
