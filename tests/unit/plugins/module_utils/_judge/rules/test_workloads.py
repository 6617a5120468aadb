# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.windows_pods import (
    NAME_WINDOWS,
    SEND_HOME,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.workloads import REMEDY
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    ObjectRef,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import Selection
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import Failure
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    config_map,
    finding,
    legacy,
    observed,
    windows_pod,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import serving

FAILURES = {
    "workloads.stuck": Failure(observed(windows_pods=(windows_pod(),)), "error"),
}

NEVER = {("workloads.stuck", "not_applicable"): "Where there is no Windows pod, none waits."}

STRAY = windows_pod(
    selects_windows=False, asks_for_windows=False, owner=ObjectRef("DaemonSet", "logging", "fluent-bit")
)
TAKEN = {"eks.amazonaws.com/fargate-profile": "serverless"}
FRESH = "2026-11-24T09:59:00Z"


@pytest.mark.parametrize(
    ("pods", "status", "words"),
    [
        ((), "pass", ""),
        ((windows_pod(),), "fail", "no webhook answered when it was created; ReplicaSet shop/web makes it again"),
        ((windows_pod(created_at=FRESH),), "fail", "no webhook answered"),
        ((windows_pod(address_limit="0"),), "fail", "no webhook answered"),
        ((windows_pod(owner=None),), "fail", "nothing owns it: it is not deleted"),
        ((windows_pod(owner=ObjectRef("Flow", "shop", "f")),), "fail", "Flow shop/f owns it: it is not deleted"),
        ((windows_pod(address_limit="1"),), "fail", "the controller did not act on it"),
        ((windows_pod(address_limit="1", created_at=""),), "fail", "the controller did not act on it"),
        ((windows_pod(address_limit="1", created_at=FRESH),), "pass", ""),
        ((windows_pod(selects_windows=False),), "fail", "by affinity, which no webhook looks at"),
        ((STRAY,), "fail", "no address limit, and never one: it did not ask for Windows, and landed on windows-1"),
        ((replace(STRAY, address_limit="1"),), "fail", "the controller did not act on it"),
        ((replace(STRAY, host_network=True),), "pass", ""),
        ((windows_pod(address="10.0.0.1/24"),), "pass", ""),
        ((windows_pod(host_network=True),), "pass", ""),
        # The webhook looks for the label alone, before it looks at the nodeSelector.
        ((windows_pod(labels=TAKEN),), "pass", ""),
        ((windows_pod(labels={"eks.amazonaws.com/fargate-profile": ""}),), "pass", ""),
        ((windows_pod(labels=TAKEN, is_starting=False, waits_for_node=True),), "pass", ""),
        ((windows_pod(labels=TAKEN, address_limit="1"),), "pass", ""),
        ((windows_pod(labels=TAKEN, selects_windows=False),), "pass", ""),
        ((windows_pod(is_starting=False),), "pass", ""),
        ((windows_pod(is_starting=False, waits_for_node=True),), "fail", "no webhook answered"),
        (DENIED, "unknown", ""),
    ],
)
def test_stuck(pods: Any, status: str, words: str) -> None:
    found = finding("workloads.stuck", observed(windows_pods=pods), goal="cert_renew")
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "error", (), False)
    if status == "fail":
        assert [item.object for item in found.evidence] == ["Pod shop/pod"]
        assert words in found.evidence[0].value
        recyclable = pods[0].owner == windows_pod().owner and words.startswith("no webhook")
        assert found.resolved_by == (("recycle_stuck_pods",) if recyclable else ())


OFF = {"cni_config_map": config_map({"enable-windows-ipam": "false"})}
BLOCKED = {"legacy": legacy(deployments=(CONTROLLER,))}


@pytest.mark.parametrize("changes", [OFF, BLOCKED, {"cni_config_map": None}])
def test_a_webhook_that_left_the_pod_alone_is_not_called_silent(changes: dict[str, Any]) -> None:
    found = finding("workloads.stuck", observed(windows_pods=(windows_pod(),), **changes), goal="cert_renew")
    (said,) = [item.value for item in found.evidence]
    assert said.startswith("no address limit: Windows IPAM is off for the controller; ")
    assert said.endswith("it is not deleted")
    assert "ipam.enabled and legacy.controller_blocks" in found.remedy
    assert "legacy.certificate" not in found.remedy
    assert "cert_renew" not in found.remedy
    assert found.resolved_by == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cni_config_map": DENIED}, "is not known"),
        ({"webhook_configurations": DENIED}, "is not known"),
        ({**OFF, "legacy_webhooks": DENIED}, "is not known"),
        (OFF, "none would give a new one a limit"),
        ({"webhook_configurations": ()}, "none would give a new one a limit"),
    ],
)
def test_what_can_not_be_read_is_not_called_none(changes: dict[str, Any], words: str) -> None:
    found = finding("workloads.stuck", observed(windows_pods=(windows_pod(),), **changes), goal="cert_renew")
    (said,) = [item.value for item in found.evidence]
    assert words in said
    assert found.resolved_by == ()


def test_beside_a_legacy_webhook_it_is_that_which_did_not_answer() -> None:
    seen = with_legacy(windows_pods=(windows_pod(),), legacy_webhooks=(serving(-1),))
    found = finding("workloads.stuck", seen, goal="cert_renew")
    assert "no webhook answered" in found.evidence[0].value
    assert found.resolved_by == ("recycle_stuck_pods",)


@pytest.mark.parametrize(
    ("pods", "remedy"),
    [
        ((windows_pod(selects_windows=False),), "^Give the pod template the nodeSelector"),
        ((windows_pod("a"), windows_pod("b", selects_windows=False)), "^Mend what .* Give the pod template the nodeS"),
        ((windows_pod("a"), windows_pod("b", address_limit="1")), "^Mend what (?!.*nodeSelector)"),
    ],
)
def test_what_mends_a_pod_that_no_webhook_looks_at(pods: Any, remedy: str) -> None:
    assert re.search(remedy, finding("workloads.stuck", observed(windows_pods=pods)).remedy)


@pytest.mark.parametrize(
    ("pods", "summary", "remedy"),
    [
        ((STRAY,), "1 pod waits for an address on a Windows node (not asking for Windows: 1)", SEND_HOME),
        (
            (STRAY, windows_pod("a", selects_windows=False)),
            "2 pods wait for an address on a Windows node (by affinity alone: 1, not asking for Windows: 1)",
            f"{NAME_WINDOWS} {SEND_HOME}",
        ),
        (
            (STRAY, windows_pod("a")),
            "2 pods wait for an address on a Windows node (without a limit: 1, not asking for Windows: 1)",
            f"{REMEDY} {SEND_HOME}",
        ),
    ],
)
def test_a_pod_that_did_not_ask_for_windows_is_not_sent_there(pods: Any, summary: str, remedy: str) -> None:
    found = finding("workloads.stuck", observed(windows_pods=pods))
    assert (found.summary, found.remedy, found.resolved_by) == (summary, remedy, ())
    # No webhook mends it.
    off = finding("workloads.stuck", observed(windows_pods=(STRAY,), **OFF))
    assert off.remedy == SEND_HOME


NARROW = Selection(namespaces=LabelSelector({"windows": "yes"}, ()))
LEFT_OUT = "namespaceSelector windows=yes of MutatingWebhookConfiguration vpc-admission-webhook-cfg"


@pytest.mark.parametrize(
    ("selection", "namespaces", "words"),
    [
        (NARROW, {"shop": {}}, f"{LEFT_OUT} leaves it out"),
        (NARROW, DENIED, f"{LEFT_OUT} may leave it out"),
        (NARROW, None, f"{LEFT_OUT} may leave it out"),
        (Selection(objects=LabelSelector({"app": "x"}, ())), None, "objectSelector app=x of "),
        (Selection(conditions=("a", "b")), None, "matchConditions a, b of "),
    ],
)
def test_a_pod_that_the_legacy_webhook_leaves_out(selection: Selection, namespaces: Any, words: str) -> None:
    early = windows_pod("early", is_starting=False, waits_for_node=True)
    webhooks = (serving(-1, selection=selection),)
    seen = with_legacy(windows_pods=(windows_pod(), early), legacy_webhooks=webhooks, namespaces=namespaces)
    found = finding("workloads.stuck", seen, goal="cert_renew")
    said = {item.object: item.value for item in found.evidence}
    assert words in said["Pod shop/pod"]
    assert said["Pod shop/pod"].endswith("so that it is not deleted")
    assert ("Pod shop/early" in said) is ("may leave" in said["Pod shop/pod"])
    assert (DENIED.source in said) is (namespaces is DENIED)
    assert "have its selector select them" in found.remedy
    assert (DENIED.remedy in found.remedy) is (namespaces is DENIED)
    assert found.resolved_by == ()


def test_whether_pods_without_a_node_are_left_out_may_be_unknown() -> None:
    early = windows_pod("early", is_starting=False, waits_for_node=True)
    webhooks = (serving(-1, selection=NARROW),)
    seen = with_legacy(windows_pods=(early,), legacy_webhooks=webhooks, namespaces=DENIED)
    found = finding("workloads.stuck", seen, goal="cert_renew")
    assert (found.status, found.remedy, found.resolved_by) == ("unknown", DENIED.remedy, ())
    assert [item.object for item in found.evidence] == ["Pod shop/early", DENIED.source]
    there = replace(seen, namespaces={"shop": {}})
    assert finding("workloads.stuck", there, goal="cert_renew").status == "pass"


def test_a_pod_without_a_node_matters_to_the_goal_that_mends_its_webhook() -> None:
    seen = observed(windows_pods=(windows_pod(is_starting=False, waits_for_node=True),))
    assert finding("workloads.stuck", seen).status == "pass"


def test_those_that_nothing_makes_again_come_first() -> None:
    pods = (windows_pod("a"), windows_pod("z", owner=None), windows_pod("b", address_limit="1"))
    found = finding("workloads.stuck", observed(windows_pods=pods), goal="cert_renew")
    assert [item.object for item in found.evidence] == ["Pod shop/b", "Pod shop/z", "Pod shop/a"]
    assert found.summary == "3 Windows pods wait for an address (without a limit: 2, with a limit: 1)"
    assert found.resolved_by == ()


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_looks_at_pods(goal: Any) -> None:
    assert finding("workloads.stuck", observed(windows_pods=(windows_pod(),)), goal=goal).status == "fail"
