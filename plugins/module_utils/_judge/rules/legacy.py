# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what is left of legacy Windows support."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    not_known,
    passed,
    rule,
    unknown,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import live_value
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ObjectRef, Unknown

RULES: list[Rule] = []


@rule(
    RULES,
    id="legacy.components",
    severity="warning",
    title="Nothing is left of legacy Windows support",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Delete the objects in the evidence, the controller first. Keep ClusterRoleBinding eks:kube-proxy-windows. "
    "Where they are wanted beside control-plane support, put legacy.components into ignore.",
    blocks=("enable",),
)
def components(subject: Subject) -> Verdict:
    """No object of any variant of legacy support is left.

    It stops enable while a Deployment or a webhook configuration is left: they act. Secrets, Services, requests for
    certificates and RBAC alone do nothing, and stop nothing. A legacy controller that does not turn control-plane
    support off, as the Helm chart's, is an error beside it: two controllers act at once.
    """
    legacy = subject.legacy
    if legacy.components and subject.control_plane_supported is False:
        return not_applicable(
            f"Legacy support is what this version needs: {len(legacy.components)} objects",
            *(Evidence(str(found), "present") for found in legacy.components),
        )
    missed = legacy.unread_acting + legacy.unread
    second = _second_controllers(subject)
    evidence = [
        *(Evidence(str(found), "present, a second controller") for found in second),
        *(Evidence(str(found), "present") for found in legacy.components if found not in second),
        *(unread(part) for part in missed),
    ]
    blocks = None if legacy.acting or legacy.unread_acting else ()
    if legacy.components:
        kind = f" ({legacy.variant})" if legacy.variant else ""
        also = f"; {', '.join(part.source for part in missed)} could not be read" if missed else ""
        objects = "object" if len(legacy.components) == 1 else "objects"
        summary = f"{len(legacy.components)} {objects} of legacy support{kind} left"
        if second:
            return failed(
                f"{summary}, with {', '.join(map(str, second))} as second controller beside the control plane's{also}",
                evidence,
                remedy="Scale the second controller to 0, wait until its pods are gone, and delete it (where Helm "
                "installed it: uninstall the release). Then delete the other objects in the evidence. Keep "
                "ClusterRoleBinding eks:kube-proxy-windows.",
                severity="error",
                stops_pods=True,
            )
        return failed(f"{summary}{also}", evidence, blocks=blocks)
    if missed:
        return unknown(
            not_known(missed[0]),
            evidence,
            remedy=missed[0].remedy,
            blocks=blocks,
        )
    return passed("Nothing is left of legacy support")


def _second_controllers(subject: Subject) -> tuple[ObjectRef, ...]:
    """Legacy controllers that act at the same time as the control plane's, which is on or to be enabled."""
    live = live_value(subject)
    if subject.options.goal != "enable" and (isinstance(live, Unknown) or not parse_bool(live)):
        return ()
    return tuple(found for found in subject.legacy.controllers if found != BLOCKING_CONTROLLER)


@rule(
    RULES,
    id="legacy.controller_blocks",
    severity="error",
    title="No legacy controller turns control-plane support off",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/condition/conditions.go",
    remedy=f"Scale {BLOCKING_CONTROLLER} to 0, wait until its pods are gone, then delete it (kubectl delete deployment "
    "-n kube-system vpc-resource-controller). Scaled to 0 alone it still blocks.",
    blocks=("enable",),
    stops_pods=True,
)
def controller_blocks(subject: Subject) -> Verdict:
    """No Deployment kube-system/vpc-resource-controller where the control plane runs Windows support.

    While it exists the controller of the control plane holds Windows IPAM to be off, whatever the ConfigMap says, so
    that enable would change nothing without a word.
    """
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support")
    known(subject.observation.legacy.deployments)
    if subject.legacy.blocking_controller:
        return failed(
            f"{BLOCKING_CONTROLLER} turns control-plane Windows support off, whatever the ConfigMap says",
            [Evidence(str(BLOCKING_CONTROLLER), "present")],
        )
    return passed("No legacy controller turns control-plane support off", Evidence(str(BLOCKING_CONTROLLER), "absent"))
