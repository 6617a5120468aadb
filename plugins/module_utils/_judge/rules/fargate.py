# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Fargate."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import (
    FARGATE_PROFILE,
    fargate_takes,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    FargateProfile,
    Unknown,
    WindowsPod,
)

RULES: list[Rule] = []


@rule(
    RULES,
    id="workloads.fargate",
    severity="error",
    title="No Fargate profile takes a Windows pod",
    evidence="Each Windows pod with the profile that takes it, and whether that has happened.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
    remedy="Narrow the profile's selectors, which means a new profile in place of it, or move the Windows workload to "
    "another namespace or take the label away. Then make its pods anew.",
)
def fargate(subject: Subject) -> Verdict:
    """No active Fargate profile selects a Windows pod by namespace and labels, where * and ? stand for any text and any
    character: Fargate has no Windows, and takes a pod when it is created, whatever its nodeSelector says.

    A pod that runs on a Windows node all the same is older than the profile: the next one in its place won't.

    Fargate runs no DaemonSets, as the user guide says. Whether a profile takes their pods all the same it does not say,
    so that profiles which select those alone are a warning. Pods that landed on a Windows node without asking don't
    count: those of Linux run on Fargate.
    """
    pods = [pod for pod in known(subject.observation.windows_pods) if pod.asks_for_windows]
    if not pods:
        return not_applicable("There is no Windows pod")
    seen = subject.observation.fargate_profiles
    profiles = [] if isinstance(seen, Unknown) else [each for each in seen if each.status == "ACTIVE"]
    selected = [(pod, words) for pod in pods if (words := _taken(pod, profiles))]
    doubtful = [_evidence(pod, f"{words}, if at all") for pod, words in selected if _is_doubtful(pod)]
    taken = [_evidence(pod, words) for pod, words in selected if not _is_doubtful(pod)]
    if taken:
        return failed(f"Windows pods that a Fargate profile takes: {len(taken)} of {len(pods)}", [*taken, *doubtful])
    known(seen)
    if doubtful:
        return failed(
            f"Windows pods of DaemonSets that a Fargate profile selects: {len(doubtful)} of {len(pods)}",
            doubtful,
            remedy=f"Delete one of these pods, and see whether the next one has label {FARGATE_PROFILE}. Where it has, "
            "move the DaemonSet to a namespace that no profile selects, or narrow the profile's selectors; where not, "
            "put workloads.fargate into ignore (role variable eks_windows_ignore).",
            severity="warning",
        )
    return passed(f"No Fargate profile takes a Windows pod (active profiles: {len(profiles)})")


def _is_doubtful(pod: WindowsPod) -> bool:
    """Whether it is a DaemonSet's, and no profile is known to have taken it."""
    return pod.owner is not None and pod.owner.kind == "DaemonSet" and FARGATE_PROFILE not in pod.labels


def _evidence(pod: WindowsPod, words: str) -> Evidence:
    return Evidence(f"Pod {pod.namespace}/{pod.name}", words)


def _taken(pod: WindowsPod, profiles: list[FargateProfile]) -> str:
    """How a pod is taken by a profile; empty where none does."""
    if FARGATE_PROFILE in pod.labels:
        return f"taken by profile {pod.labels[FARGATE_PROFILE] or 'without a name'} when it was created"
    names = [each.name for each in profiles if fargate_takes(each, pod.namespace, pod.labels)]
    return f"selected by profile {', '.join(names)}, once it is made anew" if names else ""
