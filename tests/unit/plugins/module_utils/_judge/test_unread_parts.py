# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rule that looks at a list of objects, and finds nothing wrong, does not say so where the list can't be read.

Which parts a rule looks at is seen from outside, so that a new rule, or a part that one comes to look at, is held to it
by itself. Lists are what may hold more than was seen; of single objects a rule may need only that they say nothing. The
ConfigMap and the cluster are single ones that decide how others are judged: without them a rule says only what would
hold whatever they say.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import evaluate
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation, Subnet
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    config_map,
    disabling,
    node,
    observed,
    options,
    windows_pod,
)

LISTS = (
    "access_entries",
    "fargate_profiles",
    "karpenter_node_classes",
    "node_events",
    "node_groups",
    "nodes",
    "security_group_policies",
    "service_accounts",
    "service_backends",
    "services",
    "subnets",
    "windows_pods",
)

ON = {"enable-windows-ipam": "true"}
PREFIXES = {**ON, "enable-windows-prefix-delegation": "true"}
PREFIX_TARGETS = {**PREFIXES, "warm-ip-target": "0", "minimum-ip-target": "4", "warm-prefix-target": "2"}
SETTINGS: dict[str, tuple[Any, ...]] = {
    "cluster": (cluster(), cluster(version="1.26", platform_version="eks.3"), cluster(ip_family="ipv6")),
    "cni_config_map": (
        None,
        config_map({}),
        config_map(ON),
        config_map(PREFIXES),
        config_map(PREFIX_TARGETS),
        config_map({**ON, "warm-ip-target": "0", "warm-prefix-target": "2"}),
    ),
}
"""Parts that decide how others are judged, with values between which rules tell."""

FINE = ("pass", "not_applicable")

DESPITE = {
    ("cluster.auto_mode", "nodes"): "the cluster says whether Auto Mode is on; nodes are only named",
    (
        "ipam.config_map_immutable",
        "security_group_policies",
    ): "asks whether the plan has a step that writes the ConfigMap",
    ("legacy.role_binding", "nodes"): "the binding is there, whatever nodes there are",
    ("legacy.role_binding", "node_groups"): "the binding is there, whatever node groups there are",
}
"""Rules that may say that nothing is wrong without a list that they look at, and why."""

ENABLE = options(goal="enable", prefix_delegation=True)
CASES = {
    "no goal": (observed(), options()),
    "enable": (observed(), ENABLE),
    "enable without a Windows node": (observed(nodes=(node("a"), node("b"))), ENABLE),
    "enable with nothing of Windows": (observed(nodes=(node("a"), node("b")), node_groups=()), ENABLE),
    "disable": (disabling(), options(goal="disable")),
    "targets of prefix delegation": (observed(cni_config_map=config_map(PREFIX_TARGETS)), options()),
    "full without prefix delegation": (
        observed(
            nodes=(node("a"), node("b"), node("w", "windows", capacity={})),
            windows_pods=tuple(windows_pod(str(number), node_name="w", phase="Running") for number in range(9)),
            subnets=(Subnet("subnet-1", "eu-central-1a", 50), Subnet("subnet-2", "eu-central-1b", 50)),
        ),
        options(),
    ),
}


class Watched(Observation):
    """An observation that tells which of its parts were looked at."""

    def __getattribute__(self, name: str) -> Any:
        looked_at = object.__getattribute__(self, "__dict__").get("_looked_at")
        if looked_at is not None:
            looked_at.add(name)
        return super().__getattribute__(name)


def watched(observation: Observation) -> tuple[Observation, set[str]]:
    """The same observation, and the names of the parts that were looked at since."""
    found = Watched(**{part.name: getattr(observation, part.name) for part in fields(Observation)})
    looked_at: set[str] = set()
    object.__setattr__(found, "_looked_at", looked_at)
    return found, looked_at


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.id)
def test_what_is_looked_at_and_can_not_be_read_is_not_fine(entry: Rule, case: str) -> None:
    observation, judged_by = CASES[case]
    seen, looked_at = watched(observation)
    if evaluate(entry, Subject(seen, judged_by)).status not in FINE:
        return
    for part in sorted(looked_at.intersection(LISTS)):
        found = evaluate(entry, Subject(replace(observation, **{part: DENIED}), judged_by))
        assert (found.status not in FINE) or (entry.id, part) in DESPITE, f"without {part}: {found.summary}"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.id)
def test_what_is_said_without_a_setting_holds_for_each_value_of_it(entry: Rule, case: str) -> None:
    observation, judged_by = CASES[case]
    for part, values in SETTINGS.items():
        found = evaluate(entry, Subject(replace(observation, **{part: DENIED}), judged_by))
        if found.status == "unknown":
            continue
        for value in values:
            other = evaluate(entry, Subject(replace(observation, **{part: value}), judged_by))
            assert (other.status in FINE) == (found.status in FINE), f"without {part}: {found.summary}, {other.summary}"


def test_each_exception_is_one() -> None:
    needed = set()
    for observation, judged_by in CASES.values():
        for entry in RULES:
            seen, looked_at = watched(observation)
            evaluate(entry, Subject(seen, judged_by))
            for part in looked_at.intersection(LISTS):
                without = Subject(replace(observation, **{part: DENIED}), judged_by)
                if evaluate(entry, without).status in FINE:
                    needed.add((entry.id, part))
    assert set(DESPITE) <= needed
