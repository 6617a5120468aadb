# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.instances import instances
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    MetadataOptions,
    Unknown,
)

PROFILE = "arn:aws:iam::111122223333:instance-profile/some/path/windows"
ROLE = "arn:aws:iam::111122223333:role/some/path/windows"
ALL = ["i-01", "i-02", "i-03"]


def instance(number: int, profile: str | None = PROFILE) -> dict[str, Any]:
    found: dict[str, Any] = {"InstanceId": f"i-{number:02}", "SubnetId": "subnet-1"}
    return found if profile is None else {**found, "IamInstanceProfile": {"Arn": profile}}


def test_each_profile_is_asked_for_once(aws) -> None:
    aws.answers = {
        "describe_instances": [{"Instances": [instance(1), instance(2)]}, {"Instances": [instance(3, None)]}, {}],
        "get_instance_profile": lambda **asked: {
            "InstanceProfile": {"Roles": [{"Arn": ROLE}]} if asked == {"InstanceProfileName": "windows"} else {}
        },
    }
    assert instances(aws, ALL, ALL) == (
        Instance("i-01", "subnet-1", ROLE),
        Instance("i-02", "subnet-1", ROLE),
        Instance("i-03", "subnet-1", ""),
    )
    assert aws.asked == ["ec2:describe_instances", "iam:get_instance_profile"]


def test_a_profile_is_asked_for_where_a_role_is_wanted_alone(aws) -> None:
    other = PROFILE.replace("windows", "managed")
    aws.answers = {
        "describe_instances": [{"Instances": [instance(1), instance(2, other)]}],
        "get_instance_profile": {"InstanceProfile": {"Roles": [{"Arn": ROLE}]}},
    }
    assert [each.role for each in instances(aws, ALL, ["i-01"])] == [ROLE, None]
    assert [each.role for each in instances(aws, ALL, ())] == [None, None]
    asked = [parameters for operation, _region, parameters in aws.asked_in if operation == "get_instance_profile"]
    assert asked == [{"InstanceProfileName": "windows"}]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2, "State": "applied"},
            MetadataOptions("enabled", "required", 2),
        ),
        ({"HttpEndpoint": "disabled"}, MetadataOptions("disabled", "", 0)),
        ({}, MetadataOptions()),
        (None, MetadataOptions()),
    ],
)
def test_how_the_metadata_service_answers(aws, told: Any, expected: MetadataOptions) -> None:
    aws.answers["describe_instances"] = [{"Instances": [{**instance(1), "MetadataOptions": told}]}]
    assert [each.metadata for each in instances(aws, ["i-01"], ())] == [expected]


@pytest.mark.parametrize("profile", [{"Roles": []}, {}, None])
def test_a_profile_without_a_role(aws, profile: Any) -> None:
    aws.answers = {
        "describe_instances": [{"Instances": [instance(1)]}],
        "get_instance_profile": {"InstanceProfile": profile},
    }
    assert instances(aws, ["i-01"], ["i-01"])[0].role == ""


def test_a_profile_that_may_not_be_read_leaves_its_instances_role_unknown(aws) -> None:
    def profile(InstanceProfileName: str) -> dict[str, Any]:  # noqa: N803
        if InstanceProfileName == "denied":
            raise aws.refusal("AccessDenied", "GetInstanceProfile")
        return {"InstanceProfile": {"Roles": [{"Arn": ROLE}]}}

    other = "arn:aws:iam::111122223333:instance-profile/denied"
    aws.answers = {
        "describe_instances": [{"Instances": [instance(1, other), instance(2)]}],
        "get_instance_profile": profile,
    }
    first, second = instances(aws, ALL, ALL)
    assert isinstance(first.role, Unknown)
    assert (first.role.source, first.role.remedy) == (
        "iam:GetInstanceProfile",
        "Give the caller iam:GetInstanceProfile",
    )
    assert second.role == ROLE


def test_many_are_asked_for_by_two_hundred(aws) -> None:
    aws.answers["describe_instances"] = []
    assert instances(aws, [f"i-{number:03}" for number in range(401)], ()) == ()
    filters = [parameters["Filters"] for _operation, _region, parameters in aws.asked_in]
    assert [(each["Name"], len(each["Values"])) for (each,) in filters] == [
        ("instance-id", 200),
        ("instance-id", 200),
        ("instance-id", 1),
    ]


def test_none_may_be_described(aws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        instances(aws, ["i-01"], ["i-01"])
