# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    DESCRIBE_ACTIONS,
    INTERFACE_ACTIONS,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    parse_configuration,
    windows_ipam_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import role_grants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import matches
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Policy
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    observed,
    options,
    role,
)

# How long an example takes is the machine's business.
settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")

SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
DOCUMENTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)


@given(DOCUMENTS)
def test_json_and_yaml_say_the_same(document: dict[str, object]) -> None:
    assert parse_configuration(json.dumps(document)) == document
    assert parse_configuration(yaml.safe_dump(document)) == document


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        values = parse_configuration(text)
    except ConfigurationUnreadableError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(values, dict)


@given(DOCUMENTS, st.booleans())
def test_the_switch_is_found_beside_anything(document: dict[str, object], on: bool) -> None:
    for value in (on, "true" if on else "false"):
        text = json.dumps({**document, "enableWindowsIpam": value})
        assert parse_bool(windows_ipam_value(text)) is on


@pytest.mark.parametrize("text", ["", "  \n", "{}", "null", "# only a comment"])
def test_an_empty_configuration_has_no_values(text: str) -> None:
    assert parse_configuration(text) == {}


@pytest.mark.parametrize(
    "text", ["? [a, b]: c", "!!python/object:os.system {}", "&a [*a, *a]", "2001-99-99", "[" * 100_000]
)
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationUnreadableError):
        parse_configuration(text)


def test_without_pyyaml_json_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "yaml", None)
    assert windows_ipam_value('{"enableWindowsIpam": "true"}') == "true"
    with pytest.raises(ConfigurationUnreadableError, match="PyYAML is not installed"):
        windows_ipam_value("enableWindowsIpam: true")


IAM_VALUES = st.sampled_from(["Allow", "Deny", "*", "ec2:*", "ec2:Describe*", "ec2:ResourceTag/eks:eni:owner"]) | VALUES
STATEMENTS = st.dictionaries(
    st.sampled_from(["Effect", "Action", "NotAction", "Resource", "Condition"]) | st.text(max_size=3), IAM_VALUES
)
POLICY_DOCUMENTS = VALUES | st.fixed_dictionaries({"Statement": STATEMENTS | st.lists(STATEMENTS | VALUES) | VALUES})


@given(st.lists(POLICY_DOCUMENTS, max_size=3))
def test_policies_of_any_form_are_judged_and_planned_for(documents: list[Any]) -> None:
    inline = tuple(Policy(f"policy-{number}", "", document) for number, document in enumerate(documents))
    seen = role("AmazonEKSClusterPolicy", inline=inline)
    result = as_result(observed(cluster_role=seen), options(goal="enable"))
    found = next(item for item in result["findings"] if item["id"] == "iam.cluster_policy")
    assert "could not be judged" not in found["summary"]
    granted = role_grants(seen, "aws")
    needed = set(INTERFACE_ACTIONS + DESCRIBE_ACTIONS)
    assert granted.allowed | granted.conditional | granted.denied | granted.missing == needed


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_star_is_any_text(before: str, after: str) -> None:
    assert matches("*", before)
    if not set(before + after) & {"*", "?"}:
        assert matches(f"{before}*{after}", before + "between" + after)
        assert matches(before, after) is (before == after)
