# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rule that looks at a list of objects, and finds nothing wrong, does not say so where the list can't be read.

Which parts a rule looks at is seen from outside, so that a new rule, or a part that one comes to look at, is held to it
by itself. Lists are what may hold more than was seen; of single objects a rule may need only that they say nothing.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import evaluate
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    disabling,
    node,
    observed,
    options,
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

FINE = ("pass", "not_applicable")

DESPITE = {
    ("cluster.auto_mode", "nodes"): "the cluster says whether Auto Mode is on; nodes are only named",
    (
        "ipam.config_map_immutable",
        "security_group_policies",
    ): "asks whether the plan has a step that writes the ConfigMap",
}
"""Rules that may say that nothing is wrong without a list that they look at, and why."""

ENABLE = options(goal="enable", prefix_delegation=True)
CASES = {
    "no goal": (observed(), options()),
    "enable": (observed(), ENABLE),
    "enable without a Windows node": (observed(nodes=(node("a"), node("b"))), ENABLE),
    "enable with nothing of Windows": (observed(nodes=(node("a"), node("b")), node_groups=()), ENABLE),
    "disable": (disabling(), options(goal="disable")),
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
