# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.unknown_variables import unknown_variables
from ansible_collections.cloudops.eks_windows.plugins.plugin_utils import _role_variables


def test_known_variables_pass() -> None:
    assert unknown_variables(["eks_windows_cluster_name", "eks_windows_result"]) == []


@pytest.mark.parametrize(
    ("misspelt", "nearest"),
    [
        ("eks_windows_ipam_ownr", "eks_windows_ipam_owner"),
        ("eks_windows_cluster", "eks_windows_cluster_name"),
        ("eks_windows_ignored", "eks_windows_ignore"),
    ],
)
def test_unknown_variable_comes_with_the_nearest_name(misspelt: str, nearest: str) -> None:
    assert unknown_variables(["eks_windows_region", misspelt]) == [f"{misspelt} (nearest known name: {nearest})"]


def test_a_string_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="list of names"):
        unknown_variables("eks_windows_region")


def test_each_option_of_each_role_is_known() -> None:
    for path in sorted(Path(_role_variables.ROLES).glob("*/meta/argument_specs.yml")):
        options = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
        assert unknown_variables(list(options)) == [], path
