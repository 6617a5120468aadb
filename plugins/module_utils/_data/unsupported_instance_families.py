# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""EC2 instance types that can't run Windows nodes.

Sources: ``DOCUMENTED_2022`` is the list of the Amazon EKS user guide, "Enabling Windows support for your EKS cluster",
as of late 2022; today's page has no such list. ``WITHOUT_WINDOWS_AMI`` is kubernetes-sigs/karpenter-provider-aws issue
7985 and AWS's own rule that Windows runs on x86_64 alone. Read 2026-11-24.
"""

from __future__ import annotations

import re

DOCUMENTED_2022 = ("c3", "c4", "d2", "i2", "m4", "m6a", "r3")
DOCUMENTED_2022_EXCEPTIONS = ("m4.16xlarge",)

WITHOUT_WINDOWS_AMI = ("dl1", "f1.4xlarge", "f2", "inf2", "p4d", "p4de", "p5", "trn1", "trn1n", "vt1")
"""Families, or whole types where a dot is in it."""

# Apart from a1, Graviton families have a g right after the generation: m6g, c7gn, t4g, i8ge, im4gn, x2gd, hpc7g, m8gb.
_ARM = re.compile(r"a1|[a-z]+[0-9]+g[a-z]*")
_APPLE = re.compile(r"mac(?:[0-9]+)?(?:-.*)?")


def family(instance_type: str) -> str:
    """``m5`` of ``m5.large``."""
    return instance_type.partition(".")[0]


def documented_2022(instance_type: str) -> bool:
    """Whether AWS's list of 2022 names the type's family."""
    return family(instance_type) in DOCUMENTED_2022 and instance_type not in DOCUMENTED_2022_EXCEPTIONS


def without_windows_ami(instance_type: str) -> str:
    """Why there is no Windows AMI for the type: ``arm64``, ``macOS only``, ``no Windows AMI``; empty where there is."""
    name = family(instance_type)
    if _ARM.fullmatch(name):
        return "arm64"
    if _APPLE.fullmatch(name):
        return "macOS only"
    return "no Windows AMI" if name in WITHOUT_WINDOWS_AMI or instance_type in WITHOUT_WINDOWS_AMI else ""
