# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._report.data import failing


def preflight_failing(result: Mapping[str, Any], fail_on: str) -> list[str]:
    """Ids of the findings for which a preflight fails."""
    if not isinstance(result, Mapping) or "findings" not in result:
        raise AnsibleFilterError("preflight_failing takes the result of cloudops.eks_windows.eks_windows_preflight")
    try:
        return failing(result["findings"], fail_on)
    except ValueError as error:
        raise AnsibleFilterError(f"preflight_failing: {error}") from error


class FilterModule:
    """Filters on the result of a preflight."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"preflight_failing": preflight_failing}
