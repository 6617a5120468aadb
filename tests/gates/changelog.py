# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""antsibull-changelog lint: the fragments, and the changelog made of earlier ones."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import NEWEST, collection_copy, environment, run


def gate() -> Outcome:
    """Lint fragments and changelog.yaml."""
    with collection_copy() as copy:
        variables = environment(own_home=True)
        lints = [run([NEWEST / "bin" / "antsibull-changelog", word], variables, copy) for word in ("lint",)]
        lints.append(
            run(
                [NEWEST / "bin" / "antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml"],
                variables,
                copy,
            )
        )
    return Outcome(passed=lints.count(0), failed=len(lints) - lints.count(0))
