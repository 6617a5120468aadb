# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule that reads the cluster is shown failing on a real control plane by a test of tests/integration.

What rules read is seen from outside, in every observation in which a rule fails, so that a new rule, or a new read of
one, is held to it by itself. The tests are asked what they show.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES, RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.judge import evaluate
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import Rule
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Observation
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import failures
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import options
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.test_unread_parts import watched
from tests.support.shown_rules import shown_rules

OF_AWS = frozenset(
    {
        "access_entries",
        "cluster",
        "cluster_role",
        "cluster_version",
        "coredns",
        "fargate_profiles",
        "instance_types",
        "instances",
        "node_groups",
        "role_users",
        "subnets",
        "vpc_cni",
        "vpc_cni_schema",
    }
)
"""The parts of an observation that AWS answers. All others are the cluster's: one that is new counts as such."""

OF_THE_EXAMINATION = frozenset({"examined", "observed_at"})
OF_THE_CLUSTER = {part.name for part in fields(Observation)} - OF_AWS - OF_THE_EXAMINATION


def reads(entry: Rule) -> set[str]:
    """The parts of the cluster that a rule looks at."""
    found: set[str] = set()
    for failure in failures().values():
        for goal in GOALS:
            judged_by: Any = options(**{**failure.options, "goal": goal})
            seen, looked_at = watched(failure.observation)
            evaluate(entry, Subject(seen, judged_by))
            found |= looked_at & OF_THE_CLUSTER
    return found


def test_each_rule_that_reads_the_cluster_is_shown_failing_on_one() -> None:
    shown = shown_rules()
    unshown = {entry.id: parts for entry in RULES if entry.id not in shown and (parts := reads(entry))}
    assert unshown == {}, "add a Shown to tests/integration/modules/test_*_on_a_cluster.py"


def test_what_is_shown_is_a_rule() -> None:
    assert set(shown_rules()) <= set(RULES_BY_ID)


def test_parts_of_aws_are_parts() -> None:
    assert {part.name for part in fields(Observation)} >= OF_AWS | OF_THE_EXAMINATION
