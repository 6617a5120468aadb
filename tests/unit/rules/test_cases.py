# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule is in the report, and has cases of all four statuses among its tests, or says which never comes, and why.

The tests of the rules run in a process of their own, with a recorder of what each asks for: so this holds whichever
tests are run with it, and in whatever order.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge import rules
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Status
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.topics import topics
from tests.support import rule_statuses

CHECKOUT = Path(__file__).resolve().parents[3]
TESTS = "tests/unit/plugins/module_utils/_judge/rules"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The statuses that the tests of the rules asked for, by rule."""
    file = tmp_path_factory.mktemp("statuses") / "statuses.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", rule_statuses.__name__, TESTS]
    variables = {**os.environ, rule_statuses.VARIABLE: str(file)}
    run = subprocess.run(command, env=variables, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert file.exists(), run.stdout + run.stderr
    found: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def never() -> dict[tuple[str, str], str]:
    """Why a rule never has a status: ``NEVER`` of each topic's tests."""
    return {case: reason for topic in topics() for case, reason in getattr(topic, "NEVER", {}).items()}


@pytest.mark.parametrize("file", sorted(Path(rules.__path__[0]).glob("[!_]*.py")), ids=lambda file: file.stem)
def test_a_topic_s_file_is_in_the_catalogue(file: Path) -> None:
    found = importlib.import_module(f"{rules.__name__}.{file.stem}").RULES
    assert found
    assert [rule.id for rule in found if rule not in RULES] == [], "enter the file in catalogue.py"


def test_each_rule_has_cases_of_all_statuses(seen: dict[str, list[str]], never: dict[tuple[str, str], str]) -> None:
    wanted = {(rule.id, status) for rule in RULES for status in get_args(Status)}
    cases = {(rule_id, status) for rule_id, statuses in seen.items() for status in statuses}
    assert wanted - cases - set(never) == set(), "add cases, or say in NEVER why there can be none"


def test_what_is_said_never_to_come_does_not_and_has_a_reason(
    seen: dict[str, list[str]], never: dict[tuple[str, str], str]
) -> None:
    assert {(rule_id, status) for rule_id, status in never if status in seen.get(rule_id, ())} == set()
    assert {rule_id for rule_id, _status in never} <= {rule.id for rule in RULES}
    assert [case for case, reason in never.items() if not reason.endswith(".")] == []
