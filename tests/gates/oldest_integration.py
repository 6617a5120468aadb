# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tests/integration with the commands of the oldest supported versions.

The testbed and pytest stay in the newest environment; EKS_WINDOWS_TEST_CLIENT names the environment whose
ansible-playbook and Python the tests start. In a run of all gates they come late, whatever they take, and those that
have not begun in time are told as not run.
"""

from __future__ import annotations

from tests.gates._oldest import oldest
from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest

SECONDS = 2
TIMEOUT = 4800


def gate() -> Outcome:
    """Run them."""
    return pytest(
        "tests/integration", options=("-m", "not newest_client and not thorough"), EKS_WINDOWS_TEST_CLIENT=str(oldest())
    )
