# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.label_selector import label_selector


@pytest.mark.parametrize(
    ("selector", "query"),
    [
        ({}, ""),
        ({"matchLabels": {"app": "web", "tier": "front"}}, "app=web,tier=front"),
        ({"matchLabels": {"app": ""}, "matchExpressions": None}, "app="),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "shop"]}]}, "app in (web,shop)"),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [
                    {"key": "tier", "operator": "NotIn", "values": ["batch"]},
                    {"key": "example.com/owner", "operator": "Exists"},
                    {"key": "retired", "operator": "DoesNotExist"},
                ],
            },
            "app=web,tier notin (batch),example.com/owner,!retired",
        ),
    ],
)
def test_labels_and_expressions_are_joined(selector: dict[str, Any], query: str) -> None:
    assert label_selector(selector) == query


@pytest.mark.parametrize("selector", ["app=web", [{"key": "app"}], None])
def test_what_is_no_selector_is_refused(selector: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="takes the selector"):
        label_selector(selector)


def test_operator_that_is_not_known_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="operator Gt is not known"):
        label_selector({"matchExpressions": [{"key": "size", "operator": "Gt", "values": ["1"]}]})
