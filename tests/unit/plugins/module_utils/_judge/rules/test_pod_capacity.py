# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    config_map,
    finding,
    node,
    observed,
    windows_pod,
)

FAILURES = {
    "capacity.pods": Failure(
        observed(windows_pods=tuple(windows_pod(f"p-{number}", phase="Running") for number in range(9))),
        "warning",
        goals=ALL_BUT_DISABLE,
    ),
}

LIMIT = "vpc.amazonaws.com/PrivateIPv4Address"


def full(used: int, capacity: dict[str, str] | None = None, *, data: Any = None, **changes: Any) -> Any:
    """A Windows node with pods on it."""
    return observed(
        nodes=(node("w", "windows", **({} if capacity is None else {"capacity": capacity}), **changes),),
        windows_pods=tuple(windows_pod(f"p-{number}", node_name="w", phase="Running") for number in range(used)),
        cni_config_map=config_map(data) if isinstance(data, dict) else (data or config_map({})),
    )


TYPES, PREFIX_DELEGATION, MAX_PODS = "IPv4 addresses for each network interface", "Prefix delegation", "--max-pods"
OLD = cluster(version="1.24", platform_version="eks.9")
STRANGE = cluster(version="1.26", platform_version="?")
PREFIXES = {"enable-windows-prefix-delegation": "true"}


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (observed(nodes=(node(),)), "not_applicable", ""),
        (full(0), "pass", "0 of 9 addresses"),
        # Exactly 90 percent is not above it.
        (full(9, {LIMIT: "10"}), "pass", "9 of 10 addresses"),
        (full(10, {LIMIT: "11"}), "fail", "10 of 11 addresses"),
        (full(9, {LIMIT: "9"}), "fail", "9 of 9 addresses"),
        # What the node advertises goes before its type, whose limits stand in where it advertises nothing.
        (full(14, {LIMIT: "29"}), "pass", "14 of 29 addresses"),
        (full(9, {}), "fail", "9 of 9 addresses"),
        (full(9, {LIMIT: "0"}), "fail", "9 of 9 addresses"),
        (full(9, {}, data=PREFIXES), "pass", "9 of 144 addresses"),
        (full(130, {}, data=PREFIXES), "fail", "130 of 144 addresses"),
        (full(9, {}, data=PREFIXES, instance_type="m4.large"), "fail", "9 of 9 addresses"),
        # The kubelet's own limit.
        (full(99, {LIMIT: "144", "pods": "110"}), "pass", "99 of 110 pods"),
        (full(100, {LIMIT: "144", "pods": "110"}), "fail", "100 of 110 pods"),
        (full(1, {}, instance_type="x9.large"), "unknown", "1 of unknown addresses"),
        # Where the ConfigMap can't be read, a node may be full without prefix delegation and have room with it.
        (full(9, {}, data=DENIED), "unknown", "9 of 9 or 144 addresses"),
        (full(129, {}, data=DENIED), "unknown", "129 of 9 or 144 addresses"),
        (full(9, {}, data=DENIED), "unknown", "(Not known: GET /api/v1/something: "),
        # What it is in both modes, it is.
        (full(8, {}, data=DENIED), "pass", "8 of 9 or 144 addresses"),
        (full(130, {}, data=DENIED), "fail", "130 of 9 or 144 addresses"),
        (full(9, {}, data=DENIED, instance_type="m4.large"), "fail", "9 of 9 addresses"),
        (replace(full(9, {}, data=DENIED), cluster=OLD), "fail", "9 of 9 addresses"),
        (full(9, {LIMIT: "9"}, data=DENIED), "fail", "9 of 9 addresses"),
        # The same where it is on, and the cluster's versions decide and can't be told.
        (replace(full(9, {}, data=PREFIXES), cluster=DENIED), "unknown", "9 of 9 or 144 addresses"),
        (replace(full(9, {}, data=PREFIXES), cluster=STRANGE), "unknown", "can't tell the versions apart: 1.26 ?"),
        (replace(full(8, {}, data=PREFIXES), cluster=DENIED), "pass", "8 of 9 or 144 addresses"),
        (replace(full(9, {}), cluster=DENIED), "fail", "9 of 9 addresses"),
        (full(1, {LIMIT: "many"}, instance_type="x9.large"), "unknown", "1 of unknown addresses"),
        (observed(windows_pods=DENIED), "unknown", "forbidden"),
        (observed(nodes=DENIED), "unknown", "forbidden"),
    ],
)
def test_pods(seen: Any, status: str, words: str) -> None:
    found = finding("capacity.pods", seen)
    assert (found.status, found.severity, found.blocks) == (status, "warning", ())
    assert words in found.summary + str(found.evidence)


@pytest.mark.parametrize(
    ("version", "addresses"), [("1.24", 9), ("1.25", 144), ("1.35", 144)], ids=["below", "least", "later"]
)
def test_prefixes_are_counted_where_the_version_can_have_them(version: str, addresses: int) -> None:
    seen = replace(full(1, {}, data=PREFIXES), cluster=cluster(version=version, platform_version="eks.5"))
    assert f"1 of {addresses} addresses" in str(finding("capacity.pods", seen).evidence)


@pytest.mark.parametrize(
    ("seen", "remedies"),
    [
        (full(9), {TYPES, PREFIX_DELEGATION}),
        (full(9, instance_type="x9.large"), {TYPES, PREFIX_DELEGATION}),
        # It is on, can't be told, or can't be had.
        (full(144, {LIMIT: "144"}, data=PREFIXES), {TYPES}),
        (full(9, data=DENIED), {TYPES}),
        (full(9, instance_type="m4.large"), {TYPES}),
        (replace(full(9), cluster=OLD), {TYPES}),
        (full(109, {LIMIT: "144", "pods": "110"}), {MAX_PODS}),
        (full(9, {LIMIT: "9", "pods": "9"}), {TYPES, PREFIX_DELEGATION, MAX_PODS}),
    ],
)
def test_the_remedy_is_for_what_is_short(seen: Any, remedies: set[str]) -> None:
    found = finding("capacity.pods", seen)
    assert found.status == "fail"
    assert found.remedy.startswith("Add Windows nodes.")
    assert {words for words in (TYPES, PREFIX_DELEGATION, MAX_PODS) if words in found.remedy} == remedies


@pytest.mark.parametrize(
    ("part", "instance_type"),
    [("instance_types", "x9.large"), ("cni_config_map", "m5.large")],
)
def test_what_could_not_be_read_of_limits_is_named(part: str, instance_type: str) -> None:
    nodes = (
        node("full", "windows", capacity={LIMIT: "1"}),
        node("w", "windows", capacity={}, instance_type=instance_type),
    )
    nine = tuple(windows_pod(f"p-{number}", node_name="w") for number in range(9))
    found = finding("capacity.pods", observed(nodes=nodes, windows_pods=nine, **{part: DENIED}))
    assert (found.status, found.remedy) == ("unknown", DENIED.remedy)
    assert found.summary.startswith("How many addresses Windows nodes have is not known: 1 of 2 (Not known: GET ")
    pods = (*nine, windows_pod(node_name="full"))
    found = finding("capacity.pods", observed(nodes=nodes, windows_pods=pods, **{part: DENIED}))
    assert (found.status, found.evidence[-1].object) == ("fail", DENIED.source)
    # What needs neither is told without them.
    found = finding("capacity.pods", observed(nodes=nodes[:1], **{part: DENIED}))
    assert (found.status, len(found.evidence)) == ("pass", 1)


@pytest.mark.parametrize(("used", "status"), [(8, "pass"), (130, "fail")])
def test_what_holds_in_both_modes_names_what_would_tell_the_mode(used: int, status: str) -> None:
    found = finding("capacity.pods", full(used, {}, data=DENIED))
    assert (found.status, found.evidence[-1].object) == (status, DENIED.source)


def test_a_part_that_would_not_tell_is_not_named() -> None:
    nodes = (node("w", "windows", capacity={}, instance_type="x9.large"),)
    found = finding("capacity.pods", observed(nodes=nodes, cni_config_map=DENIED))
    assert found.summary == "How many addresses Windows nodes have is not known: 1 of 1"
    assert "instance type" in found.remedy


def test_pods_on_the_network_of_their_node_need_no_address() -> None:
    pods = tuple(windows_pod(f"p-{number}", host_network=True, host_process=True) for number in range(9))
    found = finding("capacity.pods", observed(windows_pods=pods))
    assert (found.status, found.evidence[0].value) == ("pass", "0 of 9 addresses")


def test_full_nodes_are_counted_once_and_those_that_tell_nothing_are_named() -> None:
    nodes = (
        node("full", "windows", capacity={LIMIT: "1", "pods": "1"}),
        node("silent", "windows", capacity={}, instance_type="x9.large"),
        node("free", "windows"),
    )
    pods = (windows_pod(node_name="full"), windows_pod("other", node_name=""))
    found = finding("capacity.pods", observed(nodes=nodes, windows_pods=pods))
    assert found.summary == "Windows nodes that are more than 90 percent full: 1 of 3"
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Node full", "1 of 1 addresses"),
        ("Node full", "1 of 1 pods"),
        ("Node silent", "0 of unknown addresses"),
    ]


def test_pods_that_never_get_an_address_use_none() -> None:
    stray = windows_pod(node_name="w", selects_windows=False, asks_for_windows=False)
    pods = (
        *(replace(stray, name=f"stray-{number}") for number in range(5)),
        windows_pod("by-affinity", node_name="w", selects_windows=False),
        # The user gave one the limit, and the controller another its address.
        replace(stray, name="limited", address_limit="1"),
        replace(stray, name="unlimited", address_limit="0"),
        replace(stray, name="addressed", address="10.0.0.9/24"),
        windows_pod("selecting", node_name="w"),
        windows_pod("on-the-host", node_name="w", host_network=True),
    )
    nodes = (node("w", "windows", capacity={LIMIT: "5", "pods": "110"}),)
    found = finding("capacity.pods", observed(nodes=nodes, windows_pods=pods))
    assert [item.value for item in found.evidence] == ["3 of 5 addresses", "11 of 110 pods"]
    assert found.status == "pass"
