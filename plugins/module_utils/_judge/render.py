# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The return values of a preflight, as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.cluster_view import cluster_view
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Finding
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import judge
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import predicted_support
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.readiness import blockers, ready
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import Support, support
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import CertificateState


def as_result(observation: Observation, options: JudgeOptions) -> dict[str, Any]:
    """Judge an observation and give all that eks_windows_preflight returns."""
    subject = Subject(observation, options)
    findings = judge(observation, options)
    state = support(subject)
    steps = plan(subject)
    return {
        "ready": ready(findings, state),
        "blockers": list(blockers(findings, options.goal, steps)),
        "findings": [finding_dict(finding) for finding in findings],
        "support": support_dict(state),
        "support_after": support_dict(predicted_support(subject, steps)),
        "plan": [step_dict(step) for step in steps],
        "examined": dict(observation.examined),
        "observed_at": observation.observed_at,
        "cluster": cluster_view(subject),
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    """A finding as it is returned."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "status": finding.status,
        "summary": finding.summary,
        "evidence": [{"object": item.object, "value": item.value} for item in finding.evidence],
        "evidence_total": finding.evidence_total,
        "remedy": finding.remedy,
        "reference": finding.reference,
        "blocks": list(finding.blocks),
        "resolved_by": list(finding.resolved_by),
        "waiver": None if finding.waiver is None else asdict(finding.waiver),
    }


def support_dict(state: Support) -> dict[str, Any]:
    """The state of Windows support as it is returned."""
    return {
        "mode": state.mode,
        "windows_ipam": {
            "live": state.live,
            "effective": state.effective,
            "owner": state.owner,
            "addon_value": state.addon_value,
        },
        "prefix_delegation": state.prefix_delegation,
        "cluster_role": {"arn": state.role_arn, "policy_attached": state.policy_attached},
        "legacy": {
            "variant": state.legacy_variant,
            "components": list(state.legacy_components),
            "certificate": certificate_dict(state.legacy_certificate),
        },
        "windows_nodes": state.windows_nodes,
        "linux_nodes": state.linux_nodes,
        "security_groups_for_pods": state.security_groups_for_pods,
    }


def certificate_dict(state: CertificateState | None) -> dict[str, Any] | None:
    """A certificate of a webhook as it is returned: the names of module webhook_cert_info."""
    if state is None:
        return None
    return {
        "not_after": state.not_after,
        "days_left": state.days_left,
        "expired": state.expired,
        "renewal_due": state.renewal_due,
        "key_matches": state.key_matches,
        "covers_service": state.covers_service,
        "trusted_by_ca_bundle": state.trusted_by_ca_bundle,
        "problems": list(state.problems),
    }


def step_dict(step: Step) -> dict[str, str]:
    """A step as it is returned."""
    return {
        "step": step.step,
        "reason": step.reason,
        "object": step.object,
        "before": step.before,
        "after": step.after,
    }
