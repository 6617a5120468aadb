# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether Windows pods can run now, and what stops a goal."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Finding, Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import Support


def ready(findings: Iterable[Finding], support: Support) -> bool:
    """Whether Windows pods can run now.

    They can where the controller of the control plane acts on the setting and no error, failed or unknown, stops pods.
    In mode ``legacy`` they can where the version's control plane has no Windows support (so that nothing else would
    run them) and controller, webhook and webhook configuration of legacy support are all there; whether its
    certificate still holds is not looked at yet. On later versions a legacy controller is never ready: it turns off
    what it could be measured by.
    """
    stops = [finding for finding in findings if finding.stops_pods and finding.severity == "error" and _stands(finding)]
    if support.mode == "legacy":
        return support.legacy_complete and not stops
    return support.effective is True and not stops


def blockers(findings: Iterable[Finding], goal: Goal, plan: Iterable[Step]) -> tuple[str, ...]:
    """Ids of the findings, failed or unknown, that stop the goal and that no step of its plan resolves."""
    planned = {step.step for step in plan}
    return tuple(
        finding.id
        for finding in findings
        if _stands(finding) and goal in finding.blocks and not planned.intersection(finding.resolved_by)
    )


def _stands(finding: Finding) -> bool:
    return finding.status in ("fail", "unknown")
