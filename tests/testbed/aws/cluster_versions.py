# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS DescribeClusterVersions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from tests.testbed.aws.eks_state import EksContext, EksOperation
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.paging import page

# Dates from 1.30 on are those of AWS's page of EKS versions as of 2026, as far as it gave them; the ends of extended
# support of 1.34 and 1.35 are a year on top of standard support. Dates before 1.30 and the platform versions are
# merely plausible. Columns: version, default platform version, ends of standard and of extended support.
_CALENDAR = (
    ("1.23", "eks.24", "2023-10-11", "2024-10-11"),
    ("1.24", "eks.28", "2024-01-31", "2025-01-31"),
    ("1.25", "eks.29", "2024-05-01", "2025-05-01"),
    ("1.26", "eks.30", "2024-06-11", "2025-06-11"),
    ("1.27", "eks.34", "2024-07-24", "2025-07-24"),
    ("1.28", "eks.40", "2024-11-26", "2025-11-26"),
    ("1.29", "eks.40", "2025-03-23", "2026-03-23"),
    ("1.30", "eks.40", "2025-07-23", "2026-07-23"),
    ("1.31", "eks.40", "2025-11-26", "2026-11-26"),
    ("1.32", "eks.30", "2026-03-23", "2027-03-23"),
    ("1.33", "eks.20", "2026-07-29", "2027-07-29"),
    ("1.34", "eks.15", "2026-12-02", "2027-12-02"),
    ("1.35", "eks.10", "2027-03-27", "2028-03-27"),
)
DEFAULT_VERSION = "1.34"
# A fixed day, so that a test means the same next year.
REFERENCE_DAY = datetime.date(2026, 11, 1)


def _date(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def default_cluster_versions(today: datetime.date = REFERENCE_DAY) -> list[dict[str, Any]]:
    """The versions with their support status as of ``today``."""
    moment = _date(today.isoformat())
    rows = []
    for version, platform, standard, extended in _CALENDAR:
        status = "UNSUPPORTED"
        if moment < _date(extended):
            status = "STANDARD_SUPPORT" if moment < _date(standard) else "EXTENDED_SUPPORT"
        rows.append(
            {
                "clusterVersion": version,
                "clusterType": "eks",
                "defaultPlatformVersion": platform,
                "defaultVersion": version == DEFAULT_VERSION,
                "endOfStandardSupportDate": _date(standard),
                "endOfExtendedSupportDate": _date(extended),
                "status": status.lower().replace("_", "-"),
                "versionStatus": status,
            }
        )
    return rows


def describe_cluster_versions(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without ``includeAll`` or a named version, unsupported versions are left out."""
    names = parameters.get("clusterVersions") or []
    if parameters.get("status") and parameters.get("versionStatus"):
        raise AwsError("InvalidParameterException", "status and versionStatus cannot be used together")
    rows = []
    for row in reversed(context.settings.cluster_versions):
        wanted = not names or row["clusterVersion"] in names
        status = parameters.get("versionStatus") or str(parameters.get("status") or "").upper().replace("-", "_")
        if status:
            wanted = wanted and row["versionStatus"] == status
        elif not names and not parameters.get("includeAll"):
            wanted = wanted and row["versionStatus"] != "UNSUPPORTED"
        if parameters.get("defaultOnly"):
            wanted = wanted and bool(row["defaultVersion"])
        if wanted:
            rows.append(row)
    rows, token = page(rows, parameters)
    return {"clusterVersions": rows, **token}


OPERATIONS: Mapping[str, EksOperation] = {"DescribeClusterVersions": describe_cluster_versions}
