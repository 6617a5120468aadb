# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""An examination of a cluster of the testbed, in this process, by the function that eks_windows_preflight runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.real.server import RealKubernetes


@dataclass(frozen=True)
class Examination:
    """What the module returns of a cluster. ``is_real`` tells whether that has a real control plane."""

    result: Mapping[str, Any]
    is_real: bool

    @property
    def findings(self) -> dict[str, Mapping[str, Any]]:
        """Every finding by its rule."""
        return {finding["id"]: finding for finding in self.result["findings"]}


def examine(cluster: TestbedCluster, **options: Any) -> Examination:
    """Examine a cluster with the module's options. The process has to have the environment of a client."""
    module = backend()
    given = {"cluster_name": cluster.name, "region": cluster.eks.region, **options}
    checked = ArgumentSpecValidator(module.argument_spec).validate(given)
    if checked.error_messages:
        raise ValueError("; ".join(checked.error_messages))
    result = module.run(checked.validated_parameters, False)
    return Examination(result, isinstance(cluster.kubernetes, RealKubernetes))
