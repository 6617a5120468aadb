# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.testbed``: starts, tells how to reach it, stops, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import config
from kubernetes.client import CoreV1Api

from tests.testbed.state import State, is_alive, read_state

# The testbed itself never runs with another client's releases.
pytestmark = pytest.mark.newest_client

CHECKOUT = Path(__file__).resolve().parents[3]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.testbed", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def state_of(folder: Path) -> State:
    state = read_state(folder)
    assert state is not None
    return state


def test_two_testbeds_run_side_by_side_and_go_without_a_trace(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    folders = [tmp_path / "one", tmp_path / "two"]
    try:
        started = [run(temporary, "up", "--detach", "--state", str(folder), "--clusters", "2") for folder in folders]
        assert [done.returncode for done in started] == [0, 0], started
        one, two = (state_of(folder) for folder in folders)
        assert one.environment["AWS_ENDPOINT_URL_EKS"] != two.environment["AWS_ENDPOINT_URL_EKS"]
        for state, done in zip((one, two), started, strict=True):
            assert f"export AWS_ENDPOINT_URL_EKS={state.environment['AWS_ENDPOINT_URL_EKS']}\n" in done.stdout
            assert Path(state.inventory).read_text(encoding="utf-8").count("eks_windows_cluster_name") == 2
        client = config.new_client_from_config(config_file=two.kubeconfigs["cluster-2"])
        assert len(CoreV1Api(client).list_node().items) == 3
        again = run(temporary, "up", "--detach", "--state", str(folders[0]))
        assert (again.returncode, f"process {one.pid} uses" in again.stderr) == (2, True)
    finally:
        stopped = [run(temporary, "down", "--state", str(folder)) for folder in folders]
    assert [done.returncode for done in stopped] == [0, 0]
    assert not is_alive(one.pid)
    assert list(temporary.iterdir()) == []
    assert [read_state(folder) for folder in folders] == [None, None]


def test_detaching_needs_a_state_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "up", "--detach")
    assert (done.returncode, "--state" in done.stderr) == (2, True)


def test_down_of_nothing_is_fine(tmp_path: Path) -> None:
    done = run(tmp_path, "down", "--state", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, f"no testbed runs by {tmp_path}\n")


@pytest.fixture
def heeds_interrupts() -> Iterator[None]:
    """A shell has what it starts in the background ignore SIGINT, and what that starts inherits it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_interrupts")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_it(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.testbed", "up"],
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("export ")
            assert list(tmp_path.iterdir()) != []
            process.send_signal(number)
            assert process.wait(30) == 0
        finally:
            process.kill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
def test_killed_testbed_takes_its_control_plane_along(tmp_path: Path) -> None:
    done = run(tmp_path, "up", "--detach", "--state", str(tmp_path / "state"), "--control-plane", "real")
    if "KUBEBUILDER_ASSETS" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    pid = state_of(tmp_path / "state").pid
    programs = children_of(pid)
    assert {name for name, _ in programs} >= {"etcd", "kube-apiserver"}
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(is_running(child) for _, child in programs) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [name for name, child in programs if is_running(child)] == []


def children_of(pid: int) -> list[tuple[str, int]]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found.append((Path(f"/proc/{child}/comm").read_text().strip(), int(child)))
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
