# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends import role_policy
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.mark.parametrize(
    ("arn", "partition"),
    [
        ("arn:aws:iam::aws:policy/AmazonEKSVPCResourceController", "aws"),
        ("arn:aws-cn:iam::111122223333:policy/own", "aws-cn"),
        ("AmazonEKSVPCResourceController", "aws"),
        ("", "aws"),
    ],
)
def test_partition_of(arn: str, partition: str) -> None:
    assert role_policy.partition_of(arn) == partition


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_no_region_is_needed(monkeypatch: pytest.MonkeyPatch, partition: str, region: str) -> None:
    policy = f"arn:{partition}:iam::aws:policy/AmazonEKSVPCResourceController"
    regions: list[str] = []

    def attached(connection: Any, role: str) -> list[str]:
        regions.append(connection.region)
        return [policy]

    monkeypatch.setattr(role_policy, "attached_policies", attached)
    parameters = {"role_name": "production-cluster", "policy_arn": policy, "state": "present"}
    assert role_policy.ensure(parameters, False)["changed"] is False
    assert regions == [region]


def test_a_partition_that_is_not_known() -> None:
    parameters = {"role_name": "r", "policy_arn": "arn:aws-moon:iam::aws:policy/p", "state": "present"}
    with pytest.raises(EksWindowsError, match="No AWS region is known"):
        role_policy.ensure(parameters, False)
