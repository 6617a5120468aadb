# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether Windows pods can run now, and what stops a goal."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Finding, Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import Support


def ready(findings: Iterable[Finding], support: Support) -> bool:
    """Whether Windows pods can run now on the Windows nodes there are, or on one that joins.

    So a cluster without any Windows node can be ready; the report for people says that it has none. Pods can run where
    the controller of the control plane acts on the setting, or below the version table legacy support is whole and
    runs, and no error, failed or unknown, stops pods: the certificate of the legacy webhook is among them, since with
    that it stops without a word. Where the version's control plane can do it, a legacy controller turns that off, so
    that the setting is not effective.
    """
    stops = [finding for finding in findings if finding.stops_pods and finding.severity == "error" and _stands(finding)]
    return (support.effective is True or support.legacy_serves) and not stops


def blockers(findings: Iterable[Finding], goal: Goal, plan: Iterable[Step]) -> tuple[str, ...]:
    """Ids of the findings, failed or unknown, that stop the goal and that no step of its plan resolves.

    Those that only guard its steps stop nothing where it has none: what is off already may be in use.
    """
    planned = {step.step for step in plan}
    return tuple(
        finding.id
        for finding in findings
        if _stands(finding)
        and goal in finding.blocks
        and not planned.intersection(finding.resolved_by)
        and (planned or not finding.guard)
    )


def _stands(finding: Finding) -> bool:
    return finding.status in ("fail", "unknown")
