# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How one process tells others of the testbed that it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "testbed.json"


@dataclass(frozen=True)
class State:
    """A running testbed.

    Attributes:
        pid: The process that it lives in.
        inventory: Path of its inventory.
        environment: What a client process needs.
        kubeconfigs: Path of each cluster's kubeconfig, by the cluster's name.
    """

    pid: int
    inventory: str
    environment: Mapping[str, str]
    kubeconfigs: Mapping[str, str]


def write_state(folder: Path, state: State) -> None:
    """Write the state into ``folder``, at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILE}.{state.pid}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(state), indent=2), encoding="utf-8")
    draft.rename(folder / FILE)


def read_state(folder: Path) -> State | None:
    """The state in ``folder``, None where there is none."""
    try:
        return State(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def remove_state(folder: Path, pid: int | None) -> None:
    """Remove the state, unless it is another process's than ``pid``; None removes any."""
    state = read_state(folder)
    if state is not None and pid in (None, state.pid):
        (folder / FILE).unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Whether the process ``pid`` is there and is a testbed: numbers are used again."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"tests.testbed" in command and status.rpartition(")")[2].split()[0] != "Z"
