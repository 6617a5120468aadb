# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command as users type it: what it asks, what it exits with, and that declined probes write nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.testbed.testbed import Testbed

# The command runs with the releases of this process, which are always the newest.
pytestmark = pytest.mark.newest_client

CHECKOUT = Path(__file__).resolve().parents[3]
EDIT = "addon-leaves-edits"
QUICK = ("--poll-seconds", "0.1", "--watch-seconds", "0.5")


def command(bed: Testbed, words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    environment = bed.client_environment(os.environ) | bed.environment
    return [sys.executable, "-m", "tests.live", *words], environment


def run(bed: Testbed, *words: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(bed, words)
    return subprocess.run(
        line,
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answer(bed: Testbed, typed: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it with a terminal, at which somebody types."""
    line, environment = command(bed, words)
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{typed}\n".encode())
        return subprocess.run(
            line,
            env=environment,
            cwd=CHECKOUT,
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def writes(bed: Testbed) -> int:
    asked = [request.write for request in bed.aws.requests()]
    for cluster in bed.clusters.values():
        asked += [request.write for request in cluster.requests()]
    return sum(asked)


def on(name: str, *words: str) -> list[str]:
    return ["--cluster", name, "--region", "us-east-1", *QUICK, *words]


def test_without_a_cluster_it_explains_itself(bed: Testbed) -> None:
    ended = run(bed)
    assert ended.returncode == 2
    assert "make test-live CLUSTER=" in ended.stderr


def test_make_hands_its_variables_over(bed: Testbed) -> None:
    environment = bed.client_environment(os.environ) | bed.environment
    for variables, expected in (
        ([], "--cluster '' --region ''"),
        (["CLUSTER=a b", "REGION=r"], "--cluster 'a b' --region 'r'"),
    ):
        shown = subprocess.run(
            ["make", "-n", "-o", "setup-tests", "test-live", *variables],
            env=environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert f"-m tests.live {expected}" in shown.stdout


def test_a_cluster_that_does_not_exist(bed: Testbed) -> None:
    ended = run(bed, *on("nowhere"))
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_a_terminal_nothing_is_written(bed: Testbed) -> None:
    bed.forget_requests()
    ended = run(bed, *on("linux"))
    assert ended.returncode == 0, ended.stderr
    assert "nobody could be asked: --yes addon-leaves-edits" in ended.stdout
    assert "branch-eni-cooldown: 60 -> 61" in ended.stdout
    assert "Not asked of AWS itself, so that it proves nothing of AWS: AWS_ENDPOINT_URL_EC2" in ended.stdout
    assert ended.stdout.rstrip().endswith("3 proved, 0 disproved, 10 not run")
    assert writes(bed) == 0


def test_what_only_did_not_run_is_no_success(bed: Testbed) -> None:
    ended = run(bed, *on("linux", "--only", EDIT))
    assert ended.stdout.rstrip().endswith("0 proved, 0 disproved, 1 not run")
    assert ended.returncode == 3


def test_no_is_not_run(bed: Testbed) -> None:
    bed.forget_requests()
    for typed in ("n", "", "yes please"):
        ended = answer(bed, typed, *on("linux", "--only", EDIT))
        assert "the answer was no" in ended.stdout
        assert "1 not run" in ended.stdout
    assert writes(bed) == 0


def test_yes_runs_it(bed: Testbed) -> None:
    bed.forget_requests()
    ended = answer(bed, "y", *on("linux", "--only", EDIT))
    assert ended.returncode == 0, ended.stdout
    assert "1 proved, 0 disproved, 0 not run" in ended.stdout
    assert writes(bed) == 2


def test_yes_ahead_is_for_the_probe_it_names(bed: Testbed) -> None:
    bed.forget_requests()
    ended = run(bed, *on("linux", "--only", EDIT, "--only", "dry-run-shows-admission", "--yes", EDIT))
    assert ended.returncode == 0, ended.stdout
    assert "1 proved, 0 disproved, 1 not run" in ended.stdout
    assert writes(bed) == 2


def test_disproved_ends_with_an_error(bed: Testbed) -> None:
    bed.aws.fail_next("iam", "GetPolicy", "NoSuchEntity", "no such policy", status=404)
    ended = run(bed, *on("linux", "--only", "policy-arn-partition", "--only", "addon-schema"))
    assert ended.returncode == 1
    assert "1 proved, 1 disproved, 0 not run" in ended.stdout


def test_a_stopped_run_puts_back(bed: Testbed) -> None:
    line, environment = command(bed, on("linux", "--only", EDIT, "--yes", EDIT, "--watch-seconds", "60"))
    cluster = bed.clusters["linux"]
    with subprocess.Popen(line, env=environment, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        cluster.wait(lambda: (cluster.config_map() or {})["branch-eni-cooldown"] == "61", "the edit is there")
        run.terminate()
        run.communicate(timeout=60)
    assert (cluster.config_map() or {})["branch-eni-cooldown"] == "60"
