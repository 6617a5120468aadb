# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.windows_pods import (
    NAME_WINDOWS,
    SEND_HOME,
    WITHOUT_HOST_NETWORK,
)
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


STRAY = windows_pod(
    "astray", selects_windows=False, asks_for_windows=False, owner=ObjectRef("DaemonSet", "logging", "fluent-bit")
)
OF_WHICH = "of which did not ask for Windows: 1"
BY_AFFINITY = windows_pod("by-affinity", selects_windows=False)
BY_BETA_LABEL = windows_pod("by-beta-label", beta_label_alone=True)
ON_THE_HOST = windows_pod("on-the-host", host_network=True)


@pytest.mark.parametrize(
    ("pods", "status", "severity", "words"),
    [
        ((), "not_applicable", "warning", ""),
        ((windows_pod(),), "pass", "warning", "All 1 Windows pods"),
        # By node affinity.
        (
            (windows_pod(selects_windows=False),),
            "fail",
            "warning",
            "no nodeSelector for Windows (of ReplicaSet shop/web)",
        ),
        (
            (STRAY,),
            "fail",
            "warning",
            "did not ask for Windows, and landed on windows-1 (of DaemonSet logging/fluent-bit)",
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


@pytest.mark.parametrize(
    ("rule", "pods", "summary", "remedies"),
    [
        (
            "workloads.node_selector_form",
            (STRAY,),
            f"Pods on Windows nodes that no webhook sees, for want of a nodeSelector: 1 of 1, {OF_WHICH}",
            (SEND_HOME,),
        ),
        (
            "workloads.node_selector_form",
            (STRAY, BY_AFFINITY, windows_pod()),
            f"Pods on Windows nodes that no webhook sees, for want of a nodeSelector: 2 of 3, {OF_WHICH}",
            (NAME_WINDOWS, SEND_HOME),
        ),
        (
            "workloads.node_selector_form",
            (STRAY, BY_BETA_LABEL),
            f"Pods on Windows nodes that no webhook sees, for want of a nodeSelector: 1 of 2, {OF_WHICH}",
            (NAME_WINDOWS, SEND_HOME),
        ),
        (
            "workloads.node_selector_form",
            (BY_AFFINITY,),
            "Windows pods that no webhook sees, for want of a nodeSelector: 1 of 1",
            (NAME_WINDOWS,),
        ),
        (
            "workloads.host_network",
            (replace(STRAY, host_network=True), windows_pod()),
            f"Pods on Windows nodes with hostNetwork that are no HostProcess pods: 1, {OF_WHICH}",
            (SEND_HOME,),
        ),
        (
            "workloads.host_network",
            (replace(STRAY, host_network=True), ON_THE_HOST),
            f"Pods on Windows nodes with hostNetwork that are no HostProcess pods: 2, {OF_WHICH}",
            (WITHOUT_HOST_NETWORK, SEND_HOME),
        ),
        (
            "workloads.host_network",
            (ON_THE_HOST,),
            "Windows pods with hostNetwork that are no HostProcess pods: 1",
            (WITHOUT_HOST_NETWORK,),
        ),
    ],
)
def test_a_pod_that_did_not_ask_for_windows_is_not_sent_there(
    rule: str, pods: Any, summary: str, remedies: tuple[str, ...]
) -> None:
    found = finding(rule, observed(windows_pods=pods))
    assert (found.summary, found.remedy) == (summary, " ".join(remedies))
