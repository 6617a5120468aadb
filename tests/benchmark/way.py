# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A way to look at clusters, as the benchmark runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed import Testbed


@dataclass(frozen=True)
class Run:
    """A command that looks at clusters; it ends with a status other than 0 where it could not look at one."""

    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """A way to look at clusters.

    Attributes:
        letter: Its name in tables, ``a`` for example.
        title: What it is, for people.
        prepare: Makes the run for the clusters of these names. What it does counts as no cost of the way. Its folder is
            new and empty, and the home of the run.
    """

    letter: str
    title: str
    prepare: Callable[[Testbed, Sequence[str], Path], Run]
