# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the gates: the files of this package without a leading underscore."""

from __future__ import annotations

import ast
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


def read(file: Path) -> GateFile:
    """What a gate's file says of it, read without running it: what it imports may be broken, or slow."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    title = (ast.get_docstring(tree) or file.stem).splitlines()[0].rstrip(".")
    numbers = {
        target.id: int(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("SECONDS", "TIMEOUT")
    }
    return GateFile(file.stem, title, numbers.get("SECONDS", 10), numbers.get("TIMEOUT", 2400))


def catalogue() -> dict[str, GateFile]:
    """All gates by name."""
    return {file.stem: read(file) for file in sorted(Path(__file__).parent.glob("[!_]*.py"))}
