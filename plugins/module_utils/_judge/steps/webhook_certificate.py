# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps on the certificate of a legacy webhook: issued, served, and its predecessor dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import backup_name
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.objects import described, named
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import (
    ABSENT,
    Step,
    StepKind,
    compact,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import (
    JudgedWebhook,
    judged_webhooks,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Observation,
    Unknown,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import CertificateState
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

RENEW_ID = "renew_webhook_certificate"
RESTART_ID = "restart_webhook"
DROP_ID = "drop_certificate_backup"

NEW = "new"
AFTER = compact({"not_after": NEW, "fingerprint": NEW})
"""What only its issue will tell."""


def renew(subject: Subject) -> Step | None:
    """Where a certificate is missing, wrong or due: that of one webhook, since two are there only by mistake."""
    for webhook in judged_webhooks(subject):
        if webhook.needs_certificate:
            return certificate_step(RENEW_ID, webhook)
    return None


def certificate_step(id: str, webhook: JudgedWebhook) -> Step:  # noqa: A002
    """The step that issues a webhook's certificate, where the chain tells its Secret and its service."""
    return Step(
        step=id,
        reason=why(webhook),
        object=str(webhook.chain.secret),
        before=compact({**told(webhook.state), **place(webhook.chain)}),
        after=AFTER,
    )


def place(chain: WebhookChain) -> dict[str, str]:
    """What names one webhook to module webhook_cert: a configuration may call several services. Empty is not known."""
    return {
        "webhook_configuration": chain.configuration,
        "namespace": chain.service.namespace if chain.service else "",
        "service_name": chain.service.name if chain.service else "",
        "secret_name": chain.secret.name if chain.secret else "",
    }


def why(webhook: JudgedWebhook) -> str:
    """What makes a new certificate needed."""
    own = [problem for problem in webhook.state.problems if problem not in webhook.broken]
    if own:
        return own[0]
    return f"The certificate ends at {webhook.state.not_after}, in {webhook.state.days_left} days"


def told(state: CertificateState) -> dict[str, str | None]:
    """A certificate as ``before`` shows it."""
    return {
        "not_after": state.not_after,
        "fingerprint": state.certificate.fingerprints["sha256"] if state.certificate else None,
    }


def restarted(subject: Subject) -> tuple[WebhookChain, ...]:
    """The webhooks whose pods do not serve with what the Secret will hold: a new certificate comes, an interrupted
    renewal left its backup or a failurePolicy that it eased, or they started before the Secret was changed."""
    return tuple(webhook.chain for webhook in judged_webhooks(subject) if _why_restart(subject, webhook))


def restart(subject: Subject) -> Step | None:
    """Where pods have to read their certificate again: they read it when they start."""
    webhooks = [each for each in judged_webhooks(subject) if _why_restart(subject, each)]
    deployments = tuple(dict.fromkeys(each.chain.deployment for each in webhooks if each.chain.deployment))
    if not deployments:
        return None
    objects = described(deployments, subject.observation)
    gap = any(each.chain.leaves_gap for each in webhooks)
    first = webhooks[0]
    fingerprint = told(first.state)["fingerprint"]
    # The same mark a second time would restart nothing.
    replaced = fingerprint or f"none that could be read at {subject.observation.observed_at}"
    mark = f"replaces {replaced}" if first.needs_certificate else f"is {fingerprint}"
    return Step(
        step=RESTART_ID,
        reason=_why_restart(subject, first),
        object=named(deployments),
        before=compact({"certificate": fingerprint}),
        after=compact({"objects": objects, "certificate": mark, "leaves_gap": gap, **place(first.chain)}),
    )


def _why_restart(subject: Subject, webhook: JudgedWebhook) -> str:
    """Empty where the pods need no restart."""
    if webhook.chain.managed_by != "none":
        return ""
    if webhook.needs_certificate:
        return "Its pods read the certificate when they start"
    if webhook.chain.backup:
        return f"A renewal was interrupted: {webhook.chain.backup} is left, so that its pods may serve the previous one"
    if webhook.chain.eased:
        return "A restart was interrupted, which had let the webhook fail: its failurePolicy is to be Fail again"
    pods = subject.observation.webhook_pods
    if pods is None or isinstance(pods, Unknown):
        return ""
    for each in pods:
        if each.deployment == webhook.chain.deployment and each.started_at and each.started_at < each.changed_at:
            return f"A pod started at {each.started_at}, before its Secret was changed at {each.changed_at}"
    return ""


def drop(subject: Subject) -> Step | None:
    """Where a backup is left, or will be: of a pair that is there."""
    for webhook in judged_webhooks(subject):
        chain = webhook.chain
        if chain.managed_by != "none":
            continue
        if chain.backup or (webhook.needs_certificate and chain.secret_exists):
            there = chain.backup is not None
            return Step(
                step=DROP_ID,
                reason="It holds the previous certificate, which is needed until the webhook answers with the new one",
                object=str(chain.backup or _backup(chain)),
                before=compact({"backup": "present" if there else ABSENT, **place(chain)}),
                after=compact({"backup": ABSENT}),
            )
    return None


def _backup(chain: WebhookChain) -> str:
    return f"Secret {chain.secret.namespace}/{backup_name(chain.secret.name)}" if chain.secret else ""


def renewed(step: Step, observation: Observation) -> Observation:
    """The observation with a certificate of which nothing is known yet."""
    return changed_chain(
        observation,
        lambda chain: (
            replace(chain, secret_exists=True, certificate_pem=None, key_state="unknown", problems=())
            if str(chain.secret) == step.object
            else chain
        ),
    )


def restarted_now(_step: Step, observation: Observation) -> Observation:
    """The observation with pods that have started since, and webhooks that may no longer fail."""
    given_back = changed_chain(observation, lambda chain: replace(chain, eased=False))
    return replace(given_back, webhook_pods=()) if observation.webhook_pods is not None else given_back


def dropped(step: Step, observation: Observation) -> Observation:
    """The observation without the backup."""
    return changed_chain(
        observation, lambda chain: replace(chain, backup=None) if str(chain.backup) == step.object else chain
    )


def changed_chain(observation: Observation, change: Callable[[WebhookChain], WebhookChain]) -> Observation:
    """The observation with each webhook as it is changed to."""
    chains = observation.legacy_webhooks
    if chains is None or isinstance(chains, Unknown):
        return observation
    return replace(observation, legacy_webhooks=tuple(map(change, chains)))


RENEW_WEBHOOK_CERTIFICATE = StepKind(RENEW_ID, renew, renewed)
RESTART_WEBHOOK = StepKind(RESTART_ID, restart, restarted_now)
DROP_CERTIFICATE_BACKUP = StepKind(DROP_ID, drop, dropped)
