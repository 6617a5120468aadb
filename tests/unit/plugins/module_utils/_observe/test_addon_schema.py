# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.addon_schema import configuration_schema
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Addon

ADDON = Addon("vpc-cni", "v1.19.0-eksbuild.1", "ACTIVE", "", "", ())
SCHEMA = {"properties": {"enableWindowsIpam": {"format": "boolean", "type": "string"}}, "type": "object"}


def test_the_schema_is_the_installed_version_s(aws) -> None:
    aws.answers["describe_addon_configuration"] = {"configurationSchema": json.dumps(SCHEMA)}
    assert configuration_schema(aws, ADDON) == SCHEMA
    assert [parameters for _operation, _region, parameters in aws.asked_in] == [
        {"addonName": "vpc-cni", "addonVersion": "v1.19.0-eksbuild.1"}
    ]


@pytest.mark.parametrize("answer", [{}, {"configurationSchema": ""}, {"configurationSchema": None}])
def test_a_version_that_takes_no_configuration(aws, answer: dict[str, Any]) -> None:
    aws.answers["describe_addon_configuration"] = answer
    assert configuration_schema(aws, ADDON) == {}


@pytest.mark.parametrize("text", ["[]", "null", "{", "yaml: yes", "[" * 100_000])
def test_what_is_no_schema(aws, text: str) -> None:
    aws.answers["describe_addon_configuration"] = {"configurationSchema": text}
    with pytest.raises(EksWindowsError, match=r"vpc-cni v1\.19\.0-eksbuild\.1 is no JSON object"):
        configuration_schema(aws, ADDON)
