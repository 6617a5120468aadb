# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One managed policy on one role: attached or detached, the rest left alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.playbook import TaskRun, run_tasks
from tests.testbed.testbed import Testbed

MODULE = "cloudops.eks_windows.iam_role_policy"
OWN = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
POLICY = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"


@pytest.fixture
def role(module_fleet: Testbed, request: pytest.FixtureRequest) -> str:
    name = f"role-{request.node.name}"[:64]
    module_fleet.aws.add_role(name, path="/teams/", policies=["AmazonEKSClusterPolicy"])
    module_fleet.forget_requests()
    return name


def run(testbed: Testbed, *arguments: str, **options: Any) -> TaskRun:
    found = run_tasks([{"name": "Policy", MODULE: options}], testbed.environment, arguments=arguments)
    assert "Traceback" not in found.stdout + found.stderr
    return found.of("localhost")[0]


def writes(testbed: Testbed) -> list[str]:
    return [request.operation for request in testbed.aws.requests() if request.write]


def test_attach_and_detach_each_change_once(module_fleet: Testbed, role: str) -> None:
    attached = run(module_fleet, role_name=role, policy_arn=POLICY)
    assert attached.changed
    assert attached.result["role_name"] == role
    assert attached.result["policy_arn"] == POLICY
    assert attached.result["attached_policies"] == sorted([OWN, POLICY])
    again = run(module_fleet, role_name=role, policy_arn=POLICY, state="present")
    assert not again.changed
    assert again.result["attached_policies"] == attached.result["attached_policies"]
    detached = run(module_fleet, name=role, policy_arn=POLICY, state="absent")
    assert detached.changed
    assert detached.result["attached_policies"] == [OWN]
    assert not run(module_fleet, role_name=role, policy_arn=POLICY, state="absent").changed
    assert writes(module_fleet) == ["AttachRolePolicy", "DetachRolePolicy"]


def test_check_mode_predicts_and_writes_nothing(module_fleet: Testbed, role: str) -> None:
    predicted = run(module_fleet, "--check", "--diff", role_name=role, policy_arn=POLICY)
    assert predicted.changed
    assert predicted.result["attached_policies"] == sorted([OWN, POLICY])
    assert predicted.result["diff"] == {
        "before": {"attached_policies": [OWN]},
        "after": {"attached_policies": sorted([OWN, POLICY])},
    }
    assert writes(module_fleet) == []
    real = run(module_fleet, role_name=role, policy_arn=POLICY)
    assert real.result["attached_policies"] == predicted.result["attached_policies"]


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_role_that_is_not_there_is_named(module_fleet: Testbed) -> None:
    failed = run(module_fleet, role_name="nobody", policy_arn=POLICY)
    assert failed.failed
    assert "role nobody" in failed.message
    assert "Role nobody not found" in failed.message


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_policy_that_is_no_arn_is_refused(module_fleet: Testbed, role: str) -> None:
    failed = run(module_fleet, "--check", role_name=role, policy_arn="AmazonEKSVPCResourceController")
    assert failed.failed
    assert f"Policy AmazonEKSVPCResourceController of role {role} is no ARN" in failed.message
    assert module_fleet.aws.requests() == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_permission_that_is_missing_is_named(module_fleet: Testbed, role: str) -> None:
    module_fleet.aws.deny("iam:AttachRolePolicy")
    try:
        failed = run(module_fleet, role_name=role, policy_arn=POLICY)
    finally:
        module_fleet.aws.clear_faults()
    assert failed.failed
    assert f"Could not attach policy {POLICY} to role {role}" in failed.message
    assert "Give the caller iam:AttachRolePolicy" in failed.message
