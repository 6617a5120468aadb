# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A rule that is broken never breaks the run: what the module itself answers when one raises.

The module runs in this process, from its arguments to the JSON that it prints, so that a rule of it can be broken.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import report_lines
from tests.integration.littered import become_client
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.newest_client

CLUSTER = ClusterSpec("cluster", config_map={"enable-windows-ipam": "true"})

Run = Callable[[], dict[str, Any]]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed([CLUSTER], stand_ins=False) as testbed:
        yield testbed


@pytest.fixture
def run(bed: Testbed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the module and gives what it printed."""
    become_client(bed, monkeypatch)
    main = importlib.import_module(
        "ansible_collections.cloudops.eks_windows.plugins.modules.eks_windows_preflight"
    ).main

    def printed() -> dict[str, Any]:
        given = {"cluster_name": CLUSTER.name, "region": CLUSTER.region, "goal": "enable"}
        capsys.readouterr()
        with (
            mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()),
            mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        assert ended.value.code == 0
        result: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        return result

    return printed


def broken(error: BaseException) -> Callable[[object], object]:
    def check(_subject: object) -> object:
        raise error

    return check


def findings(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["id"]: finding for finding in result["findings"]}


def test_whichever_rule_is_broken_the_others_say_what_they_said(run: Run) -> None:
    whole = findings(run())
    assert list(whole) == [rule.id for rule in RULES]
    for rule in RULES:
        check = rule.check
        object.__setattr__(rule, "check", broken(RuntimeError("on\npurpose")))
        try:
            found = findings(run())
        finally:
            object.__setattr__(rule, "check", check)
        finding = found.pop(rule.id)
        assert (finding["status"], finding["severity"]) == ("unknown", rule.severity)
        assert finding["summary"] == f"Rule {rule.id} could not be judged: RuntimeError: on purpose"
        assert finding["evidence"] == [{"object": f"Rule {rule.id}", "value": "RuntimeError: on purpose"}]
        assert "report it" in finding["remedy"]
        assert found == {other: said for other, said in whole.items() if other != rule.id}


def test_all_at_once(run: Run) -> None:
    """Even then there is a result, it is not ready, the goal is stopped, and the table for people shows each rule."""
    checks = [rule.check for rule in RULES]
    for rule in RULES:
        object.__setattr__(rule, "check", broken(MemoryError()))
    try:
        result = run()
    finally:
        for rule, check in zip(RULES, checks, strict=True):
            object.__setattr__(rule, "check", check)
    assert {finding["status"] for finding in result["findings"]} == {"unknown"}
    assert result["ready"] is False
    assert "ipam.enabled" in result["blockers"]
    lines = "\n".join(report_lines(result))
    assert [rule.id for rule in RULES if rule.id not in lines] == []
