# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import report_lines
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ticket import ticket_lines

FORMS = ("table", "short")


def preflight_lines(result: Mapping[str, Any], form: str = "table", goal: str = "none") -> list[str]:
    """What eks_windows_preflight returned, as lines for people."""
    if not isinstance(result, Mapping) or "findings" not in result:
        raise AnsibleFilterError("preflight_lines takes the result of cloudops.eks_windows.eks_windows_preflight")
    if form not in FORMS:
        raise AnsibleFilterError(f"preflight_lines: form is {' or '.join(FORMS)}, not {form!r}")
    return ticket_lines(result) if form == "short" else report_lines(result, goal)


class FilterModule:
    """Filters on the result of a preflight."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"preflight_lines": preflight_lines}
