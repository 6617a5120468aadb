# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._smoke_test import results


def smoke_test_results(
    wanted: Iterable[Mapping[str, Any]],
    deployments: Sequence[Mapping[str, Any]],
    pods: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """What became of the Deployments of role smoke_test."""
    for objects in (wanted, deployments, pods, events):
        if isinstance(objects, (str, Mapping)):
            raise AnsibleFilterError("smoke_test_results takes lists of objects")
    return results(wanted, deployments, pods, events)


class FilterModule:
    """Filters of role smoke_test."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, Any]]]]:
        return {"smoke_test_results": smoke_test_results}
