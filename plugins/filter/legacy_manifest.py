# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._legacy_install import (
    REQUIRED,
    ManifestError,
    manifest,
)


def legacy_manifest(
    text: str,
    component: str,
    ca_bundle: str = "",
    certificate: str = "",
    admission_api: str = "admissionregistration.k8s.io/v1",
) -> dict[str, list[dict[str, Any]]]:
    """The objects of the manifest of legacy Windows support's controller or webhook."""
    if not isinstance(text, str) or component not in REQUIRED:
        raise AnsibleFilterError(f"legacy_manifest takes a text, and one of {', '.join(REQUIRED)}")
    try:
        return manifest(text, component, str(ca_bundle), str(certificate), str(admission_api))
    except ManifestError as error:
        raise AnsibleFilterError(f"the manifest of the {component} can't be used: {error}") from error


class FilterModule:
    """Filters of role legacy_install."""

    def filters(self) -> dict[str, Callable[..., dict[str, list[dict[str, Any]]]]]:
        return {"legacy_manifest": legacy_manifest}
