# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows IPAM: the setting, who owns it, and its effect."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ADDON_ENABLE_WINDOWS_IPAM,
    CONFIG_MAP_NAME,
    CONFIG_MAP_NAMESPACE,
    ENABLE_WINDOWS_IPAM,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    WindowsIpamValue,
    windows_ipam_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
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
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import addon_value
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Addon, Unknown

RULES: list[Rule] = []

CONFIG_MAP = f"ConfigMap {CONFIG_MAP_NAMESPACE}/{CONFIG_MAP_NAME}"
MUTATING_WEBHOOK = "vpc-resource-mutating-webhook"
TROUBLESHOOTING = "https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/docs/troubleshooting.md"

_ADDON = "Add-on vpc-cni"
_BELOW = "The control plane of this version has no Windows support"


@rule(
    RULES,
    id="ipam.enabled",
    severity="error",
    title="Windows IPAM is on",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy="Run role cloudops.eks_windows.enable, which sets it. Preflight with goal enable says what stops that.",
    blocks=CONTROL_PLANE_GOALS,
    resolved_by=("enable_windows_ipam",),
    stops_pods=True,
)
def enabled(subject: Subject) -> Verdict:
    """The live value of enable-windows-ipam is true the way the controller reads it."""
    if subject.control_plane_supported is False:
        return not_applicable(f"{_BELOW}, and legacy support does not read {CONFIG_MAP}")
    config_map = known(subject.observation.cni_config_map)
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
    evidence = Evidence(CONFIG_MAP, f'{ENABLE_WINDOWS_IPAM}: "{value}"')
    parsed = parse_bool(value)
    if parsed is None:
        return failed(
            f'{ENABLE_WINDOWS_IPAM} is "{value}", which the controller does not read as true: Windows IPAM is off',
            [evidence],
        )
    if not parsed:
        return failed(f'{ENABLE_WINDOWS_IPAM} is "{value}"', [evidence])
    return passed(f'{ENABLE_WINDOWS_IPAM} is "{value}"', evidence)


@rule(
    RULES,
    id="ipam.probe",
    severity="error",
    title="Admission gives a Windows pod its address limit",
    reference="https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/webhooks/core/pod_webhook.go",
    remedy="The controller holds Windows support to be off: look at ipam.enabled, legacy.controller_blocks and "
    "ipam.controller_webhook. After a change it takes some seconds.",
    resolved_by=("enable_windows_ipam",),
    stops_pods=True,
)
def probe(subject: Subject) -> Verdict:
    """The dry run of a Windows pod got a limit of addresses. Where the dry run is forbidden, it is unknown.

    It stops no goal, since what the goal changes is what it sees. Not knowing it makes no cluster less ready: the
    other rules have seen the setting and the webhook.
    """
    result = subject.observation.probe
    if result is None:
        return not_applicable("No probe was asked for")
    if isinstance(result, Unknown):
        return unknown(not_known(result), [unread(result)], remedy=result.remedy, resolved_by=(), stops_pods=False)
    pod = f"Dry run of a Windows pod in {result.namespace}"
    both = " (the legacy webhook may have set it)" if subject.legacy.configurations else ""
    if result.limit in ("", "0"):
        return failed("Admission gave a Windows pod no address", [Evidence(pod, "no address limit")])
    return passed(f"Admission gave a Windows pod its address{both}", Evidence(pod, f"address limit {result.limit}"))


@rule(
    RULES,
    id="ipam.owner",
    severity="error",
    title="The owner of Windows IPAM does not take back what role enable sets",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html",
    remedy=f'Add {ADDON_ENABLE_WINDOWS_IPAM} "true" to the add-on\'s configuration values (aws eks update-addon '
    "--addon-name vpc-cni --resolve-conflicts PRESERVE, with its other values and its service account role given too) "
    "and run again, or set eks_windows_ipam_owner to config_map, AWS's documented way, and bear its loss at an update.",
    blocks=("enable",),
)
def owner(subject: Subject) -> Verdict:
    """A managed vpc-cni add-on's configuration says true, unless ipam_owner is config_map; ipam_owner addon has one.

    Role enable sets the live value alone, which an update of the add-on would take back. It matters to goal enable
    alone.
    """
    if subject.options.goal != "enable":
        return not_applicable("Whose setting Windows IPAM is matters where support is to be enabled")
    if subject.control_plane_supported is False:
        return not_applicable(_BELOW)
    wanted = subject.options.ipam_owner
    managed = subject.observation.vpc_cni is not None
    if wanted == "config_map" and managed and not parse_bool(addon_value(subject)):
        return passed(
            "Windows IPAM is the ConfigMap's setting as ipam_owner says; an update of add-on vpc-cni may take it back",
            Evidence("ipam_owner", wanted),
        )
    addon = known(subject.observation.vpc_cni)
    if addon is None:
        if wanted != "addon":
            return passed("EKS does not manage the vpc-cni add-on: Windows IPAM is the ConfigMap's setting")
        return failed(
            "ipam_owner is addon, but EKS does not manage the vpc-cni add-on",
            [Evidence(_ADDON, "not managed")],
            remedy="Leave eks_windows_ipam_owner at auto, or create the add-on first.",
        )
    try:
        configured = windows_ipam_value(addon.configuration_values)
    except ConfigurationUnreadableError as error:
        return _configuration_unreadable(addon, error)
    evidence = _configured(addon, configured)
    if parse_bool(configured.value):
        return passed(f"The configuration of add-on vpc-cni has {evidence.value}", evidence)
    return failed(f"Add-on vpc-cni owns Windows IPAM, and its configuration has {evidence.value}", [evidence])


@rule(
    RULES,
    id="ipam.addon_drift",
    severity="warning",
    title="The managed vpc-cni add-on and the live ConfigMap agree on Windows IPAM",
    reference="https://github.com/aws/amazon-vpc-cni-k8s/issues/2877",
    remedy=f"Set {ADDON_ENABLE_WINDOWS_IPAM} in the add-on's configuration values to the live value (aws eks "
    "update-addon --resolve-conflicts PRESERVE, with its other values, its version and its service account role). "
    "Else an update of the add-on can take the setting back.",
)
def addon_drift(subject: Subject) -> Verdict:
    """Where EKS manages the vpc-cni add-on, its configuration gives Windows IPAM the value that is live."""
    addon = known(subject.observation.vpc_cni)
    if addon is None:
        return not_applicable("EKS does not manage the vpc-cni add-on")
    try:
        configured = windows_ipam_value(addon.configuration_values)
    except ConfigurationUnreadableError as error:
        return _configuration_unreadable(addon, error)
    config_map = known(subject.observation.cni_config_map)
    live = ((config_map.data if config_map else None) or {}).get(ENABLE_WINDOWS_IPAM)
    evidence = [
        _configured(addon, configured),
        Evidence(CONFIG_MAP, f"no {ENABLE_WINDOWS_IPAM}" if live is None else f'{ENABLE_WINDOWS_IPAM}: "{live}"'),
    ]
    # Anything but a true is off for both: absent is the chart's default, and the controller reads nothing else as on.
    live_on, configured_on = bool(parse_bool(live)), bool(parse_bool(configured.value))
    if configured.misplaced:
        return failed(f"{configured.misplaced} of add-on vpc-cni has no effect: the key belongs at the top", evidence)
    if live_on == configured_on:
        return passed(
            f"Add-on vpc-cni and the ConfigMap agree: Windows IPAM is {'on' if live_on else 'off'}", *evidence
        )
    if live_on:
        return failed("Windows IPAM is on, but the next update of add-on vpc-cni can turn it off", evidence)
    return failed("Windows IPAM is off, though the configuration of add-on vpc-cni says on", evidence)


def _configured(addon: Addon, configured: WindowsIpamValue) -> Evidence:
    """What the add-on's configuration says of Windows IPAM, as evidence."""
    if configured.value is not None:
        value = f'{ADDON_ENABLE_WINDOWS_IPAM}: "{configured.value}"'
    else:
        where = f" (but {configured.misplaced}, where it has no effect)" if configured.misplaced else ""
        value = f"no {ADDON_ENABLE_WINDOWS_IPAM}{where}"
    return Evidence(f"{_ADDON} {addon.version}", value)


def _configuration_unreadable(addon: Addon, error: ConfigurationUnreadableError) -> Verdict:
    return unknown(
        f"The configuration values of add-on vpc-cni can't be read: {error}",
        [Evidence(_ADDON, addon.version)],
        remedy="Look at aws eks describe-addon. Where PyYAML is missing, install it for the Python that runs this.",
    )


@rule(
    RULES,
    id="ipam.controller_webhook",
    severity="error",
    title="The pod webhook of the control plane's controller exists",
    reference=TROUBLESHOOTING,
    remedy=f"EKS creates MutatingWebhookConfiguration {MUTATING_WEBHOOK}. Where it was deleted, ask AWS Support to "
    "restore it, or update the cluster.",
    blocks=CONTROL_PLANE_GOALS,
    stops_pods=True,
)
def controller_webhook(subject: Subject) -> Verdict:
    """MutatingWebhookConfiguration vpc-resource-mutating-webhook exists: without it no pod asks for an address."""
    if subject.control_plane_supported is False:
        return not_applicable(_BELOW)
    configurations = known(subject.observation.webhook_configurations)
    evidence = Evidence(
        f"MutatingWebhookConfiguration {MUTATING_WEBHOOK}",
        "present" if any(found.name == MUTATING_WEBHOOK for found in configurations) else "absent",
    )
    if evidence.value == "absent":
        return failed(f"MutatingWebhookConfiguration {MUTATING_WEBHOOK} is missing: no pod gets an address", [evidence])
    return passed(f"MutatingWebhookConfiguration {MUTATING_WEBHOOK} exists", evidence)
