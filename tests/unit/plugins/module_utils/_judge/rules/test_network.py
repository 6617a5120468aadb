# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules.windows_pods import SEND_HOME
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    LabelSelector,
    SecurityGroupPolicy,
    ServiceAccount,
    WindowsPod,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    WINDOWS_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    finding,
    observed,
)

FAILURES = {
    "network.ip_family": Failure(observed(cluster=cluster(ip_family="ipv6")), "error", WINDOWS_GOALS, stops_pods=True),
    "network.custom_networking": Failure(
        observed(aws_node=AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"})),
        "error",
        WINDOWS_GOALS,
        stops_pods=True,
    ),
    "network.security_groups_for_pods": Failure(observed(aws_node=AwsNode({"ENABLE_POD_ENI": "true"})), "info"),
}

NEVER = {
    ("network.ip_family", "not_applicable"): "Every cluster has an IP family.",
    ("network.security_groups_for_pods", "not_applicable"): "Where none is used, that is what passes.",
}
"""What a rule never says, and why."""

EVERYTHING = LabelSelector({}, ())
IIS = LabelSelector({"app": "iis"}, ())


CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"


@pytest.mark.parametrize(("family", "status"), [("ipv4", "pass"), ("ipv6", "fail"), ("", "unknown")])
def test_ip_family(family: str, status: str) -> None:
    found = finding("network.ip_family", observed(cluster=cluster(ip_family=family)))
    assert (found.status, found.severity, found.blocks) == (status, "error", WINDOWS_GOALS)
    assert found.evidence[0].value == f"IP family {family or 'not given'}"
    assert finding("network.ip_family", observed(cluster=DENIED)).status == "unknown"


def test_an_ip_family_that_is_not_given_is_no_ipv4() -> None:
    found = finding("network.ip_family", observed(cluster=cluster(ip_family="")), goal="enable")
    assert found.summary == "EKS does not say the cluster's IP family"
    assert (found.stops_pods, found.resolved_by) == (True, ())
    assert "kubernetesNetworkConfig.ipFamily" in found.remedy
    assert "put network.ip_family into ignore" in found.remedy


@pytest.mark.parametrize(
    ("aws_node", "status"),
    [
        (AwsNode({}), "pass"),
        (AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "false"}), "pass"),
        (AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "yes"}), "pass"),
        (AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}), "fail"),
        (AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "1"}), "fail"),
        (None, "not_applicable"),
        (DENIED, "unknown"),
    ],
)
def test_custom_networking(aws_node: Any, status: str) -> None:
    found = finding("network.custom_networking", observed(aws_node=aws_node))
    assert (found.status, found.severity, found.blocks) == (status, "error", WINDOWS_GOALS)


@pytest.mark.parametrize(
    ("aws_node", "status", "shown"),
    [
        (AwsNode({}, frozenset({CUSTOM_NETWORKING})), "unknown", f"{CUSTOM_NETWORKING} from valueFrom"),
        (AwsNode({}, frozenset({"*"})), "unknown", f"{CUSTOM_NETWORKING} from envFrom"),
        (AwsNode({CUSTOM_NETWORKING: "false"}, frozenset({"*"})), "pass", f"{CUSTOM_NETWORKING}=false"),
        (AwsNode({CUSTOM_NETWORKING: "true"}, frozenset({"*"})), "fail", f"{CUSTOM_NETWORKING}=true"),
        (AwsNode({}, frozenset({"MY_NODE_NAME"})), "pass", f"no {CUSTOM_NETWORKING}"),
    ],
)
def test_custom_networking_that_is_set_from_elsewhere(aws_node: AwsNode, status: str, shown: str) -> None:
    found = finding("network.custom_networking", observed(aws_node=aws_node))
    assert (found.status, [item.value for item in found.evidence]) == (status, [shown])


@pytest.mark.parametrize(
    ("aws_node", "status", "severity"),
    [
        (AwsNode({}, frozenset({"ENABLE_POD_ENI"})), "unknown", "info"),
        (AwsNode({}, frozenset({"*"})), "unknown", "info"),
        (AwsNode({"ENABLE_POD_ENI": "false"}, frozenset({"*"})), "pass", "error"),
        (AwsNode({"ENABLE_POD_ENI": "true"}, frozenset({"*"})), "fail", "info"),
        (AwsNode({}, frozenset({"MY_NODE_NAME"})), "pass", "error"),
    ],
)
def test_security_groups_for_pods_that_are_set_from_elsewhere(aws_node: AwsNode, status: str, severity: str) -> None:
    found = finding("network.security_groups_for_pods", observed(aws_node=aws_node), goal="enable")
    assert (found.status, found.severity) == (status, severity)
    assert (found.status == "unknown") is (
        found.severity == "info" and not found.blocks and "set from" in found.summary
    )


def test_custom_networking_shows_what_it_saw() -> None:
    off = AwsNode({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "off"})
    shown = [finding("network.custom_networking", observed(aws_node=seen)).evidence[0] for seen in (off, AwsNode({}))]
    assert [item.value for item in shown] == [
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=off",
        "no AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    ]


def policy(pods: LabelSelector | None = None, accounts: LabelSelector | None = None) -> SecurityGroupPolicy:
    return SecurityGroupPolicy("shop", "isolated", pods, accounts)


def pod(name: str = "iis", namespace: str = "shop", account: str = "web", phase: str = "Running") -> WindowsPod:
    return WindowsPod(namespace, name, {"app": "iis"}, account, "windows-1", phase, selects_windows=True)


NO_SELECTORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("other", "NotLike", ("x",)),
    ("other", "", ()),
    ("other", "notin", ("x",)),
    ("other", "NotIn", ()),
    ("app", "In", ()),
    ("app", "Exists", ("iis",)),
    ("other", "DoesNotExist", ("x",)),
)
"""Expressions that Kubernetes makes no selector of; most would select the pod if it did."""
ACCOUNTS = (ServiceAccount("shop", "web", {"team": "web"}), ServiceAccount("other", "web", {"team": "x"}))


@pytest.mark.parametrize(
    ("policies", "pods", "accounts", "status"),
    [
        ((), (), (), "pass"),
        ((policy(IIS),), (), (), "pass"),
        ((policy(IIS),), (pod(),), (), "fail"),
        ((policy(EVERYTHING),), (pod(),), (), "fail"),
        ((policy(LabelSelector({"app": "nginx"}, ())),), (pod(),), (), "pass"),
        ((policy(IIS),), (pod(namespace="other"),), (), "pass"),
        ((policy(IIS),), (pod(phase="Succeeded"),), (), "pass"),
        ((policy(IIS),), (pod(phase="Pending"),), (), "fail"),
        # The controller passes over pods on their node's network.
        ((policy(EVERYTHING),), (replace(pod(), host_network=True),), (), "pass"),
        ((policy(EVERYTHING),), (replace(pod(), host_process=True),), (), "pass"),
        ((policy(None, IIS),), (replace(pod(), host_network=True),), DENIED, "pass"),
        ((policy(EVERYTHING),), (replace(pod(), host_network=True), pod("other")), (), "fail"),
        ((policy(),), (pod(),), ACCOUNTS, "pass"),
        ((policy(None, LabelSelector({"team": "web"}, ())),), (pod(),), ACCOUNTS, "fail"),
        ((policy(None, LabelSelector({"team": "x"}, ())),), (pod(),), ACCOUNTS, "pass"),
        ((policy(None, EVERYTHING),), (pod(account="gone"),), ACCOUNTS, "pass"),
        ((policy(IIS, LabelSelector({"team": "x"}, ())),), (pod(),), ACCOUNTS, "pass"),
        ((policy(IIS, LabelSelector({"team": "web"}, ())),), (pod(),), ACCOUNTS, "fail"),
        ((policy(LabelSelector({}, (("app", "In", ("iis", "x")),))),), (pod(),), (), "fail"),
        ((policy(LabelSelector({}, (("app", "NotIn", ("iis",)),))),), (pod(),), (), "pass"),
        ((policy(LabelSelector({}, (("tier", "NotIn", ("a",)),))),), (pod(),), (), "fail"),
        ((policy(LabelSelector({}, (("app", "Exists", ()),))),), (pod(),), (), "fail"),
        ((policy(LabelSelector({}, (("app", "DoesNotExist", ()),))),), (pod(),), (), "pass"),
        (DENIED, (), (), "unknown"),
        ((policy(IIS),), DENIED, (), "unknown"),
        ((policy(None, IIS),), (pod(),), DENIED, "unknown"),
        ((policy(None, IIS), policy(IIS)), (pod(),), DENIED, "fail"),
        # The controller passes over these policies, and over no other for it.
        *(((policy(LabelSelector({}, (each,))),), (pod(),), (), "pass") for each in NO_SELECTORS),
        *(((policy(LabelSelector({}, (each,))), policy(IIS)), (pod(),), (), "fail") for each in NO_SELECTORS),
        *(((policy(None, LabelSelector({}, (each,))),), (pod(),), ACCOUNTS, "pass") for each in NO_SELECTORS),
        ((policy(LabelSelector({}, (NO_SELECTORS[0],)), EVERYTHING),), (pod(),), DENIED, "pass"),
        ((replace(policy(EVERYTHING), names_groups=False),), (pod(),), (), "pass"),
        ((replace(policy(EVERYTHING), names_groups=False), policy(IIS)), (pod(),), (), "fail"),
        ((replace(policy(None, EVERYTHING), names_groups=False),), (pod(),), DENIED, "pass"),
    ],
)
def test_security_group_policies_over_windows_pods(policies: Any, pods: Any, accounts: Any, status: str) -> None:
    seen = observed(security_group_policies=policies, windows_pods=pods, service_accounts=accounts)
    found = finding("network.security_groups_for_pods", seen)
    assert (found.status, found.severity, found.blocks) == (status, "error", WINDOWS_GOALS), found.summary
    # Selected pods run all the same, without security groups.
    assert not found.stops_pods


def test_security_group_policy_evidence_names_pod_and_policy() -> None:
    found = finding(
        "network.security_groups_for_pods", observed(security_group_policies=(policy(IIS),), windows_pods=(pod(),))
    )
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Pod shop/iis", "selected by SecurityGroupPolicy shop/isolated")
    ]


def test_policies_that_the_controller_passes_over_are_named() -> None:
    odd = LabelSelector({}, (("app", "Like", ("iis",)),))
    policies = (
        replace(policy(), name="none"),
        replace(policy(EVERYTHING), name="groupless", names_groups=False),
        replace(policy(odd), name="odd"),
        replace(policy(None, LabelSelector({}, (("team", "In", ()),))), name="empty"),
    )
    shown = [
        ("SecurityGroupPolicy shop/none", "passed over: it has no selector"),
        ("SecurityGroupPolicy shop/groupless", "passed over: it has no securityGroups.groupIds"),
        (
            "SecurityGroupPolicy shop/odd",
            "passed over: podSelector has operator Like of label app, which is no selector",
        ),
        (
            "SecurityGroupPolicy shop/empty",
            "passed over: serviceAccountSelector has operator In of label team without values, which is no selector",
        ),
    ]

    def judged(*more: SecurityGroupPolicy) -> tuple[str, list[tuple[str, str]]]:
        seen = observed(security_group_policies=(*policies, *more), windows_pods=(pod(),), service_accounts=ACCOUNTS)
        found = finding("network.security_groups_for_pods", seen)
        return found.status, [(item.object, item.value) for item in found.evidence]

    assert judged() == ("pass", shown)
    selected = ("Pod shop/iis", "selected by SecurityGroupPolicy shop/isolated")
    assert judged(policy(IIS)) == ("fail", [selected, *shown])


BY_AFFINITY = replace(pod("by-affinity", phase="Pending"), node_name="", selects_windows=False)


@pytest.mark.parametrize(
    ("pods", "words"),
    [
        ((pod(),), "which run without it: 1"),
        ((BY_AFFINITY,), "which can't run, for want of a nodeSelector: 1"),
        (
            (pod(), pod("other"), BY_AFFINITY),
            "which run without it: 2, and which can't run, for want of a nodeSelector: 1",
        ),
    ],
)
def test_what_becomes_of_windows_pods_that_a_policy_selects(pods: tuple[WindowsPod, ...], words: str) -> None:
    # Two policies select each pod, which counts once.
    policies = (policy(IIS), replace(policy(EVERYTHING), name="other"))
    found = finding("network.security_groups_for_pods", observed(security_group_policies=policies, windows_pods=pods))
    assert (found.status, found.severity) == ("fail", "error")
    assert found.summary == f"A SecurityGroupPolicy selects Windows pods, {words}"
    mistaken = [item.object for item in found.evidence if "takes it for a Linux pod" in item.value]
    assert mistaken == (["Pod shop/by-affinity"] * 2 if BY_AFFINITY in pods else [])
    assert ("kubernetes.io/os: windows" in found.remedy) is (BY_AFFINITY in pods)


STRAY = replace(pod("astray"), selects_windows=False, asks_for_windows=False)
NARROW = "Narrow the selector of the SecurityGroupPolicy to Linux pods."
NAME_IT = "Give pods without a nodeSelector one, kubernetes.io/os: windows."


@pytest.mark.parametrize(
    ("pods", "remedy"),
    [
        ((STRAY,), SEND_HOME),
        ((STRAY, pod()), f"{NARROW} {SEND_HOME}"),
        ((STRAY, BY_AFFINITY), f"{NARROW} {NAME_IT} {SEND_HOME}"),
        ((BY_AFFINITY,), f"{NARROW} {NAME_IT}"),
        ((pod(),), NARROW),
    ],
)
def test_a_pod_that_did_not_ask_for_windows_is_not_sent_there(pods: tuple[WindowsPod, ...], remedy: str) -> None:
    seen = observed(security_group_policies=(policy(IIS),), windows_pods=pods)
    assert finding("network.security_groups_for_pods", seen).remedy == remedy


def test_security_groups_for_linux_pods_are_information() -> None:
    seen = observed(aws_node=AwsNode({"ENABLE_POD_ENI": "true"}), security_group_policies=(policy(IIS),))
    found = finding("network.security_groups_for_pods", seen, goal="enable")
    assert (found.status, found.severity, found.blocks, found.stops_pods) == ("fail", "info", (), False)


def test_a_policy_over_windows_pods_outweighs_the_information() -> None:
    seen = observed(
        aws_node=AwsNode({"ENABLE_POD_ENI": "true"}), security_group_policies=(policy(IIS),), windows_pods=(pod(),)
    )
    assert finding("network.security_groups_for_pods", seen).severity == "error"


def test_without_aws_node_the_feature_is_off_and_unread_it_is_unknown() -> None:
    assert finding("network.security_groups_for_pods", observed(aws_node=None)).status == "pass"
    unread = finding("network.security_groups_for_pods", observed(aws_node=DENIED), goal="enable")
    # It is about Linux pods alone, and stops nothing.
    assert (unread.status, unread.severity, unread.blocks) == ("unknown", "info", ())
    assert (unread.remedy, unread.evidence[0].object) == (DENIED.remedy, DENIED.source)
    selected = observed(aws_node=DENIED, security_group_policies=(policy(IIS),), windows_pods=(pod(),))
    assert finding("network.security_groups_for_pods", selected).status == "fail"
