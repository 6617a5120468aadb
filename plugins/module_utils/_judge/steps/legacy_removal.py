# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps that take legacy Windows support away: its controllers, its webhook, and what is left of it then."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import BACKUPS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.objects import (
    named,
    removal,
    without,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
    Observation,
    Unknown,
)

SECOND_CONTROLLER_ID = "remove_second_controller"
CONTROLLER_ID = "remove_legacy_controller"
WEBHOOK_ID = "remove_legacy_webhook"
LEFTOVERS_ID = "remove_legacy_leftovers"

# The binding last: of these it alone is looked for on every cluster, and leads a later run to what an earlier one left.
LEFTOVER_KINDS = ("ClusterRole", "ServiceAccount", "CertificateSigningRequest", "ClusterRoleBinding")

NAMESAKES_SHOWN = 3


def second_controller(subject: Subject) -> Step | None:
    """Where a controller is there that does not turn control-plane support off, so that two would act at once."""
    return removal(
        SECOND_CONTROLLER_ID,
        "It would act beside the controller of the control plane",
        second_controllers(subject),
        subject.observation,
    )


def controller(subject: Subject) -> Step | None:
    """Where a legacy controller is there. Goal migrate has taken the second ones away before."""
    second = second_controllers(subject) if subject.options.goal == "migrate" else ()
    found = [each for each in subject.legacy.controllers if each not in second]
    reason = "It is the controller of legacy Windows support"
    if BLOCKING_CONTROLLER in found:
        reason += ", and turns control-plane support off"
    return removal(CONTROLLER_ID, reason, found, subject.observation)


def webhook(subject: Subject) -> Step | None:
    """Where something of the webhook is there.

    Its configuration goes first, so that nothing calls what goes next. The Deployment goes last, since it shows that
    the Service and the Secret are its own, also to the run that follows one which was interrupted.
    """
    legacy = subject.legacy
    certificates = _certificates(subject)
    configurations = [found for found in legacy.configurations if found not in legacy.shared]
    # A backup is found by the configuration alone, and needed by nobody once the webhook is to go.
    backups = _backups(subject)
    secrets = [found for found in legacy.secrets if found not in backups]
    kept = f"{_kept(subject, certificates)}{_shared(subject)}{_namesakes(subject, 'Service', 'Secret')}"
    return removal(
        WEBHOOK_ID,
        f"It is the admission webhook of legacy Windows support{kept}",
        (*backups, *configurations, *certificates, *legacy.services, *secrets, *legacy.webhooks),
        subject.observation,
    )


def leftovers(subject: Subject) -> Step | None:
    """Where roles, accounts or signing requests are left. ClusterRoleBinding eks:kube-proxy-windows stays."""
    found = [each for kind in LEFTOVER_KINDS for each in subject.legacy.components if each.kind == kind]
    reason = "Legacy Windows support had them, and leaves them behind"
    kept = f"{_roles(subject, found)}{_namesakes(subject, 'ServiceAccount')}"
    return removal(LEFTOVERS_ID, f"{reason}{kept}", found, subject.observation)


def second_controllers(subject: Subject) -> tuple[ObjectRef, ...]:
    """The legacy controllers that do not turn control-plane support off."""
    return tuple(found for found in subject.legacy.controllers if found != BLOCKING_CONTROLLER)


def _backups(subject: Subject) -> tuple[ObjectRef, ...]:
    """The backups that interrupted renewals left."""
    chains = subject.observation.legacy_webhooks
    found = set() if chains is None or isinstance(chains, Unknown) else {chain.backup for chain in chains}
    return tuple(secret for secret in subject.legacy.secrets if secret in found or secret.name in BACKUPS)


def _certificates(subject: Subject) -> tuple[ObjectRef, ...]:
    """cert-manager's Certificates that would write the webhook's Secret again."""
    references = subject.observation.legacy.references
    return references.owners if isinstance(references, LegacyReferences) else ()


def _kept(subject: Subject, certificates: tuple[ObjectRef, ...]) -> str:
    """What stays although it is of the webhook."""
    chains = subject.observation.legacy_webhooks
    managed = chains is not None and not isinstance(chains, Unknown) and any(c.managed_by != "none" for c in chains)
    if subject.legacy.variant != "helm" and not managed and not certificates:
        return ""
    text = ". Helm's own record of the release stays (Secrets sh.helm.release.v1.*), which helm uninstall removes"
    if managed and not certificates:
        text += ". cert-manager would write the Secret again where its Certificate stays: delete that too"
    return text


def _shared(subject: Subject) -> str:
    """The Secrets that stay, since what is not of legacy support has them, too."""
    return "".join(
        f". {secret} stays, since {named(others[:NAMESAKES_SHOWN])}{_more(others)} "
        f"{'has' if len(others) == 1 else 'have'} it, too"
        for secret, others in subject.legacy.shared_secrets.items()
    )


def _namesakes(subject: Subject, *kinds: str) -> str:
    """What stays, whatever its name, since nothing of legacy support refers to it. The finding tells each."""
    found = [each for each in subject.legacy.namesakes if each.kind in kinds]
    if not found:
        return ""
    stay, them = ("stays", "it") if len(found) == 1 else ("stay", "them")
    shown = f"{named(found[:NAMESAKES_SHOWN])}{_more(found)}"
    return f". {shown} {stay}, since nothing of legacy support refers to {them}"


def _more(found: Sequence[ObjectRef]) -> str:
    return f" and {len(found) - NAMESAKES_SHOWN} more" if len(found) > NAMESAKES_SHOWN else ""


def _roles(subject: Subject, removed_objects: Collection[ObjectRef]) -> str:
    """The IAM roles that stay although their service accounts go."""
    roles = subject.observation.legacy.account_roles
    return "".join(f". {_role(subject, account, roles[account])}" for account in removed_objects if roles.get(account))


def _role(subject: Subject, account: ObjectRef, arn: str) -> str:
    text = f"IAM role {arn}, which {account} had, stays"
    stack = _stack(subject, account)
    # CloudFormation names a role after its stack, cut to what the name of a role takes.
    start, made_by_stack, _random = arn.rpartition("/")[2].partition("-Role1-")
    if made_by_stack and start.startswith("eksctl-") and stack.startswith(start):
        return (
            f"{text}: eksctl made it by CloudFormation stack {stack}, to be deleted where nothing else needs the role"
        )
    return f"{text}: delete it where nothing else needs it"


def _stack(subject: Subject, account: ObjectRef) -> str:
    """The stack that eksctl makes for a service account; empty where the cluster's name is not known."""
    cluster = subject.observation.cluster
    if isinstance(cluster, Unknown):
        return ""
    return f"eksctl-{cluster.name}-addon-iamserviceaccount-{account.namespace}-{account.name}"


def removed(step: Step, observation: Observation) -> Observation:
    """The observation without the step's objects."""
    objects = json.loads(step.before)["objects"]
    return without(observation, {ObjectRef(found["kind"], found["namespace"], found["name"]) for found in objects})


REMOVE_SECOND_CONTROLLER = StepKind(SECOND_CONTROLLER_ID, second_controller, removed)
REMOVE_LEGACY_CONTROLLER = StepKind(CONTROLLER_ID, controller, removed)
REMOVE_LEGACY_WEBHOOK = StepKind(WEBHOOK_ID, webhook, removed)
REMOVE_LEGACY_LEFTOVERS = StepKind(LEFTOVERS_ID, leftovers, removed)
