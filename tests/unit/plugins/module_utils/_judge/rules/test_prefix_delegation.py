# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    cluster,
    config_map,
    finding,
    legacy,
    legacy_cluster,
    node,
    node_group,
    observed,
)

FAILURES = {
    "network.prefix_delegation": Failure(
        observed(
            cni_config_map=config_map({"enable-windows-prefix-delegation": "true"}),
            nodes=(node("w", "windows", instance_type="m4.large"),),
        ),
        "error",
    ),
}

LIVE = config_map({"enable-windows-ipam": "true", "enable-windows-prefix-delegation": "true"})
OFF = config_map({"enable-windows-ipam": "true", "enable-windows-prefix-delegation": "yes"})
XEN = (node("w", "windows", instance_type="m4.large"),)
XEN_GROUP = node_group(instance_types=("t2.large",))
NITRO_GROUP = node_group(instance_types=("m5.large",))
UNTOLD = (node_group(), node_group("windows-b"))
NITRO = (node("w", "windows", instance_type="m5.large"), node("m", "windows", instance_type="c5.metal"))
WANTED = {"goal": "enable", "prefix_delegation": True}


def judged(changes: dict[str, Any], **wanted: Any) -> Any:
    return finding("network.prefix_delegation", observed(**changes), **wanted)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"cni_config_map": None}, "pass", "Windows prefix delegation is off"),
        ({"cni_config_map": OFF, "nodes": XEN}, "pass", "Windows prefix delegation is off"),
        ({"cni_config_map": LIVE, "nodes": NITRO}, "pass", "is on, and every Windows instance type can have it"),
        ({"cni_config_map": LIVE, "nodes": ()}, "unknown", "whose launch template names the type: windows"),
        ({"cni_config_map": LIVE, "nodes": (), "node_groups": (NITRO_GROUP,)}, "pass", "is on"),
        ({"cni_config_map": LIVE, "nodes": NITRO, "node_groups": UNTOLD}, "unknown", "names the type: windows-b"),
        ({"cni_config_map": LIVE, "nodes": XEN, "node_groups": UNTOLD}, "fail", "secondary mode: 1 of 1"),
        ({"cni_config_map": OFF, "node_groups": UNTOLD}, "pass", "Windows prefix delegation is off"),
        ({"cni_config_map": LIVE, "nodes": (), "node_groups": ()}, "pass", "every Windows instance type can have it"),
        ({"cni_config_map": LIVE, "nodes": (), "node_groups": None}, "pass", "node groups were not asked for"),
        ({"cni_config_map": LIVE, "nodes": XEN}, "fail", "works in secondary mode: 1 of 1 instance types"),
        (
            {"cni_config_map": LIVE, "nodes": (node("w", "windows", instance_type="x99.large"),)},
            "unknown",
            "is not known for instance types: 1 of 1",
        ),
        ({"cni_config_map": LIVE, "nodes": (node("w", "windows", instance_type=""),)}, "unknown", "not known"),
        ({"cni_config_map": LIVE, "nodes": DENIED}, "unknown", "forbidden"),
        ({"cni_config_map": LIVE, "node_groups": (XEN_GROUP,)}, "fail", "works in secondary mode: 1 of 2"),
        ({"cni_config_map": LIVE, "nodes": (), "node_groups": (XEN_GROUP,)}, "fail", "secondary mode: 1 of 1"),
        ({"cni_config_map": LIVE, "node_groups": (node_group(instance_types=("x99.large",)),)}, "unknown", ": 1 of 2"),
        ({"cni_config_map": LIVE, "node_groups": (node_group("linux", instance_types=("t2.large",)),)}, "pass", "on"),
        ({"cni_config_map": LIVE, "nodes": NITRO, "node_groups": DENIED}, "unknown", "forbidden"),
        ({"cni_config_map": LIVE, "nodes": XEN, "node_groups": DENIED}, "fail", "secondary mode: 1 of 1"),
        # Where it is off, nothing of it matters.
        ({"cni_config_map": OFF, "node_groups": DENIED}, "pass", "Windows prefix delegation is off"),
        ({"cni_config_map": OFF, "node_groups": (XEN_GROUP,)}, "pass", "Windows prefix delegation is off"),
        ({"cni_config_map": LIVE, "cluster": DENIED}, "unknown", "forbidden"),
        ({"cni_config_map": DENIED}, "unknown", "forbidden"),
        (
            {"cni_config_map": LIVE, "cluster": cluster(version="1.26", platform_version="eks.3")},
            "fail",
            "below 1.26 eks.4, the least for Windows prefix delegation, which the controller then ignores",
        ),
        ({"cni_config_map": LIVE, "cluster": cluster(version="1.24")}, "fail", "below 1.25 eks.5"),
        (
            {"cni_config_map": LIVE, "cluster": cluster(version="1.26", platform_version="?")},
            "unknown",
            "Can't tell the versions apart",
        ),
    ],
)
def test_what_is_live_stops_nothing(changes: dict[str, Any], status: str, words: str) -> None:
    for goal in ("none", "enable", "disable"):
        found = judged(changes, goal=goal)
        severity = "warning" if "launch template" in words or "names the type" in words else "error"
        assert (found.status, found.severity, found.stops_pods) == (status, severity, False)
        assert words in found.summary
        assert found.blocks == () or status == "pass"


@pytest.mark.parametrize(
    ("changes", "planned", "status"),
    [
        ({"nodes": (), "node_groups": ()}, (), "pass"),
        ({"nodes": ()}, (), "unknown"),
        ({"nodes": ()}, ("",), "unknown"),
        ({"nodes": ()}, ("m5.xlarge",), "pass"),
        ({"nodes": ()}, ("t2.large",), "fail"),
        ({"nodes": NITRO, "node_groups": UNTOLD}, (), "unknown"),
        ({"nodes": NITRO}, ("m5.xlarge",), "pass"),
        ({"nodes": XEN}, (), "fail"),
        ({"nodes": NITRO}, ("t2.large",), "fail"),
        ({"nodes": ()}, ("x99.large",), "unknown"),
        ({"nodes": DENIED}, (), "unknown"),
        ({"nodes": NITRO, "node_groups": (XEN_GROUP,)}, (), "fail"),
        ({"nodes": NITRO, "node_groups": DENIED}, (), "unknown"),
        ({"cni_config_map": DENIED}, (), "pass"),
        ({"cluster": cluster(version="1.25", platform_version="eks.4")}, (), "fail"),
        ({"cluster": cluster(version="1.25", platform_version="eks.5"), "nodes": NITRO}, (), "pass"),
        ({"cni_config_map": LIVE, "nodes": XEN}, (), "fail"),
    ],
)
def test_what_is_wanted_stops_enable(changes: dict[str, Any], planned: tuple[str, ...], status: str) -> None:
    found = judged(changes, planned_instance_types=planned, **WANTED)
    if changes == {"cni_config_map": DENIED}:
        status = "unknown"
    assert (found.status, found.blocks, found.resolved_by) == (status, ("enable", "migrate"), ())


def test_a_group_without_a_node_stops_no_run_that_has_nothing_to_turn_on() -> None:
    seen = {"nodes": NITRO, "node_groups": UNTOLD}
    assert judged(seen, **WANTED).blocks == ("enable", "migrate")
    found = judged({**seen, "cni_config_map": LIVE}, **WANTED)
    assert (found.status, found.severity, found.blocks) == ("unknown", "warning", ())


def test_turning_it_off_mends_it() -> None:
    found = judged({"cni_config_map": LIVE, "nodes": XEN}, goal="enable", prefix_delegation=False)
    assert (found.status, found.blocks, found.resolved_by) == ("fail", (), ("configure_windows_addressing",))


def test_options_of_enable_mean_nothing_to_other_goals() -> None:
    assert judged({"nodes": XEN}, goal="none", prefix_delegation=True).summary == "Windows prefix delegation is off"


def test_modes_are_not_to_be_mixed() -> None:
    assert "replace the Windows nodes there are, rather than mix modes: 2" in judged({"nodes": NITRO}, **WANTED).summary
    assert "replace" not in judged({"nodes": ()}, **WANTED).summary


def test_what_a_node_on_xen_can_do() -> None:
    found = judged({"cni_config_map": LIVE, "nodes": (*XEN, *NITRO)})
    assert [(item.object, item.value) for item in found.evidence] == [
        ("ConfigMap kube-system/amazon-vpc-cni", 'enable-windows-prefix-delegation: "true"'),
        ("Node w", "m4.large on Xen: secondary mode, 9 pods, by the controller's list of 2026-03-20"),
    ]
    assert "prefix_delegation (role variable eks_windows_prefix_delegation) false" in found.remedy


def test_the_node_group_on_xen_is_named() -> None:
    found = judged({"node_groups": (XEN_GROUP,)}, **WANTED)
    assert (
        "Node group windows",
        "t2.large on Xen: secondary mode, 11 pods, by the controller's list of 2026-03-20",
    ) in [(item.object, item.value) for item in found.evidence]


def test_old_control_planes_have_none() -> None:
    assert finding("network.prefix_delegation", legacy_cluster(cni_config_map=LIVE)).status == "not_applicable"


def test_a_node_group_whose_launch_template_names_the_type_is_told_beside_planned_types() -> None:
    group = ("Node group windows-b", "no node yet, and its launch template names the type")
    for planned, status in (((), "unknown"), (("m5.large",), "pass")):
        found = judged({"cni_config_map": LIVE, "node_groups": UNTOLD}, planned_instance_types=planned)
        assert found.status == status
        assert group in [(item.object, item.value) for item in found.evidence]
    assert "every Windows instance type that is told can have it" in found.summary


def test_what_tells_the_type_of_a_launch_template() -> None:
    found = judged({"nodes": ()}, **WANTED)
    assert "aws ec2 describe-launch-template-versions" in found.remedy
    assert "planned_instance_types (role variable eks_windows_planned_instance_types)" in found.remedy


SET_ONLY = config_map({"enable-windows-ipam": "false", "enable-windows-prefix-delegation": "true"})
BLOCKED = legacy(deployments=(CONTROLLER,))


@pytest.mark.parametrize(
    ("changes", "goal", "words"),
    [
        ({"cni_config_map": SET_ONLY}, "none", "has no effect while Windows IPAM is off; every Windows instance type"),
        ({"cni_config_map": SET_ONLY}, "disable", "has no effect while Windows IPAM is off"),
        ({"cni_config_map": LIVE, "legacy": BLOCKED}, "none", f"has no effect while {CONTROLLER} is there; every"),
        ({"cni_config_map": SET_ONLY, "legacy": BLOCKED}, "none", f"has no effect while {CONTROLLER} is there"),
        (
            {"cni_config_map": SET_ONLY, "nodes": (), "node_groups": None},
            "none",
            "has no effect while Windows IPAM is off. No Windows node is there or planned",
        ),
    ],
)
def test_on_is_not_said_where_the_controller_holds_it_off(changes: dict[str, Any], goal: Any, words: str) -> None:
    found = judged(changes, goal=goal)
    assert found.status == "pass"
    assert found.summary.startswith("Windows prefix delegation is set, and ")
    assert words in found.summary


@pytest.mark.parametrize("groups", [{}, {"nodes": (), "node_groups": None}])
def test_on_is_not_said_where_what_holds_it_off_could_not_be_read(groups: dict[str, Any]) -> None:
    found = judged({"cni_config_map": LIVE, "legacy": legacy(deployments=DENIED), **groups}, goal="none")
    assert found.status == "pass"
    assert found.summary.startswith("Windows prefix delegation is set, and whether it has effect is not known")
    assert DENIED.source in [item.object for item in found.evidence]


@pytest.mark.parametrize("goal", ["enable", "migrate"])
def test_goals_that_turn_ipam_on_give_it_its_effect(goal: Any) -> None:
    assert judged({"cni_config_map": SET_ONLY}, goal=goal).summary.startswith("Windows prefix delegation is on")


def test_control_characters_are_shown() -> None:
    found = judged({"cni_config_map": config_map({"enable-windows-prefix-delegation": "true\n"})})
    assert [item.value for item in found.evidence] == ['enable-windows-prefix-delegation: "true\\n"']
