# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends import cluster_info
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError

WHEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
TEXT = "2026-11-24T10:00:00+00:00"

PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.datetimes())
DESCRIPTIONS = st.dictionaries(
    st.text(min_size=1),
    st.recursive(
        PLAIN, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(min_size=1), inner)), max_leaves=6
    ),
    max_size=3,
)


def test_dates_are_text_at_any_depth() -> None:
    described = {
        "createdAt": WHEN,
        "health": {"issues": [{"firstSeenAt": WHEN, "resourceIds": ["r"]}]},
        "upgradePolicy": {"supportType": "STANDARD"},
        "tags": {"CamelCase": "kept"},
    }
    assert cluster_info.as_facts(described) == {
        "created_at": TEXT,
        "health": {"issues": [{"first_seen_at": TEXT, "resource_ids": ["r"]}]},
        "upgrade_policy": {"support_type": "STANDARD"},
        "tags": {"CamelCase": "kept"},
    }


@given(DESCRIPTIONS)
def test_facts_of_any_description_are_json(described: dict[str, Any]) -> None:
    json.dumps(cluster_info.as_facts(described))


@pytest.mark.parametrize("answer", [{}, {"cluster": None}, {"cluster": []}])
def test_an_answer_without_a_cluster(answer: dict[str, Any]) -> None:
    class Aws:
        region = "eu-central-1"

        def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
            return answer

    with pytest.raises(EksWindowsError, match="EKS tells nothing of cluster production in region eu-central-1"):
        cluster_info.describe(Aws(), "production")  # type: ignore[arg-type]
