# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Releases of Windows Server by their build, how long each is supported, and what changed with a build.

Sources: Microsoft, "Windows Server release information" and the lifecycle pages of each release, for builds and ends of
support; the Amazon EKS user guide, "Enabling Windows support for your EKS cluster", for the backends of a Service and
for the versions of Windows Server 2025. Read 2026-11-28.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple


class WindowsBuild(NamedTuple):
    """The build of a node, ``10.0.17763.2746`` as the kubelet spells it; they sort by age."""

    release: int
    revision: int

    def __str__(self) -> str:
        return f"{self.release}.{self.revision}"


class WindowsRelease(NamedTuple):
    """A release: its name and the last day of its support, extended support included."""

    name: str
    end_of_support: date


RELEASES = {
    14393: WindowsRelease("Windows Server 2016", date(2027, 1, 12)),
    17763: WindowsRelease("Windows Server 2019", date(2029, 1, 9)),
    18363: WindowsRelease("Windows Server, version 1909", date(2021, 5, 11)),
    19041: WindowsRelease("Windows Server, version 2004", date(2021, 12, 14)),
    19042: WindowsRelease("Windows Server, version 20H2", date(2022, 8, 9)),
    20348: WindowsRelease("Windows Server 2022", date(2031, 10, 14)),
    25398: WindowsRelease("Windows Server, version 23H2", date(2025, 10, 24)),
    26100: WindowsRelease("Windows Server 2025", date(2034, 11, 14)),
}

SERVER_2025 = 26100
SERVER_2025_KUBERNETES = (1, 35)
"""The first Kubernetes version that Amazon EKS has AMIs of Windows Server 2025 for."""

MANY_BACKENDS = WindowsBuild(17763, 2746)
"""From this build on a load-balanced Service may have :data:`MOST_BACKENDS` pods, before it :data:`FEW_BACKENDS`."""
MOST_BACKENDS = 1024
FEW_BACKENDS = 64

_BUILD = re.compile(r"(?:10\.0\.)?([0-9]{1,9})\.([0-9]{1,9})", re.ASCII)


def windows_build(kernel_version: str) -> WindowsBuild | None:
    """The build of ``status.nodeInfo.kernelVersion``; None where it is not one."""
    match = _BUILD.fullmatch(kernel_version.strip())
    return WindowsBuild(int(match[1]), int(match[2])) if match else None
