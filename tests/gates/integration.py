# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on tests/integration but for the roles: modules and playbooks against the testbed, with the newest Ansible."""

from __future__ import annotations

from tests.gates import integration_legacy_roles, integration_roles
from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest

SECONDS = 1100
TIMEOUT = 4800
FOLDER = "tests/integration"
BUT_FOR_ROLES = tuple(f"--ignore={folder}" for folder in (integration_roles.FOLDER, integration_legacy_roles.FOLDER))


def gate() -> Outcome:
    """Run them."""
    return pytest(FOLDER, options=("-m", "not thorough", *BUT_FOR_ROLES))
