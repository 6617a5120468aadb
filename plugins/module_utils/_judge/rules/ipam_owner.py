# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Windows IPAM in the configuration of the managed vpc-cni add-on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import BUSY
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    SETTINGS,
    WINDOWS_IPAM,
    Setting,
    parse_bool,
    parse_integer,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.platform_versions import kubernetes_version
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    SchemaUnusableError,
    as_text,
    parse_configuration,
    places_of,
    schema_has,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import (
    misplaced,
    needed_patch,
    schema_check,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import (
    CONTROL_PLANE_GOALS,
    IPAM_GOALS,
    Evidence,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.objects import ADDON, CONFIG_MAP
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
    unknown_part,
    unread,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.ipam import BELOW
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    Known,
    Unknown,
)

RULES: list[Rule] = []

_TO_CONFIG_MAP = (
    "set ipam_owner (role variable eks_windows_ipam_owner) to config_map, AWS's documented way, and bear its loss at "
    "an update"
)


@rule(
    RULES,
    id="ipam.owner",
    severity="error",
    title="The owner of Windows IPAM does not take back what a role sets",
    evidence="What the add-on's configuration says of Windows IPAM.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html",
    remedy=f"The role of the goal sets it there too, unless another finding stops that. Or {_TO_CONFIG_MAP}.",
    blocks=IPAM_GOALS,
    resolved_by=("configure_addon",),
)
def owner(subject: Subject) -> Verdict:
    """A managed vpc-cni add-on has in its configuration what the goal wants for Windows IPAM: an update of the add-on
    may take back a live value that its configuration does not have. Where EKS does not manage the add-on, the ConfigMap
    alone decides.

    With option ipam_owner config_map, which is the way of the user guide, it passes and says what that costs. With
    ipam_owner addon there has to be a managed add-on. It matters to goals enable, migrate and disable.
    """
    goal = subject.options.goal
    if goal not in IPAM_GOALS:
        return not_applicable("Whose setting Windows IPAM is matters to goals enable, disable and migrate")
    if goal in CONTROL_PLANE_GOALS and subject.control_plane_supported is False:
        return not_applicable(BELOW)
    wanted = subject.options.ipam_owner
    if wanted == "config_map" and subject.observation.vpc_cni is not None:
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
            [Evidence(ADDON, "not managed")],
            remedy="Leave ipam_owner (role variable eks_windows_ipam_owner) at auto, or create the add-on first.",
            resolved_by=(),
        )
    try:
        values = parse_configuration(addon.configuration_values)
    except ConfigurationUnreadableError as error:
        return _configuration_unreadable(addon, error)
    evidence = _configured(addon, values, WINDOWS_IPAM)
    if bool(parse_bool(_value(values, WINDOWS_IPAM))) is (goal in CONTROL_PLANE_GOALS):
        return passed(f"The configuration of add-on vpc-cni has {evidence.value}", evidence)
    return failed(f"Add-on vpc-cni owns Windows IPAM, and its configuration has {evidence.value}", [evidence])


@rule(
    RULES,
    id="ipam.addon_schema",
    severity="error",
    title="The managed vpc-cni add-on takes the configuration that the goal's role gives it",
    evidence="Each key that the version's schema lacks, and each value that it would refuse.",
    reference="https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonConfiguration.html",
    remedy="Update the add-on to a version whose configuration has the key (aws eks describe-addon-versions lists "
    f"them, aws eks describe-addon-configuration shows it). Or {_TO_CONFIG_MAP}.",
    blocks=IPAM_GOALS,
)
def addon_schema(subject: Subject) -> Verdict:
    """Where a role is to change the configuration of the managed vpc-cni add-on, the schema of the installed version,
    which DescribeAddonConfiguration tells, has the keys that are to be set, and takes the merged document. EKS refuses
    an update with an unknown key as a whole.

    Where the add-on itself could not be read it stops nothing: rule ipam.owner does. It does not apply where nothing of
    the configuration is to change.
    """
    if subject.options.goal not in IPAM_GOALS:
        return not_applicable("It matters to goals enable, disable and migrate")
    if subject.options.ipam_owner == "config_map":
        return not_applicable("The add-on is left as it is, as ipam_owner is config_map")
    addon = subject.observation.vpc_cni
    if isinstance(addon, Unknown):
        return unknown_part(addon, blocks=())
    if addon is None:
        return not_applicable("EKS does not manage the vpc-cni add-on")
    try:
        parse_configuration(addon.configuration_values)
    except ConfigurationUnreadableError as error:
        return replace(_configuration_unreadable(addon, error), blocks=())
    patch = needed_patch(subject)
    if patch is None:
        return not_applicable("Nothing is to change in the configuration of add-on vpc-cni")
    if addon.status in BUSY and not patch.changes:
        return not_applicable("Nothing is to change in the configuration of add-on vpc-cni, which EKS is at work on")
    check = schema_check(subject, patch)
    if check.undecided is not None:
        remedy = f"{check.undecided.remedy.rstrip('.')}. Or {_TO_CONFIG_MAP}."
        return unknown(not_known(check.undecided), [unread(check.undecided)], remedy=remedy)
    name = f"{ADDON} {addon.version}"
    if check.lacking:
        schema = known(subject.observation.vpc_cni_schema) or {}
        evidence = []
        for key in check.lacking:
            places = places_of(schema, key)
            evidence.append(Evidence(name, f"no {key} in its schema{f', but {places[0]}' if places else ''}"))
        return failed(f"The configuration of {_small(name)} has no {', '.join(check.lacking)}", evidence)
    if check.problems:
        return failed(
            f"{name} would refuse its configuration: {check.problems[0]}",
            [Evidence(name, problem) for problem in check.problems],
            remedy="Mend the add-on's configuration, or update the add-on to a version that takes it. "
            f"Or {_TO_CONFIG_MAP}.",
        )
    return passed(f"{name} takes the configuration", Evidence(name, f"takes {', '.join(patch.keys_set)}"))


@rule(
    RULES,
    id="ipam.addon_drift",
    severity="warning",
    title="The managed vpc-cni add-on and the live ConfigMap agree on the settings of Windows support",
    evidence="Each setting in the add-on's configuration and in the ConfigMap.",
    reference="https://github.com/aws/amazon-vpc-cni-k8s/issues/2877",
    remedy="Run role cloudops.eks_windows.enable or disable: either sets both, unless ipam_owner (role variable "
    "eks_windows_ipam_owner) is config_map. By hand: aws eks update-addon --resolve-conflicts PRESERVE, with the "
    "add-on's other values, its version and its service account role given too.",
    resolved_by=("configure_addon", "configure_windows_addressing", "enable_windows_ipam", "disable_windows_ipam"),
)
def addon_drift(subject: Subject) -> Verdict:
    """Where EKS manages the vpc-cni add-on, its configuration gives Windows IPAM the value that is live in the
    ConfigMap, and prefix delegation and targets too where the ConfigMap has one. Users saw the next update of the
    add-on write its configuration over what was set by hand. What the configuration lacks counts as the default that
    the chart writes for it: prefix delegation off, warm-ip-target 1, minimum-ip-target 3 and warm-prefix-target 0, from
    v1.16 on and unless the schema of the add-on's version is known to lack the key.

    A key that stands within env, a common mistake, has no effect and fails too. It does not apply where EKS does not
    manage the add-on, and is unknown where its configuration is neither JSON nor YAML.
    """
    addon = known(subject.observation.vpc_cni)
    if addon is None:
        return not_applicable("EKS does not manage the vpc-cni add-on")
    try:
        values = parse_configuration(addon.configuration_values)
    except ConfigurationUnreadableError as error:
        return _configuration_unreadable(addon, error)
    data = known(subject.cni_data)
    evidence = [_configured(addon, values, WINDOWS_IPAM), _live(data, WINDOWS_IPAM)]
    # Anything but a true is off for both: absent is the chart's default, and the controller reads nothing else as on.
    live_on = bool(parse_bool(data.get(WINDOWS_IPAM.key)))
    configured_on = bool(parse_bool(_value(values, WINDOWS_IPAM)))
    wrong = misplaced(values, WINDOWS_IPAM)
    others = [setting for setting in SETTINGS if setting != WINDOWS_IPAM and setting.key in data]
    lacking = [
        setting
        for setting in others
        if setting.addon_key not in values
        and _differ(setting.default, data[setting.key], setting)
        and _writes_default(addon, subject.observation.vpc_cni_schema, setting)
    ]
    differing = [
        setting
        for setting in others
        if setting.addon_key in values and _differ(_value(values, setting), data[setting.key], setting)
    ]
    for setting in (*differing, *lacking):
        evidence += [_configured(addon, values, setting), _live(data, setting)]
    if wrong and WINDOWS_IPAM.addon_key not in values:
        section, key = wrong[0]
        return failed(
            f"{section}.{key} of add-on vpc-cni has no effect: the key belongs at the top",
            evidence,
            remedy="Run role cloudops.eks_windows.enable, which puts it there. Without Windows support take it away, "
            f"by module cloudops.eks_windows.eks_addon_config with values {{{section}: {{{key}: null}}}}.",
        )
    if live_on and not configured_on:
        return failed("Windows IPAM is on, but the next update of add-on vpc-cni can turn it off", evidence)
    if configured_on and not live_on:
        return failed("Windows IPAM is off, though the configuration of add-on vpc-cni says on", evidence)
    if differing or lacking:
        keys = ", ".join(setting.key for setting in (*differing, *lacking))
        remedies = []
        if differing:
            remedies.append(
                "Choose one of the two values in the evidence and run role cloudops.eks_windows.enable with it, "
                f"which sets both: {_variables(differing)}."
            )
        if lacking:
            remedies.append(
                "For what the add-on's configuration lacks, run role cloudops.eks_windows.enable with the live value, "
                "which it puts there too, unless ipam_owner (role variable eks_windows_ipam_owner) is config_map: "
                f"{_variables(lacking)}."
            )
        return failed(
            f"The next update of add-on vpc-cni can change {keys}",
            evidence,
            remedy=" ".join(remedies),
        )
    return passed(f"Add-on vpc-cni and the ConfigMap agree: Windows IPAM is {'on' if live_on else 'off'}", *evidence)


def _variables(settings: Iterable[Setting]) -> str:
    """The role variables that set them."""
    names = (setting.key.removeprefix("enable-windows-").replace("-", "_") for setting in settings)
    return ", ".join(f"eks_windows_{name}" for name in names)


def _differ(configured: str | None, live: str, setting: Setting) -> bool:
    """Whether the controller would read another value from each."""
    if setting.boolean:
        return bool(parse_bool(configured)) is not bool(parse_bool(live))
    return parse_integer(configured) != parse_integer(live)


def _writes_default(addon: Addon, schema: Known[Mapping[str, object]] | None, setting: Setting) -> bool:
    """Whether an update of the add-on writes the setting although its configuration lacks the key. Add-on versions
    are written like Kubernetes'."""
    version = kubernetes_version(addon.version)
    if version is None or version < setting.since:
        return False
    if schema is None or isinstance(schema, Unknown):
        return True
    try:
        return schema_has(schema, setting.addon_key)
    except SchemaUnusableError:
        return True


def _value(values: Mapping[str, Any], setting: Setting) -> str | None:
    """The value as the add-on writes it into the ConfigMap; None where the key is absent."""
    return as_text(values[setting.addon_key]) if setting.addon_key in values else None


def _configured(addon: Addon, values: Mapping[str, Any], setting: Setting) -> Evidence:
    """What the add-on's configuration says of a setting, as evidence."""
    configured = _value(values, setting)
    if configured is not None:
        value = f'{setting.addon_key}: "{configured}"'
    else:
        wrong = misplaced(values, setting)
        where = f" (but {'.'.join(wrong[0])}, where it has no effect)" if wrong else ""
        value = f"no {setting.addon_key}{where}"
    return Evidence(f"{ADDON} {addon.version}", value)


def _live(data: Mapping[str, str], setting: Setting) -> Evidence:
    live = data.get(setting.key)
    return Evidence(CONFIG_MAP, f"no {setting.key}" if live is None else f'{setting.key}: "{live}"')


def _small(name: str) -> str:
    """A name of an object within a sentence."""
    return name[0].lower() + name[1:]


def _configuration_unreadable(addon: Addon, error: ConfigurationUnreadableError) -> Verdict:
    return unknown(
        f"The configuration values of add-on vpc-cni can't be read: {error}",
        [Evidence(ADDON, addon.version)],
        remedy="Look at aws eks describe-addon. Where PyYAML is missing, install it for the Python that runs this.",
        resolved_by=(),
    )
