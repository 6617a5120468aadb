# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Probe
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    DENIED,
    EKSCTL_CONFIGURATION,
    addon,
    config_map,
    finding,
    legacy_cluster,
    observed,
)


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "true", "True"])
def test_enabled_as_the_controller_reads_it(value: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=config_map({"enable-windows-ipam": value})))
    assert (found.status, found.blocks, found.resolved_by) == ("pass", ("enable", "migrate"), ("enable_windows_ipam",))


@pytest.mark.parametrize("value", ["yes", "on", "enabled", " true", "true ", "tRUE", "", "2", "y"])
def test_other_spellings_are_named(value: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=config_map({"enable-windows-ipam": value})))
    assert found.status == "fail"
    assert f'is "{value}", which the controller does not read as true' in found.summary


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (config_map({"enable-windows-ipam": "false"}), "fail", 'is "false"'),
        (config_map({"enable-windows-ipam": "F"}), "fail", 'is "F"'),
        (config_map({"other": "x"}), "fail", "has no key"),
        (config_map({}), "fail", "has no key"),
        (config_map(None), "fail", "has no data"),
        (None, "fail", "does not exist"),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_not_enabled(seen: Any, status: str, words: str) -> None:
    found = finding("ipam.enabled", observed(cni_config_map=seen))
    assert (found.status, found.severity) == (status, "error")
    assert words in found.summary


def test_old_control_planes_read_no_setting() -> None:
    for name in ("ipam.enabled", "ipam.controller_webhook", "legacy.controller_blocks", "iam.cluster_policy"):
        assert finding(name, legacy_cluster()).status == "not_applicable"
    assert finding("ipam.owner", legacy_cluster(vpc_cni=addon("")), goal="enable").status == "not_applicable"


@pytest.mark.parametrize(
    ("probe", "status", "stops_pods"),
    [
        (None, "not_applicable", False),
        (Probe("default", "1"), "pass", False),
        (Probe("default", ""), "fail", True),
        (Probe("default", "0"), "fail", True),
        (DENIED, "unknown", False),
    ],
)
def test_probe(probe: Any, status: str, stops_pods: bool) -> None:
    found = finding("ipam.probe", observed(probe=probe))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "error", (), stops_pods)


def test_a_probe_beside_a_legacy_webhook_speaks_of_both() -> None:
    seen = observed(probe=Probe("default", "1"), webhook_configurations=(CONTROL_PLANE_WEBHOOK, EKSCTL_CONFIGURATION))
    assert "the legacy webhook may have set it" in finding("ipam.probe", seen).summary
    assert "legacy" not in finding("ipam.probe", observed(probe=Probe("default", "1"))).summary


ON = {"enable-windows-ipam": "true"}
AUTO = ("auto", "addon")


@pytest.mark.parametrize(
    ("managed", "owners", "status", "words"),
    [
        (None, ("auto", "config_map"), "pass", "EKS does not manage the vpc-cni add-on"),
        (None, ("addon",), "fail", "ipam_owner is addon, but EKS does not manage"),
        (addon('{"enableWindowsIpam": "true"}'), (*AUTO, "config_map"), "pass", 'has enableWindowsIpam: "true"'),
        (addon("enableWindowsIpam: T"), (*AUTO, "config_map"), "pass", 'has enableWindowsIpam: "T"'),
        (addon(""), AUTO, "fail", "Add-on vpc-cni owns Windows IPAM, and its configuration has no enableWindowsIpam"),
        (addon('{"enableWindowsIpam": "false"}'), AUTO, "fail", 'has enableWindowsIpam: "false"'),
        (addon('{"enableWindowsIpam": "yes"}'), AUTO, "fail", 'has enableWindowsIpam: "yes"'),
        (addon('{"env": {"enableWindowsIpam": "true"}}'), AUTO, "fail", "but env.enableWindowsIpam, where it has no"),
        (addon("["), AUTO, "unknown", "neither JSON nor YAML"),
        (DENIED, AUTO, "unknown", "forbidden"),
        (addon(""), ("config_map",), "pass", "an update of add-on vpc-cni may take it back"),
        (addon('{"enableWindowsIpam": "false"}'), ("config_map",), "pass", "may take it back"),
        (addon("["), ("config_map",), "pass", "may take it back"),
        (DENIED, ("config_map",), "pass", "may take it back"),
    ],
)
def test_owner(managed: Any, owners: tuple[str, ...], status: str, words: str) -> None:
    for owner in owners:
        found = finding("ipam.owner", observed(vpc_cni=managed), goal="enable", ipam_owner=owner)
        assert (found.status, found.severity, found.blocks) == (status, "error", ("enable",)), owner
        assert (found.resolved_by, found.stops_pods) == ((), False)
        assert words in found.summary


def test_owner_says_what_mends_it() -> None:
    managed = finding("ipam.owner", observed(vpc_cni=addon("")), goal="enable").remedy
    assert 'Add enableWindowsIpam "true"' in managed
    assert "set eks_windows_ipam_owner to config_map" in managed
    assert "\n" not in managed
    absent = finding("ipam.owner", observed(), goal="enable", ipam_owner="addon").remedy
    assert absent == "Leave eks_windows_ipam_owner at auto, or create the add-on first."
    assert finding("ipam.owner", observed(vpc_cni=DENIED), goal="enable").remedy == DENIED.remedy


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal != "enable"])
def test_owner_matters_to_enable_alone(goal: Any) -> None:
    for managed in (None, addon(""), DENIED):
        found = finding("ipam.owner", observed(vpc_cni=managed), goal=goal, ipam_owner="addon")
        assert found.status == "not_applicable"
        assert "matters where support is to be enabled" in found.summary


@pytest.mark.parametrize(
    ("managed", "live", "status", "words"),
    [
        (None, config_map(ON), "not_applicable", "does not manage"),
        (addon('{"enableWindowsIpam": "true"}'), config_map(ON), "pass", "Windows IPAM is on"),
        (addon('{"enableWindowsIpam": true}'), config_map(ON), "pass", "Windows IPAM is on"),
        (addon("enableWindowsIpam: 'true'\n"), config_map(ON), "pass", "Windows IPAM is on"),
        (addon("enableWindowsIpam: true\n"), config_map({"enable-windows-ipam": "T"}), "pass", "Windows IPAM is on"),
        (addon(""), config_map({"enable-windows-ipam": "false"}), "pass", "Windows IPAM is off"),
        (addon(""), None, "pass", "Windows IPAM is off"),
        (addon("{}"), config_map(None), "pass", "Windows IPAM is off"),
        (addon(""), config_map(ON), "fail", "next update of add-on vpc-cni can turn it off"),
        (addon('{"env": {}}'), config_map(ON), "fail", "next update"),
        (addon('{"enableWindowsIpam": "false"}'), config_map(ON), "fail", "next update"),
        (addon('{"enableWindowsIpam": "true"}'), config_map({}), "fail", "says on"),
        (addon('{"env": {"ENABLE_WINDOWS_IPAM": "true"}}'), config_map(ON), "fail", "env.ENABLE_WINDOWS_IPAM"),
        (addon('{"env": {"enableWindowsIpam": "true"}}'), config_map({}), "fail", "belongs at the top"),
        (addon("[1, 2]"), config_map(ON), "unknown", "expected a mapping"),
        (addon("a: [unclosed"), config_map(ON), "unknown", "neither JSON nor YAML"),
        (addon(""), DENIED, "unknown", "forbidden"),
        (DENIED, config_map(ON), "unknown", "forbidden"),
    ],
)
def test_addon_drift(managed: Any, live: Any, status: str, words: str) -> None:
    found = finding("ipam.addon_drift", observed(vpc_cni=managed, cni_config_map=live))
    assert (found.status, found.severity, found.blocks, found.resolved_by) == (
        status,
        "warning",
        (),
        (),
    )
    assert words in found.summary


@pytest.mark.parametrize(
    ("configurations", "status"),
    [
        ((CONTROL_PLANE_WEBHOOK,), "pass"),
        ((EKSCTL_CONFIGURATION, CONTROL_PLANE_WEBHOOK), "pass"),
        ((EKSCTL_CONFIGURATION,), "fail"),
        ((), "fail"),
        (DENIED, "unknown"),
    ],
)
def test_controller_webhook(configurations: Any, status: str) -> None:
    found = finding("ipam.controller_webhook", observed(webhook_configurations=configurations))
    assert (found.status, found.severity, found.blocks) == (status, "error", ("enable", "migrate"))
