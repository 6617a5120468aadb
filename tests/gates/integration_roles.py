# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on tests/integration/roles, with the newest Ansible.

Gates of their own for the roles, so that neither core waits for the other at the end.
"""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest

FOLDER = "tests/integration/roles"
SECONDS = 700
TIMEOUT = 4800


def gate() -> Outcome:
    """Run them."""
    return pytest(FOLDER, options=("-m", "not thorough"))
