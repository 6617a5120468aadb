# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS: moto's clusters, node groups and Fargate profiles, and beside them what moto lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.eks.models import EKSBackend, eks_backends

from tests.testbed.aws import access_entries, addons, cluster_versions, updates
from tests.testbed.aws.eks_state import EksCluster, EksOperation
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.moto_scope import scope_backends
from tests.testbed.aws.partitions import partition_of

scope_backends(eks_backends)

OPERATIONS: Mapping[str, EksOperation] = {
    **addons.OPERATIONS,
    **access_entries.OPERATIONS,
    **cluster_versions.OPERATIONS,
    **updates.OPERATIONS,
}
_WITHOUT_CLUSTER = frozenset({"CreateCluster", "RegisterCluster"})


class TestbedEksBackend(EKSBackend):
    """moto's backend of one account and region, with the state of each cluster that moto does not keep."""

    __test__ = False

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.states: dict[str, EksCluster] = {}

    def current_states(self) -> dict[str, EksCluster]:
        """A state for each cluster that moto has; one made through the API gets a bare one."""
        for name in [name for name in self.states if name not in self.clusters]:
            del self.states[name]
        for name, cluster in self.clusters.items():
            if name not in self.states:
                self.states[name] = EksCluster(
                    name=name,
                    arn=cluster.arn,
                    region=self.region_name,
                    account=self.account_id,
                    partition=self.partition,
                    role_arn=cluster.role_arn,
                    version=cluster.version,
                    authentication_mode="CONFIG_MAP",
                    creator="",
                )
        return self.states


def eks_backend(account: str, region: str) -> TestbedEksBackend:
    """The backend of an account and region. Raises AwsError for a region that EKS is not in."""
    try:
        backend = eks_backends[account][region]
    except KeyError:
        raise AwsError("InvalidSignatureException", "Credential should be scoped to a valid region.", 403) from None
    if not isinstance(backend, TestbedEksBackend):
        raise TypeError("moto's own EKS backend was made where the testbed's was expected")
    return backend


def regions_with_clusters(account: str, partition: str) -> list[str]:
    """The regions in which an account has clusters."""
    if account not in eks_backends:
        return []
    found = [region for region, backend in eks_backends[account].items() if backend.clusters]
    return [region for region in found if partition_of(region) == partition]


def check_cluster(clusters: Mapping[str, EksCluster], operation: str, parameters: Mapping[str, Any]) -> None:
    """Refuse an operation on a cluster that does not exist; moto fails on some of them.

    Raises:
        AwsError: ResourceNotFoundException in EKS's words.
    """
    name = parameters.get("clusterName") or parameters.get("name")
    if not name or operation in _WITHOUT_CLUSTER or name in clusters:
        return
    raise AwsError("ResourceNotFoundException", f"No cluster found for name: {name}.", 404, {"clusterName": name})
