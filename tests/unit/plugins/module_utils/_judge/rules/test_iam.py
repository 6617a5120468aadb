# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    DESCRIBE_ACTIONS,
    INTERFACE_ACTIONS,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Policy
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    CONTROL_PLANE_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    finding,
    managed,
    observed,
    options,
    role,
)

FAILURES = {
    "iam.cluster_policy": Failure(
        observed(cluster_role=role("AmazonEKSClusterPolicy")),
        "error",
        CONTROL_PLANE_GOALS,
        stops_pods=True,
        goals=ALL_BUT_DISABLE,
    ),
}

ALL = [*INTERFACE_ACTIONS, *DESCRIBE_ACTIONS]
TAGGED = {"ForAnyValue:StringEquals": {"ec2:ResourceTag/eks:eni:owner": "eks-vpc-resource-controller"}}


def allow(action: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def deny(action: Any, **more: Any) -> dict[str, Any]:
    return {**allow(action, **more), "Effect": "Deny"}


def inline(*statements: dict[str, Any]) -> Policy:
    return Policy("windows", "", {"Version": "2012-10-17", "Statement": list(statements)})


def verdict(*attached: str, statements: tuple[dict[str, Any], ...] = (), complete: bool = True, **options: Any) -> Any:
    policies = (inline(*statements),) if statements else ()
    seen = role(*attached, inline=policies, complete=complete)
    return finding("iam.cluster_policy", observed(cluster_role=seen), **options)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
def test_attached_by_the_arn_of_the_partition(partition: str) -> None:
    seen = role("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController", complete=False, partition=partition)
    assert finding("iam.cluster_policy", observed(cluster_role=seen)).status == "pass"
    elsewhere = "aws-cn" if partition != "aws-cn" else "aws"
    wrong = (managed("AmazonEKSClusterPolicy", elsewhere), managed("AmazonEKSVPCResourceController", elsewhere))
    foreign = replace(role(partition=partition), attached=wrong)
    assert finding("iam.cluster_policy", observed(cluster_role=foreign)).status == "fail"


def test_a_customer_policy_of_the_same_name_is_not_the_managed_one() -> None:
    own = Policy(
        "AmazonEKSVPCResourceController", "arn:aws:iam::111122223333:policy/AmazonEKSVPCResourceController", {}
    )
    seen = role("AmazonEKSClusterPolicy")
    seen = replace(seen, attached=(*seen.attached, own))
    assert finding("iam.cluster_policy", observed(cluster_role=seen)).status == "fail"


SAME_NAME = "AmazonEKSVPCResourceController"
OWN_ARN = f"arn:aws:iam::111122223333:policy/{SAME_NAME}"


@pytest.mark.parametrize(
    ("arn", "called"), [(OWN_ARN, OWN_ARN), ("", f"inline policy {SAME_NAME}")], ids=["customer", "inline"]
)
def test_a_policy_of_the_same_name_is_told_apart(arn: str, called: str) -> None:
    def with_actions(actions: list[str]) -> Any:
        own = Policy(SAME_NAME, arn, {"Statement": allow(actions)})
        seen = role("AmazonEKSClusterPolicy", inline=() if arn else (own,))
        return observed(cluster_role=replace(seen, attached=(*seen.attached, own)) if arn else seen)

    equivalent = finding("iam.cluster_policy", with_actions(ALL))
    assert (equivalent.status, equivalent.summary) == (
        "pass",
        f"Role production-cluster has an equivalent of {SAME_NAME}: {called}",
    )
    part = finding("iam.cluster_policy", with_actions(["ec2:AssignPrivateIpAddresses"]))
    assert (part.status, part.summary) == (
        "fail",
        f"{SAME_NAME} is not attached to role production-cluster; {called} has a part of it",
    )
    # It is not AWS's own, so that disabling leaves it attached.
    for goal in ("enable", "disable"):
        steps = as_result(with_actions(ALL), options(goal=goal))["plan"]
        assert not {step["step"] for step in steps} & {"attach_cluster_policy", "detach_cluster_policy"}


def test_not_attached() -> None:
    found = verdict("AmazonEKSClusterPolicy")
    assert (found.status, found.severity, found.blocks) == ("fail", "error", ("enable", "migrate"))
    assert found.summary == "AmazonEKSVPCResourceController is not attached to role production-cluster"
    assert found.resolved_by == ("attach_cluster_policy",)


def test_the_describe_calls_that_it_lacks_are_needed_too() -> None:
    minimal = allow(["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"])
    found = verdict("AmazonEKSVPCResourceController", statements=(minimal,))
    assert (found.status, found.resolved_by) == ("fail", ())
    assert "lacks ec2:DescribeSubnets" in found.summary
    assert "AmazonEKSClusterPolicy" in found.remedy
    neither = verdict()
    assert (neither.status, neither.resolved_by) == ("fail", ())
    assert "attach AmazonEKSVPCResourceController" in neither.remedy


@pytest.mark.parametrize(
    "statements",
    [
        (allow(ALL),),
        (allow("ec2:*"),),
        (allow("*"),),
        (allow("EC2:*networkinterface*"), allow("ec2:*PrivateIpAddresses"), allow("ec2:Describe*")),
        (allow([*INTERFACE_ACTIONS]), allow("ec2:Describe?*")),
        ({"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"},),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": ["*"]},),
        (allow(ALL), deny("ec2:TerminateInstances")),
        (
            allow("ec2:CreateNetworkInterfacePermission", Condition=TAGGED),
            allow([a for a in ALL if "Permission" not in a]),
        ),
        (allow(ALL), allow(ALL, Resource="arn:aws:ec2:*:*:subnet/subnet-1")),
        (allow(ALL), {"Effect": "Deny", "NotAction": ["ec2:*"], "Resource": "*"}),
    ],
)
def test_equivalents_are_recognised(statements: tuple[dict[str, Any], ...]) -> None:
    found = verdict(statements=statements)
    assert found.status == "pass", found.summary
    assert "an equivalent of AmazonEKSVPCResourceController: windows" in found.summary


def test_a_single_statement_needs_no_list() -> None:
    seen = role("AmazonEKSClusterPolicy", inline=(Policy("windows", "", {"Statement": allow("ec2:*")}),))
    assert finding("iam.cluster_policy", observed(cluster_role=seen)).status == "pass"


@pytest.mark.parametrize("name", ["AdministratorAccess", "PowerUserAccess", "AmazonEC2FullAccess"])
def test_wide_managed_policies_are_equivalents(name: str) -> None:
    assert verdict(name, complete=False).status == "pass"


@pytest.mark.parametrize(
    "statements",
    [
        (allow("ec2:Describe*"),),
        (allow("ec2"),),
        (allow("ec2:AssignPrivateIp"),),
        ({"Effect": "Allow", "NotAction": ["ec2:*"], "Resource": "*"},),
        ({"Effect": "Allow", "Resource": "*"},),
        (allow([a for a in ALL if a != "ec2:AssignPrivateIpAddresses"]),),
    ],
)
def test_less_than_an_equivalent_fails(statements: tuple[dict[str, Any], ...]) -> None:
    found = verdict("AmazonEKSClusterPolicy", statements=statements)
    assert (found.status, found.resolved_by) == ("fail", ("attach_cluster_policy",))
    assert {item.value for item in found.evidence if item.object.startswith("IAM action")} == {"not allowed"}


@pytest.mark.parametrize(
    "statements",
    [
        (allow(ALL, Condition={"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}),),
        (allow(ALL, Condition={"StringEquals": {"ec2:ResourceTag/eks:eni:owner": "somebody"}}),),
        (allow(ALL, Condition=TAGGED),),
        (allow(ALL, Resource="arn:aws:ec2:eu-central-1:*:*"),),
        (allow(ALL), deny("ec2:AssignPrivateIpAddresses", Condition={"Bool": {"aws:ViaAWSService": "true"}})),
        (allow(ALL), deny("ec2:Assign*", Resource="arn:aws:ec2:*:*:network-interface/eni-1")),
    ],
)
def test_conditions_that_can_not_be_judged_are_unknown(statements: tuple[dict[str, Any], ...]) -> None:
    found = verdict("AmazonEKSClusterPolicy", statements=statements)
    assert found.status == "unknown", found.summary
    assert "under conditions" in found.summary
    states = {item.value for item in found.evidence if item.object.startswith("IAM action")}
    assert states == {"allowed or denied under conditions"}
    assert found.resolved_by == ("attach_cluster_policy",)


@pytest.mark.parametrize(
    "denied",
    [
        deny("ec2:AssignPrivateIpAddresses"),
        deny("ec2:*"),
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ],
)
def test_a_deny_wins_over_the_managed_policy(denied: dict[str, Any]) -> None:
    found = verdict("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController", statements=(denied,))
    assert (found.status, found.resolved_by) == ("fail", ())
    assert "denies ec2:AssignPrivateIpAddresses" in found.summary
    assert "Deny" in found.remedy


def test_policies_that_could_not_be_read_are_unknown_and_attaching_resolves_it() -> None:
    found = verdict("AmazonEKSClusterPolicy", complete=False)
    assert (found.status, found.resolved_by) == ("unknown", ("attach_cluster_policy",))
    assert "read the policies" in found.remedy
    why = replace(role("AmazonEKSClusterPolicy", complete=False), unread=DENIED)
    named = finding("iam.cluster_policy", observed(cluster_role=why))
    assert named.summary.endswith("others could not be read: somethings is forbidden: User cannot list")
    assert named.remedy.startswith("Allow get on somethings. Or attach")
    both = verdict(complete=False)
    assert (both.status, both.resolved_by) == ("unknown", ())


def test_a_role_that_could_not_be_read() -> None:
    found = finding("iam.cluster_policy", observed(cluster_role=DENIED))
    assert (found.status, found.remedy) == ("unknown", DENIED.remedy)


@pytest.mark.parametrize(
    ("attached", "complete", "words"),
    [
        (
            ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"),
            False,
            "; the role's other policies were not read",
        ),
        (("PowerUserAccess",), False, ": PowerUserAccess; the role's other policies were not read"),
        (("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"), True, "to role production-cluster"),
        (("PowerUserAccess",), True, ": PowerUserAccess"),
    ],
)
def test_a_pass_says_which_policies_were_not_read(attached: tuple[str, ...], complete: bool, words: str) -> None:
    found = verdict(*attached, complete=complete)
    assert found.status == "pass"
    assert found.summary.endswith(words)


ODD_DOCUMENTS: list[Any] = [
    "text",
    "",
    ["list"],
    [],
    None,
    7,
    {"Statement": "text"},
    {"Statement": 7},
    {"Statement": ["text", None, 7, []]},
    {"Statement": [allow(ALL), "text"]},
    {"Statement": [[allow(ALL)]]},
    {"Statement": {**allow(ALL), "Effect": ["Allow"]}},
    {"Statement": {**allow(ALL), "Effect": None}},
    {"Statement": {"Effect": "Allow", "Action": {"ec2": "*"}, "Resource": "*"}},
    {"Statement": {"Effect": "Allow", "Action": [None, 7], "Resource": "*"}},
    {"Statement": {"Effect": "Allow", "NotAction": None, "Resource": "*"}},
    {"Statement": {"Effect": "Allow", "NotAction": 7, "Resource": "*"}},
    {"Statement": {"Effect": "Deny", "NotAction": [], "Resource": "*"}},
]


@pytest.mark.parametrize("document", ODD_DOCUMENTS)
def test_a_document_of_another_form_is_unread(document: Any) -> None:
    odd = (Policy("odd", "", document),)
    lacking = observed(cluster_role=role("AmazonEKSClusterPolicy", inline=odd))
    found = finding("iam.cluster_policy", lacking)
    assert (found.status, found.resolved_by) == ("unknown", ("attach_cluster_policy",))
    assert found.summary.endswith("; odd has no document of statements")
    assert "aws iam get-role-policy" in found.remedy
    enough = role("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController", inline=odd)
    passing = finding("iam.cluster_policy", observed(cluster_role=enough))
    assert (passing.status, passing.summary.partition("; ")[2]) == ("pass", "odd could not be read")
    missed = replace(role("AmazonEKSClusterPolicy", inline=odd, complete=False), unread=DENIED)
    assert "forbidden" in finding("iam.cluster_policy", observed(cluster_role=missed)).summary


@pytest.mark.parametrize(
    "document", [*ODD_DOCUMENTS, {"Statement": None}, {"Statement": [allow(ALL, Condition="text")]}]
)
def test_a_document_of_another_form_breaks_no_run(document: Any) -> None:
    own = Policy("own", "arn:aws:iam::111122223333:policy/own", document)
    seen = role("AmazonEKSClusterPolicy", inline=(Policy("odd", "", document),))
    seen = replace(seen, attached=(*seen.attached, own))
    result = as_result(observed(cluster_role=seen), options(goal="enable"))
    assert [step["step"] for step in result["plan"]] == ["attach_cluster_policy"]
    assert result["support"]["cluster_role"]["policy_attached"] is False


def test_a_document_of_aws_need_not_be_read() -> None:
    assert verdict("AmazonEKSClusterPolicy", "AmazonEKSServicePolicy").status == "fail"
    other = Policy("own", "arn:aws:iam::111122223333:policy/own", None)
    seen = replace(role("AmazonEKSClusterPolicy"), attached=(managed("AmazonEKSClusterPolicy"), other))
    assert finding("iam.cluster_policy", observed(cluster_role=seen)).status == "unknown"


def test_ignore_looks_at_nothing() -> None:
    ignored = verdict(cluster_policy="ignore")
    assert (ignored.status, ignored.summary) == ("not_applicable", "Not looked at, as cluster_policy is ignore")
    assert (
        finding("iam.cluster_policy", observed(cluster_role=DENIED), cluster_policy="ignore").status == "not_applicable"
    )
    assert verdict("AmazonEKSClusterPolicy", cluster_policy="verify").status == "fail"
