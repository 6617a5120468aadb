# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Keys of ConfigMap kube-system/amazon-vpc-cni that the VPC resource controller reads, and how it reads them.

Source: aws/amazon-vpc-resource-controller-k8s, pkg/config/loader.go, pkg/config/type.go and
pkg/condition/conditions.go of 2026-04, read 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

CONFIG_MAP_NAMESPACE = "kube-system"
CONFIG_MAP_NAME = "amazon-vpc-cni"

ENABLE_WINDOWS_IPAM = "enable-windows-ipam"
ENABLE_WINDOWS_PREFIX_DELEGATION = "enable-windows-prefix-delegation"
BRANCH_ENI_COOLDOWN = "branch-eni-cooldown"
"""Seconds; of Linux branch interfaces alone. Default 60, floor 30."""

WARM_IP_TARGET = ("warm-ip-target", "windows-warm-ip-target")
MINIMUM_IP_TARGET = ("minimum-ip-target", "windows-minimum-ip-target")
WARM_PREFIX_TARGET = ("warm-prefix-target", "windows-warm-prefix-target")
"""Each target's keys in the order of precedence: the first that is present decides, even where its value is invalid."""

ADDON_ENABLE_WINDOWS_IPAM = "enableWindowsIpam"
"""Key of the vpc-cni add-on's configuration, top level, a string, that becomes :data:`ENABLE_WINDOWS_IPAM`."""


@dataclass(frozen=True)
class Setting:
    """A setting of Windows support by its names.

    Attributes:
        keys: Its keys of the ConfigMap in the order of precedence.
        addon_key: Its key of the vpc-cni add-on's configuration, top level. The chart writes ``keys[0]`` of it.
        boolean: Whether it is on or off, a string in both places; else it is a number, an integer in the add-on's
            configuration.
        default: What the chart writes where the add-on's configuration lacks the key.
        since: The first version of the chart, and of the add-on, that has the key.

    Source: aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni, values.yaml and templates/configmap.yaml of v1.16.0 and later;
    before, from v1.14.0 on, the chart has enableWindowsIpam alone.
    """

    keys: tuple[str, ...]
    addon_key: str
    boolean: bool
    default: str
    since: tuple[int, int] = (1, 16)

    @property
    def key(self) -> str:
        """The key that decides where it is present, and that is written."""
        return self.keys[0]


WINDOWS_IPAM = Setting((ENABLE_WINDOWS_IPAM,), ADDON_ENABLE_WINDOWS_IPAM, True, "false", (1, 14))
WINDOWS_PREFIX_DELEGATION = Setting((ENABLE_WINDOWS_PREFIX_DELEGATION,), "enableWindowsPrefixDelegation", True, "false")
WARM_IP = Setting(WARM_IP_TARGET, "warmWindowsIPTarget", False, "1")
MINIMUM_IP = Setting(MINIMUM_IP_TARGET, "minimumWindowsIPTarget", False, "3")
WARM_PREFIX = Setting(WARM_PREFIX_TARGET, "warmWindowsPrefixTarget", False, "0")
TARGETS = (WARM_IP, MINIMUM_IP, WARM_PREFIX)
SETTINGS = (WINDOWS_IPAM, WINDOWS_PREFIX_DELEGATION, *TARGETS)

TRUE_SPELLINGS = ("1", "t", "T", "TRUE", "true", "True")
FALSE_SPELLINGS = ("0", "f", "F", "FALSE", "false", "False")

_INTEGER = re.compile(r"[+-]?0*[0-9]{1,18}", re.ASCII)
"""Numbers of 19 digits are left out, though some fit into Go's int of 64 bits."""


@dataclass(frozen=True)
class PoolTargets:
    """How many addresses and prefixes the controller keeps ready on a Windows node."""

    warm_ip: int
    minimum_ip: int
    warm_prefix: int


SECONDARY_DEFAULTS = PoolTargets(warm_ip=3, minimum_ip=3, warm_prefix=0)
PREFIX_DEFAULTS = PoolTargets(warm_ip=1, minimum_ip=3, warm_prefix=0)


def parse_bool(text: str | None) -> bool | None:
    """As Go's strconv.ParseBool; None where that fails, which the controller takes for off. None is absent."""
    if text in TRUE_SPELLINGS:
        return True
    return False if text in FALSE_SPELLINGS else None


def parse_integer(text: str | None) -> int | None:
    """As Go's strconv.Atoi; None where that fails, which the controller takes for absent. None is absent."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None


def deciding_key(data: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    """The key of a target that is present and decides; None where none is."""
    return next((key for key in keys if key in data), None)


def pool_targets(data: Mapping[str, str] | None, prefix_delegation: bool) -> PoolTargets:
    """What the controller makes of the target keys. ``data`` None is a ConfigMap without data."""
    values = data or {}
    warm_ip = _target(values, WARM_IP_TARGET)
    minimum_ip = _target(values, MINIMUM_IP_TARGET) or 0
    warm_prefix = (_target(values, WARM_PREFIX_TARGET) or 0) if prefix_delegation else 0
    # An explicit 0 would leave the pool empty; an absent or unparsable one is caught by the defaults below.
    if warm_ip == 0 and not prefix_delegation:
        warm_ip = 1
    if not warm_ip and not minimum_ip and not warm_prefix:
        return PREFIX_DEFAULTS if prefix_delegation else SECONDARY_DEFAULTS
    return PoolTargets(warm_ip or 0, minimum_ip, warm_prefix)


def _target(data: Mapping[str, str], keys: tuple[str, ...]) -> int | None:
    """The integer of the deciding key; None where no key is present or its value is no integer."""
    key = deciding_key(data, keys)
    return None if key is None else parse_integer(data[key])
