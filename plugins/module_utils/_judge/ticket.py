# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The result of a preflight as a few lines of Markdown, to paste into a ticket; none is wider than a table is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import (
    WIDTH,
    by_gravity,
    counts_line,
    evidence_line,
    headline,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.wrapping import (
    printable,
    printed_columns,
    wrapped,
)

# What Markdown would take for emphasis, code, a link, an element, an entity or a formula, and what would call somebody.
# An underscore inside a word is none of these, and names are full of them.
_MARKED = re.compile(r"([\\`*<>\[\]|~&$]|(?<!\w)_|_(?!\w)|(?<!\w)[@#](?=\w))")
# What would make a heading, an item of a list or a rule of the line that it begins.
_LEADING = re.compile(r"^(\s*(?=[-+#=])|\s*\d+(?=[.)](?:\s|$)))")


def ticket_lines(result: Mapping[str, Any]) -> list[str]:
    """A line on the cluster, one for each finding that failed or is unknown, and what was looked at."""
    lines = _lines(f"**{escaped(headline(result))}**")
    shown = by_gravity(result["findings"])
    lines += [""] if shown else []
    for finding in shown:
        lines += _bullet(finding)
    if result["plan"]:
        steps = ", ".join(f"`{step['step']}`" for step in result["plan"])
        lines += ["", *_lines(f"Plan: {steps}")]
    return [*lines, "", *_lines(escaped(counts_line(result)))]


def escaped(text: str) -> str:
    """The text as Markdown that shows it as it is."""
    return _MARKED.sub(r"\\\1", printable(text))


def _lines(text: str, first: str = "", later: str = "") -> list[str]:
    """The text in lines, of which none but the first begins something. What that takes is left free: a backslash."""
    head, *rest = wrapped(text, WIDTH - printed_columns("\\"), first=first, later=later)
    return [head, *(_LEADING.sub(r"\1\\", line) for line in rest)]


def _bullet(finding: Mapping[str, Any]) -> list[str]:
    texts: Sequence[str] = (
        finding["summary"],
        evidence_line(finding) if "evidence" in finding["remedy"] else "",
        f"Remedy: {finding['remedy']}" if finding["remedy"] and finding["severity"] != "info" else "",
    )
    sentences = " ".join(f"{escaped(text).rstrip('.')}." for text in texts if text)
    head = f"{finding['severity']}, {finding['status']}" if finding["status"] == "unknown" else finding["severity"]
    return _lines(f"`{finding['id']}` ({head}): {sentences}", first="- ", later="  ")
