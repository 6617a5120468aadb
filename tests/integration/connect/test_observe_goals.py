# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goals look at besides: what it costs, and what it makes of each part that can't be read."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import kubernetes_api
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    CniNode,
    KarpenterNodeClass,
    Observation,
    RoleUser,
    RoleUsers,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observe import observe
from tests.integration.conftest import require_real_control_plane
from tests.integration.connect.conftest import WINDOWS, pod
from tests.testbed import AddonSpec, ClusterSpec, NodeSpec, Testbed, chart_data
from tests.testbed.aws.partitions import regions_of

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

SHARED = "clusters-of-the-team"
DISABLE_ACTIONS = [
    "ec2:DescribeRegions",
    "eks:DescribeAddon",
    "eks:DescribeCluster",
    "eks:DescribeClusterVersions",
    "eks:DescribeNodegroup",
    "eks:ListClusters",
    "eks:ListFargateProfiles",
    "eks:ListNodegroups",
    "iam:ListAttachedRolePolicies",
    "sts:AssumeRole",
]
"""The notes of eks_windows_preflight name them, but for the assumption of a role for Kubernetes."""

OPERATOR = "arn:aws:iam::111122223333:role/operator"
MIXED = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
NODE_CLASSES = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "ec2nodeclasses.karpenter.k8s.aws"},
    "spec": {
        "group": "karpenter.k8s.aws",
        "scope": "Cluster",
        "names": {
            "kind": "EC2NodeClass",
            "listKind": "EC2NodeClassList",
            "plural": "ec2nodeclasses",
            "singular": "ec2nodeclass",
        },
        "versions": [
            {
                "name": version,
                "served": True,
                "storage": version == "v1",
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
            for version in ("v1beta1", "v1")
        ],
    },
}

Look = Callable[..., Observation]


def node_class(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": name}, "spec": spec}


def cni_node(name: str, *features: str) -> dict[str, Any]:
    return {
        "apiVersion": "vpcresources.k8s.aws/v1alpha1",
        "kind": "CNINode",
        "metadata": {"name": name},
        "spec": {"features": [{"name": feature} for feature in features]},
    }


SPECS = (
    ClusterSpec(
        "addon",
        nodes=MIXED,
        config_map=chart_data(enable_windows_ipam="true"),
        addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}'),
    ),
    ClusterSpec("self-managed", objects=(pod("hopes", nodeSelector=WINDOWS), pod("linux"))),
    ClusterSpec("without-policy", policies=("AmazonEKSClusterPolicy",)),
    ClusterSpec(
        "used",
        role_name=SHARED,
        nodes=(NodeSpec(), NodeSpec(), NodeSpec("windows-1", os="windows")),
        objects=(
            NODE_CLASSES,
            node_class("windows", amiSelectorTerms=[{"alias": "windows2022@latest"}, {"id": "ami-1"}]),
            node_class("linux", amiFamily="AL2023"),
            cni_node("grouped", "SecurityGroupsForPods"),
            cni_node("plain"),
            pod("asks", nodeSelector=WINDOWS),
            pod("strays", nodeName="windows-1"),
            pod("linux"),
        ),
    ),
)
ELSEWHERE = (("used", "eu-west-1", SHARED), ("apart", "eu-west-1", ""), ("far", "sa-east-1", SHARED))
"""Further clusters by name, region and role; empty for a role of its own."""

REGIONS = ("eu-central-1", "eu-west-1", "sa-east-1", "us-east-1")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    with Testbed(SPECS, control_plane="emulated") as testbed:
        for name, region, role in ELSEWHERE:
            testbed.aws.add_cluster(name, region=region, role_name=role)
        testbed.aws.set_regions(REGIONS)
        yield testbed


def calls(testbed: Testbed, name: str) -> Counter[str]:
    """Every call of the client, counted at the servers."""
    aws = [f"{request.service}:{request.operation}" for request in testbed.aws.requests()]
    return Counter([*aws, *(f"{request.verb} {request.path}" for request in testbed.clusters[name].requests())])


def wrote(testbed: Testbed, name: str) -> bool:
    return any(request.write for request in (*testbed.aws.requests(), *testbed.clusters[name].requests()))


def unknown(observation: Observation) -> dict[str, Unknown]:
    """The parts that could not be read, by name."""
    parts = {field.name: getattr(observation, field.name) for field in dataclasses.fields(observation)}
    return {name: part for name, part in parts.items() if isinstance(part, Unknown)}


def pods(observation: Observation) -> list[str]:
    return sorted(each.name for each in observation.windows_pods)  # type: ignore[union-attr]


def role_users(observation: Observation) -> RoleUsers:
    assert isinstance(observation.role_users, RoleUsers)
    return observation.role_users


@pytest.fixture
def allowed(fleet: Testbed, client_environment: Callable[[dict[str, str]], None]) -> Callable[..., None]:
    """Makes this process a user who may make the calls of goal disable, with further statements of a policy."""
    numbers = itertools.count()

    def allow(*statements: dict[str, Any]) -> None:
        actions = {"Effect": "Allow", "Action": DISABLE_ACTIONS, "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [actions, *statements]}
        keys = fleet.aws.add_user_with_policy(f"disabler-{id(allow)}-{next(numbers)}", document)
        client_environment(fleet.aws.environment_for(keys))

    return allow


CONTROLLER_ROLE = (
    "roles/eks-vpc-resource-controller-role",
    "rolebindings/eks-vpc-resource-controller-rolebinding",
)


def test_enable_on_a_managed_add_on_takes_three_calls_more(fleet: Testbed, look: Look) -> None:
    look("addon", probe=True)
    before = calls(fleet, "addon")
    observation = look("addon", goal="enable", probe=True)
    made = calls(fleet, "addon")
    assert unknown(observation) == {}
    path = "get /apis/rbac.authorization.k8s.io/v1/namespaces/kube-system"
    assert made - before == Counter(["eks:DescribeAddonConfiguration", *(f"{path}/{name}" for name in CONTROLLER_ROLE)])
    # Of two add-ons, and of each node group.
    assert {call for call, times in made.items() if times > 1} == {"eks:DescribeAddon", "eks:DescribeNodegroup"}
    assert not wrote(fleet, "addon")


def test_the_schema_is_the_add_on_s(fleet: Testbed, look: Look) -> None:
    schema = look("addon", goal="enable").vpc_cni_schema
    assert isinstance(schema, dict)
    assert "enableWindowsIpam" in str(schema)
    assert look("self-managed", goal="enable").vpc_cni_schema is None
    assert look("addon", goal="enable", ipam_owner="config_map").vpc_cni_schema is None
    assert "eks:DescribeAddonConfiguration" not in calls(fleet, "addon")


def test_a_schema_that_is_denied_hides_nothing_else(fleet: Testbed, look: Look) -> None:
    fleet.aws.deny("eks:DescribeAddonConfiguration")
    found = unknown(look("addon", goal="enable"))
    assert set(found) == {"vpc_cni_schema"}
    assert found["vpc_cni_schema"].source == "eks:DescribeAddonConfiguration"
    assert found["vpc_cni_schema"].remedy == "Give the caller eks:DescribeAddonConfiguration"


def test_the_pod_template_changes_with_the_pods_alone(fleet: Testbed, look: Look) -> None:
    admin = fleet.clusters["addon"].admin

    def seen() -> str:
        aws_node = look("addon").aws_node
        assert isinstance(aws_node, AwsNode)
        return aws_node.pod_template

    before = seen()
    assert len(before) == 64
    admin.patch("daemonsets", "aws-node", {"metadata": {"annotations": {"touched": "yes"}}}, "kube-system")
    assert seen() == before
    restarted = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}
    admin.patch("daemonsets", "aws-node", restarted, "kube-system")
    assert seen() != before


def test_disable_sees_what_windows_is_used_by(fleet: Testbed, look: Look) -> None:
    observation = look("used", goal="disable")
    assert unknown(observation) == {}
    assert {group.ami_type for group in observation.node_groups} == {  # type: ignore[union-attr]
        "AL2023_x86_64_STANDARD",
        "WINDOWS_CORE_2022_x86_64",
    }
    assert observation.karpenter_node_classes == (
        KarpenterNodeClass("linux", "AL2023", ()),
        KarpenterNodeClass("windows", "", ("windows2022@latest",), nameless_terms=("id ami-1",)),
    )
    assert [each for each in observation.cni_nodes if each.features] == [  # type: ignore[union-attr]
        CniNode("grouped", ("SecurityGroupsForPods",))
    ]
    assert pods(observation) == ["asks", "strays"]
    examined = observation.examined
    assert (examined["node_groups"], examined["karpenter_node_classes"], examined["windows_pods"]) == (2, 2, 2)
    assert not wrote(fleet, "used")


def test_disable_reads_all_pages(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_api, "PAGE_SIZE", 1)
    observation = look("used", goal="disable")
    assert pods(observation) == ["asks", "strays"]
    assert observation.examined["karpenter_node_classes"] == 2


def test_without_a_windows_node_only_pods_that_wait_are_read(fleet: Testbed, look: Look) -> None:
    assert pods(look("self-managed", goal="disable")) == ["hopes"]
    (request,) = [each for each in fleet.clusters["self-managed"].requests() if each.path == "/api/v1/pods"]
    assert request.query["fieldSelector"] == "status.phase=Pending"


def test_disable_finds_who_shares_the_role_in_every_region(fleet: Testbed, look: Look) -> None:
    observation = look("used", goal="disable")
    users = role_users(observation)
    assert users.clusters == (RoleUser("eu-west-1", "used"), RoleUser("sa-east-1", "far"))
    assert users.unsearched == ()
    assert users.searched == REGIONS
    assert observation.examined["regions"] == len(REGIONS)
    assert observation.examined["clusters"] == len(SPECS) + len(ELSEWHERE) - 1
    asked = Counter(request.region for request in fleet.aws.requests() if request.operation == "ListClusters")
    assert asked == dict.fromkeys(REGIONS, 1)


def test_without_a_policy_to_detach_no_other_region_is_asked(fleet: Testbed, look: Look) -> None:
    observation = look("without-policy", goal="disable")
    assert observation.role_users is None
    assert not {"ec2:DescribeRegions", "eks:ListClusters"} & set(calls(fleet, "without-policy"))


@pytest.mark.parametrize(
    ("action", "part"),
    [
        ("eks:ListNodegroups", "node_groups"),
        ("eks:DescribeNodegroup", "node_groups"),
        ("ec2:DescribeRegions", "role_users"),
    ],
)
def test_one_call_that_aws_denies_hides_no_other(fleet: Testbed, look: Look, action: str, part: str) -> None:
    fleet.aws.deny(action)
    found = unknown(look("used", goal="disable"))
    assert set(found) == {part}
    assert (found[part].source, found[part].remedy) == (action, f"Give the caller {action}")


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/apis/karpenter.k8s.aws/v1/ec2nodeclasses", "karpenter_node_classes"),
        ("/apis/vpcresources.k8s.aws/v1alpha1/cninodes", "cni_nodes"),
        ("/api/v1/pods", "windows_pods"),
    ],
)
def test_one_kind_that_kubernetes_refuses_hides_no_other(fleet: Testbed, look: Look, path: str, part: str) -> None:
    faults = fleet.clusters["used"].kubernetes.faults  # type: ignore[attr-defined]
    faults.fail_next("list", f"{path}$", 403, "not you", times=9)
    found = unknown(look("used", goal="disable"))
    assert set(found) == {part}
    assert (found[part].source, found[part].reason) == (f"GET {path}", "not you")


def test_the_permissions_that_the_module_s_notes_name_are_enough(look: Look, allowed: Callable[..., None]) -> None:
    allowed()
    observation = look("used", goal="disable", kubernetes_role_arn=OPERATOR)
    assert unknown(observation) == {}
    assert role_users(observation).unsearched == ()


def test_a_region_that_may_not_be_searched_hides_no_other(look: Look, allowed: Callable[..., None]) -> None:
    region = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    allowed({"Effect": "Deny", "Action": "eks:*", "Resource": "*", "Condition": region})
    users = role_users(look("used", goal="disable", kubernetes_role_arn=OPERATOR))
    assert users.clusters == (RoleUser("sa-east-1", "far"),)
    assert users.searched == ("eu-central-1", "sa-east-1", "us-east-1")
    (unsearched,) = users.unsearched
    assert unsearched.source == "eks:ListClusters in eu-west-1"
    assert unsearched.remedy == "Give the caller eks:ListClusters in eu-west-1"
    assert "not authorized" in unsearched.reason


def test_a_cluster_that_may_not_be_described_hides_no_other(look: Look, allowed: Callable[..., None]) -> None:
    arn = "arn:aws:eks:sa-east-1:111122223333:cluster/far"
    allowed({"Effect": "Deny", "Action": "eks:DescribeCluster", "Resource": arn})
    users = role_users(look("used", goal="disable", kubernetes_role_arn=OPERATOR))
    assert users.clusters == (RoleUser("eu-west-1", "used"),)
    assert users.searched == ("eu-central-1", "eu-west-1", "us-east-1")
    assert [unsearched.source for unsearched in users.unsearched] == ["eks:DescribeCluster of far in sa-east-1"]


@pytest.fixture
def regions(fleet: Testbed) -> Iterator[Callable[[Mapping[str, str]], None]]:
    """Says which regions the account has, for the test alone."""
    yield fleet.aws.set_regions
    fleet.aws.set_regions(REGIONS)


def test_a_region_that_is_not_enabled_is_not_asked(
    fleet: Testbed, look: Look, regions: Callable[[Mapping[str, str]], None]
) -> None:
    always = "opt-in-not-required"
    regions({"us-east-1": always, "eu-west-1": always, "ap-east-1": "opted-in", "af-south-1": "not-opted-in"})
    users = role_users(look("used", goal="disable"))
    assert (users.searched, users.unsearched) == (("ap-east-1", "eu-west-1", "us-east-1"), ())
    assert "af-south-1" not in {request.region for request in fleet.aws.requests()}


def test_regions_that_do_not_answer_cost_about_one_timeout_together(
    fleet: Testbed, look: Look, regions: Callable[[Mapping[str, str]], None]
) -> None:
    regions(dict.fromkeys(regions_of("aws"), "opt-in-not-required"))
    fleet.aws.delay("eks", "ListClusters", 8)
    started = time.monotonic()
    observation = look("used", goal="disable", request_timeout=1)
    assert time.monotonic() - started < 6
    users = role_users(observation)
    assert (users.clusters, users.searched) == ((), ())
    assert len(users.unsearched) == len(regions_of("aws")) > 20
    assert {unsearched.source.partition(" in ")[0] for unsearched in users.unsearched} == {"eks:ListClusters"}
    assert unknown(observation) == {}


@pytest.mark.real
def test_a_real_control_plane_is_seen_alike(client_environment: Callable[[dict[str, str]], None]) -> None:
    require_real_control_plane()
    spec = next(spec for spec in SPECS if spec.name == "used")
    with Testbed([spec], control_plane="real") as testbed:
        client_environment(testbed.environment)
        options = {"cluster_name": spec.name, "region": "us-east-1", "goal": "disable"}
        observation = observe(AwsConnection(options), options)
    assert unknown(observation) == {}
    assert observation.karpenter_node_classes == (
        KarpenterNodeClass("linux", "AL2023", ()),
        KarpenterNodeClass("windows", "", ("windows2022@latest",), nameless_terms=("id ami-1",)),
    )
    assert [each.name for each in observation.cni_nodes if each.features]  # type: ignore[union-attr]
    assert pods(observation) == ["asks", "strays"]
    assert role_users(observation).clusters == ()
