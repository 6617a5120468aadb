# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The one place where an exception becomes a module's failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubeconfig import harmless_in
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import secrets_in


def run_backend(backend: Backend, parameters: Mapping[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    """The result of the backend, or a failure that names what is wrong and what mends it."""
    try:
        return backend.run(parameters, check_mode)
    except EksWindowsError as error:
        return {**error.result, "failed": True, "msg": str(error)}


def secrets_among(collected: set[str], parameters: Mapping[str, Any]) -> set[str]:
    """What of the parameters nobody may read, where Ansible ``collected`` each text of those that are not logged."""
    return (collected - harmless_in(parameters.get("kubeconfig"))) | secrets_in(parameters.get("proxy"))


def run_module(backend: Backend) -> None:
    """The body of every module: argument spec, call, exit_json."""
    module = AnsibleModule(argument_spec=backend.argument_spec, supports_check_mode=True, **backend.constraints)
    missing = backend.missing_requirements()
    if missing:
        module.fail_json(msg=missing_required_lib(", ".join(missing)))
    module.no_log_values = secrets_among(module.no_log_values, module.params)
    result = run_backend(backend, module.params, check_mode=module.check_mode)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
