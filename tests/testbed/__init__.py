# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS and Kubernetes on loopback, for tests, demos and people who want to try something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.testbed.specs import (
    AddonSpec,
    ClusterSpec,
    FargateProfileSpec,
    LegacySpec,
    NodegroupSpec,
    NodeSpec,
    chart_data,
)

if TYPE_CHECKING:
    from tests.testbed.testbed import Testbed

__all__ = (
    "AddonSpec",
    "ClusterSpec",
    "FargateProfileSpec",
    "LegacySpec",
    "NodeSpec",
    "NodegroupSpec",
    "Testbed",
    "chart_data",
)


def __getattr__(name: str) -> Any:
    # Testbed loads moto, which takes seconds that users of single parts need not spend.
    if name == "Testbed":
        from tests.testbed.testbed import Testbed

        return Testbed
    raise AttributeError(name)
