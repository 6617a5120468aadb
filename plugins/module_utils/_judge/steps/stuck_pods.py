# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The step on Windows pods that wait for an address."""

from __future__ import annotations

import json
from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.objects import described, named
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import (
    ABSENT,
    Step,
    StepKind,
    compact,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import (
    answers,
    at_work,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.stuck_pods import stuck_pods
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Observation,
    Unknown,
)

RECYCLE_ID = "recycle_stuck_pods"


def recycle(subject: Subject) -> Step | None:
    """Where pods wait that got no limit, which new ones would get, and that their owners make again; and where a
    webhook is restarted that may be gone for a moment, or does not answer until then, since pods that are created
    meanwhile will wait."""
    found = stuck_pods(subject)
    recyclable = () if isinstance(found, Unknown) else tuple(each for each in found if each.recyclable)
    pods = tuple(ObjectRef("Pod", each.pod.namespace, each.pod.name) for each in recyclable)
    webhooks = at_work(subject)
    silent = not all(answers(subject, each) for each in webhooks)
    if not pods and not silent and not any(each.chain.leaves_gap for each in webhooks):
        return None
    if pods:
        reason = "They were created while no webhook answered, and never get an address"
        if any(each.pod.owner and each.pod.owner.kind == "Job" for each in recyclable):
            reason += "; a Job whose backoffLimit is used up makes no new one"
    elif silent:
        reason = (
            "No webhook may answer until the restart: what is created until then gets no address, and is looked for"
        )
    else:
        reason = "Its webhook may be away while it restarts: what is created then gets no address, and is looked for"
    return Step(
        step=RECYCLE_ID,
        reason=reason,
        object=named(pods) or "Windows pods without an address",
        before=compact({"objects": described(pods, subject.observation)}),
        after=ABSENT,
    )


def recycled(step: Step, observation: Observation) -> Observation:
    """The observation without the pods."""
    pods = observation.windows_pods
    if isinstance(pods, Unknown):
        return observation
    gone = {(item["namespace"], item["name"]) for item in json.loads(step.before)["objects"]}
    return replace(observation, windows_pods=tuple(pod for pod in pods if (pod.namespace, pod.name) not in gone))


RECYCLE_STUCK_PODS = StepKind(RECYCLE_ID, recycle, recycled)
