# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ControllerRole
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    finding,
    observed,
)

FAILURES = {
    "ipam.controller_role": Failure(
        observed(controller_role=ControllerRole(False, False)),
        "warning",
        goals=("enable",),
    ),
}

ROLE = "Role kube-system/eks-vpc-resource-controller-role"
BINDING = "RoleBinding kube-system/eks-vpc-resource-controller-rolebinding"
WORDS = "missing: the controller may hold Windows IPAM to be off"


@pytest.mark.parametrize(
    ("seen", "status", "summary", "evidence"),
    [
        (
            ControllerRole(True, True),
            "pass",
            "The controller's Role and RoleBinding exist",
            [(ROLE, "present"), (BINDING, "present")],
        ),
        (ControllerRole(False, True), "fail", f"{ROLE} is {WORDS}", [(ROLE, "absent")]),
        (ControllerRole(True, False), "fail", f"{BINDING} is {WORDS}", [(BINDING, "absent")]),
        (
            ControllerRole(False, False),
            "fail",
            f"{ROLE} and {BINDING} are {WORDS}",
            [(ROLE, "absent"), (BINDING, "absent")],
        ),
        # What can't be read hides no failure.
        (
            ControllerRole(DENIED, False),
            "fail",
            f"{BINDING} is {WORDS}",
            [(BINDING, "absent"), (DENIED.source, "somethings is forbidden: User cannot list")],
        ),
        (
            ControllerRole(True, DENIED),
            "unknown",
            "Not known: GET /api/v1/something: somethings is forbidden: User cannot list",
            [(DENIED.source, "somethings is forbidden: User cannot list")],
        ),
        (None, "not_applicable", "They were not asked for", []),
    ],
)
def test_controller_role(seen: Any, status: str, summary: str, evidence: list[tuple[str, str]]) -> None:
    found = finding("ipam.controller_role", observed(controller_role=seen), goal="enable")
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "warning", (), False)
    assert found.summary == summary
    assert [(item.object, item.value) for item in found.evidence] == evidence
    if status == "unknown":
        assert found.remedy == DENIED.remedy


def test_versions_without_windows_support_have_no_such_controller() -> None:
    below = observed(
        cluster=cluster(version="1.19", platform_version="eks.5"), controller_role=ControllerRole(False, False)
    )
    assert finding("ipam.controller_role", below, goal="enable").status == "not_applicable"
    unread = observed(cluster=DENIED, controller_role=ControllerRole(False, False))
    found = finding("ipam.controller_role", unread, goal="enable")
    assert (found.status, found.remedy) == ("unknown", DENIED.remedy)
