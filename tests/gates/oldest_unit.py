# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest on tests/unit/plugins, with the oldest supported Ansible, collections and boto3."""

from __future__ import annotations

from tests.gates._oldest import oldest
from tests.gates._outcome import Outcome
from tests.gates._pytest import pytest


def gate() -> Outcome:
    """Run them; what tests the test tools themselves needs only the newest environment."""
    return pytest("tests/unit/plugins", venv=oldest())
