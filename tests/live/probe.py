# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a probe is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.live.cluster import LiveCluster

Verdict = Literal["proved", "disproved", "not run"]


@dataclass(frozen=True)
class Outcome:
    """The verdict, with what was seen or why nothing was."""

    verdict: Verdict
    reason: str


class NotRunError(Exception):
    """Why a probe can't come to a verdict on this cluster. It has nothing left to put back."""


@dataclass(frozen=True)
class Change:
    """What a probe is about to change, and how it puts that back."""

    what: str
    put_back: str


@dataclass(frozen=True)
class Probe:
    """One assumption, and how it is put to the proof.

    Attributes:
        id: That of the row in docs/assumptions.md.
        title: The assumption in one line.
        run: Puts it to the proof, and puts back whatever it changed even when it fails.
            Raises NotRunError where there can't be a verdict, NotPutBackError where something stays changed.
        changes: None for a probe that only reads. Else says what ``run`` would change in this cluster as it is now;
            it reads only, and raises NotRunError where ``run`` could not come to a verdict.
    """

    id: str
    title: str
    run: Callable[[LiveCluster], Outcome]
    changes: Callable[[LiveCluster], Change] | None = None


def proved(seen: str) -> Outcome:
    """The assumption holds: ``seen`` shows it."""
    return Outcome("proved", seen)


def disproved(seen: str) -> Outcome:
    """The assumption does not hold: ``seen`` shows it."""
    return Outcome("disproved", seen)
