# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on tests/integration but for the roles: modules and playbooks against the testbed, with the newest Ansible."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest
from tests.gates.integration_roles import FOLDER

SECONDS = 700
TIMEOUT = 4800


def gate() -> Outcome:
    """Run them."""
    return pytest("tests/integration", options=(f"--ignore={FOLDER}",))
