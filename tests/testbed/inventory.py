# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Ansible inventory of a testbed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class InventoryHost:
    """A cluster as a host. ``profile`` is empty where the environment's keys reach it."""

    name: str
    region: str
    profile: str = ""


def write_inventory(file: Path, hosts: Iterable[InventoryHost]) -> Path:
    """Write a YAML inventory with a host for each cluster; it holds no secret."""
    document: dict[str, Any] = {
        "all": {
            "vars": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ eks_windows_python_interpreter | default(ansible_playbook_python) }}",
            },
            "hosts": {host.name: _variables(host) for host in hosts},
        }
    }
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def _variables(host: InventoryHost) -> dict[str, str]:
    variables = {"eks_windows_cluster_name": host.name, "eks_windows_region": host.region}
    if host.profile:
        variables["eks_windows_profile"] = host.profile
    return variables
