# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.node_groups import node_groups
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import NodeGroup


def described(nodegroupName: str, **_others: Any) -> dict[str, Any]:  # noqa: N803
    groups = {
        "linux": {"status": "ACTIVE", "amiType": "AL2023_x86_64_STANDARD", "scalingConfig": {"desiredSize": 2}},
        "windows": {
            "status": "ACTIVE",
            "amiType": "WINDOWS_CORE_2022_x86_64",
            "scalingConfig": {"desiredSize": 0},
            "nodeRole": "role",
            "instanceTypes": ["m5.large"],
            "subnets": ["subnet-1"],
        },
        "odd": {"scalingConfig": None},
    }
    return {"nodegroup": groups[nodegroupName]}


def test_each_is_described_once(aws) -> None:
    aws.answers = {"list_nodegroups": ["windows", "linux", "odd"], "describe_nodegroup": described}
    assert node_groups(aws, "production") == (
        NodeGroup("windows", "ACTIVE", "WINDOWS_CORE_2022_x86_64", 0, "role", ("m5.large",), ("subnet-1",)),
        NodeGroup("linux", "ACTIVE", "AL2023_x86_64_STANDARD", 2),
        NodeGroup("odd", "", "", 0),
    )
    assert sorted(aws.asked) == ["eks:describe_nodegroup"] * 3 + ["eks:list_nodegroups"]
    assert all(parameters["clusterName"] == "production" for _operation, _region, parameters in aws.asked_in)


def test_none(aws) -> None:
    aws.answers["list_nodegroups"] = []
    assert node_groups(aws, "production") == ()


def test_one_that_is_deleted_meanwhile(aws) -> None:
    def gone(nodegroupName: str, **others: Any) -> dict[str, Any]:  # noqa: N803
        if nodegroupName == "gone":
            raise aws.refusal("ResourceNotFoundException")
        return described(nodegroupName, **others)

    aws.answers = {"list_nodegroups": ["gone", "linux"], "describe_nodegroup": gone}
    assert [group.name for group in node_groups(aws, "production")] == ["linux"]


@pytest.mark.parametrize("names", [["linux"], ["linux", "windows"]])
def test_one_that_may_not_be_described_is_no_absence(aws, names: list[str]) -> None:
    aws.answers["list_nodegroups"] = names
    with pytest.raises(ClientError, match="AccessDenied"):
        node_groups(aws, "production")
