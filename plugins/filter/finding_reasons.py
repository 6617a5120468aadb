# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

NAMED = 3
"""Pieces of a finding's evidence that are named; the others are counted."""


def finding_reasons(findings: Iterable[Mapping[str, Any]]) -> str:
    """The findings in one line: each with its id, what was found, where it was seen and what mends it.

    What mends several is said at the first, as in the table of a preflight.
    """
    if isinstance(findings, (str, Mapping)):
        raise AnsibleFilterError("finding_reasons takes a list of findings")
    said: set[str] = set()
    return " ".join(f"{finding['id']}: {' '.join(_sentences(finding, said))}" for finding in findings)


def _sentences(finding: Mapping[str, Any], said: set[str]) -> Iterator[str]:
    yield f"{finding['summary'].rstrip('.')}."
    seen = [f"{item['object']} ({item['value']})" for item in finding["evidence"][:NAMED]]
    more = finding["evidence_total"] - len(seen)
    # What could not be read is the summary already, unless the remedy speaks of the evidence.
    if seen and (finding["status"] == "fail" or "evidence" in finding["remedy"]):
        yield f"Seen: {', '.join(seen)}{f' and {more} more' if more else ''}."
    remedy = finding["remedy"].rstrip(".")
    if remedy and remedy not in said:
        yield f"Remedy: {remedy}."
    said.add(remedy)


class FilterModule:
    """Filters on the findings of a preflight."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"finding_reasons": finding_reasons}
