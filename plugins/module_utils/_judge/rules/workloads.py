# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows workloads."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    passed,
    rule,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.stuck_pods import RECYCLE_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.stuck_pods import StuckPod, stuck_pods
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject

RULES: list[Rule] = []


@rule(
    RULES,
    id="workloads.stuck",
    severity="error",
    title="No Windows pod waits for an address",
    evidence="Each pod with what it lacks, and whether something makes it again.",
    reference="https://github.com/aws/containers-roadmap/issues/463",
    remedy="Mend what the evidence names first: the webhook (legacy.certificate, ipam.controller_webhook) or the "
    "controller. Then delete those without a limit: their owners make new ones, and what nothing owns is made again by "
    "hand. Role cloudops.eks_windows.cert_renew deletes those that a controller owns.",
    resolved_by=(RECYCLE_ID,),
)
def stuck(subject: Subject) -> Verdict:
    """No Windows pod has a node, waits in ContainerCreating and has no address. The pod webhook gives the first
    container a limit of addresses when a pod is created, and the controller then the address by an annotation. To goal
    cert_renew a pod without a node and without a limit counts too: it will wait for an address once its node comes.

    The evidence tells pods that no webhook gave the limit, which have to be made again, from those that the controller
    gives no address, and from those that ask for Windows by node affinity alone, which no webhook looks at. It stops no
    goal: what made them stuck may be mended by now. Pods that Fargate took wait for something else, of which rule
    workloads.fargate tells.
    """
    found = known(stuck_pods(subject))
    if not found:
        return passed("No Windows pod waits for an address")
    bare = [pod for pod in found if not pod.recyclable]
    kinds = _counted(found)
    return failed(
        f"{len(found)} Windows {'pod waits' if len(found) == 1 else 'pods wait'} for an address ({kinds})",
        [Evidence(f"Pod {each.pod.namespace}/{each.pod.name}", _words(each)) for each in sorted(found, key=_rank)],
        resolved_by=() if bare else None,
    )


def _rank(stuck_pod: StuckPod) -> tuple[bool, str, str]:
    """Those that nothing makes again come first: they are the user's to mend."""
    return stuck_pod.recyclable, stuck_pod.pod.namespace, stuck_pod.pod.name


def _counted(found: Sequence[StuckPod]) -> str:
    names = {"webhook": "without a limit", "controller": "with a limit", "affinity": "by affinity alone"}
    paths = [each.path for each in found]
    return ", ".join(f"{name}: {paths.count(path)}" for path, name in names.items() if path in paths)


def _words(stuck_pod: StuckPod) -> str:
    """What is seen of it, and what becomes of it."""
    pod = stuck_pod.pod
    if stuck_pod.path == "controller":
        return "has the address limit and no address: the controller did not act on it"
    if stuck_pod.path == "affinity":
        return "no address limit, and never one: it asks for Windows by affinity, which no webhook looks at"
    why = "no address limit: no webhook answered when it was created"
    if stuck_pod.recyclable:
        return f"{why}; {pod.owner} makes it again"
    return f"{why}; {f'{pod.owner} owns it' if pod.owner else 'nothing owns it'}: it is not deleted"
