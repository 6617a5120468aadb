# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One testbed for these tests, on each kind of control plane."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.testbed import AddonSpec, ClusterSpec, NodeSpec, Testbed, chart_data
from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError

MIXED = (NodeSpec(), NodeSpec(), NodeSpec(os="windows", instance_type="t3.large"))
NODE_CLASS = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "windows"},
    "spec": {"amiSelectorTerms": [{"alias": "windows2022@latest"}]},
}
CNI_NODE = {
    "apiVersion": "vpcresources.k8s.aws/v1alpha1",
    "kind": "CNINode",
    "metadata": {"name": "node"},
    "spec": {"features": [{"name": "SecurityGroupsForPods"}]},
}
SPECS = (
    ClusterSpec("off", nodes=MIXED, objects=(NODE_CLASS, CNI_NODE)),
    ClusterSpec("addon", region="cn-north-1", nodes=MIXED, addon=AddonSpec()),
    ClusterSpec("legacy", nodes=MIXED, legacy="D", config_map=chart_data(enable_windows_ipam="true")),
)


@pytest.fixture(scope="package", params=["emulated", pytest.param("real", marks=pytest.mark.real)])
def testbed(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    try:
        running = Testbed(SPECS, request.param).start()
    except ControlPlaneMissingError as error:
        pytest.skip(f"no real control plane: {error}")
    try:
        yield running
    finally:
        running.stop()
