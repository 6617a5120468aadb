# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on the certificate that a legacy webhook serves with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence, Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
    unknown_part,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import ISSUE_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_removal import is_stopped
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    RENEW_ID,
    RESTART_ID,
    why,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import effective_ipam
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import (
    JudgedWebhook,
    judged_webhooks,
    worst_webhook,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookEntry

RULES: list[Rule] = []

NOT_LOOKED_AT = Unknown("The legacy webhook", "not looked at", "Run eks_windows_preflight again.")
BLOCKS: tuple[Goal, ...] = ("cert_renew", "legacy_install")
CERT_MANAGER = "https://cert-manager.io/docs/usage/certificate/#reissuance-triggered-by-user-actions"

BY_CERT_MANAGER = (
    "Have cert-manager renew it (cmctl renew, with the Certificate's namespace and name), and restart the webhook's "
    "Deployment where it does not read the new one by itself."
)
REFUSES = (
    "Run role cloudops.eks_windows.cert_renew first: with failurePolicy Fail the API server refuses every Windows pod "
    "while the webhook does not answer, and the migration would stop half-way."
)


@rule(
    RULES,
    id="legacy.certificate",
    severity="error",
    title="The certificate of the legacy webhook is good, and not due for renewal",
    evidence="The end of each certificate, its webhook's failurePolicy, and each problem.",
    reference="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    remedy="Run role cloudops.eks_windows.cert_renew, which issues a new one. Where the control plane can run Windows "
    "support, playbook cloudops.eks_windows.migrate_legacy makes the webhook needless.",
    blocks=BLOCKS,
    resolved_by=(RENEW_ID, ISSUE_ID),
)
def certificate(subject: Subject) -> Verdict:
    """The API server takes the certificate of the legacy webhook: it has not ended, is for the names of the Service,
    has its key, and leads to an authority in the caBundle. EKS issues such a certificate for a year at most. Within the
    renewal days it is a warning, and stops nothing.

    An expired one shows nowhere else: with failurePolicy Ignore pods are admitted without a limit, and never start. It
    stops pods where the webhook is what gives them their limit, or refuses them. It does not apply where no legacy
    webhook is there; a Secret that can't be looked into makes it unknown.

    With failurePolicy Fail it stops goal migrate too: the dry run of a pod, by which the migration sees the control
    plane at work before it takes the webhook away, would be refused for ever. To goal cert_renew it is unknown where
    the pods could not be looked at: they may serve with the previous one.
    """
    stops = _stops_pods(subject)
    configurations = subject.observation.webhook_configurations
    if isinstance(configurations, Unknown):
        return unknown_part(configurations, resolved_by=(), stops_pods=stops)
    if not subject.legacy.configurations:
        return not_applicable("There is no legacy webhook")
    chains = subject.observation.legacy_webhooks
    if chains is None or isinstance(chains, Unknown):
        return unknown_part(chains or NOT_LOOKED_AT, resolved_by=(), stops_pods=stops)
    worst = worst_webhook(subject)
    if worst is None:
        return failed(
            f"{subject.legacy.configurations[0]} calls nothing",
            [Evidence(str(found), "no webhook") for found in subject.legacy.configurations],
            remedy="Delete it, or install legacy support again.",
            resolved_by=(ISSUE_ID,),
            stops_pods=stops,
        )
    evidence = [item for webhook in judged_webhooks(subject) for item in _evidence(webhook)]
    if not worst.is_readable:
        return unknown(
            _summary(worst, worst.state.problems[0] if worst.state.problems else "its Secret can't be looked into"),
            evidence,
            remedy="Look at what the evidence names: module cloudops.eks_windows.webhook_cert_info tells more of it, "
            "also by options that name the Secret.",
            resolved_by=(),
            stops_pods=stops,
        )
    refuses = subject.options.goal == "migrate" and any(map(_refuses, judged_webhooks(subject)))
    blocks = (*BLOCKS, "migrate") if refuses else BLOCKS
    broken = next((webhook for webhook in judged_webhooks(subject) if webhook.broken), None)
    if broken is not None:
        return failed(
            _summary(broken, broken.broken[0]),
            evidence,
            remedy="Mend that first: no new certificate does. Or install legacy support again, or remove it.",
            blocks=blocks,
            resolved_by=(ISSUE_ID,),
            stops_pods=stops,
        )
    if worst.is_wrong:
        remedy, resolved_by = _renewal(worst, REFUSES if refuses else None)
        return failed(
            _summary(worst, why(worst)),
            evidence,
            remedy=remedy,
            blocks=blocks,
            resolved_by=resolved_by,
            stops_pods=stops,
        )
    due = next((webhook for webhook in judged_webhooks(subject) if webhook.state.renewal_due), None)
    if due is not None:
        remedy, resolved_by = _renewal(due, None)
        return failed(
            _summary(due, why(due)),
            evidence,
            remedy=remedy,
            severity="warning",
            blocks=(),
            resolved_by=resolved_by,
        )
    pods = subject.observation.webhook_pods
    if isinstance(pods, Unknown) and subject.options.goal == "cert_renew":
        # Whether they serve with this certificate is what decides on a restart.
        return unknown_part(pods, resolved_by=(RESTART_ID,), stops_pods=stops)
    return passed(
        f"The certificate of {worst.chain.configuration} is good until {worst.state.not_after}, "
        f"{worst.state.days_left} days",
        *evidence,
    )


@rule(
    RULES,
    id="legacy.certificate_owner",
    severity="error",
    title="The certificate of the legacy webhook is not cert-manager's",
    evidence="The Secret of each webhook whose certificate is cert-manager's.",
    reference=CERT_MANAGER,
    remedy=BY_CERT_MANAGER,
    blocks=("cert_renew",),
)
def certificate_owner(subject: Subject) -> Verdict:
    """Nothing else renews the certificate of the legacy webhook. With EKS Blueprints' Helm chart cert-manager does: two
    would take turns. It matters to goal cert_renew alone, where there is a legacy webhook."""
    if subject.options.goal != "cert_renew":
        return not_applicable("It matters to goal cert_renew alone")
    known(subject.observation.webhook_configurations)
    chains = subject.observation.legacy_webhooks
    if chains is None:
        return not_applicable("There is no legacy webhook")
    managed = [chain for chain in known(chains) if chain.managed_by != "none"]
    if managed:
        return failed(
            f"cert-manager looks after the certificate of {managed[0].configuration}",
            [Evidence(str(chain.secret), "cert-manager's") for chain in managed],
        )
    return passed("Nothing else looks after the certificate")


def _stops_pods(subject: Subject) -> bool:
    """Whether pods fail with the webhook: it is what gives them their limit, or it refuses them."""
    chains = subject.observation.legacy_webhooks
    seen = () if chains is None or isinstance(chains, Unknown) else chains
    refuses = any(_may_refuse(entry) for chain in seen for entry in chain.entries)
    return refuses or effective_ipam(subject) is not True


def _renewal(webhook: JudgedWebhook, remedy: str | None) -> tuple[str | None, tuple[str, ...] | None]:
    """Remedy and steps of a renewal, None for those of the rule: a certificate of cert-manager's is renewed by it."""
    return (remedy, None) if webhook.chain.managed_by == "none" else (BY_CERT_MANAGER, ())


def _refuses(webhook: JudgedWebhook) -> bool:
    """Whether the API server refuses pods since this webhook is known not to answer."""
    silent = bool(webhook.broken) or (webhook.is_readable and webhook.is_wrong)
    return silent and any(map(_may_refuse, webhook.chain.entries))


def _may_refuse(entry: WebhookEntry) -> bool:
    """Whether the API server refuses pods that it does not answer for. A removal that was interrupted may have left it
    without its Secret or its pods, and asked about nothing."""
    return entry.failure_policy == "Fail" and not is_stopped(entry)


def _summary(webhook: JudgedWebhook, problem: str) -> str:
    return f"Webhook configuration {webhook.chain.configuration}: {problem}"


def _evidence(webhook: JudgedWebhook) -> list[Evidence]:
    chain, state = webhook.chain, webhook.state
    where = str(chain.secret) if chain.secret else f"MutatingWebhookConfiguration {chain.configuration}"
    found = [Evidence(where, problem) for problem in state.problems]
    if not found and state.certificate is None:
        found = [Evidence(where, "can't be looked into")]
    if state.certificate is not None:
        left = f"ends at {state.not_after}, {state.days_left} days left, failurePolicy {chain.failure_policy}"
        found.append(Evidence(where, left))
    return found
