# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles of the testbed that have what was documented, and nothing else."""

from __future__ import annotations

from tests.integration.permissions.documented import Permissions
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

CNI_ROLE = "vpc-cni"


def words(cluster: TestbedCluster, operator_role: str = "") -> dict[str, str]:
    """What stands for the document's words in capitals."""
    eks = cluster.eks
    return {
        "PARTITION": eks.partition,
        "REGION": eks.region,
        "ACCOUNT": eks.account,
        "CLUSTER": cluster.name,
        "CLUSTER_ROLE": eks.role_name,
        "CNI_ROLE": CNI_ROLE,
        "OPERATOR_ROLE": operator_role,
        "NAMESPACE": "default",
    }


def cni_role_arn(account: str = "111122223333") -> str:
    """The role of the add-on's service account."""
    return f"arn:aws:iam::{account}:role/{CNI_ROLE}"


def enforced_role(bed: Testbed, name: str, permissions: Permissions) -> str:
    """A role that may do in AWS what the permissions say; its ARN."""
    role = bed.aws.add_role(name)
    bed.aws.put_policy(role, permissions.policy)
    bed.aws.enforce(role)
    return role


def apply(cluster: TestbedCluster, permissions: Permissions) -> None:
    """Create the Kubernetes roles and bindings, or replace those that are there."""
    for manifest in permissions.manifests:
        kind, metadata = manifest["kind"], manifest["metadata"]
        resource = {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"}.get(
            kind, f"{kind.lower()}s"
        )
        found = cluster.admin.find(
            resource, metadata["name"], metadata.get("namespace", ""), api="rbac.authorization.k8s.io/v1"
        )
        if found:
            cluster.admin.replace(manifest)
        else:
            cluster.admin.create(manifest)


def admit(bed: Testbed, cluster: TestbedCluster, role: str, permissions: Permissions) -> None:
    """Give the role an access entry with the group, and the group its roles."""
    apply(cluster, permissions)
    bed.aws.add_access_entry(cluster.eks, role, groups=[permissions.group])
