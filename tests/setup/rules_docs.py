# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/rules, the reference of the rules, from the rules themselves: ``make rules-docs``.

``python -m tests.setup.rules_docs [--check]``
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import install_collection_finder

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"
COMMAND = "make rules-docs"
INDEX = "README.md"

WRITTEN = f"<!-- Written by `{COMMAND}` from plugins/module_utils/_judge/rules: change the rules, not this page. -->"

INTRODUCTION = """\
# Rules

What module `eks_windows_preflight` judges, and so each role of this collection: one finding for each rule, in this
order. What no API shows, and is therefore no rule, stands in [considerations](../considerations.md).

A finding has status `pass`, `fail`, `unknown` or `not_applicable`. It is `unknown` where something could not be read:
it then names the permission that is missing or the address that does not answer, and counts as grave as a failure. Its
severity is the rule's, unless the rule's page says that a case is less grave. A goal is stopped by a failed or unknown
finding that blocks it, unless a step of its plan mends that. A rule is waived by its id in `eks_windows_ignore`, or
option `ignore` of the module.
"""


def as_text(text: str) -> str:
    """A text as Markdown shows it word for word."""
    return re.sub(r"([*<|\[\]`])", r"\\\1", text)


def anchor(rule_id: str) -> str:
    """What a heading of this id is found by."""
    return re.sub(r"[^a-z0-9_-]", "", rule_id)


def by_topic(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Rules by the first part of their ids, in the order of the report."""
    topics: dict[str, list[Rule]] = {}
    for rule in rules:
        topics.setdefault(rule.id.partition(".")[0], []).append(rule)
    return topics


def index(topics: Mapping[str, list[Rule]]) -> str:
    """The page that lists every rule."""
    rows = [_row(f"{topic}.md#{anchor(rule.id)}", rule) for topic, rules in topics.items() for rule in rules]
    table = ["| rule | severity | holds when it passes | stops goals |", "|---|---|---|---|", *rows]
    return "\n".join([WRITTEN, "", INTRODUCTION, *table]) + "\n"


def _row(address: str, rule: Rule) -> str:
    return f"| [{rule.id}]({address}) | {rule.severity} | {as_text(rule.title)} | {_names(rule.blocks)} |"


def page(topic: str, rules: Iterable[Rule]) -> str:
    """The page of one topic."""
    lines = [WRITTEN, "", f"# Rules of topic {topic}", "", "[All rules](README.md)", ""]
    for rule in rules:
        lines += [f"## {rule.id}", "", f"**{as_text(rule.title)}**", ""]
        lines += [as_text(inspect.getdoc(rule.check) or ""), ""]
        lines += [f"- **{name}:** {text}" for name, text in _fields(rule).items()]
        lines.append("")
    return "\n".join(lines)


def _fields(rule: Rule) -> dict[str, str]:
    return {
        "Severity": rule.severity,
        "Evidence": as_text(rule.evidence),
        "Remedy": as_text(rule.remedy),
        "Stops goals": _names(rule.blocks) + (", where their plan has a step" if rule.guard else ""),
        "Mended by steps": _names(rule.resolved_by),
        "Keeps Windows pods from running": "yes" if rule.stops_pods else "no",
        "Source": f"<{rule.reference}>",
    }


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def pages() -> dict[str, str]:
    """Every file of docs/rules by its name."""
    install_collection_finder()
    # Nothing of the collection can be imported before that.
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES

    topics = by_topic(RULES)
    return {INDEX: index(topics), **{f"{topic}.md": page(topic, rules) for topic, rules in topics.items()}}


def stale(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Names of the files that are not as the rules say, or that no rule needs."""
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with ``--check`` say which are stale; 1 where one is."""
    parser = argparse.ArgumentParser(prog="python -m tests.setup.rules_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args(arguments)
    wanted = pages()
    names = stale(wanted, FOLDER)
    for name in names:
        if given.check:
            print(f"docs/rules/{name} is not as the rules say: run {COMMAND}")
        elif name in wanted:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
            print(f"docs/rules/{name} written")
        else:
            (FOLDER / name).unlink()
            print(f"docs/rules/{name} removed")
    return 1 if given.check and names else 0


if __name__ == "__main__":
    sys.exit(main())
