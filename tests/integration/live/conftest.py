# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A testbed that models the assumptions, and the command on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.live.catalogue import catalogue
from tests.live.cluster import LiveCluster
from tests.live.probe import Outcome
from tests.live.runner import Result, run_probe
from tests.testbed.specs import AddonSpec, ClusterSpec, NodeSpec
from tests.testbed.testbed import Testbed

AUTO = NodeSpec(labels={"eks.amazonaws.com/compute-type": "auto"})
FLEET = (
    ClusterSpec("linux", role_name="shared", addon=AddonSpec(configuration_values='{"env": {"WARM_ENI_TARGET": "2"}}')),
    ClusterSpec(
        "windows",
        role_name="shared",
        nodes=(NodeSpec(), AUTO, NodeSpec(os="windows")),
        config_map={"enable-windows-ipam": "true"},
    ),
    ClusterSpec("alone", region="cn-north-1"),
)

Prove = Callable[..., Outcome]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    """Emulated clusters: one with Linux nodes and the add-on, one with Windows nodes, one in another partition."""
    with Testbed(FLEET) as testbed:
        yield testbed


def attempt(bed: Testbed, name: str, probe: str, monkeypatch: pytest.MonkeyPatch, refusal: str = "") -> Result:
    """One probe on a cluster of the testbed."""
    spec = bed.clusters[name].spec
    partition = bed.clusters[name].eks.partition
    environment = bed.client_environment(os.environ) | bed.aws.environment_for(partition=partition)
    for variable in set(os.environ) - set(environment):
        monkeypatch.delenv(variable)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    cluster = LiveCluster(name, spec.region, poll_seconds=0.1, watch_seconds=1.0)
    try:
        return run_probe(cluster, catalogue()[probe], lambda _probe, _change: refusal)
    finally:
        cluster.kubernetes.close()


@pytest.fixture
def prove(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> Prove:
    """Runs a probe that is allowed to write, and gives its outcome; what it changed must have been put back."""

    def run(name: str, probe: str) -> Outcome:
        result = attempt(bed, name, probe, monkeypatch)
        assert not result.left
        return result.outcome

    return run
