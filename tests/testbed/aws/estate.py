# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the testbed's AWS: clusters and what belongs to them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import patch

from tests.testbed.aws import addons, eks, iam
from tests.testbed.aws.clusters import Clusters
from tests.testbed.aws.ec2 import Instance
from tests.testbed.aws.eks_state import AddonIssue, AddonState, EksCluster, EksContext, Update, UpdatePlan
from tests.testbed.aws.moto_scope import MOTO_LOCK, inside


class Estate(Clusters):
    """Add-ons, node groups and Fargate profiles, made and changed in process: none of it counts as a
    request."""

    def add_addon(
        self,
        cluster: EksCluster,
        name: str = "vpc-cni",
        version: str = "v1.19.0-eksbuild.1",
        *,
        configuration_values: str = "",
        service_account_role_arn: str = "",
        pod_identity_associations: Sequence[str] = (),
        status: str = "ACTIVE",
        issues: Sequence[AddonIssue] = (),
    ) -> AddonState:
        """Put a managed add-on into a cluster as if EKS had installed it before; the cluster is not touched.

        Args:
            configuration_values: JSON or YAML.
            pod_identity_associations: ARNs.
            issues: What its health shows.

        ``AddonState.rendered`` is the data that belongs into its ConfigMap, empty for versions without one.
        """
        with inside(self._scope):
            return addons.new_addon(
                cluster,
                name,
                version,
                configuration_values,
                service_account_role_arn,
                tuple(pod_identity_associations),
                status,
                tuple(issues),
            )

    def set_addon_status(self, cluster: EksCluster, name: str, status: str, issues: Sequence[AddonIssue] = ()) -> None:
        """Say from now on that the add-on is in this status, with these issues."""
        with inside(self._scope):
            cluster.addons[name].status = status
            cluster.addons[name].issues = tuple(issues)

    def fail_next_update(
        self,
        code: str,
        message: str,
        *,
        resource_ids: Sequence[str] = (),
        seconds: float | None = None,
        written: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next ``times`` updates of an add-on begin and then end Failed, with this error.

        Args:
            code: Of EKS's ErrorCode: ``ConfigurationConflict``, ``AdmissionRequestDenied``.
            seconds: How long the update stays InProgress before; :attr:`addon_seconds` by default.
            written: Whether EKS writes the add-on into the cluster before it fails.
        """
        self._plan(UpdatePlan(seconds, AddonIssue(code, message, tuple(resource_ids)), written), times)

    def hold_next_update(self, seconds: float, times: int = 1) -> None:
        """Keep the next ``times`` updates of an add-on InProgress, and the add-on UPDATING, for so long."""
        self._plan(UpdatePlan(seconds), times)

    def _plan(self, plan: UpdatePlan, times: int) -> None:
        with inside(self._scope):
            self._settings.update_plans.extend([plan] * times)

    def start_update(
        self,
        cluster: EksCluster,
        name: str = "vpc-cni",
        *,
        seconds: float,
        configuration_values: str | None = None,
        resolve_conflicts: str = "PRESERVE",
        error: AddonIssue | None = None,
    ) -> Update:
        """Begin an update of an add-on as somebody else would; it ends by itself after ``seconds``.

        Version and role stay as they are.

        Args:
            configuration_values: None keeps them.
            error: What it fails with.
        """
        parameters = {
            "clusterName": cluster.name,
            "addonName": name,
            "configurationValues": configuration_values,
            "resolveConflicts": resolve_conflicts,
            "serviceAccountRoleArn": cluster.addons[name].service_account_role_arn,
        }
        with inside(self._scope):
            context = EksContext(
                clusters={cluster.name: cluster},
                caller=self._operator(cluster.account, cluster.partition),
                region=cluster.region,
                settings=self._settings,
                lock=MOTO_LOCK,
                later=self._later,
                principal_id=iam.unique_id,
            )
            plans = self._settings.update_plans
            waiting, plans[:] = list(plans), [UpdatePlan(seconds, error)]
            try:
                answer = addons.OPERATIONS["UpdateAddon"](context, parameters)
            finally:
                plans[:] = waiting
            return cluster.updates[str(answer["update"]["id"])]

    def add_fargate_profile(self, cluster: EksCluster, name: str, selectors: Sequence[Mapping[str, object]]) -> None:
        """Add a Fargate profile with selectors as in the API: ``namespace`` and optional ``labels``."""
        with inside(self._scope):
            backend = eks.eks_backend(cluster.account, cluster.region)
            role = f"arn:{cluster.partition}:iam::{cluster.account}:role/{cluster.name}-fargate"
            subnets = list(backend.clusters[cluster.name].resources_vpc_config["subnetIds"])
            backend.create_fargate_profile(name, cluster.name, [dict(item) for item in selectors], role, subnets)

    def add_nodegroup(
        self,
        cluster: EksCluster,
        name: str,
        *,
        ami_type: str = "AL2023_x86_64_STANDARD",
        instance_types: Sequence[str] = ("m5.large",),
        role_name: str = "",
        size: int = 1,
    ) -> str:
        """Add a managed node group and return its role's ARN. ``size`` is what it is to have and may be 0.

        As EKS does, this makes the role's access entry where the cluster reads them and it has none yet.
        """
        role_name = role_name or f"{cluster.name}-{name}-node"
        with inside(self._scope):
            role = iam.find_role(cluster.account, cluster.partition, role_name)
            if role is None:
                trust = iam.trust({"Service": "ec2.amazonaws.com"})
                policies = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy")
                role_arn = iam.create_role(cluster.account, cluster.partition, role_name, trust, "/", policies)
            else:
                role_arn = str(role.arn)
            backend = eks.eks_backend(cluster.account, cluster.region)
            # moto would load EC2, which takes most of a second, to look for a launch template that is not given.
            with patch.dict(sys.modules, {"moto.ec2.models": None}):
                backend.create_nodegroup(
                    cluster_name=cluster.name,
                    node_role=role_arn,
                    nodegroup_name=name,
                    subnets=list(backend.clusters[cluster.name].resources_vpc_config["subnetIds"]),
                    scaling_config={"minSize": size, "maxSize": max(size, 1), "desiredSize": size},
                    disk_size=50,
                    instance_types=list(instance_types),
                    ami_type=ami_type,
                    version=cluster.version,
                )
        if "API" in cluster.authentication_mode and role_arn not in cluster.access_entries:
            entry_type = "EC2_WINDOWS" if ami_type.startswith("WINDOWS") else "EC2_LINUX"
            self.add_access_entry(cluster, role_arn, entry_type=entry_type)
        return role_arn

    def add_instance(self, cluster: EksCluster, instance_id: str, instance_type: str, role_name: str = "") -> str:
        """Let an instance run in the cluster's first subnet; returns its role's ARN.

        Args:
            role_name: A role, made where it is missing, by an instance profile of the same name. Nothing lets it into
                the cluster. Empty for no instance profile, and so no role.
        """
        place = (cluster.account, cluster.partition)
        with inside(self._scope):
            role_arn = profile = ""
            if role_name:
                role = iam.find_role(*place, role_name)
                trust = iam.trust({"Service": "ec2.amazonaws.com"})
                policies = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy")
                role_arn = str(role.arn) if role else iam.create_role(*place, role_name, trust, "/", policies)
                profile = iam.instance_profile(*place, role_name)
            config = eks.eks_backend(cluster.account, cluster.region).clusters[cluster.name].resources_vpc_config
            self._ec2.add_instance(
                cluster.account, cluster.region, Instance(instance_id, instance_type, config["subnetIds"][0], profile)
            )
            return role_arn

    def set_metadata_options(self, cluster: EksCluster, instance_id: str, **options: Any) -> None:
        """Change some of an instance's metadata options, by the names that EC2 gives them."""
        with inside(self._scope):
            self._ec2.set_metadata_options(cluster.account, cluster.region, instance_id, options)

    def add_update(self, cluster: EksCluster, update_type: str, status: str = "Successful") -> Update:
        """Note an update of the cluster, as ListUpdates and DescribeUpdate show it."""
        update = Update(update_type, (), status=status)
        with inside(self._scope):
            cluster.updates[update.id] = update
        return update
