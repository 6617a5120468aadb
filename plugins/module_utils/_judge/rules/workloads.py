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
    not_known,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.windows_pods import (
    NAME_WINDOWS,
    SEND_HOME,
    astray,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.stuck_pods import RECYCLE_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.stuck_pods import StuckPod, stuck_pods
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import effective_ipam

RULES: list[Rule] = []

DELETE_THEM = (
    "Then delete those without a limit: their owners make new ones, and what nothing owns is made again by hand."
)
IPAM_IS_OFF = f"Turn Windows IPAM on first: look at ipam.enabled and legacy.controller_blocks. {DELETE_THEM}"
REMEDY = (
    "Mend what the evidence names first: the webhook (legacy.certificate, ipam.controller_webhook) or the controller. "
    f"{DELETE_THEM} Role cloudops.eks_windows.cert_renew deletes those that a controller owns, where a webhook gives "
    "new ones a limit."
)
SELECT_THEM = "Where a webhook leaves pods out, have its selector select them first."


@rule(
    RULES,
    id="workloads.stuck",
    severity="error",
    title="No Windows pod waits for an address",
    evidence="Each pod with what it lacks, and whether something makes it again.",
    reference="https://github.com/aws/containers-roadmap/issues/463",
    remedy=REMEDY,
    resolved_by=(RECYCLE_ID,),
)
def stuck(subject: Subject) -> Verdict:
    """No pod has a Windows node, waits in ContainerCreating and has no address. The pod webhook gives the first
    container a limit of addresses when a pod is created, and the controller then the address by an annotation. To goal
    cert_renew a pod without a node and without a limit counts too: it will wait for an address once its node comes. It
    does not where the selectors of the legacy webhook leave it out.

    The evidence tells pods that no webhook gave the limit, which have to be made again, from those that the controller
    gives no address, from those that ask for Windows by node affinity alone, which no webhook looks at, and from those
    that landed on a Windows node without asking, which are pods of Linux most often and wait there for ever. It stops
    no goal: what made them stuck may be mended by now. Pods that Fargate took wait for something else, of which rule
    workloads.fargate tells. Where Windows IPAM is off for the controller, and there is no legacy webhook, a pod without
    a limit says so: the webhook may have answered, and gives none then.
    """
    found = known(stuck_pods(subject))
    if not found:
        return passed("No Windows pod waits for an address")
    bare = [pod for pod in found if not pod.recyclable]
    kinds = _counted(found)
    is_off = (
        subject.control_plane_supported is True
        and effective_ipam(subject) is False
        and not subject.legacy.configurations
    )
    evidence = [*(Evidence(_name(each), _words(each, is_off)) for each in sorted(found, key=_rank)), *_unread(found)]
    parts = [each.miss.unread for each in found if each.pod.waits_for_node and each.miss and each.miss.unread]
    if len(parts) == len(found):
        return unknown(
            f"Whether the legacy webhook leaves out Windows pods that wait for a node: {not_known(parts[0])}",
            evidence,
            remedy=parts[0].remedy,
            resolved_by=(),
        )
    where = " on a Windows node" if any(each.path == "stray" for each in found) else ""
    pods = f"{'' if where else 'Windows '}{'pod waits' if len(found) == 1 else 'pods wait'}"
    return failed(
        f"{len(found)} {pods} for an address{where} ({kinds})",
        evidence,
        remedy=_remedy(found, is_off),
        resolved_by=() if bare else None,
    )


def _rank(stuck_pod: StuckPod) -> tuple[bool, str, str]:
    """Those that nothing makes again come first: they are the user's to mend."""
    return stuck_pod.recyclable, stuck_pod.pod.namespace, stuck_pod.pod.name


def _counted(found: Sequence[StuckPod]) -> str:
    names = {
        "webhook": "without a limit",
        "controller": "with a limit",
        "affinity": "by affinity alone",
        "stray": "not asking for Windows",
    }
    paths = [each.path for each in found]
    return ", ".join(f"{name}: {paths.count(path)}" for path, name in names.items() if path in paths)


def _name(stuck_pod: StuckPod) -> str:
    return f"Pod {stuck_pod.pod.namespace}/{stuck_pod.pod.name}"


def _unread(found: Sequence[StuckPod]) -> list[Evidence]:
    """Why it is not known whether a webhook is asked about them."""
    parts = dict.fromkeys(each.miss.unread for each in found if each.miss and each.miss.unread)
    return [unread(part) for part in parts]


def _remedy(found: Sequence[StuckPod], is_off: bool) -> str | None:
    """What mends all of them; None for what the rule says."""
    paths = {each.path for each in found}
    of_placement = [words for path, words in (("affinity", NAME_WINDOWS), ("stray", SEND_HOME)) if path in paths]
    if paths <= {"affinity", "stray"}:
        return " ".join(of_placement)
    parts = (each.miss.unread for each in found if each.miss)
    more = [*dict.fromkeys(part.remedy for part in parts if part)]
    more += [SELECT_THEM] if any(each.miss for each in found) else []
    more += of_placement
    if not more and not is_off:
        return None
    return " ".join([IPAM_IS_OFF if is_off else REMEDY, *more])


def _words(stuck_pod: StuckPod, is_off: bool) -> str:
    """What is seen of it, and what becomes of it."""
    pod = stuck_pod.pod
    if stuck_pod.path == "controller":
        return "has the address limit and no address: the controller did not act on it"
    if stuck_pod.path == "affinity":
        return "no address limit, and never one: it asks for Windows by affinity, which no webhook looks at"
    if stuck_pod.path == "stray":
        return f"no address limit, and never one: it {astray(pod)}"
    if stuck_pod.miss is not None:
        verb = "leaves it out" if stuck_pod.miss.certain else "may leave it out"
        return f"no address limit: {stuck_pod.miss} {verb}, so that it is not deleted"
    reason = "Windows IPAM is off for the controller" if is_off else "no webhook answered when it was created"
    why = f"no address limit: {reason}"
    if stuck_pod.recyclable:
        return f"{why}; {pod.owner} makes it again"
    if stuck_pod.helped is None and pod.owner:
        return f"{why}; whether a new one would get a limit is not known: it is not deleted"
    if not stuck_pod.helped and pod.owner:
        return f"{why}; none would give a new one a limit: it is not deleted"
    return f"{why}; {f'{pod.owner} owns it' if pod.owner else 'nothing owns it'}: it is not deleted"
