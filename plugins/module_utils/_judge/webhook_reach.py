# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which webhook would give a new Windows pod its limit of addresses: whether it works, and is asked about the pod.

Source: Kubernetes, "Dynamic Admission Control", matching requests: a webhook is asked where its namespaceSelector, its
objectSelector and all its matchConditions hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import selects, shown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    answers,
    at_work,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import effective_ipam
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import (
    JudgedWebhook,
    judged_webhooks,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import Selection

MUTATING_WEBHOOK = "vpc-resource-mutating-webhook"
"""The configuration of the pod webhook of the control plane's controller."""


@dataclass(frozen=True)
class Miss:
    """Why a webhook is not asked about a pod, or may not be.

    Attributes:
        configuration: Its MutatingWebhookConfiguration.
        field: What of it leaves the pod out.
        value: The selector as kubectl writes it, or the names of the conditions.
        certain: Whether it does: what matchConditions say is not known here, nor are labels that could not be read.
        unread: Why the labels of the pod's namespace are not known; None where they are, or do not matter.
    """

    configuration: str
    field: Literal["namespaceSelector", "objectSelector", "matchConditions"]
    value: str
    certain: bool
    unread: Unknown | None = None

    def __str__(self) -> str:
        return f"{self.field} {self.value} of MutatingWebhookConfiguration {self.configuration}"


def control_plane_gives(subject: Subject) -> bool:
    """Whether the webhook of the control plane's controller is known to give Windows pods their limit."""
    configurations = subject.observation.webhook_configurations
    if effective_ipam(subject) is not True or isinstance(configurations, Unknown):
        return False
    return any(each.name == MUTATING_WEBHOOK and each.webhooks for each in configurations)


def may_give(subject: Subject) -> bool:
    """Whether what could not be read leaves it open that a webhook gives Windows pods their limit."""
    observation = subject.observation
    parts = (observation.webhook_configurations, observation.legacy_webhooks)
    return (
        effective_ipam(subject) is None
        or any(isinstance(part, Unknown) for part in parts)
        or not all(each.is_readable for each in judged_webhooks(subject))
    )


def legacy_that_give(subject: Subject) -> tuple[JudgedWebhook, ...]:
    """The webhooks of legacy support that give it now, or will after the plan of goal cert_renew."""
    mended = at_work(subject)
    return tuple(
        each for each in judged_webhooks(subject) if each in mended or (answers(subject, each) and not each.broken)
    )


def missed(
    subject: Subject, webhooks: Iterable[JudgedWebhook], namespace: str, labels: Mapping[str, str]
) -> Miss | None:
    """Why none of the webhooks is asked about a pod of this namespace with these labels; None where one is. What may
    be asked comes before what is not."""
    found: list[Miss] = []
    for webhook in webhooks:
        for entry in webhook.chain.entries:
            miss = _miss(subject, webhook.chain.configuration, entry.selection, namespace, labels)
            if miss is None:
                return None
            found.append(miss)
    return min(found, key=lambda miss: miss.certain, default=None)


def needs_answers(
    subject: Subject, webhooks: Iterable[JudgedWebhook], namespace: str, labels: Mapping[str, str]
) -> bool:
    """Whether a pod of this namespace with these labels is admitted only where each of the webhooks has answered."""
    chains = [webhook.chain for webhook in webhooks]
    return bool(chains) and all(
        any(
            entry.failure_policy == "Fail"
            and _miss(subject, chain.configuration, entry.selection, namespace, labels) is None
            for entry in chain.entries
        )
        for chain in chains
    )


def _miss(
    subject: Subject, configuration: str, selection: Selection, namespace: str, labels: Mapping[str, str]
) -> Miss | None:
    if not selects(selection.objects, labels):
        return Miss(configuration, "objectSelector", shown(selection.objects), certain=True)
    if not selection.namespaces.is_empty:
        of_namespaces = subject.observation.namespaces
        value = shown(selection.namespaces)
        if of_namespaces is None or isinstance(of_namespaces, Unknown):
            return Miss(configuration, "namespaceSelector", value, certain=False, unread=of_namespaces)
        if not selects(selection.namespaces, of_namespaces.get(namespace, {})):
            return Miss(configuration, "namespaceSelector", value, certain=True)
    if selection.conditions:
        return Miss(configuration, "matchConditions", ", ".join(selection.conditions), certain=False)
    return None
