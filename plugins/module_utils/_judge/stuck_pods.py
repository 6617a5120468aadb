# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Windows pods that wait for an address which does not come, and who would make them again.

Sources: kubernetes/kubernetes#78429 and aws/containers-roadmap#463 for the symptom; webhooks/core/pod_webhook.go of
aws/amazon-vpc-resource-controller-k8s for what the webhook does. The legacy one gives the limit too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import FARGATE_PROFILE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_reach import (
    Miss,
    control_plane_gives,
    legacy_that_give,
    may_give,
    missed,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    Unknown,
    WindowsPod,
)

MAKERS = ("ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController")
"""Owners that make a new pod in place of one that is deleted."""

PATIENCE = timedelta(minutes=2)
"""How long the controller may take to give a pod its address."""

Path = Literal["webhook", "controller", "affinity", "stray"]


@dataclass(frozen=True)
class StuckPod:
    """A pod that waits.

    Attributes:
        pod: It.
        path: ``webhook``: it has no limit, since no webhook answered when it was created, and none is ever asked again.
            ``controller``: it has the limit, and the controller gives it no address. ``affinity``: it asks for Windows
            by affinity alone, which no webhook looks at, so that a new one would be stuck as well. ``stray``: it did
            not ask for Windows and landed there, which is for its placement to mend.
        helped: Whether a webhook would give a new one the limit, None where that is not known.
        miss: Why those that are or will be at work would not, where they leave it out.
    """

    pod: WindowsPod
    path: Path
    helped: bool | None = False
    miss: Miss | None = None

    @property
    def recyclable(self) -> bool:
        """Whether deleting it is all that it takes. A Job makes a new one unless its backoffLimit is used up."""
        made_again = self.pod.owner is not None and self.pod.owner.kind in MAKERS
        return self.path == "webhook" and self.helped is True and made_again


def stuck_pods(subject: Subject) -> Known[tuple[StuckPod, ...]]:
    """The pods that wait for an address of a Windows node, of those that were looked at. To goal cert_renew also
    those that will: they have no limit, and no node yet, and a webhook is asked about such pods.

    Pods that Fargate took are not among them: the webhook passes over them whatever they select, and Fargate takes
    those that are made in their place, so that nothing about a webhook is wrong or mended by deleting them.
    """
    pods = subject.observation.windows_pods
    if isinstance(pods, Unknown):
        return pods
    waiting = (pod for pod in pods if not pod.address and not pod.host_network and FARGATE_PROFILE not in pod.labels)
    told = [(pod, path) for pod in waiting if (path := _path(pod, subject))]
    judge = _judge(subject) if any(path == "webhook" for _pod, path in told) else StuckPod
    found = (judge(pod, path) for pod, path in told)
    return tuple(each for each in found if not (each.pod.waits_for_node and each.miss and each.miss.certain))


def _judge(subject: Subject) -> Callable[[WindowsPod, Path], StuckPod]:
    """Tells of a pod whether a new one would be helped."""
    if control_plane_gives(subject):
        return lambda pod, path: StuckPod(pod, path, helped=True)
    webhooks = legacy_that_give(subject)
    without_any = None if may_give(subject) else False

    def judge(pod: WindowsPod, path: Path) -> StuckPod:
        miss = missed(subject, webhooks, pod.namespace, pod.labels) if path == "webhook" else None
        return StuckPod(pod, path, helped=miss is None if webhooks else without_any, miss=miss)

    return judge


def _path(pod: WindowsPod, subject: Subject) -> Path | None:
    limited = pod.address_limit not in ("", "0")
    if pod.waits_for_node and subject.options.goal == "cert_renew":
        # It is stuck once its node comes, and nobody would look for it then.
        return "webhook" if pod.selects_windows and not limited else None
    if not pod.is_starting:
        return None
    if not limited:
        if pod.selects_windows:
            return "webhook"
        return "affinity" if pod.asks_for_windows else "stray"
    late = not pod.created_at or subject.at - datetime.fromisoformat(pod.created_at) > PATIENCE
    return "controller" if late else None
