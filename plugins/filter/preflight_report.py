# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._report.data import report
from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._report.page import page


def preflight_report(
    hosts: Sequence[str],
    hostvars: Mapping[str, Any],
    form: str = "html",
    made_at: str | None = None,
    failed: Iterable[str] = (),
) -> str:
    """The preflights of these hosts as one HTML page, or as the JSON text of the same data."""
    if isinstance(hosts, (str, Mapping)):
        raise AnsibleFilterError("preflight_report takes a list of hosts")
    if form not in ("html", "json"):
        raise AnsibleFilterError(f"preflight_report: form is html or json, not {form!r}")
    data = report(hosts, hostvars, made_at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), failed)
    return page(data) if form == "html" else json.dumps(data, indent=1) + "\n"


class FilterModule:
    """Filters on the results of the preflights of a play."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"preflight_report": preflight_report}
