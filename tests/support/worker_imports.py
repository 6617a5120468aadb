# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a worker of ansible-playbook imports for one preflight, told as JSON.

Run as ``python -m tests.support.worker_imports CLUSTER REGION`` with the environment of a testbed. ``inherited`` are
the modules that the action plugin adds to those of Ansible in the parent of the workers, ``own`` those that one
preflight imports beyond them: each worker, so each cluster, pays for these.
"""

from __future__ import annotations

import json
import sys

from tests.conftest import install_collection_finder


def main(cluster_name: str, region: str) -> None:
    """Examine the cluster in this process."""
    install_collection_finder()
    from ansible.executor.playbook_executor import PlaybookExecutor  # noqa: F401
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible.plugins.loader import action_loader

    ansible = set(sys.modules)
    action_loader.get("cloudops.eks_windows.eks_windows_preflight", class_only=True)
    parent = set(sys.modules)

    from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend

    arguments = {"cluster_name": cluster_name, "region": region, "goal": "enable"}
    validator = ArgumentSpecValidator(backend().argument_spec, **backend().constraints)
    result = backend().run(validator.validate(arguments).validated_parameters, False)
    own = set(sys.modules) - parent
    print(json.dumps({"examined": result["examined"], "inherited": sorted(parent - ansible), "own": sorted(own)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
