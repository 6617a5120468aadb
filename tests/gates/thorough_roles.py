# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on the thorough tests of the roles, with the newest Ansible.

In a run of all gates they come last, and those that have not begun in time are told as not run.
"""

from __future__ import annotations

from tests.gates import integration_legacy_roles, integration_roles
from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest

# Last of all, however long it takes.
SECONDS = 1
TIMEOUT = 4800


def gate() -> Outcome:
    """Run them."""
    return pytest(integration_roles.FOLDER, integration_legacy_roles.FOLDER, options=("-m", "thorough"))
