# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What playbook legacy_install creates: where one permission is missing, the message names it, nothing that comes after
is created, and with all permissions the next run installs the rest.

Each missing permission has a cluster and a role of its own, all are one play. That a role or a binding may be given
only by who has its rights is not among them, since the emulated API server does not ask: test_enough.py shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.permissions.documented import documented
from tests.integration.permissions.identities import apply, words
from tests.integration.permissions.lacking import refusal, role_without, unquoted
from tests.integration.permissions.plays import run_play, said
from tests.support.legacy import has_windows_binding, left_of_legacy
from tests.support.playbook import PlaybookRun
from tests.testbed.specs import ClusterSpec, NodeSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

SYSTEM = "kube-system"
WEBHOOK, CONTROLLER = "vpc-admission-webhook", "vpc-resource-controller"
CONTROLLER_OBJECTS = (
    f"serviceaccounts {SYSTEM}/{CONTROLLER}",
    f"clusterroles {CONTROLLER}",
    f"clusterrolebindings {CONTROLLER}",
    f"deployments {SYSTEM}/{CONTROLLER}",
)
WEBHOOK_OBJECTS = (
    f"services {SYSTEM}/{WEBHOOK}-svc",
    f"deployments {SYSTEM}/{WEBHOOK}-deployment",
    f"mutatingwebhookconfigurations {WEBHOOK}-cfg",
)
SECRET = f"secrets {SYSTEM}/{WEBHOOK}-certs"
ALL = {*CONTROLLER_OBJECTS, SECRET, *WEBHOOK_OBJECTS}
INSTALLED: Mapping[str, set[str]] = {
    "create clusterrolebindings": set(),
    f"create serviceaccounts {SYSTEM}": set(),
    "create clusterroles": set(CONTROLLER_OBJECTS[:1]),
    f"create deployments {SYSTEM}": set(CONTROLLER_OBJECTS[:3]),
    "create certificatesigningrequests": set(CONTROLLER_OBJECTS),
    "update certificatesigningrequests/approval": set(CONTROLLER_OBJECTS),
    f"create secrets {SYSTEM}": set(CONTROLLER_OBJECTS),
    f"create services {SYSTEM}": {*CONTROLLER_OBJECTS, SECRET},
    "create mutatingwebhookconfigurations": ALL - {WEBHOOK_OBJECTS[2]},
}
"""What is missing, and what is installed all the same."""

NAMES = {taken: f"install-{number}" for number, taken in enumerate(INSTALLED)}
FLEET = [
    ClusterSpec(name, version="1.21", platform_version="eks.1", nodes=(NodeSpec(), NodeSpec()), controller=False)
    for name in NAMES.values()
]
VARIABLES = {"eks_windows_wait_timeout": 30}


@dataclass(frozen=True)
class Runs:
    """The play, and the role of each cluster."""

    play: PlaybookRun
    roles: Mapping[str, str]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with Testbed(FLEET) as testbed:
        yield testbed


@pytest.fixture(scope="module")
def runs(bed: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    roles = {name: role_without(bed, bed.clusters[name], "legacy_install", taken) for taken, name in NAMES.items()}
    return Runs(run_play(bed, "legacy_install", roles, tmp_path_factory.mktemp("play"), **VARIABLES), roles)


@pytest.mark.parametrize("taken", INSTALLED)
def test_the_message_names_it(runs: Runs, taken: str) -> None:
    message = runs.play.failure(NAMES[taken])
    assert f"Cluster {NAMES[taken]}" in message
    assert "Remedy" in message
    assert refusal(taken) in unquoted(message), message


@pytest.mark.parametrize("taken", INSTALLED)
def test_nothing_that_comes_after_is_installed(bed: Testbed, runs: Runs, taken: str) -> None:
    assert runs.play.stats
    cluster = bed.clusters[NAMES[taken]]
    assert left_of_legacy(cluster) == INSTALLED[taken]
    assert has_windows_binding(cluster) is (taken != "create clusterrolebindings")


def test_the_next_run_installs_the_rest(bed: Testbed, runs: Runs, tmp_path: Path) -> None:
    for cluster in bed.clusters.values():
        apply(cluster, documented("legacy_install", words(cluster)))
    run = run_play(bed, "legacy_install", runs.roles, tmp_path, **VARIABLES)
    for name, cluster in bed.clusters.items():
        assert run.stats[name]["failures"] == 0, said(run, name)[-2000:]
        assert left_of_legacy(cluster) == ALL
        assert cluster.injects_address()
