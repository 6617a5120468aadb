# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The fleets of the integration tests."""

from __future__ import annotations

from tests.testbed.specs import AddonSpec, ClusterSpec, NodeSpec

NO_WINDOWS_POLICY = ("AmazonEKSClusterPolicy",)
NODES = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))

ENABLE_FLEET = (
    ClusterSpec("enable", policies=NO_WINDOWS_POLICY, nodes=NODES),
    ClusterSpec("china", region="cn-north-1", policies=NO_WINDOWS_POLICY, nodes=NODES),
    ClusterSpec("government", region="us-gov-west-1", policies=NO_WINDOWS_POLICY, nodes=NODES),
    ClusterSpec("legacy", policies=NO_WINDOWS_POLICY, nodes=NODES, legacy="B"),
    ClusterSpec("addon", nodes=NODES, addon=AddonSpec()),
)

MODULE_FLEET = (
    ClusterSpec("ready", nodes=NODES, config_map={"enable-windows-ipam": "true"}),
    ClusterSpec("other", nodes=NODES),
)
