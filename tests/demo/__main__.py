# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: five clusters, examined, enabled, examined again, as a user would do it."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed.fleets import demo_fleet
from tests.testbed.testbed import ControlPlane, Testbed

# Each act: what is said before it, and the playbook with its arguments.
ACTS = (
    ("Examine the fleet", ("cloudops.eks_windows.preflight", "-e", "eks_windows_fail_on=never")),
    ("Say what enable would do, and change nothing", ("cloudops.eks_windows.enable", "--check", "--diff")),
    ("Enable Windows support", ("cloudops.eks_windows.enable", "--diff")),
    ("Examine the fleet again", ("cloudops.eks_windows.preflight", "-e", "eks_windows_fail_on=never")),
)


def say(text: str) -> None:
    """A line of the demo's own, apart from what Ansible prints."""
    print(f"\n=== {text}", flush=True)


def play(testbed: Testbed, home: Path, arguments: tuple[str, ...]) -> None:
    """One playbook run, its output straight to the terminal. Failed hosts are part of the show."""
    print(f"$ ansible-playbook {' '.join(arguments)} -i {testbed.inventory.name}\n", flush=True)
    environment = clean_environment(home, {**testbed.environment, "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"})
    environment["ANSIBLE_DISPLAY_SKIPPED_HOSTS"] = "false"
    environment["ANSIBLE_FORCE_COLOR"] = "1" if sys.stdout.isatty() else "0"
    command = [ANSIBLE_PLAYBOOK, *arguments, "-i", str(testbed.inventory)]
    completed = subprocess.run(command, env=environment, cwd=home, check=False, stdin=subprocess.DEVNULL)
    # 2 is Ansible's status for failed hosts; anything else but 0 is a broken run.
    if completed.returncode not in (0, 2):
        raise SystemExit(f"ansible-playbook ended with status {completed.returncode}")


def writes(testbed: Testbed) -> str:
    """What the servers were asked to change since the last act."""
    aws = [f"{request.service}:{request.operation}" for request in testbed.aws.requests() if request.write]
    kubernetes = [
        f"{request.verb} {request.path} on {name}"
        for name, cluster in testbed.clusters.items()
        for request in cluster.requests()
        if request.write
    ]
    return "\n".join(f"  {line}" for line in aws + kubernetes) or "  nothing"


def run(control_plane: ControlPlane) -> None:
    """All acts on a fleet that lives as long as they do."""
    started = time.monotonic()
    fleet = demo_fleet()
    say(f"Starting AWS and {len(fleet)} clusters on this machine ({control_plane} control planes)")
    with tempfile.TemporaryDirectory(prefix="eks-windows-demo-") as home, Testbed(fleet, control_plane) as testbed:
        say(f"Ready after {time.monotonic() - started:.0f} s: {', '.join(testbed.clusters)}")
        for number, (title, arguments) in enumerate(ACTS, start=1):
            testbed.forget_requests()
            say(f"{number} of {len(ACTS)}: {title}")
            play(testbed, Path(home), arguments)
            print(f"Changes that the servers were asked for:\n{writes(testbed)}", flush=True)
        say("Stopping the fleet")
    say(f"Done in {time.monotonic() - started:.0f} s, nothing is left running")


def interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Parse the command line and run the demo."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--control-plane", choices=["emulated", "real"], default="emulated")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    try:
        run(arguments.control_plane)
    except KeyboardInterrupt:
        raise SystemExit("\nInterrupted, the fleet is stopped") from None


if __name__ == "__main__":
    main()
