# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.smoke_test_deployments import smoke_test_deployments
from ansible_collections.cloudops.eks_windows.plugins.filter.smoke_test_results import smoke_test_results


def test_planned_deployments_have_results() -> None:
    planned = smoke_test_deployments([], 2022, {2022: "core"}, "nginx")["deployments"]
    assert [each["component"] for each in planned] == ["linux", "windows-2022"]
    assert [each["up"] for each in smoke_test_results(planned, [], [])] == [False, False]


@pytest.mark.parametrize(("nodes", "images"), [("text", {}), ({"resources": []}, {}), ([], ["core"]), ([], "core")])
def test_what_is_not_of_the_form_is_refused(nodes: Any, images: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="smoke_test_deployments takes"):
        smoke_test_deployments(nodes, "2022", images, "nginx")


@pytest.mark.parametrize("wrong", range(4))
def test_results_are_of_lists_alone(wrong: int) -> None:
    arguments: list[Any] = [[], [], [], []]
    arguments[wrong] = {"resources": []}
    with pytest.raises(AnsibleFilterError, match="lists of objects"):
        smoke_test_results(*arguments)
