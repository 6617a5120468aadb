# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-playbook as a user would, and reads what it did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
COLLECTIONS = Path(sys.prefix) / "collections"
BYTE_CODE = Path(sys.prefix) / "var" / "pycache"
# The environment whose commands are tested; another one where the other end of the supported versions is.
CLIENT = Path(os.environ.get("EKS_WINDOWS_TEST_CLIENT") or sys.prefix)
ANSIBLE_PLAYBOOK = str(CLIENT / "bin" / "ansible-playbook")


@dataclass(frozen=True)
class TaskRun:
    """What one task did on one host."""

    host: str
    name: str
    action: str
    result: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def skipped(self) -> bool:
        return bool(self.result.get("skipped"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))


@dataclass(frozen=True)
class PlaybookRun:
    """One run of ansible-playbook: its tasks in order, its recap, and what it printed."""

    returncode: int
    stdout: str
    stderr: str
    tasks: tuple[TaskRun, ...]
    stats: Mapping[str, Mapping[str, int]]

    def of(self, host: str) -> list[TaskRun]:
        """The tasks that ran on the host, skipped ones left out."""
        return [task for task in self.tasks if task.host == host and not task.skipped]

    def changes(self, host: str) -> list[str]:
        """Names of the tasks that changed something on the host, in order."""
        return [task.name for task in self.of(host) if task.changed]

    def facts(self, host: str) -> dict[str, Any]:
        """The facts that tasks set for the host, the last value of each."""
        facts: dict[str, Any] = {}
        for task in self.of(host):
            facts.update(task.result.get("ansible_facts", {}))
        return facts

    def failure(self, host: str) -> str:
        """Message of the last task that failed on the host."""
        messages = [task.message for task in self.of(host) if task.failed]
        assert messages, f"nothing failed on {host}:\n{self.stdout}\n{self.stderr}"
        return messages[-1]


def clean_environment(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which neither the caller's AWS nor its Kubernetes settings are seen."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "K8S_", "KUBE", "ANSIBLE_", "PYTHONDONTWRITEBYTECODE"))
        and "proxy" not in name.lower()
    }
    return {
        **kept,
        # Packages are installed without byte code, and compiling them anew is most of what a short run costs.
        "PYTHONPYCACHEPREFIX": str(BYTE_CODE),
        "HOME": str(home),
        # kubernetes.core leaves what it discovers of a server there, by an address that another testbed may get.
        "TMPDIR": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_LOCAL_TEMP": str(home / ".ansible" / "tmp"),
        # By default these two go by the user's entry in passwd, and not by HOME.
        "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
        "ANSIBLE_ASYNC_DIR": str(home / ".ansible_async"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOWS": "1",
        "ANSIBLE_FORCE_COLOR": "0",
        **environment,
    }


def run_playbook(
    playbook: str | Path,
    environment: Mapping[str, str],
    *,
    inventory: Path | None = None,
    variables: Mapping[str, Any] | None = None,
    arguments: Sequence[str] = (),
    timeout: float = 600,
) -> PlaybookRun:
    """Run a playbook, by path or FQCN, and parse its tasks from the JSON callback."""
    with tempfile.TemporaryDirectory(prefix="eks-windows-home-") as folder:
        command = [ANSIBLE_PLAYBOOK, str(playbook), *arguments]
        if inventory:
            command += ["-i", str(inventory)]
        if variables:
            command += ["-e", json.dumps(dict(variables))]
        completed = subprocess.run(
            command,
            env=clean_environment(
                Path(folder),
                {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", **environment},
            ),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    return parse(completed)


def parse(completed: subprocess.CompletedProcess[str]) -> PlaybookRun:
    """The run as the JSON callback tells it; without its JSON there are no tasks."""
    start = completed.stdout.find("{\n")
    data = json.JSONDecoder().raw_decode(completed.stdout[start:])[0] if start >= 0 else {}
    tasks = [
        TaskRun(host=host, name=task["task"]["name"], action=result.get("action", ""), result=result)
        for play in data.get("plays", ())
        for task in play["tasks"]
        for host, result in task["hosts"].items()
    ]
    return PlaybookRun(completed.returncode, completed.stdout, completed.stderr, tuple(tasks), data.get("stats", {}))


def run_tasks(
    tasks: Sequence[Mapping[str, Any]],
    environment: Mapping[str, str],
    *,
    play: Mapping[str, Any] | None = None,
    arguments: Sequence[str] = (),
    timeout: float = 120,
) -> PlaybookRun:
    """Run tasks on localhost, in a play that uses the Python that runs Ansible. ``play`` adds keywords to it."""
    keywords = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        **(play or {}),
        "tasks": list(tasks),
    }
    with tempfile.TemporaryDirectory(prefix="eks-windows-play-") as folder:
        file = Path(folder) / "play.yml"
        file.write_text(json.dumps([keywords]), encoding="utf-8")
        return run_playbook(file, environment, arguments=arguments, timeout=timeout)
