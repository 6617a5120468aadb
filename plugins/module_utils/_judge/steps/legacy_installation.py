# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Steps that install legacy Windows support, by the documented names of the manifests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    KUBE_PROXY_BINDING,
    VARIANTS,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.objects import named
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import (
    ABSENT,
    Step,
    StepKind,
    compact,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    AFTER,
    certificate_step,
    renewed,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import judged_webhooks
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    LegacyDeployment,
    LegacyReferences,
    ObjectRef,
    Observation,
    Unknown,
    Webhook,
    WebhookConfiguration,
    WebhookService,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

BINDING_ID = "create_role_binding"
CONTROLLER_ID = "install_legacy_controller"
ISSUE_ID = "issue_webhook_certificate"
WEBHOOK_ID = "install_legacy_webhook"

PRESENT = "present"
BINDING = ObjectRef("ClusterRoleBinding", "", KUBE_PROXY_BINDING)
NODE_PROXIER = "ClusterRole system:node-proxier"

_NAMES = next(variant for variant in VARIANTS if variant.name == "manifests")
CONTROLLER = (
    ObjectRef("ServiceAccount", _NAMES.controller_namespace, _NAMES.service_accounts[0]),
    ObjectRef("ClusterRole", "", _NAMES.cluster_roles[0]),
    ObjectRef("ClusterRoleBinding", "", _NAMES.cluster_roles[0]),
    ObjectRef("Deployment", _NAMES.controller_namespace, _NAMES.controller),
)
SERVICE = ObjectRef("Service", _NAMES.namespace, _NAMES.service)
SECRET = ObjectRef("Secret", _NAMES.namespace, _NAMES.secret)
DEPLOYMENT = ObjectRef("Deployment", _NAMES.namespace, _NAMES.deployment)
CONFIGURATION = ObjectRef("MutatingWebhookConfiguration", "", _NAMES.webhook_configuration)


def create_role_binding(subject: Subject) -> Step | None:
    """Where no ClusterRoleBinding eks:kube-proxy-windows is there."""
    bindings = subject.observation.legacy.cluster_role_bindings
    if isinstance(bindings, Unknown) or BINDING in bindings:
        return None
    return Step(
        step=BINDING_ID,
        reason="Without it kube-proxy on Windows nodes may not read Services",
        object=str(BINDING),
        before=ABSENT,
        after=NODE_PROXIER,
    )


def install_controller(subject: Subject) -> Step | None:
    """Where no legacy controller is there, of whatever way, or what it needs is missing of the one that is, or its
    rollout, which an earlier run did not see the end of, is to be waited for."""
    legacy = subject.observation.legacy
    parts = (legacy.deployments, legacy.cluster_role_bindings, legacy.details)
    if any(isinstance(part, Unknown) for part in parts):
        return None
    controllers = subject.legacy.controllers
    if controllers and CONTROLLER[-1] not in controllers:
        return None
    there = {*controllers, *subject.legacy.components}
    # Another way gave its account another name, which its Deployment and its binding know.
    needed = CONTROLLER[1:] if controllers else CONTROLLER
    return _installation(CONTROLLER_ID, [found for found in needed if found not in there or _is_idle(subject, found)])


def issue(subject: Subject) -> Step | None:
    """Where the webhook is to be installed: what is installed trusts what this tells of the certificate."""
    if not missing_of_webhook(subject):
        return None
    for webhook in judged_webhooks(subject):
        if webhook.chain.configuration == CONFIGURATION.name:
            return certificate_step(ISSUE_ID, webhook)
    place = {
        "webhook_configuration": CONFIGURATION.name,
        "namespace": SERVICE.namespace,
        "service_name": SERVICE.name,
        "secret_name": SECRET.name,
    }
    return Step(
        step=ISSUE_ID,
        reason="The webhook that is to be installed serves with it",
        object=str(SECRET),
        before=compact({"not_after": None, "fingerprint": None, **place}),
        after=AFTER,
    )


def install_webhook(subject: Subject) -> Step | None:
    """Where no legacy webhook is there, of whatever way, or the one of these names is not whole or serves in vain."""
    return _installation(WEBHOOK_ID, missing_of_webhook(subject))


def missing_of_webhook(subject: Subject) -> tuple[ObjectRef, ...]:
    """What is to be created, or replaced for its certificate; nothing where that can't be seen, or where the webhook
    that is there was installed another way."""
    observation = subject.observation
    legacy = observation.legacy
    parts = (legacy.deployments, legacy.services, observation.webhook_configurations, observation.legacy_webhooks)
    if any(isinstance(part, Unknown) for part in parts):
        return ()
    if webhooks_of_another_way(subject):
        return ()
    if not subject.legacy.configurations:
        there = {*subject.legacy.webhooks, *subject.legacy.services}
        return tuple(found for found in (SERVICE, DEPLOYMENT, CONFIGURATION) if found not in there)
    for webhook in judged_webhooks(subject):
        chain = webhook.chain
        if chain.service and (chain.service.namespace, chain.service.name) == (SERVICE.namespace, SERVICE.name):
            anew = (DEPLOYMENT, CONFIGURATION) if webhook.needs_new else ()
            return _missing(chain) or anew or ((DEPLOYMENT,) if _is_idle(subject, DEPLOYMENT) else ())
    return ()


def webhooks_of_another_way(subject: Subject) -> tuple[ObjectRef, ...]:
    """The webhooks' Deployments that are there and were installed another way, Terraform's behind the same Service
    among them. Beside one of them the documented one would be a second webhook that answers the same calls."""
    return tuple(found for found in subject.legacy.webhooks if found != DEPLOYMENT)


def _is_idle(subject: Subject, deployment: ObjectRef) -> bool:
    """Whether not all of its pods run, as where an earlier run did not see the end of its rollout. What is installed
    again changes nothing, and is waited for."""
    references = subject.observation.legacy.references
    return isinstance(references, LegacyReferences) and any(
        found.ref == deployment and not found.ready for found in references.deployments
    )


def _missing(chain: WebhookChain) -> tuple[ObjectRef, ...]:
    return (*(() if chain.service_exists else (SERVICE,)), *(() if chain.deployment else (DEPLOYMENT,)))


def _installation(id: str, missing: Iterable[ObjectRef]) -> Step | None:  # noqa: A002
    found = tuple(missing)
    if not found:
        return None
    return Step(
        step=id,
        reason="It is missing, its pods don't all run, or they are to serve with another certificate",
        object=named(found),
        before=ABSENT,
        after=PRESENT,
    )


def bound(_step: Step, observation: Observation) -> Observation:
    """The observation with the binding."""
    legacy = observation.legacy
    if isinstance(legacy.cluster_role_bindings, Unknown):
        return observation
    return replace(observation, legacy=replace(legacy, cluster_role_bindings=(*legacy.cluster_role_bindings, BINDING)))


def controller_installed(_step: Step, observation: Observation) -> Observation:
    """The observation with the controller and what it needs."""
    account, role, binding, deployment = CONTROLLER
    legacy = observation.legacy
    return replace(
        observation,
        legacy=replace(
            legacy,
            deployments=_with(legacy.deployments, deployment),
            cluster_role_bindings=_with(legacy.cluster_role_bindings, binding),
            details=_with(legacy.details, account, role),
            references=_running(legacy.references, deployment, None),
        ),
    )


def webhook_installed(_step: Step, observation: Observation) -> Observation:
    """The observation with the webhook, of whose certificate nothing is known yet."""
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

    legacy = observation.legacy
    service = WebhookService(SERVICE.namespace, SERVICE.name, "/mutate")
    configuration = WebhookConfiguration(
        CONFIGURATION.name, (Webhook("vpc-admission-webhook.amazonaws.com", service, "", "Ignore"),)
    )
    chain = WebhookChain(
        configuration=CONFIGURATION.name,
        webhook="vpc-admission-webhook.amazonaws.com",
        failure_policy="Ignore",
        ca_bundle="",
        service=replace(service, path=""),
        service_exists=True,
        deployment=DEPLOYMENT,
        secret=SECRET,
        secret_exists=True,
    )
    seen = observation.webhook_configurations
    chains = observation.legacy_webhooks
    return replace(
        observation,
        webhook_configurations=seen
        if isinstance(seen, Unknown)
        else (*(found for found in seen if found.name != CONFIGURATION.name), configuration),
        legacy_webhooks=chains
        if isinstance(chains, Unknown)
        else (*(found for found in chains or () if found.configuration != CONFIGURATION.name), chain),
        legacy=replace(
            legacy,
            deployments=_with(legacy.deployments, DEPLOYMENT),
            services=_with(legacy.services, SERVICE),
            secrets=_with(legacy.secrets, SECRET),
            references=_running(legacy.references, DEPLOYMENT, SECRET),
        ),
    )


def _with(part: Known[tuple[ObjectRef, ...]], *found: ObjectRef) -> Known[tuple[ObjectRef, ...]]:
    return part if isinstance(part, Unknown) else tuple(dict.fromkeys((*part, *found)))


def _running(
    part: Known[LegacyReferences] | None, deployment: ObjectRef, secret: ObjectRef | None
) -> Known[LegacyReferences] | None:
    if isinstance(part, Unknown):
        return part
    before = part or LegacyReferences()
    others = tuple(found for found in before.deployments if found.ref != deployment)
    return replace(before, deployments=(*others, LegacyDeployment(deployment, True, secret, {})))


CREATE_ROLE_BINDING = StepKind(BINDING_ID, create_role_binding, bound)
INSTALL_LEGACY_CONTROLLER = StepKind(CONTROLLER_ID, install_controller, controller_installed)
ISSUE_WEBHOOK_CERTIFICATE = StepKind(ISSUE_ID, issue, renewed)
INSTALL_LEGACY_WEBHOOK = StepKind(WEBHOOK_ID, install_webhook, webhook_installed)
