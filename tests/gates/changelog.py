# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""antsibull-changelog lint: the fragments, and the changelog made of earlier ones."""

from __future__ import annotations

from pathlib import Path

from tests.gates._outcome import Outcome
from tests.gates._places import NEWEST, collection_copy, environment, run


def is_generated(copy: Path, variables: dict[str, str]) -> bool:
    """Whether CHANGELOG.rst is what the tool makes of changelog.yaml, not edited by hand."""
    before = (copy / "CHANGELOG.rst").read_text()
    status = run([NEWEST / "bin" / "antsibull-changelog", "generate"], variables, copy)
    same = (copy / "CHANGELOG.rst").read_text() == before
    print("CHANGELOG.rst is the generated one" if same else "CHANGELOG.rst differs from the generated one")
    return status == 0 and same


def gate() -> Outcome:
    """Lint fragments and changelog.yaml, and generate the changelog again."""
    tool = NEWEST / "bin" / "antsibull-changelog"
    with collection_copy() as copy:
        variables = environment(own_home=True)
        results = [
            run([tool, "lint"], variables, copy) == 0,
            run([tool, "lint-changelog-yaml", "changelogs/changelog.yaml"], variables, copy) == 0,
            is_generated(copy, variables),
        ]
    return Outcome(passed=results.count(True), failed=results.count(False))
