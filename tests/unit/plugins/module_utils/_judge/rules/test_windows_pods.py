# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ObjectRef
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    observed,
    windows_pod,
)

FAILURES = {
    "workloads.node_selector_form": Failure(observed(windows_pods=(windows_pod(selects_windows=False),)), "warning"),
    "workloads.host_network": Failure(observed(windows_pods=(windows_pod(host_network=True),)), "error"),
}


@pytest.mark.parametrize(
    ("pods", "status", "severity", "words"),
    [
        ((), "not_applicable", "warning", ""),
        ((windows_pod(),), "pass", "warning", "All 1 Windows pods"),
        # By node affinity, or without asking for Windows at all.
        (
            (windows_pod(selects_windows=False),),
            "fail",
            "warning",
            "no nodeSelector for Windows (of ReplicaSet shop/web)",
        ),
        ((windows_pod(selects_windows=False, owner=None),), "fail", "warning", "no nodeSelector for Windows'"),
        ((windows_pod(beta_label_alone=True),), "fail", "info", "beta.kubernetes.io/os, deprecated"),
        (
            (windows_pod("a", beta_label_alone=True), windows_pod("b", selects_windows=False)),
            "fail",
            "warning",
            "Windows pods that no webhook sees, for want of a nodeSelector: 1 of 2",
        ),
        ((windows_pod(selects_windows=False, host_network=True),), "not_applicable", "warning", ""),
        (DENIED, "unknown", "warning", "forbidden"),
    ],
)
def test_node_selector_form(pods: Any, status: str, severity: str, words: str) -> None:
    found = finding("workloads.node_selector_form", observed(windows_pods=pods))
    assert (found.status, found.severity) == (status, severity)
    assert words in found.summary + str(found.evidence)


@pytest.mark.parametrize(
    ("pods", "status", "words"),
    [
        ((), "not_applicable", ""),
        ((windows_pod(),), "pass", "(HostProcess pods: 0 of 1)"),
        ((windows_pod(host_network=True, host_process=True),), "pass", "(HostProcess pods: 1 of 1)"),
        ((windows_pod(host_network=True),), "fail", "hostNetwork, no HostProcess pod (of ReplicaSet shop/web)"),
        (
            (windows_pod("a", host_network=True, owner=ObjectRef("DaemonSet", "shop", "d")), windows_pod("b")),
            "fail",
            "that are no HostProcess pods: 1",
        ),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_host_network(pods: Any, status: str, words: str) -> None:
    found = finding("workloads.host_network", observed(windows_pods=pods))
    assert (found.status, found.severity, found.blocks) == (status, "error", ())
    assert words in found.summary + str(found.evidence)
