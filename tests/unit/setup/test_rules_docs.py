# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES, RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule, Verdict, passed, rule
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from tests.setup import rules_docs

DOCS = Path(__file__).resolve().parents[3] / "docs"


def some_rule() -> Rule:
    registry: list[Rule] = []

    @rule(
        registry,
        id="topic.some_name",
        severity="warning",
        title="No *star* <here>",
        evidence="The star | the bar.",
        reference="https://example.org",
        remedy="Mend it.",
        blocks=("enable",),
        resolved_by=("step",),
        stops_pods=True,
    )
    def check(_subject: Subject) -> Verdict:
        """What holds.

        What is less grave.
        """
        return passed("x")

    return registry[0]


def test_a_page_says_all_of_a_rule_and_nothing_is_taken_for_markup() -> None:
    page = rules_docs.page("topic", [some_rule()])
    assert page.endswith(
        """\
## topic.some_name

**No \\*star\\* \\<here>**

What holds.

What is less grave.

- **Severity:** warning
- **Evidence:** The star \\| the bar.
- **Remedy:** Mend it.
- **Stops goals:** `enable`
- **Mended by steps:** `step`
- **Keeps Windows pods from running:** yes
- **Source:** <https://example.org>
"""
    )


def test_every_rule_has_its_row_which_leads_to_its_heading() -> None:
    pages = rules_docs.pages()
    rows = dict(re.findall(r"^\| \[([a-z_.]+)\]\((\S+)\)", pages["README.md"], re.MULTILINE))
    assert list(rows) == [entry.id for entry in RULES]
    for name, target in rows.items():
        file, _hash, heading = target.partition("#")
        assert f"\n## {name}\n" in pages[file]
        assert heading == name.replace(".", "")


def test_stale_pages_are_named_with_what_mends_them_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "rules"
    monkeypatch.setattr(rules_docs, "FOLDER", folder)
    assert rules_docs.main([]) == 0
    assert rules_docs.main(["--check"]) == 0
    (folder / "cluster.md").write_text("by hand")
    (folder / "gone.md").write_text("of a topic that is no more")
    (folder / "version.md").unlink()
    capsys.readouterr()
    assert rules_docs.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"docs/rules/{name}.md is not as the rules say: run make rules-docs" for name in ("cluster", "gone", "version")
    ]
    assert rules_docs.main([]) == 0
    assert rules_docs.main(["--check"]) == 0
    assert not (folder / "gone.md").exists()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_rules_that_other_pages_name_exist(page: Path) -> None:
    topics = "|".join({name.partition(".")[0] for name in RULES_BY_ID})
    named = re.findall(rf"[Rr]ules? `((?:{topics})\.[a-z_]+)`", page.read_text(encoding="utf-8"))
    assert set(named) <= set(RULES_BY_ID)


def considerations() -> str:
    return " ".join((DOCS / "considerations.md").read_text(encoding="utf-8").split())


def test_considerations_name_rules() -> None:
    assert "`workloads.stuck`" in considerations()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("event log `EKS Windows`, which is capped at 200 MB", id="log limit"),
        pytest.param("An address rests for 30 seconds after its pod is gone", id="cool-down"),
        pytest.param("host networking service (HNS) of Windows", id="HNS"),
        pytest.param("The controller in the control plane shows no logs", id="controller's logs"),
    ],
)
def test_considerations_tell_what_no_api_shows(words: str) -> None:
    assert words in considerations()
