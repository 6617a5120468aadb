# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.image_accounts import image_account
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.instance_types import (
    TABLE,
    instance_type,
)

ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("name", "interfaces", "addresses", "hypervisor", "secondary", "prefix"),
    [
        ("t3.medium", 3, 6, "nitro", 5, 80),
        ("t3.large", 3, 12, "nitro", 11, 176),
        ("m5.large", 3, 10, "nitro", 9, 144),
        ("m5.xlarge", 4, 15, "nitro", 14, 224),
        ("c5.4xlarge", 8, 30, "nitro", 29, 464),
        ("c5.metal", 15, 50, "metal", 49, 784),
        ("t2.medium", 3, 6, "xen", 5, None),
        ("a1.2xlarge", 4, 15, "nitro", 14, 224),
        ("z1d.xlarge", 4, 15, "nitro", 14, 224),
    ],
)
def test_limits(
    name: str, interfaces: int, addresses: int, hypervisor: str, secondary: int, prefix: int | None
) -> None:
    found = instance_type(name)
    assert found is not None
    assert tuple(found) == (name, interfaces, addresses, hypervisor)
    assert (found.secondary_limit, found.prefix_limit) == (secondary, prefix)


def test_every_row_is_found_by_its_name() -> None:
    assert len(ROWS) == len({row[0] for row in ROWS}) == 1164
    assert [row[3] for row in ROWS].count("nitro") == 968
    assert [row[3] for row in ROWS].count("xen") == 80
    assert [row[3] for row in ROWS].count("metal") == 116
    for name, interfaces, addresses, hypervisor in ROWS:
        assert instance_type(name) == (name, int(interfaces), int(addresses), hypervisor)


@pytest.mark.parametrize("name", ["", "m5", "large", "5.large", "m5.large ", "m5.large 3", "m5.larg", "\n", "M5.large"])
def test_anything_else_is_unknown(name: str) -> None:
    assert instance_type(name) is None


@pytest.mark.parametrize(
    ("region", "account"),
    [
        ("eu-central-1", "602401143452"),
        ("ap-east-1", "800184023465"),
        ("cn-north-1", "918309763551"),
        ("us-gov-west-1", "013241004608"),
        ("us-isof-south-1", "676585237158"),
    ],
)
def test_image_accounts(region: str, account: str) -> None:
    assert image_account(region) == account
