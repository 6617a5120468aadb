# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The step that declares a legacy webhook to have no side effects, without which no dry run shows what it does.

Sources: Kubernetes, "Dynamic Admission Control", side effects: a dry run that a webhook with others would be called for
is refused, and admissionregistration.k8s.io/v1beta1 has Unknown where nothing is said, as eksctl's manifests say
nothing (pkg/addons/assets/vpc-admission-webhook-config.yaml). The webhook patches the pod that it is asked about, and
nothing else: its chart for admissionregistration.k8s.io/v1 says None.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step, StepKind, compact
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    changed_chain,
    restarted,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Unknown

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

DECLARE_ID = "declare_side_effects"
NO_SIDE_EFFECTS = "None"


def declare(subject: Subject) -> Step | None:
    """Where a later step looks at a dry run: a webhook is restarted, or goes while the control plane takes over."""
    undeclared = [chain for chain in _looked_at(subject) if chain.with_side_effects]
    if not undeclared:
        return None
    webhooks: dict[str, list[str]] = {}
    for chain in undeclared:
        webhooks.setdefault(chain.configuration, []).extend(chain.with_side_effects)
    return Step(
        step=DECLARE_ID,
        reason="The API server refuses every dry run of a pod while the webhook is not declared to have no side "
        "effects, so that none can show its answer. It patches the pod, and does nothing else",
        object=", ".join(f"MutatingWebhookConfiguration {name}" for name in webhooks),
        before=compact({"webhooks": webhooks}),
        after=compact({"sideEffects": NO_SIDE_EFFECTS}),
    )


def _looked_at(subject: Subject) -> tuple[WebhookChain, ...]:
    """All that a dry run meets, be it restarted or not."""
    if subject.options.goal == "cert_renew" and not restarted(subject):
        return ()
    chains = subject.observation.legacy_webhooks
    return () if chains is None or isinstance(chains, Unknown) else chains


def declared(_step: Step, observation: Observation) -> Observation:
    """The observation with webhooks that have no side effects."""
    return changed_chain(observation, lambda chain: replace(chain, with_side_effects=()))


DECLARE_SIDE_EFFECTS = StepKind(DECLARE_ID, declare, declared)
