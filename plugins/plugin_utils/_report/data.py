# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a report of preflights holds, as plain data: docs/preflight_report.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SCHEMA_VERSION = 1
"""Rises when a consumer of the JSON file would have to change."""

FAIL_SEVERITIES: Mapping[str, tuple[str, ...]] = {"error": ("error",), "warning": ("error", "warning"), "never": ()}
"""The severities that fail a preflight, by the value of ``eks_windows_fail_on``."""

KEPT = "__eks_windows_kept"
"""The fact in which role preflight keeps what its result does not say."""

RESULT = "eks_windows_preflight"
"""The variable in which the roles leave the result."""

NOT_REACHED = (
    "The run did not examine this cluster: an earlier failure ended the run, the play left the host out, or its turn "
    "is still to come."
)
FAILED_BEFORE = "It failed before the cluster was examined. What the run printed for this host says why."


def failing(findings: Iterable[Mapping[str, Any]], fail_on: str) -> list[str]:
    """Ids of the findings that fail a preflight: failed or unknown, and as grave as ``fail_on`` says.

    Raises:
        ValueError: For a ``fail_on`` that is none of error, warning and never.
    """
    if fail_on not in FAIL_SEVERITIES:
        raise ValueError(f"fail_on is one of {', '.join(FAIL_SEVERITIES)}, not {fail_on!r}")
    return [
        finding["id"]
        for finding in findings
        if finding["status"] in ("fail", "unknown") and finding["severity"] in FAIL_SEVERITIES[fail_on]
    ]


def report(
    hosts: Sequence[str], hostvars: Mapping[str, Any], made_at: str, failed: Iterable[str] = ()
) -> dict[str, Any]:
    """The report on these hosts, in their order.

    Args:
        hosts: Every host of the play, those that failed or were never reached included.
        hostvars: Ansible's variables of all hosts.
        made_at: When, in UTC, as ISO 8601 text.
        failed: Hosts that the play has given up.
    """
    given_up = frozenset(failed)
    # A name that holds a template is another one by the time some releases of Ansible hand it over, and their hostvars
    # answer for an unknown host without KeyError, so that get would not notice.
    known = {host: hostvars[host] if host in hostvars else {} for host in hosts}  # noqa: SIM401
    clusters = [_cluster(str(host), known[host], host in given_up) for host in hosts]
    return {"schema_version": SCHEMA_VERSION, "made_at": made_at, "rules": _rules(clusters), "clusters": clusters}


def _cluster(host: str, variables: Mapping[str, Any], given_up: bool) -> dict[str, Any]:
    kept = variables.get(KEPT, {})
    result = _result(variables, kept)
    examined = "findings" in result
    outcome, message = ("examined", "") if examined else _why_not(kept, result, given_up)
    # A host whose value is none of them has failed for that, and is not to take the others' report away.
    fail_on = kept["fail_on"] if kept.get("fail_on") in tuple(FAIL_SEVERITIES) else "error"
    described = result.get("cluster") or {}
    findings = [dict(finding) for finding in result.get("findings", ())]
    return {
        "host": host,
        "name": str(described.get("name") or kept.get("cluster_name") or host),
        "outcome": outcome,
        "message": message,
        "goal": str(kept.get("goal", "none")),
        "fail_on": fail_on,
        "failing": failing(findings, fail_on),
        "ready": bool(result["ready"]) if examined else None,
        "blockers": list(result.get("blockers", ())),
        "observed_at": result.get("observed_at"),
        "examined": dict(result.get("examined", {})),
        "cluster": dict(described),
        "support": dict(result.get("support", {})),
        "plan": [dict(step) for step in result.get("plan", ())],
        "findings": findings,
    }


def _result(variables: Mapping[str, Any], kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """The result that belongs to what was kept: after a failed examination, findings are those of an earlier one."""
    result = variables.get(RESULT)
    if not isinstance(result, Mapping):
        return {}
    if kept.get("failure"):
        return {name: result[name] for name in ("msg", "unreachable") if name in result}
    return result


def _why_not(kept: Mapping[str, Any], result: Mapping[str, Any], given_up: bool) -> tuple[str, str]:
    """What became of a cluster that was not examined, and in which words."""
    message = str(kept.get("failure") or result.get("msg") or "").strip()
    if result.get("unreachable"):
        return "unreachable", message or "The host could not be reached."
    if message or given_up:
        return "failed", message or FAILED_BEFORE
    return "not_reached", NOT_REACHED


def _rules(clusters: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The rules that any cluster was judged by, in the order of the first report that has them."""
    # Imported where it is needed: the filters are loaded with every playbook, a report is written in few.
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES_BY_ID

    rules: dict[str, dict[str, str]] = {}
    for cluster in clusters:
        for finding in cluster["findings"]:
            name = finding["id"]
            if name not in rules:
                title = RULES_BY_ID[name].title if name in RULES_BY_ID else ""
                rules[name] = {"id": name, "title": title, "reference": finding["reference"]}
    return list(rules.values())
