# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.access_entries import access_entries
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import AccessEntry


def test_each_role_is_asked_for_once_and_one_may_have_none(aws) -> None:
    def described(clusterName: str, principalArn: str) -> dict[str, Any]:  # noqa: N803
        assert clusterName == "production"
        if principalArn == "without":
            raise aws.refusal("ResourceNotFoundException")
        return {"accessEntry": {"type": "EC2_Windows"} if principalArn == "with" else None}

    aws.answers["describe_access_entry"] = described
    assert access_entries(aws, "production", ["with", "without", "odd"]) == (
        AccessEntry("with", "EC2_Windows"),
        AccessEntry("odd", ""),
    )
    assert aws.asked == ["eks:describe_access_entry"] * 3


def test_one_that_may_not_be_described_is_no_absence(aws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        access_entries(aws, "production", ["role"])
