# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test units, with the oldest supported Ansible."""

from __future__ import annotations

from tests.gates._ansible_test import units
from tests.gates._oldest import oldest
from tests.gates._outcome import Outcome

SECONDS = 60


def gate() -> Outcome:
    """Run tests/unit/plugins the way Ansible's own tool does."""
    return units(oldest())
