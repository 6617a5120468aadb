# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/rules says what the rules say."""

from __future__ import annotations

from tests.gates._outcome import Outcome, judged
from tests.setup.rules_docs import COMMAND, FOLDER, pages, stale


def gate() -> Outcome:
    """Compare the pages with what the rules would make of them now."""
    wanted = pages()
    problems = [f"docs/rules/{name} is not as the rules say: run {COMMAND}" for name in stale(wanted, FOLDER)]
    return judged(problems, f"{len(wanted)} pages of docs/rules are as the rules say")
