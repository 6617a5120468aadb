# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._smoke_test import wanted_deployments


def smoke_test_deployments(
    nodes: Iterable[Mapping[str, Any]],
    windows_version: str | int,
    windows_images: Mapping[str | int, str],
    linux_image: str,
) -> dict[str, Any]:
    """The Deployments that role smoke_test creates for the Windows nodes of a cluster."""
    if isinstance(nodes, (str, Mapping)):
        raise AnsibleFilterError("smoke_test_deployments takes a list of nodes")
    if not isinstance(windows_images, Mapping):
        raise AnsibleFilterError("smoke_test_deployments takes the Windows images as a dictionary, by Windows version")
    return wanted_deployments(nodes, str(windows_version), windows_images, linux_image)


class FilterModule:
    """Filters of role smoke_test."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"smoke_test_deployments": smoke_test_deployments}
