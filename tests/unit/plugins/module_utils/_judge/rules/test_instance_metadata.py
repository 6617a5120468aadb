# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    MetadataOptions,
    Observation,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    instance,
    node,
    observed,
    provider_id,
)

GOOD = MetadataOptions("enabled", "required", 2)
OFF = MetadataOptions("disabled", "required", 2)
NO_ANSWER = MetadataOptions("enabled", "required", 1)
NO_TOKEN = MetadataOptions("enabled", "optional", 1)

FAILURES = {
    "nodes.instance_metadata": Failure(
        observed(instances=(instance(metadata=NO_ANSWER),)), "info", goals=ALL_BUT_DISABLE
    ),
}

LINUX = node("linux")
OWN: dict[str, Any] = {"labels": {}, "provider_id": provider_id()}
NOT_ALLOWED = Unknown("ec2:DescribeInstances", "denied", "Give the caller ec2:DescribeInstances")


def windows(*told: MetadataOptions | None) -> Observation:
    """Windows nodes with these options; None for one whose instance EC2 does not tell."""
    numbered = list(enumerate(told, start=1))
    return observed(
        nodes=(LINUX, *(node(f"w-{number}", "windows", provider_id=provider_id(number)) for number, _each in numbered)),
        instances=tuple(instance(number, metadata=each) for number, each in numbered if each is not None),
    )


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (windows(GOOD), "pass", "answers pods on Windows nodes: 1"),
        (windows(MetadataOptions("enabled", "optional", 64)), "pass", ""),
        (windows(OFF), "fail", "is off (nodes: 1 of 1)"),
        (windows(MetadataOptions("disabled")), "fail", "is off"),
        (windows(NO_ANSWER), "fail", "Pods get no answer"),
        (windows(NO_TOKEN), "fail", "Pods get no token"),
        (windows(GOOD, NO_ANSWER, NO_ANSWER), "fail", "(nodes: 2 of 3)"),
        # One node that is not told hides no failure of another, and is not taken for good.
        (windows(None, NO_ANSWER), "fail", "(nodes: 1 of 2)"),
        (windows(None), "unknown", "1 of 1"),
        (windows(GOOD, None), "unknown", "1 of 2"),
        (windows(GOOD, MetadataOptions()), "unknown", "1 of 2"),
        (windows(MetadataOptions("enabled", "required", 0)), "unknown", ""),
        (windows(MetadataOptions("enabled", "", 1)), "unknown", ""),
        (windows(MetadataOptions("", "required", 1)), "unknown", ""),
        # A node of no managed node group, and one that names no instance.
        (
            observed(nodes=(node("w", "windows", **OWN),), instances=(Instance("i-01", "s", "r", OFF),)),
            "fail",
            "is off",
        ),
        (observed(nodes=(node("w", "windows"),), instances=None), "unknown", "1 of 1"),
        (observed(nodes=(LINUX,)), "not_applicable", "no Windows node"),
        (observed(nodes=(LINUX,), instances=DENIED), "not_applicable", "no Windows node"),
        (observed(nodes=DENIED, instances=None), "unknown", "forbidden"),
        (observed(instances=DENIED), "unknown", "forbidden"),
    ],
)
def test_instance_metadata(seen: Observation, status: str, words: str) -> None:
    found = finding("nodes.instance_metadata", seen)
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "info", (), False)
    assert words in found.summary


def test_the_permission_that_is_missing_is_named() -> None:
    found = finding("nodes.instance_metadata", observed(instances=NOT_ALLOWED))
    assert "ec2:DescribeInstances" in found.summary
    assert found.remedy == "Give the caller ec2:DescribeInstances"


def test_what_is_wrong_is_counted_and_shown_by_node() -> None:
    seen = windows(NO_ANSWER, GOOD, NO_TOKEN, None, MetadataOptions(), MetadataOptions("disabled"))
    found = finding("nodes.instance_metadata", seen)
    assert found.summary == (
        "Pods get no answer from the instance metadata service, whose tokens don't travel beyond the node "
        "(nodes: 1 of 6); "
        "Pods get no token from the instance metadata service: it answers only clients that use IMDSv1 or fall back "
        "(nodes: 1 of 6); "
        "The instance metadata service is off (nodes: 1 of 6)"
    )
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Node w-1", "i-01: HttpEndpoint enabled, HttpTokens required, HttpPutResponseHopLimit 1"),
        ("Node w-3", "i-03: HttpEndpoint enabled, HttpTokens optional, HttpPutResponseHopLimit 1"),
        ("Node w-6", "i-06: HttpEndpoint disabled, HttpTokens not given, HttpPutResponseHopLimit not given"),
        ("Node w-4", "EC2 tells of no instance i-04"),
        ("Node w-5", "i-05: EC2 does not tell its metadata options"),
    ]


def test_a_node_that_names_no_instance_is_said() -> None:
    found = finding("nodes.instance_metadata", observed(nodes=(node("w", "windows"),)))
    assert [(item.object, item.value) for item in found.evidence] == [("Node w", "its providerID names no instance")]
    assert "providerID" in found.remedy


def test_it_does_not_matter_to_goal_disable() -> None:
    found = finding("nodes.instance_metadata", windows(OFF), goal="disable")
    assert (found.status, found.summary) == ("not_applicable", "Without Windows support nothing of it is needed")
