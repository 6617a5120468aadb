# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""antsibull-docs on plugin documentation and the documentation site's files."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import NEWEST, collection_copy, environment, run

SECONDS = 30


def gate() -> Outcome:
    """Lint; references to other collections must exist too."""
    with collection_copy() as copy:
        # The linter copies what git tracks; the collections it depends on lie in .venv, which git ignores.
        variables = environment(own_home=True, ANSIBLE_COLLECTIONS_PATH=str(copy.parents[2]))
        variables["GIT_CEILING_DIRECTORIES"] = str(NEWEST)
        command = [str(NEWEST / "bin" / "antsibull-docs"), "lint-collection-docs", "--plugin-docs"]
        references = ["--validate-collection-refs", "dependent", "--disallow-unknown-collection-refs"]
        status = run([*command, *references, str(copy)], variables, cwd=copy)
    return Outcome(failed=1) if status else Outcome(passed=1)
