# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Runs a role's playbook against one cluster of the testbed, and says what the servers were asked to change."""

from __future__ import annotations

from typing import Any

from tests.support.playbook import PlaybookRun, run_playbook
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed


def run_role(role: str, testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    """Playbook ``cloudops.eks_windows.<role>`` for the cluster, as an administrator of its partition."""
    return run_playbook(
        f"cloudops.eks_windows.{role}",
        testbed.aws.environment_for(partition=cluster.eks.partition),
        arguments=arguments,
        variables={"eks_windows_cluster_name": cluster.name, "eks_windows_region": cluster.spec.region, **variables},
    )


def writes(testbed: Testbed, cluster: TestbedCluster) -> list[str]:
    """Every write that a server saw, dry runs left out."""
    return [f"{request.service}:{request.operation}" for request in testbed.aws.requests() if request.write] + [
        f"{request.verb} {request.path}" for request in cluster.requests() if request.write
    ]


def result(run: PlaybookRun) -> dict[str, Any]:
    """Variable eks_windows_result as the run left it."""
    found: dict[str, Any] = run.facts("localhost")["eks_windows_result"]
    return found


def changed_steps(run: PlaybookRun) -> list[str]:
    """The steps that changed something, of a run that succeeded."""
    assert run.returncode == 0, run.stdout[-3000:]
    steps: list[str] = result(run)["changed_steps"]
    return steps
