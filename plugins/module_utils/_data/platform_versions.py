# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Lowest platform versions that can run Windows support in the control plane.

Sources: ``CONTROL_PLANE_SUPPORT`` is the table of the Amazon EKS user guide, "Enabling Windows support for your EKS
cluster", as of late 2022, which ends in "or anything later". Later editions of the page raise single figures, and its
current one has none, so they are not used. ``PREFIX_DELEGATION`` is the Amazon EKS user guide, "Assign more IP
addresses to Amazon EKS nodes with prefixes", Windows part, of 2024-12. Both read 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CONTROL_PLANE_SUPPORT: Mapping[tuple[int, int], int] = {
    (1, 19): 7,
    (1, 20): 3,
    (1, 21): 3,
    (1, 22): 1,
    (1, 23): 1,
}
"""Kubernetes version to the number of the lowest platform version (``7`` is ``eks.7``). Earlier versions have none."""

PREFIX_DELEGATION: Mapping[tuple[int, int], int] = {(1, 25): 5, (1, 26): 4, (1, 27): 3}
"""The same for Windows prefix delegation."""

_KUBERNETES = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:[.+-].*)?")
_PLATFORM = re.compile(r"eks\.([0-9]{1,6})")


def kubernetes_version(text: str) -> tuple[int, int] | None:
    """``1.31``, ``v1.31.2`` and ``1.31.2-eks-abc`` as (1, 31); None where it is none."""
    match = _KUBERNETES.fullmatch(text)
    return (int(match.group(1)), int(match.group(2))) if match else None


def platform_number(text: str) -> int | None:
    """``eks.5`` as 5; None for anything else, local clusters' ``eks-local-outposts.5`` among it."""
    match = _PLATFORM.fullmatch(text)
    return int(match.group(1)) if match else None


def at_least(table: Mapping[tuple[int, int], int], version: str, platform_version: str) -> bool | None:
    """Whether the versions are at or above the table.

    Versions later than the table's last are, whatever their platform version; earlier than its first are not.
    None where a version that decides can't be read.
    """
    kubernetes = kubernetes_version(version)
    if kubernetes is None:
        return None
    if kubernetes < min(table):
        return False
    if kubernetes > max(table):
        return True
    platform = platform_number(platform_version)
    return None if platform is None else platform >= table[kubernetes]


def minimum(table: Mapping[tuple[int, int], int], version: str) -> str:
    """What the table asks of this Kubernetes version, in words: ``1.20 eks.3`` or, below it, its first row."""
    kubernetes = kubernetes_version(version)
    row = kubernetes if kubernetes is not None and kubernetes in table else min(table)
    return f"{row[0]}.{row[1]} eks.{table[row]}"
