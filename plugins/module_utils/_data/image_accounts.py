# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.
# Written by tests/setup/refresh_data.py: change its source, not this file.

"""AWS accounts that hold EKS images, by region; every region not listed: 602401143452.

Source: eksctl-io/eksctl pkg/apis/eksctl.io/v1alpha5/types.go, read 2026-11-24. DNS suffix by partition.
"""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_ACCOUNT = "602401143452"

ACCOUNTS: Mapping[str, str] = {
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-isoe-west-1": "249663109785",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "mx-central-1": "730335286997",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
    "us-iso-east-1": "725322719131",
    "us-iso-west-1": "608367168043",
    "us-isob-east-1": "187977181151",
    "us-isob-west-1": "321162350305",
    "us-isof-east-1": "171035529773",
    "us-isof-south-1": "676585237158",
}
"""Regions whose account is another one."""


def image_account(region: str) -> str:
    """The account whose registry holds the EKS images of a region."""
    return ACCOUNTS.get(region, DEFAULT_ACCOUNT)
