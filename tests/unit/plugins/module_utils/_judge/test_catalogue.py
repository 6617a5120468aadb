# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES, RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import KINDS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ControllerRole,
    ObjectRef,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import failures
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    findings,
    legacy,
    observed,
)

SHOP = ObjectRef("Service", "shop", "web")

FAILURES = failures()


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", FAILURES)
def test_rule_against_goal(name: str, goal: Any) -> None:
    failure = FAILURES[name]
    found = finding(name, failure.observation, goal=goal, **failure.options)
    if goal not in failure.goals:
        assert found.status == "not_applicable"
        return
    if goal in failure.passes:
        assert found.status == "pass"
        return
    assert (found.status, found.severity) == ("fail", failure.severity)
    assert (goal in found.blocks) is (goal in failure.blocks)


@pytest.mark.parametrize("name", FAILURES)
def test_which_failures_stop_pods(name: str) -> None:
    failure = FAILURES[name]
    goal: Any = "none" if "none" in failure.goals else failure.goals[0]
    found = finding(name, failure.observation, goal=goal, **failure.options)
    assert (found.status, found.stops_pods) == ("fail", failure.stops_pods)


def test_each_rule_has_its_failure() -> None:
    assert set(FAILURES) == set(RULES_BY_ID)
    assert len(RULES) == len(RULES_BY_ID)


def test_the_catalogue_is_in_the_order_of_the_reference() -> None:
    topics = list(dict.fromkeys(rule.id.partition(".")[0] for rule in RULES))
    assert topics == [
        "cluster",
        "version",
        "network",
        "capacity",
        "nodes",
        "workloads",
        "usage",
        "iam",
        "ipam",
        "legacy",
        "addon",
    ]
    assert list(findings()) == [rule.id for rule in RULES]


@pytest.mark.parametrize("name", RULES_BY_ID)
def test_a_rule_is_complete(name: str) -> None:
    rule = RULES_BY_ID[name]
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.id)
    assert rule.reference.startswith("https://")
    assert rule.title
    assert rule.remedy
    assert re.fullmatch(r"[A-Z].*\.", rule.evidence), "evidence is one sentence"
    assert re.match(r"[A-Z]", rule.check.__doc__ or ""), "the docstring is what docs/rules tells of the rule"
    assert "none" not in rule.blocks
    assert not rule.blocks or rule.severity != "info"


UNPROVED = {"detach_cluster_policy", "declare_side_effects", "restart_webhook", "drop_certificate_backup"}
"""Steps whose need is no failure of a rule."""


def test_steps_that_resolve_are_steps_of_a_plan() -> None:
    assert {step for rule in RULES for step in rule.resolved_by} | UNPROVED == set(KINDS)


@pytest.mark.parametrize("goal", GOALS)
def test_no_rule_passes_on_what_it_did_not_see(goal: Any) -> None:
    blind = observed(
        cluster=DENIED,
        cluster_version=DENIED,
        cluster_role=DENIED,
        vpc_cni=DENIED,
        fargate_profiles=DENIED,
        nodes=DENIED,
        cni_config_map=DENIED,
        aws_node=DENIED,
        webhook_configurations=DENIED,
        legacy=legacy(
            deployments=DENIED, services=DENIED, secrets=DENIED, cluster_role_bindings=DENIED, details=DENIED
        ),
        security_group_policies=DENIED,
        windows_pods=DENIED,
        service_accounts=DENIED,
        probe=DENIED,
        vpc_cni_schema=DENIED,
        node_groups=DENIED,
        karpenter_node_classes=DENIED,
        cni_nodes=DENIED,
        role_users=DENIED,
        legacy_webhooks=DENIED,
        webhook_pods=DENIED,
        workloads=Workloads(DENIED, DENIED, DENIED, DENIED),
        services=DENIED,
        service_backends=DENIED,
        node_events=DENIED,
        coredns=DENIED,
        instances=DENIED,
        access_entries=DENIED,
        aws_auth=DENIED,
        subnets=DENIED,
        instance_types=DENIED,
        controller_role=ControllerRole(DENIED, DENIED),
    )
    for found in findings(blind, goal=goal).values():
        if goal not in FAILURES[found.id].goals and found.id not in ("version.legacy_obsolete", "ipam.enabled"):
            assert found.status == "not_applicable"
            continue
        assert (found.status, found.remedy) == ("unknown", DENIED.remedy), found.id
        assert "forbidden" in found.summary
        assert "\n" not in found.summary
