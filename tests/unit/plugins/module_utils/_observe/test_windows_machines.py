# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Instance
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import (
    instance_id,
    instance_ids,
    node_roles,
    own_instances,
    self_managed,
    windows_groups,
    windows_nodes,
    windows_types,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    WINDOWS_ROLE,
    node,
    node_group,
)

OWN = node("own", "windows", labels={}, instance_type="c5.large", provider_id="aws:///eu-central-1a/i-0abc")
MANAGED = node("managed", "windows")
NODES = (
    node("linux"),
    MANAGED,
    OWN,
    node("auto", "windows", auto_mode=True, instance_type="a"),
    node("fargate", "windows", fargate=True, instance_type="b"),
)


def test_which_nodes_are_of_windows() -> None:
    assert [each.name for each in windows_nodes(NODES)] == ["managed", "own"]
    assert [each.name for each in self_managed(NODES)] == ["own"]


@pytest.mark.parametrize(
    ("provider_id", "expected"),
    [
        ("aws:///eu-central-1a/i-0123456789abcdef0", "i-0123456789abcdef0"),
        ("aws:///eu-central-1a/fargate-ip-10-0-0-1", ""),
        ("eks-hybrid:///eu-central-1/production/mi-0123", ""),
        ("aws:///eu-central-1a/i-XYZ", ""),
        ("", ""),
    ],
)
def test_which_instance_a_node_is(provider_id: str, expected: str) -> None:
    assert instance_id(node(provider_id=provider_id)) == expected


def test_which_instances_no_managed_node_group_made() -> None:
    of_group = node("managed", "windows", provider_id="aws:///eu-central-1a/i-0def")
    nodes = (node("linux"), of_group, OWN, node("odd", "windows", labels={}))
    assert instance_ids(nodes) == {"i-0abc", "i-0def"}
    own, other = Instance("i-0abc", "subnet", WINDOWS_ROLE), Instance("i-0def", "subnet", None)
    assert own_instances(nodes, (own, other)) == (own,)
    assert own_instances(nodes, DENIED) == DENIED
    assert own_instances(nodes, None) is None
    # What is not known of others hides nothing.
    assert own_instances((of_group,), (other,)) is None
    assert own_instances((of_group,), DENIED) is None


def test_which_node_groups_are_of_windows() -> None:
    groups = (
        node_group("linux"),
        node_group("windows-empty"),
        node_group("windows", ami_type="CUSTOM"),
        node_group("other", ami_type="CUSTOM"),
        node_group("lower", ami_type="windows_core_2022_x86_64"),
    )
    assert [group.name for group in windows_groups(NODES, groups)] == ["windows-empty", "windows", "lower"]


def test_which_types_matter() -> None:
    groups = (node_group("linux", instance_types=("m6g.large",)), node_group(instance_types=("m5.xlarge", "m5.large")))
    assert windows_types(NODES, groups, ("t3.large", "")) == ("c5.large", "m5.large", "m5.xlarge", "t3.large")


def test_whose_roles_windows_nodes_have() -> None:
    groups = (node_group("windows-empty"), node_group("linux"), node_group("windows", node_role="other"))
    found = node_roles(NODES, groups, (Instance("i-0abc", "subnet", WINDOWS_ROLE),))
    assert [(role.arn, role.users) for role in found.roles] == [
        (WINDOWS_ROLE, ("Node group windows-empty", "Node own")),
        ("other", ("Node group windows",)),
    ]
    assert found.untold == ()


def test_roles_that_are_not_known_are_told_of_each_node() -> None:
    found = node_roles(NODES, (), DENIED)
    assert found.roles == ()
    assert [(name, part.source) for name, part in found.untold] == [
        ("Node managed", "eks:DescribeNodegroup"),
        ("Node own", DENIED.source),
    ]


@pytest.mark.parametrize("groups", [None, ()])
def test_a_node_group_that_eks_does_not_tell_of_has_no_role(groups: tuple[()] | None) -> None:
    ((name, part),) = node_roles((MANAGED,), groups, None).untold
    assert (name, part.reason) == ("Node managed", "EKS tells no role of node group windows")


def test_where_node_groups_were_refused_their_nodes_tell_why() -> None:
    found = node_roles(NODES, DENIED, (Instance("i-0abc", "subnet", WINDOWS_ROLE),))
    assert found.untold == (("Node managed", DENIED),)
    assert [role.users for role in found.roles] == [("Node own",)]
