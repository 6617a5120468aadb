# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every Python file names its licence."""

from __future__ import annotations

from tests.gates._outcome import Outcome, judged
from tests.gates._places import CHECKOUT, project_files

WANTED = (
    "# Copyright (c) 2026, cloudops.eks_windows contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)
PRIVATE = "# Private to this collection: no other collection may import it."


def problems_of(text: str, private: bool) -> list[str]:
    """What the first lines of a file lack."""
    head = text.splitlines()[:12]
    return [line for line in (*WANTED, *((PRIVATE,) if private else ())) if line not in head]


def gate() -> Outcome:
    """Look at the first lines of each."""
    problems = []
    files = [file for file in project_files() if file.suffix == ".py" and (CHECKOUT / file).stat().st_size]
    for file in files:
        private = file.parts[:2] == ("plugins", "module_utils")
        problems += [f"{file}: lacks {line!r}" for line in problems_of((CHECKOUT / file).read_text(), private)]
    return judged(problems, f"{len(files)} Python files name their licence")
