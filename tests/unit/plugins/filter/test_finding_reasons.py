# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.finding_reasons import finding_reasons


def finding(**fields: object) -> dict[str, object]:
    return {"id": "a.one", "status": "fail", "summary": "One is wrong", "evidence": [], "evidence_total": 0, **fields}


def test_each_finding_is_named_with_its_remedy() -> None:
    findings = [finding(remedy="Mend it."), finding(id="b.two", summary="Two is wrong.", remedy="")]
    assert finding_reasons(findings) == "a.one: One is wrong. Remedy: Mend it. b.two: Two is wrong."


@pytest.mark.parametrize(
    ("number", "seen"),
    [(1, "Pod 0 (Pending)"), (3, "Pod 0 (Pending), Pod 1 (Pending), Pod 2 (Pending)")],
)
def test_what_was_seen_is_named(number: int, seen: str) -> None:
    evidence = [{"object": f"Pod {pod}", "value": "Pending"} for pod in range(number)]
    found = finding(evidence=evidence, evidence_total=number, remedy="")
    assert finding_reasons([found]) == f"a.one: One is wrong. Seen: {seen}."


def test_what_is_too_much_to_name_is_counted() -> None:
    evidence = [{"object": f"Pod {pod}", "value": "Pending"} for pod in range(20)]
    found = finding(evidence=evidence, evidence_total=48, remedy="")
    assert finding_reasons([found]).endswith("Pod 2 (Pending) and 45 more.")


def test_what_is_unknown_was_not_seen() -> None:
    found = finding(status="unknown", evidence=[{"object": "GET /", "value": "no"}], evidence_total=1, remedy="")
    assert finding_reasons([found]) == "a.one: One is wrong."


def test_what_an_unknown_finding_s_remedy_speaks_of_is_named() -> None:
    evidence = [{"object": "Node group g", "value": "CUSTOM"}]
    found = finding(status="unknown", evidence=evidence, evidence_total=1, remedy="See those in the evidence.")
    said = "a.one: One is wrong. Seen: Node group g (CUSTOM). Remedy: See those in the evidence."
    assert finding_reasons([found]) == said


def test_what_mends_several_is_said_once() -> None:
    findings = [finding(id=name, remedy="Mend it.") for name in ("a.one", "b.two")]
    assert finding_reasons(findings) == "a.one: One is wrong. Remedy: Mend it. b.two: One is wrong."


def test_no_finding_is_no_text() -> None:
    assert finding_reasons([]) == ""


@pytest.mark.parametrize("wrong", ["text", {"findings": []}])
def test_what_is_no_list_is_refused(wrong: object) -> None:
    with pytest.raises(AnsibleFilterError, match="list of findings"):
        finding_reasons(wrong)  # type: ignore[arg-type]
