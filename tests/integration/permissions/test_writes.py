# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each playbook writes: without any one of the permissions the message names it, and nothing is half done.

Each missing permission has a cluster and a role of its own, all of a playbook are one play.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.permissions.documented import Permissions, Taken, bare, documented, each_taken
from tests.integration.permissions.identities import CNI_ROLE, admit, cni_role_arn, enforced_role, words
from tests.integration.permissions.plays import State, run_play, said, state
from tests.support.playbook import PlaybookRun
from tests.testbed.specs import AddonSpec, ClusterSpec, NodeSpec, chart_data
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

ON = chart_data(enable_windows_ipam="true")
TAINT = {"key": "occupied", "value": "yes", "effect": "NoSchedule"}

SPECS = {
    "enable": ClusterSpec(
        "enable", policies=("AmazonEKSClusterPolicy",), addon=AddonSpec(service_account_role_arn=cni_role_arn())
    ),
    "disable": ClusterSpec(
        "disable",
        config_map=ON,
        addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}', service_account_role_arn=cni_role_arn()),
    ),
    "smoke_test": ClusterSpec("smoke", nodes=(NodeSpec(), NodeSpec(), NodeSpec(os="windows")), config_map=ON),
}
CHANGES = {
    ("enable", "create configmaps kube-system"): {"addon": None, "config_map": "absent"},
    # Events are asked for only where something did not come up.
    ("smoke_test", "list events"): {"nodes": (NodeSpec(), NodeSpec(), NodeSpec(os="windows", taints=(TAINT,)))},
}
VARIABLES = {
    "enable": {"eks_windows_wait_timeout": 30},
    "disable": {"eks_windows_wait_timeout": 30},
    "smoke_test": {"eks_windows_smoke_test_start_timeout": 20, "eks_windows_smoke_test_cleanup_timeout": 10},
}

# What each run found, and what it left where that differs: the plan's steps before the one that failed, and no other.
BEFORE = {
    "enable": State(policy=False, live="false", configured=None),
    "disable": State(policy=True, live="true", configured="true"),
    "smoke_test": State(policy=True, live="true", configured=None),
}
PROBE = "create pods default"
EVENTS = "list events"
LEFT: dict[str, dict[str, State]] = {
    "enable": {
        PROBE: State(policy=True, live="true", configured="true"),
        "patch configmaps amazon-vpc-cni kube-system": State(policy=True, live="false", configured=None),
        "create configmaps kube-system": State(policy=True, live=None, configured=None),
        "eks:UpdateAddon": State(policy=True, live="true", configured=None),
        "iam:PassRole": State(policy=True, live="true", configured=None),
        "eks:DescribeUpdate": State(policy=True, live="true", configured="true"),
    },
    "disable": {
        PROBE: State(policy=False, live="false", configured="false"),
        "eks:UpdateAddon": State(policy=True, live="false", configured="true"),
        "iam:PassRole": State(policy=True, live="false", configured="true"),
        "eks:DescribeUpdate": State(policy=True, live="false", configured="false"),
        "iam:DetachRolePolicy": State(policy=True, live="false", configured="false"),
    },
    "smoke_test": {},
}


def cases(playbook: str, permissions: Permissions) -> dict[str, Taken]:
    """What is taken away of a playbook's permissions, by the name of its cluster; and one that it reads."""
    taken = [
        each
        for each in each_taken(permissions)
        if each.write
        or each.name.endswith(" default")
        or each.name == "list nodes"
        or (playbook, each.name) == ("smoke_test", EVENTS)
    ]
    return {f"{SPECS[playbook].name}-{number}": each for number, each in enumerate(taken)}


def example(playbook: str) -> Permissions:
    """The documented permissions in namespace default, for names."""
    found = bare(playbook)
    for manifest in found.manifests:
        if manifest["metadata"].get("namespace") == "namespace":
            manifest["metadata"]["namespace"] = "default"
    return found


def fleet() -> list[ClusterSpec]:
    return [
        replace(spec, name=name, **CHANGES.get((playbook, taken.name), {}))
        for playbook, spec in SPECS.items()
        for name, taken in cases(playbook, example(playbook)).items()
    ]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed(fleet()) as testbed:
        testbed.aws.add_role(CNI_ROLE)
        yield testbed


@pytest.fixture(scope="module")
def runs(bed: Testbed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PlaybookRun]:
    """The run of each playbook."""
    return {playbook: run_all(bed, playbook, tmp_path_factory.mktemp(playbook)) for playbook in SPECS}


def run_all(bed: Testbed, playbook: str, folder: Path) -> PlaybookRun:
    roles: dict[str, str] = {}
    for name, taken in cases(playbook, example(playbook)).items():
        cluster = bed.clusters[name]
        whole = documented(playbook, words(cluster))
        (given,) = [each.left for each in each_taken(whole) if each.name == taken.name]
        roles[name] = enforced_role(bed, name, given)
        admit(bed, cluster, roles[name], given)
    return run_play(bed, playbook, roles, folder, **VARIABLES[playbook])


def deployed(bed: Testbed, name: str) -> list[str]:
    """Deployments of namespace default."""
    return [each["metadata"]["name"] for each in bed.clusters[name].admin.list("deployments", "default", api="apps/v1")]


PARAMETERS = [
    pytest.param(playbook, name, taken, id=f"{playbook}-{taken.name}")
    for playbook in SPECS
    for name, taken in cases(playbook, example(playbook)).items()
]


@pytest.mark.parametrize(("playbook", "name", "taken"), PARAMETERS)
def test_the_message_names_it(runs: dict[str, PlaybookRun], playbook: str, name: str, taken: Taken) -> None:
    run = runs[playbook]
    # The probe and the events are asked for to say more, and stop nothing.
    if taken.name in (PROBE, EVENTS):
        message = said(run, name)
    else:
        message = run.failure(name)
        assert f"Cluster {name}" in message
        assert "Remedy" in message or "Allow the identity" in message, message
    assert (run.stats[name]["failures"] == 0) is (taken.name == PROBE)
    assert all(word in message for word in taken.words), message


@pytest.mark.parametrize(("playbook", "name", "taken"), PARAMETERS)
def test_nothing_is_half_done(
    bed: Testbed, runs: dict[str, PlaybookRun], playbook: str, name: str, taken: Taken
) -> None:
    assert runs[playbook].stats
    assert state(bed.clusters[name]) == LEFT[playbook].get(taken.name, BEFORE[playbook])
    assert bool(deployed(bed, name)) is (taken.name == "delete deployments default")
