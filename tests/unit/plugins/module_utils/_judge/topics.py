# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the tests of the rules, so that what they say of a rule stands beside its cases."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent / "rules"
PACKAGE = "ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.rules"


def topics() -> list[ModuleType]:
    """The modules of the rules' tests."""
    return [importlib.import_module(f"{PACKAGE}.{file.stem}") for file in sorted(FOLDER.glob("test_*.py"))]
