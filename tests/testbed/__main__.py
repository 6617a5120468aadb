# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: ``python -m tests.testbed up`` and ``down``.

``up`` writes to stdout what a shell can evaluate: exports for the environment, the rest as comments. What it is
doing meanwhile goes to stderr.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from tests.testbed.fleets import FLEETS
from tests.testbed.state import State, is_alive, read_state, remove_state, write_state

READY_SECONDS = 900.0
STOP_SECONDS = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.command == "down":
        return _down(options.state)
    if options.detach:
        return _detach(options)
    return _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description="AWS and EKS clusters on loopback.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start a testbed and keep it until Ctrl-C")
    up.add_argument("--clusters", type=int, default=1, help="how many; a fleet of fixed size ignores it (default: 1)")
    up.add_argument(
        "--spec", choices=sorted(FLEETS), default="plain", help="what the clusters are like (default: plain)"
    )
    up.add_argument("--control-plane", choices=("emulated", "real"), default="emulated", help="(default: emulated)")
    up.add_argument("--no-beta-apis", action="store_true", help="real control planes serve no beta APIs")
    up.add_argument("--state", type=Path, help="folder that tells other processes of the testbed")
    up.add_argument("--detach", action="store_true", help="return once it is ready; needs --state")
    down = commands.add_parser("down", help="stop a testbed that was started with --state")
    down.add_argument("--state", type=Path, required=True, help="the folder given to up")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(options: argparse.Namespace) -> int:
    from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError
    from tests.testbed.testbed import Testbed

    if options.state and (state := read_state(options.state)) and is_alive(state.pid):
        _say(f"a testbed of process {state.pid} uses {options.state}: stop it first with down --state {options.state}")
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    specs = [replace(spec, beta_apis=not options.no_beta_apis) for spec in FLEETS[options.spec](options.clusters)]
    _say(f"starting {len(specs)} clusters, control plane {options.control_plane}")
    try:
        with Testbed(specs, options.control_plane, progress=_say) as testbed:
            try:
                state = State(
                    pid=os.getpid(),
                    inventory=str(testbed.inventory),
                    environment=testbed.environment,
                    kubeconfigs={name: str(cluster.kubeconfig) for name, cluster in testbed.clusters.items()},
                )
                if options.state:
                    write_state(options.state, state)
                print(_shell(state), flush=True)
                _say("ready; Ctrl-C stops it")
                threading.Event().wait()
            finally:
                # A second Ctrl-C must not leave half of it running.
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)
                _say("stopping")
    except KeyboardInterrupt:
        _say("stopped")
    except ControlPlaneMissingError as error:
        _say(str(error))
        return 1
    finally:
        if options.state:
            remove_state(options.state, os.getpid())
    return 0


def _shell(state: State) -> str:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(state.environment.items())]
    lines.append(f"export TESTBED_INVENTORY={shlex.quote(state.inventory)}")
    lines += [f"# {name}: kubectl --kubeconfig {shlex.quote(file)}" for name, file in state.kubeconfigs.items()]
    lines.append(f"# ansible-playbook -i {shlex.quote(state.inventory)} cloudops.eks_windows.preflight")
    return "\n".join(lines)


def _detach(options: argparse.Namespace) -> int:
    if not options.state:
        _say("--detach needs --state: the folder that down finds the testbed by")
        return 2
    options.state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.testbed", "up", "--state", str(options.state), "--spec", options.spec]
    command += ["--clusters", str(options.clusters), "--control-plane", options.control_plane]
    if options.no_beta_apis:
        command.append("--no-beta-apis")
    log = options.state / "testbed.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output, start_new_session=True
        )
    try:
        state = _await_ready(process, options.state)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if state is None:
        process.terminate()
        _say(f"the testbed did not start:\n{log.read_text(encoding='utf-8')}")
        return process.wait() or 1
    print(_shell(state), flush=True)
    return 0


def _await_ready(process: subprocess.Popen[bytes], folder: Path) -> State | None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        state = read_state(folder)
        if state and state.pid == process.pid:
            return state
        time.sleep(0.1)
    return None


def _down(folder: Path) -> int:
    state = read_state(folder)
    if state is None or not is_alive(state.pid):
        _say(f"no testbed runs by {folder}")
        remove_state(folder, None)
        return 0
    os.kill(state.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(state.pid):
        if time.monotonic() > deadline:
            _say(f"process {state.pid} still runs after {STOP_SECONDS:.0f} s")
            return 1
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
