# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.legacy import MIGRATE
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Ec2InstanceType
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    WINDOWS_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    EKSCTL_WEBHOOK,
    LEGACY_SECRET,
    config_map,
    finding,
    legacy,
    legacy_cluster,
    node,
    node_group,
    observed,
)

FAILURES = {
    "nodes.instance_type": Failure(
        observed(nodes=(node("w", "windows", instance_type="c3.large"),)), "error", WINDOWS_GOALS, stops_pods=True
    ),
    "nodes.address_capacity": Failure(observed(nodes=(node("w", "windows", capacity={}),)), "error", stops_pods=True),
    "nodes.ready": Failure(observed(nodes=(node("w", "windows", ready=False),)), "warning"),
}

CAPACITY = "vpc.amazonaws.com/PrivateIPv4Address"


def windows(name: str = "windows-1", **changes: Any) -> Any:
    return node(name, "windows", **changes)


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("m5.large", []),
        ("t3.medium", []),
        ("m4.16xlarge", []),
        ("g4dn.xlarge", []),
        ("f1.2xlarge", []),
        ("c3.large", ["family C3 is on AWS's list of 2022"]),
        ("c4.large", ["family C4 is on"]),
        ("d2.xlarge", ["family D2 is on"]),
        ("i2.xlarge", ["family I2 is on"]),
        ("m4.large", ["family M4 is on"]),
        ("m6a.large", ["family M6A is on"]),
        ("r3.large", ["family R3 is on"]),
        ("t4g.small", ["has no Windows AMI (arm64)"]),
        ("mac1.metal", ["has no Windows AMI (macOS only)"]),
        ("f1.4xlarge", ["has no Windows AMI"]),
        ("p4d.24xlarge", ["has no Windows AMI"]),
        ("trn1n.32xlarge", ["has no Windows AMI"]),
        ("m99.large", ["not in the controller's list of 2026-03-20"]),
        ("c99g.large", ["not in the controller's list of 2026-03-20", "has no Windows AMI (arm64)"]),
        ("m5", ["not in the controller's list of 2026-03-20"]),
    ],
)
def test_which_reason_speaks_against_a_type(name: str, reasons: list[str]) -> None:
    planned = finding("nodes.instance_type", observed(nodes=()), planned_instance_types=(name,))
    running = finding("nodes.instance_type", observed(nodes=(windows(instance_type=name, capacity={}),)))
    for found in (planned, running):
        assert found.status == ("fail" if reasons else "pass"), found.summary
        assert all(reason in found.summary for reason in reasons)
        assert (found.severity, found.blocks) == ("error", ("enable", "legacy_install", "migrate"))


@pytest.mark.parametrize(
    ("nodes", "planned", "severity", "stops_pods"),
    [
        ((windows(instance_type="m99.large"),), (), "warning", False),
        ((windows(instance_type="m99.large"), windows("w2")), ("m5.large",), "warning", False),
        ((windows(instance_type="m99.large", capacity={}),), (), "error", True),
        ((windows(instance_type="m99.large", capacity={CAPACITY: "0"}),), (), "error", True),
        (
            (windows(instance_type="m99.large"), windows("w2", instance_type="m98.large", capacity={})),
            (),
            "error",
            False,
        ),
        ((windows(instance_type="c99g.large"),), (), "error", True),
        ((windows(instance_type="c3.large"),), (), "error", True),
        ((windows(instance_type="c3.large"), windows("w2", instance_type="t4g.small")), (), "error", True),
        ((windows(instance_type="c3.large"), windows("w2")), (), "error", False),
        ((windows(instance_type="c3.large"), windows("w2", instance_type="m99.large")), (), "error", False),
        ((windows(instance_type="c3.large"), windows("w2", instance_type="")), (), "error", True),
        ((windows(),), ("m99.large",), "error", False),
        ((windows(),), ("c3.large", "t4g.small"), "error", False),
        ((windows(instance_type="m99.large"),), ("m99.large",), "error", False),
        ((windows(instance_type="c3.large"),), ("c4.large",), "error", True),
        ((), ("c3.large",), "error", False),
    ],
)
def test_how_grave_a_type_is(nodes: Any, planned: tuple[str, ...], severity: str, stops_pods: bool) -> None:
    found = finding("nodes.instance_type", observed(nodes=nodes), planned_instance_types=planned)
    assert (found.status, found.severity, found.stops_pods) == ("fail", severity, stops_pods)
    assert found.blocks == (("enable", "legacy_install", "migrate") if severity == "error" else ())


def test_a_type_newer_than_the_list_is_said_to_be_one() -> None:
    nodes = (windows(instance_type="m99.large"), windows("w2", instance_type="m98.large"), windows("w3"))
    found = finding("nodes.instance_type", observed(nodes=nodes))
    said = "not in the controller's list of 2026-03-20, yet the node advertises addresses"
    assert found.summary == f"m99.large: {said} (types like it: 1)"
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Node windows-1", f"m99.large: {said}"),
        ("Node w2", f"m98.large: {said}"),
    ]
    assert "Nothing to mend" in found.remedy
    worse = finding("nodes.instance_type", observed(nodes=nodes), planned_instance_types=("m97.large",))
    assert worse.summary == "m97.large: not in the controller's list of 2026-03-20"
    assert [item.object for item in worse.evidence] == ["Planned type", "Node windows-1", "Node w2"]


@pytest.mark.parametrize(
    ("told", "type_name", "words"),
    [
        ((), "m99.large", "not in the controller's list of 2026-03-20, and EC2 has no such type in the region"),
        (DENIED, "m99.large", "m99.large: not in the controller's list of 2026-03-20"),
        ((Ec2InstanceType("m99.large", 10, "nitro", ("x86_64",)),), "m99.large", "list of 2026-03-20"),
        ((Ec2InstanceType("m99.large", 10, "nitro", ("arm64",)),), "m99.large", "has no Windows AMI (arm64)"),
        ((Ec2InstanceType("t4g.small", 4, "nitro", ("arm64",)),), "t4g.small", "has no Windows AMI (arm64)"),
        ((Ec2InstanceType("m6a.large", 10, "nitro", ("x86_64",)),), "m6a.large", "family M6A is on AWS's list of 2022"),
        ((Ec2InstanceType("m4.10xlarge", 30, "xen", ("i386", "x86_64")),), "m4.10xlarge", "family M4 is on"),
    ],
)
def test_what_ec2_says_of_a_type(told: Any, type_name: str, words: str) -> None:
    found = finding("nodes.instance_type", observed(instance_types=told), planned_instance_types=(type_name,))
    assert found.status == "fail"
    assert found.summary.endswith(words) or words in found.summary
    assert ("EC2 has no such type" in found.summary) is (told == ())


@pytest.mark.parametrize("name", ["m5.large", "m4.16xlarge"])
def test_types_that_ec2_and_the_controller_know(name: str) -> None:
    told = (Ec2InstanceType(name, 30, "nitro", ("x86_64",)),)
    nodes = (windows(instance_type=name),)
    assert finding("nodes.instance_type", observed(nodes=nodes, instance_types=told)).status == "pass"


@pytest.mark.parametrize(
    ("groups", "status", "objects"),
    [
        ((node_group(instance_types=("m6a.large",)),), "fail", ["Node group windows"]),
        ((node_group(instance_types=("m5.large",)),), "pass", ["Node windows-1"]),
        ((node_group("linux", instance_types=("m6a.large",)),), "pass", ["Node windows-1"]),
        (None, "pass", ["Node windows-1"]),
        (DENIED, "unknown", ["GET /api/v1/something"]),
    ],
)
def test_types_of_windows_node_groups_are_to_come(groups: Any, status: str, objects: list[str]) -> None:
    found = finding("nodes.instance_type", observed(nodes=(windows(),), node_groups=groups))
    assert (found.status, found.stops_pods) == (status, False)
    assert [item.object for item in found.evidence] == objects


@pytest.mark.parametrize(
    ("nodes", "planned", "status", "severity"),
    [
        ((), (), "unknown", "error"),
        ((), ("m5.large",), "unknown", "error"),
        ((windows(),), (), "unknown", "error"),
        ((windows(),), ("c3.large",), "fail", "error"),
        ((windows(instance_type="m99.large"),), (), "fail", "warning"),
    ],
)
def test_node_groups_that_can_not_be_read_hide_no_failure_and_stop_nothing(
    nodes: Any, planned: tuple[str, ...], status: str, severity: str
) -> None:
    seen = observed(nodes=nodes, node_groups=DENIED)
    found = finding("nodes.instance_type", seen, goal="enable", planned_instance_types=planned)
    assert (found.status, found.severity) == (status, severity)
    if status == "unknown":
        assert (found.blocks, found.stops_pods, found.remedy) == ((), False, DENIED.remedy)


def test_types_of_node_groups_are_judged_where_nodes_can_not_be_read() -> None:
    groups = (node_group(instance_types=("c3.large",)),)
    found = finding("nodes.instance_type", observed(nodes=DENIED, node_groups=groups))
    assert found.status == "fail"
    assert DENIED.source in [item.object for item in found.evidence]


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ((), "There is no Windows node and no planned type"),
        (None, "node groups were not asked for"),
    ],
)
def test_node_groups_that_were_not_asked_for_are_not_said_to_be_absent(groups: Any, words: str) -> None:
    found = finding("nodes.instance_type", observed(nodes=(), node_groups=groups))
    assert found.status == "not_applicable"
    assert words in found.summary


def test_a_node_group_of_windows_without_a_node_is_judged() -> None:
    groups = (node_group(instance_types=("c3.large", "m5.large")),)
    found = finding("nodes.instance_type", observed(nodes=(), node_groups=groups))
    assert (found.status, found.stops_pods) == ("fail", False)
    assert [item.value for item in found.evidence] == ["c3.large: family C3 is on AWS's list of 2022"]


TEMPLATE = (node_group(), node_group("windows-b"))
"""Node groups whose launch template names the type; a node of the first is there."""

NAMED = node_group("windows-c", instance_types=("m5.large",))


@pytest.mark.parametrize(
    ("nodes", "groups", "planned", "status", "severity", "untold"),
    [
        ((windows(),), TEMPLATE[:1], (), "pass", "error", []),
        ((windows(),), TEMPLATE, (), "unknown", "warning", ["windows-b"]),
        ((windows(),), TEMPLATE, ("m5.xlarge",), "pass", "error", ["windows-b"]),
        ((), TEMPLATE, (), "unknown", "warning", ["windows", "windows-b"]),
        ((node(),), TEMPLATE[:1], (), "unknown", "warning", ["windows"]),
        ((), TEMPLATE, ("c3.large",), "fail", "error", ["windows", "windows-b"]),
        ((windows(instance_type="m99.large"),), TEMPLATE, (), "fail", "warning", ["windows-b"]),
        ((windows(),), (*TEMPLATE, NAMED), (), "unknown", "warning", ["windows-b"]),
        ((), (node_group("linux"), node_group("windows-own", ami_type="CUSTOM")), (), "not_applicable", "error", []),
        (DENIED, TEMPLATE, ("m5.large",), "unknown", "error", []),
    ],
)
def test_types_that_launch_templates_name(
    nodes: Any, groups: Any, planned: tuple[str, ...], status: str, severity: str, untold: list[str]
) -> None:
    seen = observed(nodes=nodes, node_groups=groups)
    found = finding("nodes.instance_type", seen, goal="enable", planned_instance_types=planned)
    assert (found.status, found.severity) == (status, severity)
    said = [item.object for item in found.evidence if "launch template names the type" in item.value]
    assert said == [f"Node group {name}" for name in untold]
    if status == "unknown" and nodes is not DENIED:
        assert (found.blocks, found.stops_pods) == ((), False)
        assert found.summary.endswith(f"whose launch template names the type: {', '.join(untold)}")
        assert "aws ec2 describe-launch-template-versions" in found.remedy
        assert "eks_windows_planned_instance_types" in found.remedy


@pytest.mark.parametrize(
    ("nodes", "stops_pods"),
    [
        ((windows(instance_type=""),), True),
        ((windows(instance_type=""), windows("w2")), False),
        ((windows(instance_type=""), windows("w2", instance_type="m99.large")), False),
        (DENIED, True),
    ],
)
def test_unknown_types_stop_pods_where_no_good_one_is_known(nodes: Any, stops_pods: bool) -> None:
    found = finding("nodes.instance_type", observed(nodes=nodes), planned_instance_types=("m5.large",))
    assert (found.status, found.severity, found.stops_pods) == ("unknown", "error", stops_pods)


def test_instance_types_of_linux_and_auto_mode_nodes_do_not_matter() -> None:
    nodes = (node(instance_type="c3.large"), windows(instance_type="c3.large", auto_mode=True))
    assert finding("nodes.instance_type", observed(nodes=nodes, node_groups=())).status == "not_applicable"


def test_instance_types_count_more_than_one() -> None:
    nodes = (windows("w1", instance_type="c3.large"), windows("w2", instance_type="c3.large"))
    found = finding("nodes.instance_type", observed(nodes=nodes), planned_instance_types=("t4g.small",))
    assert found.summary.endswith("(types like it: 1)")
    assert [item.object for item in found.evidence] == ["Node w1", "Node w2", "Planned type"]
    assert found.evidence_total == 3


@pytest.mark.parametrize(
    ("nodes", "planned", "status"),
    [
        (DENIED, (), "unknown"),
        (DENIED, ("m5.large",), "unknown"),
        (DENIED, ("c3.large",), "fail"),
        ((windows(instance_type=""),), (), "unknown"),
        ((windows(instance_type=""), windows(instance_type="c3.large")), (), "fail"),
        ((), (), "unknown"),
        ((), ("",), "unknown"),
        ((), ("m5.large",), "pass"),
    ],
)
def test_instance_types_that_can_not_be_told(nodes: Any, planned: tuple[str, ...], status: str) -> None:
    assert finding("nodes.instance_type", observed(nodes=nodes), planned_instance_types=planned).status == status


@pytest.mark.parametrize(
    ("capacities", "status", "stops_pods"),
    [
        (["9"], "pass", False),
        (["9", "144"], "pass", False),
        ([None], "fail", True),
        (["0"], "fail", True),
        (["9", None], "fail", False),
        ([], "not_applicable", False),
    ],
)
def test_address_capacity(capacities: list[str | None], status: str, stops_pods: bool) -> None:
    nodes = tuple(
        windows(f"w{number}", capacity={} if value is None else {CAPACITY: value})
        for number, value in enumerate(capacities)
    )
    found = finding("nodes.address_capacity", observed(nodes=nodes))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "error", (), stops_pods)


def test_absent_capacity_is_not_called_zero() -> None:
    nodes = (windows("w1", capacity={}), windows("w2", capacity={CAPACITY: "0"}))
    found = finding("nodes.address_capacity", observed(nodes=nodes))
    assert [item.value for item in found.evidence] == [f"{CAPACITY}: absent", f"{CAPACITY}: 0"]


def test_absent_capacity_while_the_setting_is_off_is_for_enable_to_mend() -> None:
    nodes = (windows(capacity={}),)
    off = observed(nodes=nodes, cni_config_map=config_map({"enable-windows-ipam": "false"}))
    found = finding("nodes.address_capacity", off)
    assert "as Windows IPAM is off" in found.summary
    assert found.resolved_by == ("enable_windows_ipam",)
    on = finding("nodes.address_capacity", observed(nodes=nodes))
    assert "30 minutes" in on.remedy
    bare = finding("nodes.address_capacity", legacy_cluster(nodes=nodes, legacy=legacy(), webhook_configurations=()))
    assert "nor is there legacy support" in bare.summary
    assert "cloudops.eks_windows.legacy_install" in bare.remedy
    assert (bare.resolved_by, bare.stops_pods) == (("install_legacy_controller",), True)
    old = finding("nodes.address_capacity", legacy_cluster(nodes=nodes))
    assert "Windows IPAM" not in old.summary


LACKING = {"nodes": (windows(capacity={}),)}
OFF, ON = config_map({"enable-windows-ipam": "false"}), config_map({"enable-windows-ipam": "true"})
RUN_ENABLE = "Run role cloudops.eks_windows.enable."


@pytest.mark.parametrize(
    ("changes", "words", "remedy", "resolved_by"),
    [
        ({"cni_config_map": OFF}, "as Windows IPAM is off", RUN_ENABLE, ("enable_windows_ipam",)),
        (
            {"cni_config_map": OFF, "legacy": legacy(deployments=(EKSCTL_WEBHOOK,))},
            "as Windows IPAM is off",
            MIGRATE,
            ("enable_windows_ipam",),
        ),
        (
            {"cni_config_map": OFF, "legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK))},
            f"as {CONTROLLER} turns control-plane Windows support off",
            MIGRATE,
            ("remove_legacy_controller",),
        ),
        (
            {"cni_config_map": ON, "legacy": legacy(deployments=(CONTROLLER,))},
            f"as {CONTROLLER} turns control-plane Windows support off",
            MIGRATE,
            ("remove_legacy_controller",),
        ),
        # What only is left of legacy support does not stop enable.
        (
            {"cni_config_map": OFF, "legacy": legacy(secrets=(LEGACY_SECRET,))},
            "as Windows IPAM is off",
            RUN_ENABLE,
            ("enable_windows_ipam",),
        ),
    ],
)
def test_what_mends_absent_capacity_beside_legacy_support(
    changes: dict[str, Any], words: str, remedy: str, resolved_by: tuple[str, ...]
) -> None:
    found = finding("nodes.address_capacity", observed(**LACKING, **changes))
    assert (found.status, found.resolved_by, found.stops_pods) == ("fail", resolved_by, True)
    assert found.summary.endswith(words)
    assert found.remedy.endswith(remedy)


@pytest.mark.parametrize(
    ("changes", "goal", "status"),
    [
        ({"cni_config_map": OFF}, "disable", "not_applicable"),
        ({"cni_config_map": None}, "disable", "not_applicable"),
        ({"cni_config_map": OFF}, "none", "fail"),
        # It still is what keeps pods from running, until it is off.
        ({"cni_config_map": ON}, "disable", "fail"),
        ({"cni_config_map": DENIED}, "disable", "fail"),
    ],
)
def test_absent_capacity_does_not_matter_to_a_goal_that_wants_ipam_off(
    changes: dict[str, Any], goal: Any, status: str
) -> None:
    assert finding("nodes.address_capacity", observed(**LACKING, **changes), goal=goal).status == status


def test_capacity_after_disabling_proves_nothing() -> None:
    off = observed(cni_config_map=config_map({}))
    found = finding("nodes.address_capacity", off)
    assert found.status == "pass"
    assert "also does after disabling" in found.summary
    assert finding("nodes.address_capacity", observed(nodes=DENIED)).status == "unknown"


@pytest.mark.parametrize(
    ("nodes", "status", "words"),
    [
        ((windows(),), "pass", "Windows nodes that are ready: 1"),
        ((windows(), windows("w2"), node("linux", ready=False)), "pass", "Windows nodes that are ready: 2"),
        ((windows(ready=False),), "fail", "Windows nodes that are not ready: 1 of 1"),
        ((windows(), windows("w2", ready=False)), "fail", "Windows nodes that are not ready: 1 of 2"),
        ((node(), node("linux-2", ready=False)), "not_applicable", "There is no Windows node"),
        ((windows(ready=False, auto_mode=True),), "not_applicable", "There is no Windows node"),
        ((), "not_applicable", "There is no Windows node"),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_ready(nodes: Any, status: str, words: str) -> None:
    found = finding("nodes.ready", observed(nodes=nodes))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "warning", (), False)
    assert words in found.summary


def test_nodes_that_are_not_ready_are_named_and_their_group_is_no_proof() -> None:
    found = finding("nodes.ready", observed(nodes=(windows(), windows("w2", ready=False), windows("w3", ready=False))))
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Node w2", "not ready"),
        ("Node w3", "not ready"),
    ]
    assert "not the status of their node group" in found.remedy
