# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Imports before a fork, without the search for garbage in between, of which they leave none worth it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def imported_to_stay() -> Iterator[None]:
    """Let Python look for no garbage for as long as the block lasts, nor afterwards among what is there at its end.

    The descriptions of AWS's services are some hundred thousand objects. Each time their number has grown by a quarter,
    Python goes through all that the process has, a tenth of a second of CPU each time, and writes to all of it, which a
    forked worker then has to copy. What gc.freeze does is made for this: it is found as before, freed as before when
    nothing refers to it, and no longer searched for cycles.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.freeze()
            gc.enable()
