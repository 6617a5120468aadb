# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows IPAM: the setting, who owns it, and its effect."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import IPAM_GOALS, Evidence, Goal
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import CONFIG_MAP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import PLANS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.quoting import quoted
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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.webhook_certificate import at_work
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import judged_webhooks
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_reach import (
    MUTATING_WEBHOOK,
    control_plane_gives,
    missed,
    needs_answers,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    NotAdmitted,
    Probe,
    Unknown,
)

RULES: list[Rule] = []

TROUBLESHOOTING = "https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/docs/troubleshooting.md"

BELOW = "The control plane of this version has no Windows support"
NO_LIMIT = ("", "0")
WEBHOOK_FAILED = "failed calling webhook"
"""How kube-apiserver says that it refused a pod since a webhook with failurePolicy Fail did not answer. Source:
Kubernetes, staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go."""

NO_DRY_RUN = "does not support dry run"
"""How kube-apiserver says that it refused a dry run, since it would have to call a webhook that may have side effects.
Source: as above, and errors.go of k8s.io/apiserver/pkg/admission/plugin/webhook/errors."""

OF_CONTROL_PLANE = "The webhook of the control plane gives the pod of the dry run its address, too"
"""How a finding begins by which roles know that no waiting shows more."""

PROVED_BY_PROBE: tuple[Goal, ...] = ("cert_renew", "migrate")
"""The goals whose steps look at a dry run half-way, and stop or are taken back where it does not show their effect."""


@rule(
    RULES,
    id="ipam.enabled",
    severity="error",
    title="Windows IPAM is on",
    evidence="The key's value in the ConfigMap, or that key, data or ConfigMap is absent.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Run role cloudops.eks_windows.enable, which sets it. Preflight with goal enable says what stops that.",
    blocks=IPAM_GOALS,
    resolved_by=("enable_windows_ipam",),
    stops_pods=True,
)
def enabled(subject: Subject) -> Verdict:
    """Key enable-windows-ipam of ConfigMap kube-system/amazon-vpc-cni is true the way the controller reads it, by Go's
    ParseBool: 1, t, T, TRUE, true or True. Any other spelling, such as yes, on or a space before it, is off without a
    word.

    Goal disable wants it off, and is stopped only where it can't be read. It does not apply to versions whose control
    plane has no Windows support, as legacy support does not read the ConfigMap.
    """
    if subject.control_plane_supported is False:
        return not_applicable(f"{BELOW}, and legacy support does not read {CONFIG_MAP}")
    config_map = known(subject.observation.cni_config_map)
    if subject.options.goal == "disable" and not parse_bool(known(subject.cni_data).get(ENABLE_WINDOWS_IPAM)):
        return not_applicable("Windows IPAM is off, as goal disable wants it")
    if config_map is None:
        return failed(f"{CONFIG_MAP} does not exist, so Windows IPAM is off", [Evidence(CONFIG_MAP, "absent")])
    if config_map.data is None:
        return failed(f"{CONFIG_MAP} has no data, so Windows IPAM is off", [Evidence(CONFIG_MAP, "no data")])
    value = config_map.data.get(ENABLE_WINDOWS_IPAM)
    if value is None:
        return failed(
            f"{CONFIG_MAP} has no key {ENABLE_WINDOWS_IPAM}, so Windows IPAM is off",
            [Evidence(CONFIG_MAP, f"no {ENABLE_WINDOWS_IPAM}")],
        )
    evidence = Evidence(CONFIG_MAP, f"{ENABLE_WINDOWS_IPAM}: {quoted(value)}")
    parsed = parse_bool(value)
    if parsed is None:
        return failed(
            f"{ENABLE_WINDOWS_IPAM} is {quoted(value)}, which the controller does not read as true: Windows IPAM is "
            "off",
            [evidence],
        )
    if not parsed:
        return failed(f"{ENABLE_WINDOWS_IPAM} is {quoted(value)}", [evidence])
    return passed(f"{ENABLE_WINDOWS_IPAM} is {quoted(value)}", evidence)


@rule(
    RULES,
    id="ipam.config_map_immutable",
    severity="error",
    title=f"{CONFIG_MAP} can be changed where the plan changes it",
    evidence="That the ConfigMap is immutable.",
    reference="https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable",
    remedy="Delete the ConfigMap and create it again with the same data, without immutable: Kubernetes neither changes "
    "the data of an immutable one nor takes the field back. EKS or the chart makes it without, so see what set it.",
    blocks=IPAM_GOALS,
)
def config_map_immutable(subject: Subject) -> Verdict:
    """Where a step of the plan writes ConfigMap kube-system/amazon-vpc-cni, it does not have immutable: true.
    Kubernetes neither changes the data of an immutable ConfigMap nor takes the field back.

    It does not apply where no step writes it. Where the ConfigMap could not be read it stops nothing: rule ipam.enabled
    does.
    """
    config_map = subject.observation.cni_config_map
    kinds = PLANS[subject.options.goal] if subject.options.goal in IPAM_GOALS else ()
    if kinds and isinstance(config_map, Unknown):
        return unknown_part(config_map, blocks=())
    steps = [kind.make(subject) for kind in kinds]
    planned = [step.step for step in steps if step is not None and step.object == CONFIG_MAP]
    if isinstance(config_map, Unknown) or not planned:
        return not_applicable(f"No step of the plan writes {CONFIG_MAP}")
    if config_map is not None and config_map.immutable:
        return failed(
            f"{CONFIG_MAP} is immutable, so that {planned[0]} can't be carried out",
            [Evidence(CONFIG_MAP, "immutable: true")],
        )
    return passed(f"{CONFIG_MAP} is not immutable")


@rule(
    RULES,
    id="ipam.probe",
    severity="error",
    title="Admission gives a Windows pod its address limit",
    evidence="The address limit that the dry run's pod got, and each legacy webhook that may have set it.",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/webhooks/core/pod_webhook.go",
    remedy="The controller holds Windows support to be off: look at ipam.enabled, legacy.controller_blocks and "
    "ipam.controller_webhook. After a change it takes some seconds.",
    blocks=PROVED_BY_PROBE,
    resolved_by=("enable_windows_ipam",),
    stops_pods=True,
    guard=True,
)
def probe(subject: Subject) -> Verdict:
    """A server-side dry run that creates a Windows pod, and stores nothing, got a limit of addresses. The controller's
    pod webhook sets it only while the controller itself holds Windows IPAM to be on, so that this shows its own
    judgement. For goal disable it got none. Where the API server refused it for a webhook that does not answer, no
    Windows pod is created at all.

    It applies where option probe asks for it. A pod without a limit stops no goal, since what the goal changes is what
    it sees. Where the dry run is forbidden it is unknown, which makes no cluster less ready: other rules have seen the
    setting and the webhook.

    It stops cert_renew and migrate where the dry run will not show their effect, so that they would end half-way: the
    namespace refuses the pod, be it by its quota, its pod security or a policy, or does not exist; or a webhook does
    not answer that the goal does not mend. A legacy webhook that is not declared to have no side effects has every dry
    run refused, which the first step of cert_renew and migrate mends.

    It also stops cert_renew where no webhook whose certificate is to be renewed is asked about the pod of the dry run,
    by its namespaceSelector or objectSelector: its limit is then no sign of the new certificate. So it does where the
    namespaces can't be read, or matchConditions decide, unless the dry run shows a limit before anything is changed.

    For goal cert_renew it is unknown, and stops nothing, where the webhook of the control plane's controller sets the
    limit beside the legacy one: the dry run then shows nothing of the new certificate.
    """
    result = subject.observation.probe
    if result is None:
        return not_applicable("No probe was asked for")
    if isinstance(result, Unknown):
        if WEBHOOK_FAILED in result.reason and subject.options.goal != "disable":
            return failed(
                "The API server refuses Windows pods, as a webhook that it has to ask does not answer",
                [unread(result)],
                remedy="Mend the webhook that the evidence names. Where it is the legacy one, look at "
                "legacy.certificate and legacy.rollout. Where it is another, probe_namespace (role variable "
                "eks_windows_probe_namespace) can name a namespace whose pods it is not asked about.",
                blocks=("migrate",) if _is_of_legacy(subject, result) else PROVED_BY_PROBE,
                resolved_by=(),
            )
        if NO_DRY_RUN in result.reason and _is_of_legacy(subject, result):
            return unknown(
                "The API server makes no dry run of a pod, as the legacy webhook may have side effects",
                [unread(result)],
                remedy="Set sideEffects of the webhook that the evidence names to None: it patches the pod, and does "
                "nothing else. Role cloudops.eks_windows.cert_renew and playbook migrate_legacy do so before they look "
                "at a dry run.",
                resolved_by=("declare_side_effects",),
                stops_pods=False,
            )
        lasts = isinstance(result, NotAdmitted)
        return unknown_part(result, blocks=PROVED_BY_PROBE if lasts else (), resolved_by=(), stops_pods=False)
    pod = f"Dry run of a Windows pod in {result.namespace}"
    both = " (the legacy webhook may have set it)" if subject.legacy.configurations else ""
    if subject.options.goal == "disable":
        return _probe_of_disabled(subject, result, pod)
    if subject.options.goal == "cert_renew":
        unproved = _of_control_plane(subject, result, pod) or _unasked(subject, result)
        if unproved:
            return unproved
    if result.limit in NO_LIMIT:
        return failed(
            "Admission gave a Windows pod no address",
            [Evidence(pod, "no address limit")],
            remedy="The legacy webhook did not answer: look at legacy.certificate and legacy.rollout."
            if subject.control_plane_supported is False
            else None,
            blocks=(),
        )
    return passed(f"Admission gave a Windows pod its address{both}", Evidence(pod, f"address limit {result.limit}"))


def _is_of_legacy(subject: Subject, refusal: Unknown) -> bool:
    """Whether the webhook that did not answer is one of legacy support, whose certificate may be why."""
    chains = subject.observation.legacy_webhooks
    seen = () if chains is None or isinstance(chains, Unknown) else chains
    return any(f'"{entry.name}"' in refusal.reason for chain in seen for entry in chain.entries)


def _of_control_plane(subject: Subject, result: Probe, pod: str) -> Verdict | None:
    """The verdict where the limit comes from the control plane's webhook, whatever the legacy one does; None elsewhere,
    and where the API server admits the pod only once the legacy webhook has answered, as its failurePolicy is Fail.

    Source: webhooks/core/pod_webhook.go of amazon-vpc-resource-controller-k8s, which sets it while Windows IPAM is on.
    """
    configurations = subject.legacy.configurations
    if result.limit in NO_LIMIT or not configurations or not control_plane_gives(subject):
        return None
    if needs_answers(subject, at_work(subject) or judged_webhooks(subject), result.namespace, {}):
        return None
    return unknown(
        f"{OF_CONTROL_PLANE}: nothing is shown of the legacy webhook's certificate",
        [
            Evidence(pod, f"address limit {result.limit}"),
            Evidence(f"MutatingWebhookConfiguration {MUTATING_WEBHOOK}", "present"),
            *(Evidence(str(found), "present") for found in configurations),
        ],
        remedy="Windows IPAM is on, so that pods do not need the legacy webhook: playbook migrate_legacy removes it. "
        "While it is there, legacy.certificate says what is known of its certificate.",
        blocks=(),
        resolved_by=(),
        stops_pods=False,
    )


def _unasked(subject: Subject, result: Probe) -> Verdict | None:
    """The verdict where what is renewed is not asked about the pod of the dry run, or may not be; None where it is."""
    miss = missed(subject, at_work(subject), result.namespace, {})
    shows_limit = result.limit not in NO_LIMIT
    if miss is None or (shows_limit and not miss.certain):
        return None
    configuration = f"MutatingWebhookConfiguration {miss.configuration}"
    found = Evidence(configuration, f"{miss.field}: {miss.value}")
    if miss.unread is not None:
        return unknown(
            f"Whether {miss} leaves out namespace {result.namespace} of the dry run: {not_known(miss.unread)}",
            [found, unread(miss.unread)],
            remedy=miss.unread.remedy,
            blocks=("cert_renew",),
            resolved_by=(),
            stops_pods=False,
        )
    if miss.field == "namespaceSelector":
        remedy = "Set probe_namespace (role variable eks_windows_probe_namespace) to a namespace that it selects."
    else:
        remedy = f"Take {miss.field} out of {configuration} for the renewal."
    verb = "leaves out" if miss.certain else "may leave out"
    return failed(
        f"The dry run would not show the new certificate: {miss} {verb} its pod in namespace {result.namespace}",
        [found, Evidence(f"Namespace {result.namespace}", "the dry run's")],
        remedy=remedy,
        blocks=("cert_renew",),
        resolved_by=(),
        stops_pods=False,
    )


def _probe_of_disabled(subject: Subject, result: Probe, pod: str) -> Verdict:
    """The verdict where support is to be off."""
    if result.limit in NO_LIMIT:
        return passed(
            "Admission gave a Windows pod no address, as goal disable wants it", Evidence(pod, "no address limit")
        )
    evidence = [Evidence(pod, f"address limit {result.limit}")]
    configurations = subject.legacy.configurations
    if configurations:
        return unknown(
            "Admission gave a Windows pod an address, which the legacy webhook may have set",
            [*evidence, *(Evidence(str(found), "present") for found in configurations)],
            remedy="The probe can't tell the webhooks apart. Windows IPAM's live value decides: see ipam.enabled.",
            blocks=(),
            resolved_by=(),
            stops_pods=False,
        )
    return failed(
        "Admission still gives a Windows pod an address",
        evidence,
        remedy="Run role cloudops.eks_windows.disable. After a change it takes some seconds; where it stays so, see "
        "whether something else, such as GitOps or an update of the add-on, has turned Windows IPAM on again.",
        blocks=(),
        resolved_by=("disable_windows_ipam",),
        stops_pods=False,
    )


@rule(
    RULES,
    id="ipam.controller_webhook",
    severity="error",
    title="The pod webhook of the control plane's controller exists",
    evidence="Whether the webhook configuration is present, and has a webhook.",
    reference=TROUBLESHOOTING,
    remedy=f"EKS creates MutatingWebhookConfiguration {MUTATING_WEBHOOK}. Where it was deleted or emptied, ask AWS "
    "Support to restore it, or update the cluster.",
    blocks=CONTROL_PLANE_GOALS,
    stops_pods=True,
)
def controller_webhook(subject: Subject) -> Verdict:
    """MutatingWebhookConfiguration vpc-resource-mutating-webhook exists, and has a webhook. EKS makes it with the
    controller of the control plane; without it no Windows pod asks for an address. It does not apply to versions whose
    control plane has no Windows support."""
    if subject.control_plane_supported is False:
        return not_applicable(BELOW)
    configurations = known(subject.observation.webhook_configurations)
    found = next((each for each in configurations if each.name == MUTATING_WEBHOOK), None)
    name = f"MutatingWebhookConfiguration {MUTATING_WEBHOOK}"
    if found is None:
        return failed(f"{name} is missing: no pod gets an address", [Evidence(name, "absent")])
    if not found.webhooks:
        return failed(f"{name} has no webhook: no pod gets an address", [Evidence(name, "present without a webhook")])
    return passed(f"{name} exists", Evidence(name, "present"))
