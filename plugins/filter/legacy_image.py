# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._legacy_install import ManifestError, image


def legacy_image(name: str, region: str, partition: str) -> str:
    """Where the nodes of a region pull an EKS image from."""
    try:
        return image(str(name), str(region), str(partition))
    except ManifestError as error:
        raise AnsibleFilterError(f"legacy_image: {error}") from error


class FilterModule:
    """Filters of role legacy_install."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"legacy_image": legacy_image}
