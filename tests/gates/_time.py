# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a run of gates begins the tests that come last: thorough ones, and those of the oldest releases.

A run of all gates may take 90 minutes, and what matters most is to be done by then on a slow machine, too.
"""

from __future__ import annotations

import os
import time

THOROUGH_UNTIL = "EKS_WINDOWS_THOROUGH_UNTIL"
"""Variable with the time, in seconds since 1970, after which none of them begins."""

SECONDS_FOR_THOROUGH = 55 * 60


def limit_thorough_tests() -> None:
    """Count from now, unless somebody gave a time already."""
    os.environ.setdefault(THOROUGH_UNTIL, str(time.time() + SECONDS_FOR_THOROUGH))


def is_over() -> bool:
    """Whether none of them is to begin any more; never so in a run of single gates."""
    until = os.environ.get(THOROUGH_UNTIL)
    return until is not None and time.time() > float(until)
