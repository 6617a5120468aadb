# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which Deployment serves a webhook, among those of the Service's namespace."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ObjectRef
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pod_template import pod_spec
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_mount import (
    mounted_pair,
    serving_containers,
)

ROLLING_DEFAULT = "25%"
"""Of maxUnavailable and of maxSurge, where the Deployment does not say."""


@dataclass(frozen=True)
class ServingDeployment:
    """The Deployment as the API gives it, None for none, and what is wrong with it."""

    deployment: Mapping[str, Any] | None
    problems: tuple[str, ...]


def serving_deployment(
    which: ObjectRef, service: Mapping[str, Any] | None, deployments: Sequence[Mapping[str, Any]]
) -> ServingDeployment:
    """The Deployment whose pods a Service selects; without a selector, one that a known way of installation names.

    Args:
        which: The Service.
        service: As the API gives it, None where it does not exist or could not be read.
        deployments: All of its namespace, as the API gives them.
    """
    selector: Mapping[str, str] = ((service or {}).get("spec") or {}).get("selector") or {}
    problems = [f"{which} selects no pods"] if service is not None and not selector else []
    if selector:
        fitting = [each for each in deployments if selector.items() <= _pod_labels(each).items()]
        if not fitting:
            problems.append(f"No Deployment of namespace {which.namespace} has pods that {which} selects")
    else:
        known = {variant.deployment for variant in VARIANTS if variant.service == which.name}
        fitting = [each for each in deployments if _name(each) in known]
    # One that runs pods, and tells of a certificate, comes first: it is the one that answers.
    fitting.sort(key=lambda each: (_replicas(each) == 0, not mounted_pair(each).secret, _name(each)))
    # One that wants no pods serves nothing, so that it takes no calls from the one that does.
    running = [each for each in fitting if _replicas(each)]
    if len(running) > 1 and selector:
        names = ", ".join(_name(each) for each in running)
        problems.append(f"{which} selects the pods of several Deployments: {names}")
    if fitting and _replicas(fitting[0]) == 0:
        problems.append(f"Deployment {which.namespace}/{_name(fitting[0])} is scaled to 0")
    return ServingDeployment(fitting[0] if fitting else None, tuple(problems))


def leaves_gap(deployment: Mapping[str, Any], ports: Collection[int | str] = ()) -> bool:
    """Whether it may be without a pod that serves while its pods are replaced.

    So it may where what serves has no readinessProbe: Kubernetes then calls a new pod ready when its container has
    started, and ends the old one, before the new one listens. A startupProbe is waited for like one.

    Args:
        deployment: As the API gives it.
        ports: Numbers and names of the container ports that the webhook is called at; empty where they are not known.

    Source: Kubernetes, docs/concepts/workloads/controllers/deployment, and ResolveFenceposts of
    pkg/controller/deployment/util/deployment_util.go: percentages are rounded down for maxUnavailable and up for
    maxSurge, and where both come to 0 one pod may be away. Of probes: UpdatePodStatus of
    pkg/kubelet/prober/prober_manager.go.
    """
    strategy = (deployment.get("spec") or {}).get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return True
    if not all(_waits_until_ready(container) for container in serving_containers(pod_spec(deployment), ports)):
        return True
    rolling = strategy.get("rollingUpdate") or {}
    replicas = _replicas(deployment)
    away = int(_pods(rolling.get("maxUnavailable"), replicas))
    if not away and not _pods(rolling.get("maxSurge"), replicas):
        away = 1
    return away >= replicas


def is_paused(deployment: Mapping[str, Any]) -> bool:
    """Whether a change of its template replaces no pod."""
    return (deployment.get("spec") or {}).get("paused") is True


def _name(deployment: Mapping[str, Any]) -> str:
    return str(deployment["metadata"]["name"])


def _pod_labels(deployment: Mapping[str, Any]) -> Mapping[str, str]:
    template = (deployment.get("spec") or {}).get("template") or {}
    return (template.get("metadata") or {}).get("labels") or {}


def _waits_until_ready(container: Mapping[str, Any]) -> bool:
    return bool(container.get("readinessProbe") or container.get("startupProbe"))


def _pods(value: int | str | None, replicas: int) -> float:
    """A number of pods, or a percentage of the replicas, as it is before it is rounded."""
    text = ROLLING_DEFAULT if value is None else str(value)
    return int(text.rstrip("%")) * replicas / 100 if text.endswith("%") else int(text)


def _replicas(deployment: Mapping[str, Any]) -> int:
    replicas = (deployment.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)
