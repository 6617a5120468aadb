# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on the thorough tests of tests/integration but for the roles, with the newest Ansible.

In a run of all gates they come last, and those that have not begun in time are told as not run.
"""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest
from tests.gates.integration import BUT_FOR_ROLES, FOLDER

# Last of all, however long it takes.
SECONDS = 0
TIMEOUT = 4800


def gate() -> Outcome:
    """Run them."""
    return pytest(FOLDER, options=("-m", "thorough", *BUT_FOR_ROLES))
