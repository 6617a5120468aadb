# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a workload makes its pods by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def pod_spec(workload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pods' spec of a Deployment and the like as the API gives it, empty where there is none."""
    return ((workload.get("spec") or {}).get("template") or {}).get("spec") or {}
