# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    config_map,
    finding,
    node,
    observed,
)

FAILURES = {
    "network.network_policy": Failure(
        observed(cni_config_map=config_map({"enable-network-policy-controller": "true"})), "info"
    ),
}

KEY = "enable-network-policy-controller"


@pytest.mark.parametrize(
    ("seen", "goal", "status", "words"),
    [
        (observed(nodes=(node(),), cni_config_map=config_map({KEY: "true"})), "none", "not_applicable", ""),
        (observed(nodes=(node(),), cni_config_map=config_map({KEY: "true"})), "enable", "fail", f'{KEY}: "true"'),
        (observed(cni_config_map=config_map({KEY: "true"})), "none", "fail", "no effect on Windows pods"),
        (observed(cni_config_map=config_map({KEY: "1"})), "none", "fail", f'{KEY}: "1"'),
        (observed(cni_config_map=config_map({KEY: "false"})), "none", "pass", f'{KEY}: "false"'),
        (observed(cni_config_map=config_map({KEY: "true\n"})), "none", "pass", f'{KEY}: "true\\\\n"'),
        (observed(cni_config_map=config_map({})), "none", "pass", f"no {KEY}"),
        (observed(cni_config_map=None), "none", "pass", f"no {KEY}"),
        (observed(cni_config_map=DENIED), "none", "unknown", "forbidden"),
        (observed(nodes=DENIED), "none", "unknown", "forbidden"),
    ],
)
def test_network_policy(seen: Any, goal: Any, status: str, words: str) -> None:
    found = finding("network.network_policy", seen, goal=goal)
    assert (found.status, found.severity) == (status, "info")
    assert words in found.summary + str(found.evidence)
