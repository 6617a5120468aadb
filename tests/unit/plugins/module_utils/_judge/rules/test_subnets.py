# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Ec2InstanceType,
    Instance,
    Subnet,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    config_map,
    finding,
    node,
    node_group,
    observed,
    provider_id,
)

FAILURES = {
    "network.subnet_addresses": Failure(
        observed(subnets=(Subnet("subnet-1", "a", 3), Subnet("subnet-2", "b", 3))), "warning", goals=ALL_BUT_DISABLE
    ),
}

PREFIXES = config_map({"enable-windows-ipam": "true", "enable-windows-prefix-delegation": "true"})
LINUX = (node("a"), node("b"))
NO_WINDOWS: dict[str, Any] = {"nodes": LINUX, "node_groups": (), "subnets": None}
UNTOLD = (node_group(), node_group("windows-b"))
OLD = cluster(version="1.24", platform_version="eks.9")
STRANGE = cluster(version="1.26", platform_version="?")
SELF_MANAGED = node("own", "windows", labels={}, provider_id="aws:///eu-central-1a/i-01")


def free(*counts: int) -> tuple[Subnet, ...]:
    """Subnets of the cluster with so many free addresses."""
    return tuple(Subnet(f"subnet-{number}", "eu-central-1a", count) for number, count in enumerate(counts, start=1))


@pytest.mark.parametrize(
    ("changes", "options", "status", "words"),
    [
        # m5.large runs 9 pods, and the node has an address of its own.
        ({"subnets": free(10, 10)}, {}, "pass", "at least 10 addresses: one more m5.large with 9 pods"),
        ({"subnets": free(9, 9)}, {}, "fail", "fewer than 10 addresses: one more m5.large with 9 pods"),
        ({"subnets": free(9, 200)}, {}, "fail", "Subnets of Windows nodes with fewer than 10 addresses"),
        ({"subnets": free(9, 200)}, {}, "fail", ": 1 of 2"),
        ({"subnets": free(200)}, {}, "fail", ": 1 of 2"),
        # Without a node group of Windows that names its subnets, one of the cluster's is enough.
        ({"subnets": free(9, 200), "node_groups": (node_group(subnet_ids=()),)}, {}, "pass", ": 1 of 2"),
        ({"subnets": free(9, 9), "node_groups": (node_group(subnet_ids=()),)}, {}, "fail", "Subnets of the cluster"),
        # The largest type counts, also one that is only planned or named by a node group without a node.
        ({"subnets": free(200, 200)}, {"planned_instance_types": ("m5.metal",)}, "pass", "m5.metal with 49 pods"),
        ({"subnets": free(49, 49)}, {"planned_instance_types": ("m5.metal",)}, "fail", "fewer than 50"),
        ({"subnets": free(14, 14), "node_groups": (node_group(instance_types=("m5.xlarge",)),)}, {}, "fail", "15"),
        ({**NO_WINDOWS, "subnets": free(200, 9)}, {"planned_instance_types": ("m5.large",)}, "pass", ": 1 of 2"),
        ({**NO_WINDOWS, "subnets": free(9, 9)}, {"planned_instance_types": ("m5.large",)}, "fail", "of the cluster"),
        # Prefix delegation takes whole blocks, of no more pods than a kubelet runs.
        ({"subnets": free(113, 113), "cni_config_map": PREFIXES}, {}, "pass", "113 addresses: one more m5.large"),
        ({"subnets": free(112, 112), "cni_config_map": PREFIXES}, {}, "fail", "m5.large with 110 pods"),
        (
            {
                "subnets": free(49, 49),
                "cni_config_map": PREFIXES,
                "nodes": (node("w", "windows", instance_type="t3.small"),),
            },
            {},
            "pass",
            "49 addresses: one more t3.small with 48 pods",
        ),
        ({"subnets": free(10, 10)}, {"goal": "enable", "prefix_delegation": True}, "fail", "with 110 pods"),
        (
            {"subnets": free(10, 10), "cni_config_map": PREFIXES},
            {"goal": "enable", "prefix_delegation": False},
            "pass",
            "with 9 pods",
        ),
        (
            {"subnets": free(10, 10), "cni_config_map": PREFIXES, "cluster": cluster(version="1.24")},
            {},
            "pass",
            "with 9 pods",
        ),
        (
            {
                "subnets": free(10, 10),
                "cni_config_map": PREFIXES,
                "nodes": (node("w", "windows", instance_type="m4.large"),),
            },
            {},
            "pass",
            "m4.large with 9 pods",
        ),
        # Where the ConfigMap can't be read, what is enough or too few in both modes is told.
        ({"subnets": free(112, 112), "cni_config_map": DENIED}, {}, "unknown", "forbidden"),
        ({"subnets": free(10, 10), "cni_config_map": DENIED}, {}, "unknown", "forbidden"),
        ({"subnets": free(113, 113), "cni_config_map": DENIED}, {}, "pass", "113 addresses: one more m5.large"),
        ({"subnets": free(9, 200), "cni_config_map": DENIED}, {}, "fail", "fewer than 10 addresses"),
        ({"subnets": DENIED, "cni_config_map": DENIED}, {}, "unknown", "forbidden"),
        ({"subnets": free(10, 10), "cni_config_map": DENIED, "cluster": OLD}, {}, "pass", "with 9 pods"),
        (
            {
                "subnets": free(10, 10),
                "cni_config_map": DENIED,
                "nodes": (node("w", "windows", instance_type="m4.large"),),
            },
            {},
            "pass",
            "m4.large with 9 pods",
        ),
        # The goal says what it will be.
        (
            {"subnets": free(10, 10), "cni_config_map": DENIED},
            {"goal": "enable", "prefix_delegation": False},
            "pass",
            "with 9 pods",
        ),
        (
            {"subnets": free(112, 112), "cni_config_map": DENIED},
            {"goal": "migrate", "prefix_delegation": True},
            "fail",
            "with 110 pods",
        ),
        ({"subnets": free(10, 10), "cni_config_map": DENIED}, {"goal": "enable"}, "unknown", "forbidden"),
        # The same where it is on or to be on, and the cluster's versions decide and can't be told.
        ({"subnets": free(10, 10), "cni_config_map": PREFIXES, "cluster": DENIED}, {}, "unknown", "forbidden"),
        ({"subnets": free(10, 10), "cni_config_map": PREFIXES, "cluster": STRANGE}, {}, "unknown", "versions apart"),
        (
            {"subnets": free(10, 10), "cluster": DENIED},
            {"goal": "enable", "prefix_delegation": True},
            "unknown",
            "forbidden",
        ),
        ({"subnets": free(113, 113), "cni_config_map": PREFIXES, "cluster": DENIED}, {}, "pass", "113 addresses"),
        # What it does not apply to.
        (NO_WINDOWS, {}, "not_applicable", "No instance type"),
        ({**NO_WINDOWS, "node_groups": None}, {}, "not_applicable", "node groups were not asked for"),
        ({"subnets": free(1, 1)}, {"goal": "disable"}, "not_applicable", "Without Windows support"),
        (
            {**NO_WINDOWS, "subnets": free(1, 1), "instance_types": ()},
            {"planned_instance_types": ("m99.large",)},
            "unknown",
            "is not known for instance types: m99.large",
        ),
        # A launch template names the type of a node group without a node.
        ({"nodes": LINUX}, {}, "unknown", "whose launch template names the type: windows"),
        ({"nodes": LINUX, "subnets": free(1, 1)}, {}, "unknown", "whose launch template names the type: windows"),
        ({"nodes": LINUX}, {"planned_instance_types": ("m5.large",)}, "pass", "one more m5.large"),
        ({"node_groups": UNTOLD}, {}, "unknown", "whose launch template names the type: windows-b"),
        ({"node_groups": UNTOLD, "subnets": free(1, 1)}, {}, "fail", "one more m5.large"),
        ({"node_groups": UNTOLD}, {"planned_instance_types": ("m5.large",)}, "pass", "one more m5.large"),
        ({"nodes": DENIED}, {"planned_instance_types": ("m5.large",)}, "unknown", "forbidden"),
        # A type that nobody knows may need more than one that is known, and hides no subnet that is too small for that.
        ({"instance_types": ()}, {"planned_instance_types": ("m99.large",)}, "unknown", "types: m99.large"),
        ({"subnets": free(1, 1)}, {"planned_instance_types": ("m99.large",)}, "fail", "one more m5.large"),
        (
            {"subnets": free(1, 1), "instance_types": DENIED},
            {"planned_instance_types": ("m99.large",)},
            "fail",
            "one more m5.large",
        ),
        # What is not known.
        ({"nodes": DENIED, "node_groups": ()}, {}, "unknown", "forbidden"),
        ({"nodes": LINUX, "node_groups": DENIED}, {}, "unknown", "forbidden"),
        ({"node_groups": DENIED}, {}, "unknown", "forbidden"),
        ({"node_groups": DENIED, "subnets": free(1, 1)}, {}, "unknown", "forbidden"),
        ({"nodes": DENIED, "node_groups": ()}, {"planned_instance_types": ("m5.large",)}, "unknown", "forbidden"),
        ({"nodes": (SELF_MANAGED,), "instances": DENIED}, {}, "unknown", "forbidden"),
        ({"instances": DENIED}, {}, "pass", "one more m5.large"),
        ({"subnets": DENIED}, {}, "unknown", "forbidden"),
        ({"cluster": DENIED, "node_groups": (node_group(subnet_ids=()),)}, {}, "unknown", "forbidden"),
        # The cluster's subnets matter only where those of Windows nodes are not known.
        ({"cluster": DENIED, "subnets": free(1, 1)}, {}, "fail", "Subnets of Windows nodes"),
        ({"cluster": DENIED}, {}, "pass", "one more m5.large"),
        (
            {"cluster": cluster(subnet_ids=()), "node_groups": (node_group(subnet_ids=()),)},
            {},
            "unknown",
            "tells its subnets",
        ),
        ({"instance_types": DENIED}, {"planned_instance_types": ("m99.large",)}, "unknown", "forbidden"),
        ({"instance_types": DENIED}, {}, "pass", "by the controller's list of 2026-03-20"),
    ],
)
def test_subnet_addresses(changes: dict[str, Any], options: dict[str, Any], status: str, words: str) -> None:
    found = finding("network.subnet_addresses", observed(**changes), **options)
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "warning", (), False)
    assert words in found.summary


@pytest.mark.parametrize(("free_addresses", "status"), [(113, "pass"), (9, "fail")])
def test_what_holds_in_both_modes_names_what_would_tell_the_mode(free_addresses: int, status: str) -> None:
    seen = observed(subnets=free(free_addresses, free_addresses), cni_config_map=DENIED)
    found = finding("network.subnet_addresses", seen)
    assert (found.status, found.evidence[-1].object) == (status, DENIED.source)


def test_what_ec2_tells_of_the_type_counts() -> None:
    told = (Ec2InstanceType("m5.large", 12, "nitro", ("x86_64",)),)
    found = finding("network.subnet_addresses", observed(instance_types=told, subnets=free(11, 11)))
    assert found.summary == (
        "Subnets of Windows nodes with fewer than 12 addresses: one more m5.large with 11 pods, by EC2: 2 of 2"
    )


def test_the_subnet_of_a_self_managed_node_counts_and_others_do_not() -> None:
    instance = Instance("i-01", "subnet-9", "role")
    # The instances of managed node groups are where these say.
    managed, other = node("m", "windows", provider_id=provider_id(2)), Instance("i-02", "subnet-8", None)
    seen = {"nodes": (SELF_MANAGED, managed), "node_groups": (), "instances": (instance, other)}
    full = Subnet("subnet-9", "eu-central-1c", 2)
    found = finding("network.subnet_addresses", observed(**seen, subnets=(*free(200, 200), full)))
    assert found.status == "fail"
    assert [(item.object, item.value) for item in found.evidence] == [
        ("Subnet subnet-9", "eu-central-1c, 2 addresses free")
    ]


def test_a_subnet_that_is_gone_is_said() -> None:
    found = finding("network.subnet_addresses", observed(subnets=()))
    assert {item.value for item in found.evidence} == {"EC2 does not tell of it"}
