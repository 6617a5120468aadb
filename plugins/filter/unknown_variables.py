# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._role_variables import role_variables


def unknown_variables(names: Iterable[str]) -> list[str]:
    """The names that are no variable of a role, each with the nearest known name."""
    if isinstance(names, str):
        raise AnsibleFilterError("unknown_variables takes a list of names")
    known = sorted(role_variables())
    described = []
    for name in sorted(str(name) for name in names):
        if name not in known:
            nearest = get_close_matches(name, known, n=1, cutoff=0.0)
            described.append(f"{name} (nearest known name: {nearest[0]})")
    return described


class FilterModule:
    """Filters on the variables of the collection's roles."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"unknown_variables": unknown_variables}
