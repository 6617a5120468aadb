# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A plugin of pytest: writes which statuses the tests saw of each rule that they asked for, as JSON.

``RULE_STATUSES=FILE python -m pytest -p tests.support.rule_statuses tests/unit/plugins/module_utils/_judge/rules``
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.conftest import install_collection_finder

VARIABLE = "RULE_STATUSES"

_seen: dict[str, set[str]] = {}


def pytest_configure() -> None:
    """Before any test is imported, put a recorder before what tests ask for one rule's finding."""
    install_collection_finder()
    from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge import observations

    judged = observations.finding

    def recorded(id: str, *arguments: Any, **options: Any) -> Any:
        found = judged(id, *arguments, **options)
        _seen.setdefault(id, set()).add(found.status)
        return found

    observations.finding = recorded


def pytest_sessionfinish() -> None:
    """Write what was seen."""
    seen = {rule_id: sorted(statuses) for rule_id, statuses in _seen.items()}
    Path(os.environ[VARIABLE]).write_text(json.dumps(seen), encoding="utf-8")
