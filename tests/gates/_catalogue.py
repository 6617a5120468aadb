# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the gates: the files of this package without a leading underscore."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class GateFile:
    """One gate.

    Attributes:
        name: The file's name, which is the gate's.
        title: The first line of its documentation.
        seconds: How long it takes about, which decides the order: long ones start first.
        timeout: Seconds after which it is stopped and has failed.
    """

    name: str
    title: str
    seconds: int
    timeout: int


def catalogue() -> dict[str, GateFile]:
    """All gates by name."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        module = importlib.import_module(f"tests.gates.{file.stem}")
        title = (module.__doc__ or file.stem).strip().splitlines()[0].rstrip(".")
        found[file.stem] = GateFile(file.stem, title, getattr(module, "SECONDS", 10), getattr(module, "TIMEOUT", 1200))
    return found
