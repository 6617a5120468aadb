# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines for a ticket."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ticket import escaped, ticket_lines
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.printed import WIDEST, widest


def finding(id: str, status: str = "fail", severity: str = "error", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "status": status,
        "severity": severity,
        "summary": "Something is wrong",
        "remedy": "Mend it.",
        "evidence": [],
        "evidence_total": 0,
        **more,
    }


def result(*findings: dict[str, Any], plan: tuple[dict[str, str], ...] = (), name: str = "one") -> dict[str, Any]:
    return {
        "cluster": {"name": name, "region": "eu-central-1", "version": "1.35", "platform_version": "eks.9"},
        "ready": False,
        "findings": list(findings),
        "plan": list(plan),
        "examined": {"nodes": 3},
        "observed_at": "2026-11-24T10:00:00Z",
    }


def test_what_is_pasted() -> None:
    seen = [{"object": "Secret default/a_b", "value": "<none>"}]
    lines = ticket_lines(
        result(
            finding("b.passed", "pass"),
            finding("c.info", severity="info", summary="Waived by @ops"),
            finding("d.unknown", "unknown", summary="Not known: GET /api"),
            finding("a.one", remedy="Delete what is in the evidence.", evidence=seen, evidence_total=3),
            plan=({"step": "attach_cluster_policy"}, {"step": "enable_windows_ipam"}),
        )
    )
    assert lines == [
        "**Cluster one in eu-central-1, Kubernetes 1.35 eks.9: not ready for Windows pods**",
        "",
        "- `d.unknown` (error, unknown): Not known: GET /api. Remedy: Mend it.",
        "- `a.one` (error): Something is wrong. Evidence: Secret default/a_b (\\<none\\>) and 2",
        "  more. Remedy: Delete what is in the evidence.",
        "- `c.info` (info): Waived by \\@ops.",
        "",
        "Plan: `attach_cluster_policy`, `enable_windows_ipam`",
        "",
        "4 findings: 2 failed (1 error, 1 info), 1 unknown (1 error), 1 passed. Examined at",
        "2026-11-24T10:00:00Z: nodes 3",
    ]


def test_nothing_wrong() -> None:
    assert ticket_lines(result(finding("a.one", "pass")))[1:] == [
        "",
        "1 findings: 1 passed. Examined at 2026-11-24T10:00:00Z: nodes 3",
    ]


def test_no_line_is_printed_in_more_than_a_hundred_columns() -> None:
    long = "x" * 300
    lines = ticket_lines(
        result(
            finding(f"a.{long}", summary=f"{long} 日本 {'日本' * 80}", remedy=long),
            plan=({"step": long},),
            name=long,
        )
    )
    assert widest(lines) <= WIDEST


@pytest.mark.parametrize(
    ("word", "shown"),
    [("#", "\\#"), ("-", "\\-"), ("+", "\\+"), ("==", "\\=="), ("1.", "1\\."), ("12)", "12\\)"), ("1.35", "1.35")],
)
def test_a_line_that_goes_on_begins_nothing(word: str, shown: str) -> None:
    """For texts of each length before the word, so that for one a line begins with it, and goes on to its end."""
    summaries = [f"{'x ' * 30}{'y' * length} {word} {'z ' * 50}" for length in range(1, 40)]
    lines = [line for summary in summaries for line in ticket_lines(result(finding("a.one", summary=summary)))]
    began = {line.split()[0] for line in lines if line.startswith("  ")}
    assert shown in began
    assert word == shown or word not in began
    assert widest(lines) <= WIDEST


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("*a* _b_ a_b `c` [d](e) |f|", "\\*a\\* \\_b\\_ a_b \\`c\\` \\[d\\](e) \\|f\\|"),
        ("@team a@example.org #12", "\\@team a@example.org \\#12"),
        ("&lt;img&gt; &copy; $x^2$", "\\&lt;img\\&gt; \\&copy; \\$x^2\\$"),
        ("a\nb\x1b", "a b "),
    ],
)
def test_what_servers_say_is_no_markup(text: str, markdown: str) -> None:
    assert escaped(text) == markdown
