# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The result of a preflight as lines for people, none longer than 100 columns where Ansible prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.wrapping import columns, printable, wrapped

WIDTH = 89
"""What is left of 100 columns: Ansible prints a list as JSON, indented by 8, with quotation marks and commas."""
MIN_TEXT_WIDTH = 30
INDENT = 4
"""Of what stands below a row whose cells leave no room for it."""

_FOR_TASKS = frozenset(
    {"objects", "stopped", "leaves_gap", "left", "webhook_configuration", "namespace", "service_name", "secret_name"}
)
"""Keys of a step that its tasks need: what a person wants to know of them stands in its object and its reason."""

_GRAVITY = {"error": 0, "warning": 1, "info": 2}
_COUNTED = (("fail", "failed"), ("unknown", "unknown"), ("not_applicable", "not applicable"), ("pass", "passed"))


def report_lines(result: Mapping[str, Any], goal: str = "none") -> list[str]:
    """What eks_windows_preflight returned for a goal, as lines: cluster, table, counts, what stops the goal, plan."""
    lines = [*_wrapped(headline(result)), *findings_table(result["findings"])]
    passed_over = [finding["id"] for finding in result["findings"] if finding["status"] == "not_applicable"]
    if passed_over:
        lines += _wrapped(f"Not applicable: {', '.join(passed_over)}")
    lines += _wrapped(counts_line(result))
    if result["blockers"]:
        lines += _wrapped(f"Stopped by: {', '.join(result['blockers'])}")
    if result["plan"]:
        lines += ["Plan:", *plan_lines(result["plan"])]
    elif goal != "none" and not result["blockers"]:
        lines += ["Plan: nothing is to be done"]
    return lines


def findings_table(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """An aligned table of the findings that failed or are unknown, gravest first; empty where there is none.

    Errors and warnings have their remedy below the summary, and the objects seen where the remedy speaks of them. What
    mends several findings is said at the first.
    """
    shown = by_gravity(findings)
    if not shown:
        return []
    heads = [("STATUS", "SEVERITY", "RULE")]
    heads += [(finding["status"], finding["severity"], printable(finding["id"])) for finding in shown]
    widths = [max(columns(head[column]) for head in heads) for column in range(3)]
    said: set[str] = set()
    texts = [["WHAT WAS FOUND"], *(_texts(finding, said) for finding in shown)]
    return _rows(heads, widths, texts)


def by_gravity(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The findings that failed or are unknown, gravest first; the order of the report is kept within a severity."""
    return sorted((finding for finding in findings if finding["status"] in ("fail", "unknown")), key=_rank)


def evidence_line(finding: Mapping[str, Any]) -> str:
    """The objects seen, and how many more there were."""
    seen = ", ".join(f"{item['object']} ({item['value']})" for item in finding["evidence"])
    more = finding["evidence_total"] - len(finding["evidence"])
    return f"Evidence: {seen}{f' and {more} more' if more else ''}"


def counts_line(result: Mapping[str, Any]) -> str:
    """How many findings there are of each kind, and what was looked at."""
    findings = result["findings"]
    parts = []
    for status, word in _COUNTED:
        counted = [finding["severity"] for finding in findings if finding["status"] == status]
        if not counted:
            continue
        kinds = [f"{counted.count(severity)} {severity}" for severity in _GRAVITY if severity in counted]
        parts.append(f"{len(counted)} {word}" + (f" ({', '.join(kinds)})" if status in ("fail", "unknown") else ""))
    examined = ", ".join(f"{kind.replace('_', ' ')} {number}" for kind, number in sorted(result["examined"].items()))
    return f"{len(findings)} findings: {', '.join(parts)}. Examined at {result['observed_at']}: {examined or 'nothing'}"


def plan_lines(steps: Sequence[Mapping[str, str]]) -> list[str]:
    """The steps of a plan, numbered. Where a step changes several keys, each has a line of its own."""
    lines = []
    for number, step in enumerate(steps, start=1):
        lead = f"  {number}. "
        indent = " " * len(lead)
        changes = _changes(step["before"], step["after"])
        what = f"{step['step']}: {step['object']}"
        change = f": {step['before']} -> {step['after']}" if changes is None else ""
        lines += _wrapped(f"{what}{change} ({step['reason']})", first=lead, later=indent)
        for text in changes or ():
            lines += _wrapped(text, first=f"{indent}  ", later=f"{indent}    ")
    return lines


def _changes(before: str, after: str) -> list[str] | None:
    """What changes from one JSON object to another, a line for each key; None where they are plain texts."""
    old, new = _object(before), _object(after)
    if old is not None and old.keys() <= _FOR_TASKS:
        return []
    if old is None or new is None:
        return None
    changes = [(path, _value(was, "absent"), _value(value, "removed")) for path, was, value in _pairs(old, new)]
    return [f"{path}: {was} -> {value}" for path, was, value in changes if path not in _FOR_TASKS and was != value]


def _object(text: str) -> Mapping[str, Any] | None:
    """The JSON object that the text is, None for any other text."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, Mapping) else None


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each value of the new object with its path and what stands there in the old one, None where nothing does."""
    for key, value in new.items():
        was = old.get(key)
        if isinstance(value, Mapping):
            yield from _pairs(was if isinstance(was, Mapping) else {}, value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", was, value


def _value(value: Any, nothing: str) -> str:
    if value is None:
        return nothing
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def headline(result: Mapping[str, Any]) -> str:
    """The cluster, and whether it is ready."""
    cluster = result["cluster"]
    if cluster["name"] is None:
        return "The cluster could not be described: not ready for Windows pods"
    version = f"Kubernetes {cluster['version']} {cluster['platform_version']}"
    state = "ready" if result["ready"] else "not ready"
    nodes = ", with no Windows node yet" if result["ready"] and result["support"]["windows_nodes"] == 0 else ""
    return f"Cluster {cluster['name']} in {cluster['region']}, {version}: {state} for Windows pods{nodes}"


def _rank(finding: Mapping[str, Any]) -> int:
    return _GRAVITY.get(finding["severity"], len(_GRAVITY))


def _texts(finding: Mapping[str, Any], said: set[str]) -> list[str]:
    """What stands in the finding's row; ``said`` holds the remedies of the rows above."""
    remedy = finding["remedy"]
    if finding["severity"] == "info" or not remedy:
        return [finding["summary"]]
    texts = [finding["summary"]]
    if "evidence" in remedy:
        texts.append(evidence_line(finding))
    texts.append("Remedy: as above" if remedy in said else f"Remedy: {remedy}")
    said.add(remedy)
    return texts


def _rows(heads: Sequence[tuple[str, str, str]], widths: Sequence[int], texts: Sequence[Sequence[str]]) -> list[str]:
    """Each row's cells, then its text beside them, or below where the cells are too wide for that."""
    beside = sum(widths) + 2 * len(widths)
    below = WIDTH - beside < MIN_TEXT_WIDTH
    indent = " " * (INDENT if below else beside)
    lines = []
    for head, paragraphs in zip(heads, texts, strict=True):
        start = "".join(cell + " " * (width - columns(cell) + 2) for cell, width in zip(head, widths, strict=True))
        if below:
            cells = "  ".join(head)
            lines += [cells] if columns(cells) <= WIDTH else wrapped(cells, WIDTH, later=indent)
            start = indent
        for paragraph in paragraphs:
            lines += wrapped(paragraph, WIDTH, first=start, later=indent) or [start.rstrip()]
            start = indent
    return lines


def _wrapped(text: str, first: str = "", later: str = "  ") -> list[str]:
    return wrapped(text, WIDTH, first, later)
