# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def finding_reasons(findings: Iterable[Mapping[str, Any]]) -> str:
    """The findings in one line: each with its id, what was found and what mends it."""
    if isinstance(findings, (str, Mapping)):
        raise AnsibleFilterError("finding_reasons takes a list of findings")
    return " ".join(
        f"{finding['id']}: {finding['summary'].rstrip('.')}. Remedy: {finding['remedy'].rstrip('.')}."
        if finding["remedy"]
        else f"{finding['id']}: {finding['summary'].rstrip('.')}."
        for finding in findings
    )


class FilterModule:
    """Filters on the findings of a preflight."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"finding_reasons": finding_reasons}
