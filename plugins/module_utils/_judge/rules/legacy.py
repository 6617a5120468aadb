# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on what is left of legacy Windows support."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence, Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.legacy_state import BLOCKING_CONTROLLER
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    CONTROL_PLANE_GOALS,
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    not_known,
    passed,
    rule,
    unknown,
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import (
    BINDING,
    BINDING_ID,
    webhooks_of_another_way,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import (
    CONTROLLER_ID as INSTALL_CONTROLLER_ID,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_installation import (
    WEBHOOK_ID as INSTALL_WEBHOOK_ID,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.legacy_removal import (
    CONTROLLER_ID,
    LEFTOVERS_ID,
    SECOND_CONTROLLER_ID,
    WEBHOOK_ID,
    callers_known,
    second_controllers,
    still_called,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import restarted
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import GROUPS_NOT_ASKED, Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import live_value
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Known, ObjectRef, Unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import windows_groups

RULES: list[Rule] = []

REMOVAL_GOALS: tuple[Goal, ...] = ("legacy_remove", "migrate")
"""The goals that end with nothing of legacy support left."""

REMOVAL_STEPS = (SECOND_CONTROLLER_ID, CONTROLLER_ID, WEBHOOK_ID, LEFTOVERS_ID)


NOT_LOOKED_AT = Unknown("The legacy Deployments", "not looked at", "Run eks_windows_preflight again.")

ANOTHER_WAY = (
    "Complete it the way that it was installed. Or take it away by role cloudops.eks_windows.legacy_remove, and run "
    "legacy_install again, which does not mix its own objects with those of another way."
)

ONLY_THE_NAME = "stays: nothing of legacy support refers to it"

MIGRATE = (
    "Run playbook cloudops.eks_windows.migrate_legacy, or role cloudops.eks_windows.enable with "
    "eks_windows_remove_legacy true: either takes legacy support away in the order that leaves the shortest gap."
)


@rule(
    RULES,
    id="legacy.components",
    severity="warning",
    title="Nothing is left of legacy Windows support",
    evidence="Each object that is left, each that only has such a name and stays, and what could not be read.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy=f"{MIGRATE} Where the objects are wanted beside control-plane support, put legacy.components into ignore "
    "(role variable eks_windows_ignore).",
    blocks=("enable", *REMOVAL_GOALS),
    resolved_by=REMOVAL_STEPS,
)
def components(subject: Subject) -> Verdict:
    """No object of legacy Windows support is left, however it was installed: the preview, the user guide's manifests,
    eksctl, a copy in Terraform, or the Helm chart of EKS Blueprints. The webhook configuration leads to its Service,
    Deployment and Secret, whatever their names.

    It stops enable while a Deployment or a webhook configuration is left: they act. Secrets, Services, requests for
    certificates and RBAC alone do nothing, and stop nothing. What takes legacy support away is stopped only by what
    could not be read, by a webhook configuration that calls other webhooks too, and by one that is none of legacy
    support and calls its webhook's Service. Where that is waived, what is still called stays all the same, and all of
    the webhook where what calls it could not be read: with failurePolicy Fail no pod would be admitted without it.

    A Service, Secret or service account that nothing of legacy support refers to is not its own, whatever its name. On
    versions whose control plane has no Windows support, legacy support is what is needed, and the rule does not apply.
    """
    legacy = subject.legacy
    removing = subject.options.goal in REMOVAL_GOALS
    if legacy.components and subject.control_plane_supported is False and not removing:
        return not_applicable(
            f"Legacy support is what this version needs: {len(legacy.components)} objects",
            *(Evidence(str(found), "present") for found in legacy.components),
        )
    missed = legacy.unread_acting + legacy.unread
    called = still_called(subject) if removing else {}
    evidence = [
        *(Evidence(str(found), _fate(subject, found, called)) for found in legacy.components),
        *(Evidence(str(found), ONLY_THE_NAME) for found in legacy.namesakes),
        *(unread(part) for part in missed),
    ]
    others = [configuration for configuration in called if configuration not in legacy.shared]
    if removing and (legacy.shared or others):
        reasons = [
            f"{each} calls a legacy webhook and others, so that it can't be deleted as a whole"
            for each in legacy.shared
        ]
        reasons += [f"{each} is none of legacy support and calls its webhook's Service" for each in others]
        return failed(
            f"{'; '.join(reasons)}: what is called stays",
            evidence,
            remedy="Take the entries that call the legacy webhook's Service out of it by hand, and run this again.",
            resolved_by=(),
        )
    stopped = REMOVAL_GOALS if missed else ()
    if legacy.acting or legacy.unread_acting:
        stopped = ("enable", *stopped)
    if legacy.components:
        kind = f" ({legacy.variant})" if legacy.variant else ""
        also = f"; {', '.join(part.source for part in missed)} could not be read" if missed else ""
        objects = "object" if len(legacy.components) == 1 else "objects"
        return failed(
            f"{len(legacy.components)} {objects} of legacy support{kind} left{also}",
            evidence,
            remedy=f"{missed[0].remedy.rstrip('.')}. {MIGRATE}" if removing and missed else None,
            blocks=stopped,
            resolved_by=() if missed else None,
        )
    if missed:
        return unknown(not_known(missed[0]), evidence, remedy=missed[0].remedy, blocks=stopped, resolved_by=())
    return passed("Nothing is left of legacy support", *evidence)


def _fate(subject: Subject, found: ObjectRef, called: Mapping[ObjectRef, Collection[ObjectRef]]) -> str:
    """What becomes of an object of legacy support that is there."""
    caller = next((configuration for configuration, those in called.items() if found in those), None)
    if caller is not None:
        return f"stays: {caller} still calls the webhook"
    legacy = subject.legacy
    of_webhook = (*legacy.configurations, *legacy.services, *legacy.secrets, *legacy.webhooks)
    if subject.options.goal in REMOVAL_GOALS and found in of_webhook and not callers_known(subject):
        return "stays: what calls it could not be read"
    return "present"


@rule(
    RULES,
    id="legacy.controller_blocks",
    severity="error",
    title="No legacy controller turns control-plane support off",
    evidence="Whether Deployment kube-system/vpc-resource-controller is present.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/condition/conditions.go",
    remedy=f"{MIGRATE} Scaled to 0 alone the controller still blocks.",
    blocks=CONTROL_PLANE_GOALS,
    resolved_by=(CONTROLLER_ID,),
    stops_pods=True,
)
def controller_blocks(subject: Subject) -> Verdict:
    """Deployment kube-system/vpc-resource-controller does not exist where the control plane can run Windows support.
    While it exists, scaled to 0 too, the controller of the control plane holds Windows IPAM and prefix delegation to be
    off, whatever the ConfigMap says (conditions.go), so that enabling would change nothing without a word.

    eksctl utils install-vpc-controllers makes it on current clusters as well, also where it then fails. It does not
    apply to versions whose control plane has no Windows support.
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


@rule(
    RULES,
    id="legacy.second_controller",
    severity="error",
    title="No legacy controller acts beside that of the control plane",
    evidence="Each Deployment of a controller that the control plane's does not know of.",
    reference="https://github.com/aws-ia/terraform-aws-eks-blueprints/tree/v4.32.1/modules/kubernetes-addons",
    remedy=f"{MIGRATE} Where Helm installed it, uninstall the release then, so that it does not come back.",
    blocks=CONTROL_PLANE_GOALS,
    resolved_by=(SECOND_CONTROLLER_ID,),
    stops_pods=True,
)
def second_controller(subject: Subject) -> Verdict:
    """No legacy controller that the control plane's does not know of, as that of EKS Blueprints' Helm chart, acts at
    the same time as it: both would hand out addresses of the same nodes. The control plane's acts where Windows IPAM is
    on, or goal enable or migrate is to turn it on.

    It does not apply where the control plane's is off, and to versions that have none. Where the setting could not be
    read it is unknown.
    """
    if subject.control_plane_supported is False:
        return not_applicable("The control plane of this version has no Windows support")
    known(subject.observation.legacy.deployments)
    second = second_controllers(subject)
    evidence = [Evidence(str(found), "present") for found in second]
    if not second:
        return passed("No second controller is there")
    live = live_value(subject)
    if subject.options.goal in CONTROL_PLANE_GOALS or (not isinstance(live, Unknown) and parse_bool(live)):
        return failed(f"{', '.join(map(str, second))} is a second controller beside the control plane's", evidence)
    if isinstance(live, Unknown):
        return unknown_part(live)
    return not_applicable("The controller of the control plane is off, so that no two act", *evidence)


@rule(
    RULES,
    id="legacy.rollout",
    severity="error",
    title="Legacy support is whole, and its pods run",
    evidence="Each Deployment and webhook configuration, and whether its pods run.",
    reference="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status",
    remedy="Run role cloudops.eks_windows.legacy_install, which installs what is missing. Where pods don't run, look "
    "at kubectl describe of the Deployments in the evidence: they need a Linux node.",
    blocks=("legacy_install",),
    resolved_by=(INSTALL_CONTROLLER_ID, INSTALL_WEBHOOK_ID),
    stops_pods=True,
)
def rollout(subject: Subject) -> Verdict:
    """Below the version table, where legacy support is what runs Windows pods, its controller, its webhook and the
    webhook's configuration are there, and their pods are available.

    Goal legacy_install is stopped by what can't be seen, not by pods that don't run: what it installs may mend them. It
    does not apply where the control plane can run Windows support.

    Goal cert_renew is stopped, on every version, where the Deployment that it would restart is paused: its pods would
    stay as they are, and serve with the previous certificate.
    """
    restarts = restarted(subject) if subject.options.goal == "cert_renew" else ()
    paused = [chain.deployment for chain in restarts if chain.deployment and chain.paused]
    if paused:
        return failed(
            f"{paused[0]} is paused, so that its pods would not be restarted",
            [Evidence(str(found), "paused: true") for found in paused],
            remedy=f"Run kubectl rollout resume -n {paused[0].namespace} deployment/{paused[0].name}, and this again.",
            blocks=("cert_renew",),
            resolved_by=(),
            stops_pods=False,
        )
    if subject.options.goal != "legacy_install":
        known(subject.observation.cluster)
        if subject.control_plane_supported is not False:
            return not_applicable("It matters where legacy support is what runs Windows pods")
    legacy = subject.legacy
    parts = (
        subject.observation.legacy.deployments,
        subject.observation.legacy.services,
        subject.observation.webhook_configurations,
        subject.observation.legacy_webhooks,
    )
    for part in parts:
        if isinstance(part, Unknown):
            return unknown_part(part, resolved_by=())
    if not legacy.acting:
        return failed("Legacy Windows support is not there", [Evidence("Legacy Windows support", "absent")])
    evidence = [Evidence(str(found), "present") for found in legacy.configurations]
    others = webhooks_of_another_way(subject) if subject.options.goal == "legacy_install" else ()
    kept = f"; {others[0]} was installed another way, and stays as it is" if others else ""
    if not legacy.complete:
        evidence += [Evidence(str(found), "present") for found in legacy.controllers + legacy.webhooks]
        missing = [
            what
            for what, found in (
                ("controller", legacy.controllers),
                ("webhook", legacy.webhooks),
                ("webhook configuration", legacy.configurations),
            )
            if not found
        ]
        return failed(
            f"Legacy Windows support has no {' and no '.join(missing)}{kept}",
            evidence,
            remedy=ANOTHER_WAY if others and legacy.controllers else None,
        )
    references = subject.observation.legacy.references or NOT_LOOKED_AT
    if isinstance(references, Unknown):
        return unknown_part(references, resolved_by=())
    evidence += [
        Evidence(str(found.ref), "its pods run" if found.ready else "its pods don't all run")
        for found in references.deployments
    ]
    idle = [found.ref for found in references.deployments if not found.ready]
    if idle:
        return failed(f"The pods of {', '.join(map(str, idle))} don't all run{kept}", evidence, blocks=())
    return passed(f"Legacy Windows support is whole, and its pods run{kept}", *evidence)


@rule(
    RULES,
    id="legacy.role_binding",
    severity="error",
    title="ClusterRoleBinding eks:kube-proxy-windows exists where Windows nodes need it",
    evidence="Whether the ClusterRoleBinding is present.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Run role cloudops.eks_windows.legacy_install, which creates it: group eks:kube-proxy-windows to "
    "ClusterRole system:node-proxier.",
    blocks=("legacy_install",),
    resolved_by=(BINDING_ID,),
    stops_pods=True,
)
def role_binding(subject: Subject) -> Verdict:
    """ClusterRoleBinding eks:kube-proxy-windows exists, which lets kube-proxy on Windows nodes read Services: without
    it neither DNS nor Services work there. eksctl never made it for legacy support, and the user guide had it created
    by hand where it is missing.

    It is an error where this version's control plane has no Windows support and legacy support is there, and where
    legacy support is to be installed. With the control plane's support it is a warning that stops nothing, where there
    are Windows nodes or Windows node groups and the goal is not disable: the binding is told by its name alone, and
    another one can give the group the role; and which groups EKS gives an access entry of type EC2_WINDOWS could not be
    confirmed. So that it is missing is no proof that kube-proxy can't work.
    """
    if subject.options.goal != "legacy_install":
        known(subject.observation.cluster)
        if subject.control_plane_supported is not False:
            return _role_binding_of_control_plane(subject)
        known(subject.observation.legacy.deployments)
        if not subject.legacy.acting:
            return not_applicable("There is no legacy support")
    bindings = known(subject.observation.legacy.cluster_role_bindings)
    if BINDING in bindings:
        return passed(f"{BINDING} exists", Evidence(str(BINDING), "present"))
    return failed(
        f"{BINDING} is missing, so that kube-proxy on Windows nodes can't read Services",
        [Evidence(str(BINDING), "absent")],
    )


def _role_binding_of_control_plane(subject: Subject) -> Verdict:
    """The verdict where legacy support does not matter: never an error, and it stops nothing."""
    if subject.options.goal == "disable":
        return not_applicable("It does not matter to goal disable")
    has_windows = _has_windows(subject)
    if has_windows is False:
        asked = subject.observation.node_groups is not None
        return not_applicable("There is no Windows node and no Windows node group" if asked else GROUPS_NOT_ASKED)
    bindings = subject.observation.legacy.cluster_role_bindings
    if not isinstance(bindings, Unknown) and BINDING in bindings:
        return passed(f"{BINDING} exists", Evidence(str(BINDING), "present"))
    missed = next((part for part in (has_windows, bindings) if isinstance(part, Unknown)), None)
    if missed is not None:
        return replace(unknown_part(missed, blocks=(), resolved_by=(), stops_pods=False), severity="warning")
    return failed(
        f"{BINDING} is missing, by which kube-proxy on Windows nodes may read Services",
        [Evidence(str(BINDING), "absent")],
        severity="warning",
        remedy="Create it: kubectl create clusterrolebinding eks:kube-proxy-windows --clusterrole=system:node-proxier "
        "--group=eks:kube-proxy-windows. A binding of another name that gives the group the role does as well: put "
        "legacy.role_binding into ignore (role variable eks_windows_ignore) then. Role legacy_install, which creates "
        "it for legacy support, refuses where the control plane has Windows support.",
        blocks=(),
        resolved_by=(),
        stops_pods=False,
    )


def _has_windows(subject: Subject) -> Known[bool]:
    """Whether there is a Windows node or a Windows node group."""
    nodes, groups = subject.windows_nodes, subject.observation.node_groups
    seen = () if isinstance(nodes, Unknown) else nodes
    if seen or windows_groups(seen, () if groups is None or isinstance(groups, Unknown) else groups):
        return True
    return next((part for part in (nodes, groups) if isinstance(part, Unknown)), False)
