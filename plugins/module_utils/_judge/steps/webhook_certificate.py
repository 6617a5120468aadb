# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps on the certificate of a legacy webhook: issued, served, and its predecessor dropped."""

from __future__ import annotations

import json
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
    WebhookPods,
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


def at_work(subject: Subject) -> tuple[JudgedWebhook, ...]:
    """The webhooks of the one Secret that a run works on: two are there only by mistake. What an interrupted run left
    comes first, then what is wrong, then what ends first, so that the next run comes to the others."""
    waiting = _waiting(subject)
    if not waiting:
        return ()
    first = min(waiting, key=lambda each: (not _interrupted(each), not each.is_wrong, each.state.not_after or ""))
    return tuple(
        each
        for each in judged_webhooks(subject)
        if each.chain.secret == first.chain.secret and each.chain.managed_by == "none"
    )


def left(subject: Subject) -> tuple[str, ...]:
    """The Secrets of webhooks that need a renewal or a restart too, and are left to the next run."""
    secrets = {each.chain.secret for each in at_work(subject)}
    others = [each for each in _waiting(subject) if each.chain.secret not in secrets and _why_own(subject, each)]
    return tuple(dict.fromkeys(str(each.chain.secret) for each in others))


def renew(subject: Subject) -> Step | None:
    """Where a certificate is missing, wrong or due, or what trusts it is."""
    webhook = next((each for each in at_work(subject) if each.needs_certificate), None)
    return certificate_step(RENEW_ID, webhook) if webhook else None


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
    return tuple(webhook.chain for webhook in at_work(subject))


def answers(subject: Subject, webhook: JudgedWebhook) -> bool:
    """Whether pods get their limit until it is restarted: the API server takes what is in the Secret, and the pods
    are known to serve with that."""
    return not (webhook.is_wrong or _interrupted(webhook) or _started_too_early(subject, webhook))


def restart(subject: Subject) -> Step | None:
    """Where pods have to read their certificate again: they read it when they start."""
    webhooks = at_work(subject)
    deployments = tuple(dict.fromkeys(each.chain.deployment for each in webhooks if each.chain.deployment))
    if not deployments:
        return None
    # The one that is renewed, whose place the way back needs.
    first = min(webhooks, key=lambda each: (not each.needs_certificate, not _why_restart(subject, each)))
    others = left(subject)
    also = f". Left to the next run: {', '.join(others)}" if others else ""
    return Step(
        step=RESTART_ID,
        reason=f"{_why_restart(subject, first)}{also}",
        object=named(deployments),
        before=compact({"certificate": told(first.state)["fingerprint"]}),
        after=compact(
            {
                "objects": described(deployments, subject.observation),
                "certificate": _mark(subject, first),
                "leaves_gap": any(each.chain.leaves_gap for each in webhooks),
                "left": others,
                **place(first.chain),
            }
        ),
    )


def _mark(subject: Subject, webhook: JudgedWebhook) -> str:
    """What the pods' template gets: the same a second time restarts nothing. That is wanted of a run that goes on from
    an earlier one, and of no other: what was replaced may be put back, be it by hand, and be replaced again."""
    fingerprint = told(webhook.state)["fingerprint"]
    if webhook.needs_certificate:
        return f"replaces {fingerprint or 'none that could be read'} at {subject.observation.observed_at}"
    stored = next((each.changed_at for each in _pods(subject, webhook)), "")
    return f"is {fingerprint}, stored at {stored}" if stored else f"is {fingerprint}"


def _waiting(subject: Subject) -> tuple[JudgedWebhook, ...]:
    return tuple(each for each in judged_webhooks(subject) if _why_restart(subject, each))


def _interrupted(webhook: JudgedWebhook) -> bool:
    return webhook.chain.backup is not None or webhook.chain.eased


def _why_restart(subject: Subject, webhook: JudgedWebhook) -> str:
    """Empty where the pods need no restart."""
    if webhook.chain.managed_by != "none":
        return ""
    own = _why_own(subject, webhook)
    if not own and webhook.chain.eased:
        return "A restart was interrupted, which had let the webhook fail: its failurePolicy is to be Fail again"
    return own


def _why_own(subject: Subject, webhook: JudgedWebhook) -> str:
    """What its configuration does not share with the others that it calls; empty for nothing."""
    if webhook.needs_certificate:
        return "Its pods read the certificate when they start"
    if webhook.chain.backup:
        return f"A renewal was interrupted: {webhook.chain.backup} is left, so that its pods may serve the previous one"
    early = _started_too_early(subject, webhook)
    if early:
        return f"A pod started at {early.started_at}, before its Secret was changed at {early.changed_at}"
    return ""


def _started_too_early(subject: Subject, webhook: JudgedWebhook) -> WebhookPods | None:
    """Its pods where one of them started before the Secret was changed."""
    pods = _pods(subject, webhook)
    return next((each for each in pods if each.started_at and each.started_at < each.changed_at), None)


def _pods(subject: Subject, webhook: JudgedWebhook) -> tuple[WebhookPods, ...]:
    pods = subject.observation.webhook_pods
    if pods is None or isinstance(pods, Unknown):
        return ()
    return tuple(each for each in pods if each.deployment == webhook.chain.deployment)


def drop(subject: Subject) -> Step | None:
    """Where a backup is left, or will be: of a pair that is there and gets replaced."""
    for webhook in at_work(subject):
        chain = webhook.chain
        if chain.backup or (chain.holds_pair and _gets_replaced(subject, webhook)):
            there = chain.backup is not None
            return Step(
                step=DROP_ID,
                reason="It holds the previous certificate, which is needed until the webhook answers with the new one",
                object=str(chain.backup or _backup(chain)),
                before=compact({"backup": "present" if there else ABSENT, **place(chain)}),
                after=compact({"backup": ABSENT}),
            )
    return None


def _gets_replaced(subject: Subject, webhook: JudgedWebhook) -> bool:
    """Whether module webhook_cert issues a new pair, in place of having the caBundles trust the one that is there."""
    if not webhook.needs_certificate:
        return False
    state, cluster = webhook.state, subject.observation.cluster
    certificate = state.certificate
    if certificate is None or not state.key_matches or not state.covers_service:
        return True
    if state.renewal_due or subject.at < certificate.not_before:
        return True
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import parse, trusted

    chain = parse(webhook.chain.certificate_pem or "")
    known = () if isinstance(cluster, Unknown) else (cluster.certificate_authority,)
    anchors = (*known, *(entry.ca_bundle for entry in webhook.chain.entries))
    return not any(trusted(chain, anchor, subject.at) for anchor in anchors)


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


def restarted_now(step: Step, observation: Observation) -> Observation:
    """The observation with pods that have started since, and webhooks that may no longer fail."""
    done = json.loads(step.after)
    given_back = changed_chain(
        observation,
        lambda chain: replace(chain, eased=chain.eased and chain.configuration != done["webhook_configuration"]),
    )
    pods = observation.webhook_pods
    if pods is None or isinstance(pods, Unknown):
        return given_back
    new = {(each["namespace"], each["name"]) for each in done["objects"]}
    older = tuple(each for each in pods if (each.deployment.namespace, each.deployment.name) not in new)
    return replace(given_back, webhook_pods=older)


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
