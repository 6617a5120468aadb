# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The commands of docs/expired_certificate.md, in its order, as they stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.playbook import PlaybookRun, run_playbook
from tests.testbed.specs import ClusterSpec, LegacySpec, NodeSpec
from tests.testbed.testbed import Testbed

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "expired_certificate.md"
PLACE = "-e eks_windows_cluster_name=old -e eks_windows_region=us-east-1"
ENDED = LegacySpec("B", not_before=timedelta(days=-355), not_after=timedelta(days=-1), strategy="RollingUpdate")


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    spec = ClusterSpec("old", nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")), legacy=ENDED)
    with Testbed([spec]) as testbed:
        yield testbed


def commands() -> list[list[str]]:
    """Each playbook of the page with its arguments."""
    blocks = re.findall(r"^```console\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("ansible-playbook ")]
    return [shlex.split(re.sub(r"\bCLUSTER\b", PLACE, line))[1:] for line in lines]


def findings(run: PlaybookRun) -> dict[str, dict[str, Any]]:
    (found,) = [task.result for task in run.of("localhost") if task.action.endswith("eks_windows_preflight")]
    return {finding["id"]: finding for finding in found["findings"]}


# The same playbooks as in the tests of each role, which the oldest releases run.
@pytest.mark.newest_client
def test_each_command_does_what_the_page_says(bed: Testbed) -> None:
    runs: list[PlaybookRun] = []
    playbooks = []
    for playbook, *arguments in commands():
        playbooks.append(playbook.rpartition(".")[2] + (" --check" if "--check" in arguments else ""))
        runs.append(run_playbook(playbook, bed.environment, arguments=arguments))
    assert playbooks == [
        "preflight",
        "cert_renew --check",
        "cert_renew",
        "preflight",
        "migrate_legacy --check",
        "migrate_legacy",
    ]
    look, *roles = runs
    assert findings(look)["legacy.certificate"]["status"] == "fail"
    assert "renew_webhook_certificate" in look.stdout
    over = roles.pop(2)
    assert findings(over)["legacy.certificate"]["status"] == "pass"
    assert "Plan: nothing is to be done" in over.stdout
    assert "Role cert_renew has nothing to do." in over.stdout
    assert [run.returncode for run in roles] == [0, 0, 0, 0], [run.stdout[-2000:] for run in roles if run.returncode]


# What a goal is judged by does not depend on the client's releases.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    "goal", ["enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew", "none"]
)
def test_preflight_takes_each_goal(bed: Testbed, goal: str) -> None:
    arguments = [*shlex.split(PLACE), "-e", f"eks_windows_goal={goal}", "-e", "eks_windows_fail_on=never"]
    run = run_playbook("cloudops.eks_windows.preflight", bed.environment, arguments=arguments)
    assert run.returncode == 0, run.stdout[-2000:]
    assert "legacy.certificate_owner" in findings(run)
