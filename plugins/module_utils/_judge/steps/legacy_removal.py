# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps that take legacy Windows support away: its controllers, its webhook, and what is left of it then."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import BACKUPS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    SECRETS,
    SERVICES,
    is_deployment,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER, HELM
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.objects import (
    named,
    removal,
    without,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind, compact
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_reads import legacy_chains
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
    Observation,
    Unknown,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
        WebhookChain,
        WebhookEntry,
    )

SECOND_CONTROLLER_ID = "remove_second_controller"
CONTROLLER_ID = "remove_legacy_controller"
WEBHOOK_ID = "remove_legacy_webhook"
LEFTOVERS_ID = "remove_legacy_leftovers"

# The binding last: of these it alone is looked for on every cluster, and leads a later run to what an earlier one left.
LEFTOVER_KINDS = ("ClusterRole", "ServiceAccount", "CertificateSigningRequest", "ClusterRoleBinding")

NAMESAKES_SHOWN = 3

ASKED_ABOUT_NOTHING: Mapping[str, str] = {"eks-windows.cloudops/removed": "true"}
"""matchLabels of an objectSelector that no object meets, with which the API server asks a webhook no more."""


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
    """Where something of the webhook is there. What a configuration that stays calls stays with it: of failurePolicy
    Fail, it would keep every pod out without it. So it does where nothing tells what is called.

    Its configuration goes first, so that nothing calls what goes next. The Deployment goes last, since it shows that
    the Service and the Secret are its own, also to the run that follows one which was interrupted. Where their names
    don't lead such a run to all of them, the configuration is first made to call nothing, and goes last: each goes
    after what is found by it, the Secret by its Deployment, and that by its Service.
    """
    legacy = subject.legacy
    if not callers_known(subject):
        return None
    staying = still_called(subject)
    called = {found for those in staying.values() for found in those}
    parts = (legacy.configurations, legacy.services, legacy.secrets, legacy.webhooks)
    configurations, services, secrets, deployments = ([each for each in part if each not in called] for part in parts)
    configurations = [found for found in configurations if found not in legacy.shared]
    # A backup is found by the configuration alone, and needed by nobody once the webhook is to go.
    backups = [found for found in _backups(subject) if found in secrets]
    secrets = [found for found in secrets if found not in backups]
    certificates = [found for found in _certificates(subject) if _written_by(found) not in called]
    leading = _leading(subject, [*services, *secrets, *deployments], configurations)
    led_to = {found for chain in _chains(subject) if _configuration(chain) in leading for found in _serving(chain)}
    namesakes = _namesakes(subject, "Service", "Secret")
    kept = f"{_kept(subject, certificates)}{_still_called(staying)}{_shared(subject)}{namesakes}"
    step = removal(
        WEBHOOK_ID,
        f"It is the admission webhook of legacy Windows support{_last(leading)}{kept}",
        (
            *backups,
            *(found for found in configurations if found not in leading),
            *certificates,
            *(found for found in (*services, *secrets, *deployments) if found not in led_to),
            *(found for found in (*secrets, *deployments, *services) if found in led_to),
            *leading,
        ),
        subject.observation,
    )
    stopped = _to_stop(subject, leading)
    if step is None or not stopped:
        return step
    return replace(step, before=compact({"stopped": stopped, **json.loads(step.before)}))


def callers_known(subject: Subject) -> bool:
    """Whether it is known what calls the webhook, and what serves it."""
    observation = subject.observation
    return not (
        isinstance(observation.webhook_configurations, Unknown) or isinstance(observation.legacy_webhooks, Unknown)
    )


def still_called(subject: Subject) -> dict[ObjectRef, tuple[ObjectRef, ...]]:
    """What stays for the sake of configurations that stay: of those that call what is not of legacy support, too, what
    they lead to; of those that are none of legacy support and call the Service of its webhook, also the configuration
    of legacy support, without which the next run would not know that the Service is the webhook's."""
    legacy = subject.legacy
    there = (*legacy.configurations, *legacy.services, *legacy.secrets, *legacy.webhooks)
    found: dict[ObjectRef, set[ObjectRef]] = {}
    for caller, called in _called(subject).items():
        chains = [chain for chain in _chains(subject) if _place(chain) in called]
        found[caller] = {each for chain in chains for each in _serving(chain)}
        if caller not in legacy.shared:
            found[caller].update(map(_configuration, chains))
    return {
        caller: tuple(each for each in there if each in those)
        for caller, those in found.items()
        if any(each in those for each in there)
    }


def _called(subject: Subject) -> dict[ObjectRef, set[tuple[str, str]]]:
    """Namespaces and names of the Services that each configuration calls which is not of legacy support alone."""
    configurations = subject.observation.webhook_configurations
    legacy = subject.legacy
    own = [found for found in legacy.configurations if found not in legacy.shared]
    found = {
        ObjectRef("MutatingWebhookConfiguration", "", each.name): {
            (webhook.service.namespace, webhook.service.name) for webhook in each.webhooks if webhook.service
        }
        for each in (() if isinstance(configurations, Unknown) else configurations)
    }
    return {configuration: called for configuration, called in found.items() if configuration not in own}


def _place(chain: WebhookChain) -> tuple[str, str] | None:
    return (chain.service.namespace, chain.service.name) if chain.service else None


def leftovers(subject: Subject) -> Step | None:
    """Where roles, accounts or signing requests are left. ClusterRoleBinding eks:kube-proxy-windows stays."""
    found = [each for kind in LEFTOVER_KINDS for each in subject.legacy.components if each.kind == kind]
    reason = "Legacy Windows support had them, and leaves them behind"
    kept = f"{_roles(subject, found)}{_namesakes(subject, 'ServiceAccount')}"
    return removal(LEFTOVERS_ID, f"{reason}{kept}", found, subject.observation)


def second_controllers(subject: Subject) -> tuple[ObjectRef, ...]:
    """The legacy controllers that do not turn control-plane support off."""
    return tuple(found for found in subject.legacy.controllers if found != BLOCKING_CONTROLLER)


def _chains(subject: Subject) -> tuple[WebhookChain, ...]:
    """What leads to the webhooks of legacy support."""
    chains = subject.observation.legacy_webhooks
    return () if chains is None or isinstance(chains, Unknown) else legacy_chains(chains)


def _configuration(chain: WebhookChain) -> ObjectRef:
    return ObjectRef("MutatingWebhookConfiguration", "", chain.configuration)


def _serving(chain: WebhookChain) -> tuple[ObjectRef, ...]:
    """All that a chain leads to, be it there or not."""
    service = ObjectRef("Service", chain.service.namespace, chain.service.name) if chain.service else None
    return tuple(found for found in (service, chain.deployment, chain.secret, chain.backup) if found)


def _leading(
    subject: Subject, objects: Collection[ObjectRef], configurations: Sequence[ObjectRef]
) -> tuple[ObjectRef, ...]:
    """Those of the configurations without which another run would not find all of the objects."""
    found = {_configuration(chain) for chain in _chains(subject) if not _is_found_alone(chain, objects)}
    return tuple(each for each in configurations if each in found)


def _is_found_alone(chain: WebhookChain, objects: Collection[ObjectRef]) -> bool:
    """Whether names lead to what serves a webhook: a Deployment's in its namespace, which then shows that a Service and
    a Secret of such names are its own."""
    wanted = [found for found in _serving(chain) if found in objects]
    named = all(
        (found.kind == "Deployment" and is_deployment(found.namespace, found.name))
        or (found.kind == "Service" and found.name in SERVICES)
        or (found.kind == "Secret" and found.name in SECRETS)
        for found in wanted
    )
    return named and (chain.deployment in objects or not wanted)


def _to_stop(subject: Subject, configurations: Collection[ObjectRef]) -> dict[str, list[str]]:
    """The webhooks that the API server still asks, of configurations that go after what serves them."""
    found: dict[str, list[str]] = {}
    for chain in _chains(subject):
        names = [entry.name for entry in chain.entries if not is_stopped(entry)]
        if names and _configuration(chain) in configurations:
            found.setdefault(chain.configuration, []).extend(names)
    return found


def is_stopped(entry: WebhookEntry) -> bool:
    """Whether a removal has had the API server ask it about nothing."""
    return entry.selection.objects.match_labels == ASKED_ABOUT_NOTHING


def _last(configurations: Sequence[ObjectRef]) -> str:
    """Why configurations go last."""
    if not configurations:
        return ""
    goes, its, leads = ("goes", "its", "it leads") if len(configurations) == 1 else ("go", "their", "they lead")
    return (
        f". {named(configurations)} {goes} last, after {its} webhooks are made to be asked about nothing: {leads} to "
        "objects that have other names, or are elsewhere, than where they would be looked for"
    )


def _still_called(staying: Mapping[ObjectRef, Sequence[ObjectRef]]) -> str:
    """What stays, since a configuration that stays still calls the webhook."""
    return "".join(
        f". {named(those)} {'stays' if len(those) == 1 else 'stay'}, since {configuration} still calls the webhook"
        for configuration, those in staying.items()
    )


def _written_by(certificate: ObjectRef) -> ObjectRef:
    """The Secret that one of cert-manager's Certificates writes: of those that matter, the chart's."""
    return ObjectRef("Secret", certificate.namespace, HELM.secret)


def _backups(subject: Subject) -> tuple[ObjectRef, ...]:
    """The backups that interrupted renewals left."""
    chains = subject.observation.legacy_webhooks
    found = set() if chains is None or isinstance(chains, Unknown) else {chain.backup for chain in chains}
    return tuple(secret for secret in subject.legacy.secrets if secret in found or secret.name in BACKUPS)


def _certificates(subject: Subject) -> tuple[ObjectRef, ...]:
    """cert-manager's Certificates that would write the webhook's Secret again."""
    references = subject.observation.legacy.references
    return references.owners if isinstance(references, LegacyReferences) else ()


def _kept(subject: Subject, certificates: Collection[ObjectRef]) -> str:
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
