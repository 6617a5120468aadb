# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    Instance,
    NodeGroup,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    LINUX_ROLE,
    WINDOWS_ROLE,
    cluster,
    finding,
    node,
    node_group,
    observed,
)

FAILURES = {
    "iam.node_authorization": Failure(
        observed(access_entries=(AccessEntry(WINDOWS_ROLE, "EC2_LINUX"),)),
        "error",
        stops_pods=True,
        goals=ALL_BUT_DISABLE,
    ),
    "iam.node_role_shared": Failure(
        observed(
            node_groups=(node_group("linux", node_role=WINDOWS_ROLE), node_group("windows")),
            access_entries=(),
        ),
        "warning",
        goals=ALL_BUT_DISABLE,
    ),
}

GROUP = "eks:kube-proxy-windows"
NODE_GROUPS = ["system:bootstrappers", "system:nodes"]
WITH_PATH = "arn:aws:iam::111122223333:role/some/path/production-windows-node"
OWN_ROLE = "arn:aws:iam::111122223333:role/own"
OWN = node("own", "windows", labels={}, provider_id="aws:///eu-central-1a/i-01")
LINUX = (node("a"), node("b"))
CONFIG_MAP = cluster(authentication_mode="CONFIG_MAP")
API = cluster(authentication_mode="API")
BOTH = cluster(authentication_mode="API_AND_CONFIG_MAP")
NOT_SAID = cluster(authentication_mode="")


def row(arn: str = WINDOWS_ROLE, *groups: str) -> dict[str, Any]:
    return {"rolearn": arn, "username": "system:node:{{EC2PrivateDNSName}}", "groups": [*NODE_GROUPS, *groups]}


def aws_auth(*rows: Any) -> dict[str, str]:
    return {"mapRoles": yaml.safe_dump(list(rows))}


def entries(*types: str) -> tuple[AccessEntry, ...]:
    return tuple(AccessEntry(WINDOWS_ROLE, each) for each in types)


def by_map(**changes: Any) -> dict[str, Any]:
    """A cluster that reads aws-auth alone."""
    return {"cluster": CONFIG_MAP, "access_entries": None, "aws_auth": {}, **changes}


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        # Access entries, in every mode that reads them and every case.
        ({"cluster": API, "access_entries": entries("EC2_WINDOWS")}, "pass", "may run kube-proxy: 1"),
        ({"cluster": API, "access_entries": entries("EC2_Windows")}, "pass", "may run kube-proxy: 1"),
        ({"cluster": BOTH, "access_entries": entries("ec2_windows")}, "pass", "may run kube-proxy: 1"),
        ({"cluster": API, "access_entries": entries("EC2_LINUX")}, "fail", "is of type EC2_LINUX"),
        ({"cluster": BOTH, "access_entries": entries("EC2_LINUX")}, "fail", "is of type EC2_LINUX"),
        ({"cluster": API, "access_entries": entries("STANDARD")}, "fail", "is of type STANDARD"),
        ({"cluster": API, "access_entries": entries("EC2")}, "fail", "is of type EC2"),
        ({"cluster": API, "access_entries": entries("")}, "fail", "is of type not given"),
        ({"cluster": API, "access_entries": ()}, "fail", "has no access entry, and authentication mode API"),
        ({"cluster": API, "access_entries": DENIED}, "unknown", "forbidden"),
        ({"cluster": BOTH, "access_entries": DENIED}, "unknown", "forbidden"),
        # In mode API aws-auth counts for nothing, in the mode with both an entry comes first.
        ({"cluster": API, "access_entries": (), "aws_auth": aws_auth(row(WINDOWS_ROLE, GROUP))}, "fail", "no access"),
        ({"access_entries": entries("EC2_LINUX"), "aws_auth": aws_auth(row(WINDOWS_ROLE, GROUP))}, "fail", "EC2_LINUX"),
        ({"access_entries": (), "aws_auth": aws_auth(row(WINDOWS_ROLE, GROUP))}, "pass", "kube-proxy: 1"),
        ({"access_entries": (), "aws_auth": aws_auth(row())}, "fail", f"lacks group {GROUP}"),
        ({"access_entries": (), "aws_auth": DENIED}, "unknown", "forbidden"),
        # aws-auth.
        (by_map(aws_auth=aws_auth(row(WINDOWS_ROLE, GROUP))), "pass", "kube-proxy: 1"),
        (by_map(aws_auth=aws_auth(row(WINDOWS_ROLE.upper(), GROUP))), "pass", "kube-proxy: 1"),
        (by_map(aws_auth=aws_auth(row(LINUX_ROLE), row(WINDOWS_ROLE, GROUP))), "pass", "kube-proxy: 1"),
        (by_map(aws_auth=aws_auth(row())), "fail", f"lacks group {GROUP} in ConfigMap kube-system/aws-auth"),
        (by_map(aws_auth=aws_auth(row(LINUX_ROLE, GROUP))), "fail", "is not in ConfigMap kube-system/aws-auth"),
        (by_map(aws_auth=aws_auth()), "fail", "is not in ConfigMap"),
        (by_map(aws_auth={"mapUsers": "[]"}), "fail", "is not in ConfigMap"),
        (by_map(aws_auth={"mapRoles": ""}), "fail", "is not in ConfigMap"),
        (by_map(), "fail", "is not in ConfigMap"),
        (by_map(aws_auth=DENIED), "unknown", "forbidden"),
        # Of several rows for one role the last one counts.
        (by_map(aws_auth=aws_auth(row(), row(WINDOWS_ROLE, GROUP))), "pass", "kube-proxy: 1"),
        (by_map(aws_auth=aws_auth(row(WINDOWS_ROLE, GROUP), row())), "fail", "lacks group"),
        # Roles with a path are mapped without it.
        (
            by_map(node_groups=(node_group(node_role=WITH_PATH),), aws_auth=aws_auth(row(WINDOWS_ROLE, GROUP))),
            "pass",
            "kube-proxy: 1",
        ),
        (
            by_map(node_groups=(node_group(node_role=WITH_PATH),), aws_auth=aws_auth(row(WITH_PATH, GROUP))),
            "fail",
            "with a path, and so does not map it",
        ),
        (
            by_map(node_groups=(node_group(node_role=WITH_PATH),), aws_auth=aws_auth(row(f"{WINDOWS_ROLE} ", GROUP))),
            "fail",
            "with blanks about its ARN: it maps nothing",
        ),
        (by_map(aws_auth=aws_auth({"RoleARN": WINDOWS_ROLE, "Groups": [GROUP]})), "pass", "kube-proxy: 1"),
        (
            {
                "cluster": API,
                "node_groups": (node_group(node_role=WITH_PATH),),
                "access_entries": (AccessEntry(WITH_PATH, "EC2_WINDOWS"),),
            },
            "pass",
            "kube-proxy: 1",
        ),
        # What is no list of rows maps nobody.
        (by_map(aws_auth={"mapRoles": "- rolearn: [\n"}), "fail", "is no list in YAML"),
        (by_map(aws_auth={"mapRoles": "\t- rolearn: x"}), "fail", "is no list in YAML"),
        (by_map(aws_auth={"mapRoles": f"rolearn: {WINDOWS_ROLE}"}), "fail", "is no list in YAML"),
        (by_map(aws_auth={"mapRoles": "words"}), "fail", "is no list in YAML"),
        (by_map(aws_auth={"mapRoles": yaml.safe_dump([{**row(), "groups": GROUP}])}), "fail", "lacks group"),
        (by_map(aws_auth={"mapRoles": yaml.safe_dump([None, 1, {}, row(WINDOWS_ROLE, GROUP)])}), "pass", ": 1"),
        # EKS may leave the mode out.
        (by_map(cluster=NOT_SAID, aws_auth=aws_auth(row(WINDOWS_ROLE, GROUP))), "pass", "kube-proxy: 1"),
        (by_map(cluster=NOT_SAID, aws_auth=aws_auth(row())), "unknown", "does not say the authentication mode"),
        # Node groups without a node, and nodes that no node group made.
        ({"nodes": LINUX, "access_entries": entries("EC2_LINUX")}, "fail", "EC2_LINUX"),
        ({"nodes": LINUX, "node_groups": (node_group("linux"),)}, "not_applicable", "no Windows node"),
        ({"nodes": LINUX, "node_groups": None}, "not_applicable", "node groups were not asked for"),
        (
            {"nodes": (OWN,), "node_groups": (), "instances": (Instance("i-01", "s", WINDOWS_ROLE),)},
            "pass",
            "kube-proxy: 1",
        ),
        ({"nodes": (OWN,), "node_groups": (), "instances": (Instance("i-01", "s", OWN_ROLE),)}, "fail", "Role own"),
        ({"nodes": (OWN,), "node_groups": (), "instances": (Instance("i-01", "s", DENIED),)}, "unknown", "forbidden"),
        ({"nodes": (OWN,), "node_groups": (), "instances": (Instance("i-01", "s", ""),)}, "unknown", "has no role"),
        ({"nodes": (OWN,), "node_groups": (), "instances": ()}, "unknown", "tells of no instance i-01"),
        ({"nodes": (OWN,), "node_groups": (), "instances": DENIED}, "unknown", "forbidden"),
        ({"nodes": (node("w", "windows", labels={}),), "node_groups": ()}, "unknown", "providerID of node w"),
        ({"node_groups": ()}, "unknown", "EKS tells no role of node group windows"),
        ({"node_groups": (node_group(node_role=""),)}, "unknown", "EKS tells no role of node group windows"),
        (
            {"node_groups": (node_group(ami_type="CUSTOM"),), "access_entries": entries("EC2_LINUX")},
            "fail",
            "EC2_LINUX",
        ),
        # What could not be read may have more, and hides no failure.
        ({"nodes": DENIED}, "unknown", "forbidden"),
        ({"node_groups": DENIED}, "unknown", "forbidden"),
        ({"cluster": DENIED}, "unknown", "forbidden"),
        ({"nodes": DENIED, "access_entries": entries("EC2_LINUX")}, "fail", "EC2_LINUX"),
    ],
)
def test_node_authorization(changes: dict[str, Any], status: str, words: str) -> None:
    found = finding("iam.node_authorization", observed(**changes))
    assert (found.status, found.severity, found.blocks) == (status, "error", ()), found.summary
    assert words in found.summary


def test_disabling_needs_none_of_it() -> None:
    seen = observed(access_entries=entries("EC2_LINUX"))
    for name in ("iam.node_authorization", "iam.node_role_shared"):
        assert finding(name, seen, goal="disable").status == "not_applicable"


@pytest.mark.parametrize(
    ("changes", "stops_pods"),
    [
        ({"access_entries": entries("EC2_LINUX")}, True),
        ({"access_entries": DENIED}, True),
        ({"node_groups": DENIED}, True),
        ({"cluster": DENIED}, True),
        (by_map(aws_auth=DENIED), True),
        # Of another node it is not known, and this one's role is right.
        ({"nodes": (OWN, node("w", "windows")), "instances": DENIED}, False),
        ({"nodes": DENIED}, False),
        (
            {
                "nodes": (OWN, node("w", "windows")),
                "instances": (Instance("i-01", "s", OWN_ROLE),),
                "access_entries": (AccessEntry(OWN_ROLE, "EC2_LINUX"), *entries("EC2_WINDOWS")),
            },
            False,
        ),
        ({"nodes": (OWN,), "instances": DENIED, "access_entries": entries("EC2_LINUX")}, True),
    ],
)
def test_pods_are_stopped_where_no_role_is_known_to_be_right(changes: dict[str, Any], stops_pods: bool) -> None:
    assert finding("iam.node_authorization", observed(**changes)).stops_pods is stops_pods


def test_what_is_seen_of_each_role() -> None:
    nodes = (OWN, node("other", "windows", labels={}, provider_id="aws:///eu-central-1a/i-02"))
    gone = Unknown("iam:GetInstanceProfile", "denied", "Give the caller iam:GetInstanceProfile")
    groups = tuple(node_group(f"windows-{number}") for number in (1, 2, 3))
    instances = (Instance("i-01", "s", OWN_ROLE), Instance("i-02", "s", gone))
    users = "Node group windows-1, Node group windows-2"
    seen = by_map(nodes=nodes, node_groups=groups, instances=instances, aws_auth=aws_auth(row()))
    found = finding("iam.node_authorization", observed(**seen))
    assert found.summary.endswith("(roles like it: 1)")
    assert [(item.object, item.value) for item in found.evidence] == [
        (
            f"IAM role {WINDOWS_ROLE}",
            f"groups in ConfigMap kube-system/aws-auth: {', '.join(NODE_GROUPS)} ({users} and 1 more)",
        ),
        (f"IAM role {OWN_ROLE}", "no row in ConfigMap kube-system/aws-auth (Node own)"),
        ("Node other", "role not known: denied"),
    ]
    assert GROUP in found.remedy
    assert "EC2_WINDOWS" in found.remedy


def test_a_node_that_lost_its_node_group_to_a_refusal_says_so() -> None:
    found = finding("iam.node_authorization", observed(node_groups=DENIED))
    told = {item.object: item.value for item in found.evidence}
    assert told["Node windows-1"] == f"role not known: {DENIED.reason}"
    assert found.remedy == DENIED.remedy


def test_without_pyyaml_it_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = observed(**by_map(aws_auth=aws_auth(row(WINDOWS_ROLE, GROUP))))
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    found = finding("iam.node_authorization", seen)
    assert (found.status, found.remedy) == ("unknown", "Install the Python package PyYAML there")


SHARED = (node_group("linux", node_role=WINDOWS_ROLE), node_group())
WINDOWS = (node("windows-1", "windows"),)
OF_CUSTOM = node("custom-1", labels={"eks.amazonaws.com/nodegroup": "custom"})


def custom(**changes: Any) -> NodeGroup:
    """A node group whose launch template names the AMI, with the role of Windows nodes."""
    return node_group("custom", **{"ami_type": "CUSTOM", "node_role": WINDOWS_ROLE, **changes})


EMPTY = node_group("custom", ami_type="CUSTOM", desired_size=0, node_role=OWN_ROLE)


@pytest.mark.parametrize("group", [EMPTY, replace(EMPTY, ami_type="")])
@pytest.mark.parametrize("goal", ["none", "enable", "legacy_install", "migrate"])
def test_a_node_group_that_may_be_of_windows_is_unknown(group: NodeGroup, goal: Any) -> None:
    seen = observed(nodes=LINUX, node_groups=(node_group("linux"), group), access_entries=None)
    found = finding("iam.node_authorization", seen, goal=goal)
    assert (found.status, found.severity, found.blocks, found.stops_pods) == ("unknown", "warning", (), False)
    assert found.summary == "Not known: the operating system of node groups whose launch template names the AMI: 1"
    shown = f"{group.ami_type or 'AMI type not given'}, role {OWN_ROLE}, operating system not known"
    assert [(item.object, item.value) for item in found.evidence] == [("Node group custom", shown)]
    assert all(words in found.remedy for words in ("describe-launch-template-versions", "EC2_WINDOWS", GROUP))
    shared = finding("iam.node_role_shared", seen, goal=goal)
    assert (shared.status, shared.summary) == (
        "not_applicable",
        "There is no Windows node, and no node group known to be of Windows",
    )


def test_a_node_tells_of_what_a_node_group_is() -> None:
    groups = (node_group("linux"), EMPTY)
    found = finding("iam.node_authorization", observed(nodes=(*LINUX, OF_CUSTOM), node_groups=groups))
    assert (found.status, found.evidence) == ("not_applicable", ())


def test_a_node_group_that_may_be_of_windows_changes_nothing_for_those_that_are() -> None:
    found = finding("iam.node_authorization", observed(node_groups=(node_group(), EMPTY)))
    assert (found.status, found.summary) == ("pass", "Roles of Windows nodes that may run kube-proxy: 1")
    assert [item.object for item in found.evidence] == [f"IAM role {WINDOWS_ROLE}", "Node group custom"]


@pytest.mark.parametrize(
    ("changes", "status", "severity"),
    [
        ({}, "pass", "warning"),
        ({"node_groups": SHARED}, "fail", "info"),
        ({"node_groups": SHARED, "access_entries": ()}, "fail", "warning"),
        ({"node_groups": SHARED, "access_entries": DENIED}, "fail", "warning"),
        ({"node_groups": SHARED, "access_entries": (AccessEntry(OWN_ROLE, "EC2_WINDOWS"),)}, "fail", "warning"),
        (by_map(node_groups=SHARED), "fail", "warning"),
        ({"node_groups": (SHARED[0],), "nodes": LINUX}, "not_applicable", "warning"),
        ({"node_groups": None, "nodes": LINUX}, "not_applicable", "warning"),
        (
            {"node_groups": (SHARED[0],), "nodes": (OWN,), "instances": (Instance("i-01", "s", WINDOWS_ROLE),)},
            "fail",
            "info",
        ),
        ({"node_groups": (SHARED[0],), "nodes": (OWN,), "instances": DENIED}, "unknown", "warning"),
        ({"node_groups": (node_group(),), "nodes": (OWN,), "instances": DENIED}, "unknown", "warning"),
        ({"node_groups": SHARED, "nodes": (OWN,), "instances": DENIED}, "fail", "info"),
        ({"node_groups": DENIED}, "unknown", "warning"),
        ({"nodes": DENIED}, "unknown", "warning"),
        # A launch template names the AMI, and nothing tells what of.
        ({"node_groups": (custom(), node_group())}, "unknown", "info"),
        ({"node_groups": (custom(), node_group()), "access_entries": ()}, "unknown", "warning"),
        ({"node_groups": (custom(ami_type=""), node_group()), "access_entries": ()}, "unknown", "warning"),
        ({"node_groups": (custom(node_role=LINUX_ROLE), node_group())}, "pass", "warning"),
        ({"node_groups": (custom(), *SHARED)}, "fail", "info"),
        # A node tells it.
        ({"node_groups": (custom(), node_group()), "nodes": (OF_CUSTOM, *WINDOWS)}, "fail", "info"),
        (
            {"node_groups": (custom(), node_group()), "nodes": (replace(OF_CUSTOM, operating_system=""), *WINDOWS)},
            "unknown",
            "info",
        ),
        (
            {"node_groups": (custom(), node_group()), "nodes": (replace(OF_CUSTOM, operating_system="windows"),)},
            "pass",
            "warning",
        ),
        (
            {"node_groups": (custom(), node_group()), "nodes": (OWN, *WINDOWS), "instances": DENIED},
            "unknown",
            "warning",
        ),
    ],
)
def test_node_role_shared(changes: dict[str, Any], status: str, severity: str) -> None:
    found = finding("iam.node_role_shared", observed(**changes))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, severity, (), False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (by_map(), "so that a new node group may take eks:kube-proxy-windows from it in aws-auth"),
        ({"cluster": BOTH, "access_entries": ()}, "so that a new node group may take"),
        ({"cluster": BOTH, "access_entries": DENIED}, "Linux node groups that run as a role of Windows nodes: 1"),
        (by_map(cluster=NOT_SAID), "Linux node groups that run as a role of Windows nodes: 1"),
        (by_map(cluster=DENIED), "Linux node groups that run as a role of Windows nodes: 1"),
        ({"cluster": API, "access_entries": ()}, "and access entries, which alone count in mode API, have a single"),
        ({"cluster": API, "access_entries": DENIED}, "and access entries, which alone count in mode API, have a"),
        ({"cluster": API}, "whose access entry has a single type"),
    ],
)
def test_what_a_shared_role_may_lose(changes: dict[str, Any], words: str) -> None:
    found = finding("iam.node_role_shared", observed(**{**changes, "node_groups": SHARED}))
    assert found.status == "fail"
    assert words in found.summary
    assert ("aws-auth" in found.summary) is ("aws-auth" in words or words.startswith("so that"))


def test_which_node_group_shares_the_role() -> None:
    found = finding("iam.node_role_shared", observed(node_groups=SHARED))
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Node group linux", f"AL2023_x86_64_STANDARD, role {WINDOWS_ROLE}")
    ]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"node_groups": (custom(), node_group())}, ["custom"]),
        ({"node_groups": (custom(), *SHARED)}, ["linux", "custom"]),
        ({"node_groups": (custom(), node_group()), "nodes": (OWN, *WINDOWS), "instances": DENIED}, ["custom"]),
    ],
)
def test_a_node_group_that_may_be_of_linux_is_named(changes: dict[str, Any], shown: list[str]) -> None:
    found = finding("iam.node_role_shared", observed(**changes))
    named = [item for item in found.evidence if item.object.startswith("Node group")]
    assert [item.object for item in named] == [f"Node group {name}" for name in shown]
    assert named[-1].value == f"CUSTOM, role {WINDOWS_ROLE}, operating system not known"


def test_how_to_tell_the_operating_system_of_a_node_group() -> None:
    found = finding("iam.node_role_shared", observed(node_groups=(custom(), node_group())))
    assert found.summary == ("Not known: the operating system of node groups that run as a role of Windows nodes: 1")
    assert "describe-launch-template-versions" in found.remedy
