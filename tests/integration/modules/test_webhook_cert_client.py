# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""webhook_cert as a user runs it: what it predicts and shows, and that nothing secret leaves it."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment, run_tasks
from tests.support.webhook_certificates import (
    BACKUP,
    DUE_OF_ANOTHER_AUTHORITY,
    SPECS,
    given,
    pair,
    writes,
)
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

MODULE = "cloudops.eks_windows.webhook_cert"


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed([spec for spec in SPECS if spec.name == "v1"]) as testbed:
        yield testbed


@pytest.fixture
def v1(fleet: Testbed) -> TestbedCluster:
    return fleet.clusters["v1"]


def test_check_mode_and_diff_by_a_playbook(fleet: Testbed, v1: TestbedCluster) -> None:
    given(v1, DUE_OF_ANOTHER_AUTHORITY)
    defaults = {"module_defaults": {"group/cloudops.eks_windows.eks_windows": {"region": "us-east-1"}}}
    tasks = [{"name": "Certificate", MODULE: {"cluster_name": v1.name}}]
    predicted = run_tasks(tasks, fleet.environment, play=defaults, arguments=["--check", "--diff"]).of("localhost")[0]
    assert predicted.changed, predicted.message
    assert writes(v1) == []
    assert predicted.result["certificate"] is None
    assert predicted.result["diff"]["after"]["certificate"] == "a new one"
    made = run_tasks(tasks, fleet.environment, play=defaults, arguments=["--diff"]).of("localhost")[0]
    assert made.changed
    shown = made.result["diff"]
    assert shown["before"]["certificate"]["sha256"] == made.result["previous"]["fingerprints"]["sha256"]
    assert shown["after"]["certificate"]["sha256"] == made.result["certificate"]["fingerprints"]["sha256"]
    assert shown["after"]["backup"] == BACKUP
    assert "CERTIFICATE" not in str(shown)


def test_no_key_is_printed_returned_or_left_in_a_file(fleet: Testbed, v1: TestbedCluster, tmp_path: Path) -> None:
    given(v1, DUE_OF_ANOTHER_AUTHORITY)
    keys = [pair(v1)[1]]
    environment = clean_environment(
        tmp_path,
        {**fleet.environment, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log")},
    )
    play = tmp_path / "play.yml"
    play.write_text(
        f"""
- hosts: localhost
  gather_facts: false
  vars: {{ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
  module_defaults: {{group/cloudops.eks_windows.eks_windows: {{region: us-east-1}}}}
  tasks:
    - {MODULE}: {{cluster_name: v1, state: "{{{{ item }}}}"}}
      loop: [present, restored, present, proved]
      register: told
    - ansible.builtin.debug: {{var: told}}
    - {MODULE}:
        cluster_name: v1
        webhook_configuration: none
        namespace: default
        service_name: never
        secret_name: never
        signer_name: example.com/nobody
        wait_timeout: 1
""",
        encoding="utf-8",
    )
    completed = subprocess.run(
        [ANSIBLE_PLAYBOOK, str(play), "-vvvv", "--diff"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    printed = completed.stdout + completed.stderr
    keys.append(pair(v1)[1])
    assert "ESTABLISH LOCAL CONNECTION" in printed
    assert "but not signed within 1 seconds by example.com/nobody" in printed
    assert "BEGIN CERTIFICATE" not in printed
    assert "PRIVATE KEY" not in printed
    assert keys[0] != keys[1]
    encoded = [base64.b64encode(key.encode()).decode() for key in keys]
    planted = {line for key in keys for line in key.splitlines()[1:-2]} | {
        text[start : start + 60] for text in encoded for start in range(60, len(text) - 60, 60)
    }
    assert not [part for part in planted if part in printed]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any("AnsiballZ" in file.name for file in files), "modules were kept"
    for file in files:
        content = file.read_bytes()
        assert not [part for part in planted if part.encode() in content], file
