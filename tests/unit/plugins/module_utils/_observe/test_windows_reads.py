# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import KubernetesAccess
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS, WINDOWS_GOALS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AccessEntry,
    Ec2InstanceType,
    Instance,
    Subnet,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import Reading
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_reads import (
    AWS_AUTH,
    WindowsParts,
    windows_parts,
    with_aws_auth,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    WINDOWS_ROLE,
    cluster,
    config_map,
    node,
)

Read = Callable[..., WindowsParts | None]

OWN_ROLE = "arn:aws:iam::111122223333:role/own"
OWN = node("own", "windows", labels={}, provider_id="aws:///eu-central-1a/i-01")
LINUX = (node("a"), node("b"))
WINDOWS = (*LINUX, node("w", "windows"))
ON, OFF = config_map({"enable-windows-ipam": "1"}), config_map({"enable-windows-ipam": "false"})
MANAGED = node("m", "windows", provider_id="aws:///eu-central-1a/i-02")
EC2_CALLS = ["ec2:describe_instance_types", "ec2:describe_subnets"]
GROUP_CALLS = ["eks:describe_nodegroup", "eks:list_nodegroups"]


@pytest.fixture
def read(aws, kubernetes) -> Read:
    """Reads of a cluster with one managed node group of Windows and one instance of its own."""
    aws.answers = {
        "list_nodegroups": ["windows"],
        "describe_nodegroup": {
            "nodegroup": {
                "amiType": "WINDOWS_CORE_2022_x86_64",
                "nodeRole": WINDOWS_ROLE,
                "instanceTypes": ["m5.xlarge"],
                "subnets": ["subnet-3"],
            }
        },
        "describe_instances": [
            {"Instances": [{"InstanceId": "i-01", "SubnetId": "subnet-4", "IamInstanceProfile": {"Arn": "arn/own"}}]}
        ],
        "get_instance_profile": {"InstanceProfile": {"Roles": [{"Arn": OWN_ROLE}]}},
        "describe_access_entry": {"accessEntry": {"type": "EC2_WINDOWS"}},
        "describe_subnets": [{"SubnetId": "subnet-1", "AvailableIpAddressCount": 7}],
        "describe_instance_types": [{"InstanceType": "m5.large", "NetworkInfo": {"Ipv4AddressesPerInterface": 10}}],
    }
    kubernetes.answers = {AWS_AUTH: {"data": {"mapRoles": "[]"}}}

    def run(nodes: Any = WINDOWS, config: Any = OFF, seen: Any = None, **options: Any) -> WindowsParts | None:
        access = KubernetesAccess(KubernetesConnection("https://cluster", "", True), kubernetes)
        with ThreadPoolExecutor(2) as pool:
            described = seen or cluster()
            reading = Reading(pool, aws, {"cluster_name": "production", **options}, described, access)
            parts = windows_parts(reading, nodes, config)
            return with_aws_auth(reading, parts.result(), nodes) if parts else None

    return run


def test_all_that_windows_nodes_make_matter(aws, read: Read) -> None:
    parts = read((*WINDOWS, OWN))
    assert parts is not None
    assert [group.node_role for group in parts.node_groups] == [WINDOWS_ROLE]  # type: ignore[union-attr]
    assert parts.instances == (Instance("i-01", "subnet-4", OWN_ROLE),)
    assert parts.access_entries == (AccessEntry(WINDOWS_ROLE, "EC2_WINDOWS"), AccessEntry(OWN_ROLE, "EC2_WINDOWS"))
    assert parts.aws_auth is None
    assert parts.subnets == (Subnet("subnet-1", "", 7),)
    assert parts.instance_types == (Ec2InstanceType("m5.large", 10, "", ()),)
    asked = {operation: parameters for operation, _region, parameters in aws.asked_in}
    assert asked["describe_subnets"]["Filters"][0]["Values"] == ["subnet-1", "subnet-2", "subnet-3", "subnet-4"]
    assert asked["describe_instance_types"]["Filters"][0]["Values"] == ["m5.large", "m5.xlarge"]
    assert len(aws.asked) == 8


@pytest.mark.parametrize(
    ("nodes", "config", "options", "calls"),
    [
        # Nothing of Windows costs nothing.
        (LINUX, OFF, {}, None),
        (LINUX, None, {}, None),
        (LINUX, config_map(None), {"goal": "legacy_remove"}, None),
        (WINDOWS, ON, {"goal": "disable"}, None),
        # Windows IPAM is on, and there may be a node group without a node.
        (LINUX, ON, {}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
        (LINUX, OFF, {"planned_instance_types": ["m5.large"]}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
        (WINDOWS, OFF, {"goal": "legacy_remove"}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
        # The goal is to turn it on for a node group that waits for that.
        (LINUX, OFF, {"goal": "enable"}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
        # What could not be read may have it.
        (DENIED, OFF, {}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
        (LINUX, DENIED, {}, ["eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]),
    ],
)
def test_what_is_asked(aws, read: Read, nodes: Any, config: Any, options: dict[str, Any], calls: Any) -> None:
    parts = read(nodes, config, **options)
    assert (parts is None) is (calls is None)
    assert sorted(aws.asked) == sorted(calls or [])


def test_instances_of_managed_node_groups_cost_one_call_and_tell_no_subnet(aws, read: Read) -> None:
    aws.answers["describe_instances"] = [
        {"Instances": [{"InstanceId": "i-02", "SubnetId": "subnet-5", "IamInstanceProfile": {"Arn": "arn/managed"}}]}
    ]
    parts = read((*WINDOWS, MANAGED))
    assert parts is not None
    assert parts.instances == (Instance("i-02", "subnet-5", None),)
    calls = ["ec2:describe_instances", "eks:describe_access_entry", *EC2_CALLS, *GROUP_CALLS]
    assert sorted(aws.asked) == sorted(calls)
    asked = {operation: parameters for operation, _region, parameters in aws.asked_in}
    assert asked["describe_instances"]["Filters"] == [{"Name": "instance-id", "Values": ["i-02"]}]
    assert asked["describe_subnets"]["Filters"][0]["Values"] == ["subnet-1", "subnet-2", "subnet-3"]


def test_all_windows_nodes_are_asked_for_by_one_call(aws, read: Read) -> None:
    assert read((*WINDOWS, MANAGED, OWN, node("l", provider_id="aws:///eu-central-1a/i-03"))) is not None
    asked = [parameters for operation, _region, parameters in aws.asked_in if operation == "describe_instances"]
    assert [each["Filters"] for each in asked] == [[{"Name": "instance-id", "Values": ["i-01", "i-02"]}]]


@pytest.mark.parametrize(("config", "goal"), [(ON, "none"), (OFF, "enable"), (None, "migrate")])
def test_nothing_more_is_asked_where_no_node_group_is_there(
    aws, kubernetes, read: Read, config: Any, goal: str
) -> None:
    aws.answers["list_nodegroups"] = []
    assert read(LINUX, config, goal=goal) == WindowsParts(node_groups=())
    assert (aws.asked, kubernetes.asked) == (["eks:list_nodegroups"], [])


@pytest.mark.parametrize("goal", GOALS)
def test_which_goals_ask_where_nothing_of_windows_is_on(read: Read, goal: str) -> None:
    assert (read(LINUX, OFF, goal=goal) is not None) is (goal in WINDOWS_GOALS)


@pytest.mark.parametrize(
    ("mode", "entry", "entries", "asked"),
    [
        ("API", True, (AccessEntry(WINDOWS_ROLE, "EC2_WINDOWS"),), False),
        ("API", False, (), False),
        ("API_AND_CONFIG_MAP", True, (AccessEntry(WINDOWS_ROLE, "EC2_WINDOWS"),), False),
        ("API_AND_CONFIG_MAP", False, (), True),
        ("CONFIG_MAP", True, None, True),
        ("", True, None, True),
    ],
)
def test_aws_auth_is_read_where_no_access_entry_decides(
    aws, kubernetes, read: Read, mode: str, entry: bool, entries: Any, asked: bool
) -> None:
    if not entry:
        aws.answers["describe_access_entry"] = aws.refusal("ResourceNotFoundException")
    parts = read(WINDOWS, seen=cluster(authentication_mode=mode))
    assert parts is not None
    assert parts.access_entries == entries
    assert parts.aws_auth == ({"mapRoles": "[]"} if asked else None)
    assert ((AWS_AUTH, "", "", False) in kubernetes.asked) is asked


@pytest.mark.parametrize("answer", [404, {}, {"data": None}])
def test_no_aws_auth_maps_nobody(kubernetes, read: Read, answer: Any) -> None:
    kubernetes.answers[AWS_AUTH] = answer
    parts = read(WINDOWS, seen=cluster(authentication_mode="CONFIG_MAP"))
    assert parts is not None
    assert parts.aws_auth == {}


@pytest.mark.parametrize(
    ("operation", "call", "parts"),
    [
        ("list_nodegroups", "eks:ListNodegroups", {"node_groups"}),
        ("describe_nodegroup", "eks:DescribeNodegroup", {"node_groups"}),
        ("describe_instances", "ec2:DescribeInstances", {"instances"}),
        ("describe_access_entry", "eks:DescribeAccessEntry", {"access_entries"}),
        ("describe_subnets", "ec2:DescribeSubnets", {"subnets"}),
        ("describe_instance_types", "ec2:DescribeInstanceTypes", {"instance_types"}),
    ],
)
def test_one_call_that_is_denied_hides_no_other(aws, read: Read, operation: str, call: str, parts: set[str]) -> None:
    aws.answers[operation] = aws.refusal("AccessDenied", call.partition(":")[2])
    found = vars(read((*WINDOWS, OWN)))
    unknown = {name: part for name, part in found.items() if isinstance(part, Unknown)}
    assert set(unknown) == parts
    assert {(part.source, part.remedy) for part in unknown.values()} == {(call, f"Give the caller {call}")}


def test_aws_auth_that_may_not_be_read(kubernetes, read: Read) -> None:
    kubernetes.answers[AWS_AUTH] = 403
    parts = read(WINDOWS, seen=cluster(authentication_mode="CONFIG_MAP"))
    assert parts is not None
    assert isinstance(parts.aws_auth, Unknown)
    assert parts.aws_auth.source == f"GET {AWS_AUTH}"


def test_what_a_cluster_that_is_not_known_is_asked(aws, kubernetes, read: Read) -> None:
    parts = read(WINDOWS, seen=DENIED)
    assert parts is not None
    assert (parts.access_entries, parts.aws_auth, kubernetes.asked) == (None, None, [])
    assert sorted(aws.asked) == sorted([*EC2_CALLS, *GROUP_CALLS])
