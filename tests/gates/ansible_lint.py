# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-lint, profile production, without network."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import NEWEST, collection_copy, environment, run

SECONDS = 60


def gate() -> Outcome:
    """Lint roles, playbooks, scenarios and metadata."""
    with collection_copy() as copy:
        variables = environment(own_home=True, ANSIBLE_COLLECTIONS_PATH=str(copy.parents[2]))
        status = run(
            [NEWEST / "bin" / "ansible-lint", "--profile", "production", "--offline", "--strict", "--nocolor"],
            variables,
            cwd=copy,
        )
    return Outcome(failed=1) if status else Outcome(passed=1)
