# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters of one server."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from moto.eks.models import Cluster as MotoCluster

from tests.testbed.aws import access_entries, eks, iam
from tests.testbed.aws.accounts import OPERATOR
from tests.testbed.aws.eks_state import AccessEntry, EksCluster
from tests.testbed.aws.identities import Identities
from tests.testbed.aws.moto_scope import inside
from tests.testbed.aws.partitions import partition_of

NOWHERE = "https://127.0.0.1:9"
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")


class Clusters(Identities):
    """Clusters with their roles, access entries and subnets, made and changed in process without a request."""

    def add_cluster(
        self,
        name: str,
        *,
        endpoint: str = NOWHERE,
        ca_pem: str = "",
        region: str | None = None,
        account: str | None = None,
        version: str = "1.31",
        platform_version: str = "eks.20",
        status: str = "ACTIVE",
        ip_family: str = "ipv4",
        service_ipv4_cidr: str = "172.20.0.0/16",
        authentication_mode: str = "API_AND_CONFIG_MAP",
        policies: Sequence[str] | None = None,
        role_name: str = "",
        auto_mode: bool = False,
        outpost_arns: Sequence[str] = (),
        subnet_ids: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> EksCluster:
        """Put a cluster into an account and region; the partition is the region's.

        Args:
            endpoint: URL of its API server; by default there is none: the cluster is one in EKS alone.
            ca_pem: The certificate authority, PEM text.
            ip_family: ``ipv4`` or ``ipv6``.
            authentication_mode: ``CONFIG_MAP``, ``API_AND_CONFIG_MAP`` or ``API``; empty leaves accessConfig out of
                the answer, as for a cluster that EKS says nothing of.
            policies: What the cluster role has attached, AWS's by name, any by ARN; added to a role that exists. By
                default :data:`CLUSTER_POLICIES` for a new role and nothing for one that exists.
            role_name: A role to share with clusters of any region; by default ``<name>-cluster``.
            outpost_arns: Makes it a local cluster on an Outpost.
            subnet_ids: From :meth:`add_subnet`; by default two subnets in a VPC of its own.

        Its creator is the account's operator: with access entries there is one for user and role ``operator``, with
        the cluster administrator's access policy.
        """
        region, account = region or self.region, account or self.account
        partition = partition_of(region)
        role = self._cluster_role(account, partition, role_name or f"{name}-cluster", policies)
        with inside(self._scope):
            own = "" if subnet_ids else self._networks.new_vpc(account, region)
            subnets = list(subnet_ids) or [self._networks.add_subnet(own) for _ in range(2)]
            vpc_id = self._networks.vpc_of(subnets[0])
        ipv6 = {"serviceIpv6Cidr": "fd30:1c53:5f8a::/108"}
        network = {"ipFamily": ip_family, **(ipv6 if ip_family == "ipv6" else {"serviceIpv4Cidr": service_ipv4_cidr})}
        vpc = {
            "subnetIds": subnets,
            "securityGroupIds": [],
            "clusterSecurityGroupId": "sg-0a1b2c3d4e5f60718",
            "vpcId": vpc_id,
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["0.0.0.0/0"],
        }
        creator = self._operator(account, partition)
        with inside(self._scope):
            backend = eks.eks_backend(account, region)
            if name in backend.clusters:
                raise ValueError(f"there is a cluster {name} in account {account} in {region}")
            moto = MotoCluster(name, role, vpc, account, region, partition, version, network, tags=dict(tags or {}))
            moto.endpoint = endpoint
            moto.certificate_authority = {"data": base64.b64encode(ca_pem.encode()).decode()}
            moto.platformVersion = platform_version
            moto.status = status
            extras: dict[str, object] = {"health": {"issues": []}, "deletion_protection": False}
            if authentication_mode:
                extras["access_config"] = {"authenticationMode": authentication_mode}
            if auto_mode:
                extras["compute_config"] = {"enabled": True, "nodePools": ["general-purpose", "system"]}
            if outpost_arns:
                extras["outpost_config"] = {"outpostArns": list(outpost_arns), "controlPlaneInstanceType": "m5.large"}
                extras["id"] = f"outpost-{name}"
            # moto's serializer reads members of the model from attributes of this spelling.
            moto.__dict__.update(extras)
            backend.clusters[name] = moto
            cluster = backend.current_states()[name]
            cluster.authentication_mode = authentication_mode or "CONFIG_MAP"
            cluster.creator = creator.arn
        if "API" in authentication_mode:
            policy = f"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
            for principal in (creator.arn, f"arn:{partition}:iam::{account}:role/{OPERATOR}"):
                self.add_access_entry(cluster, principal, policies=(policy,))
        return cluster

    def _cluster_role(self, account: str, partition: str, name: str, policies: Sequence[str] | None) -> str:
        self._operator(account, partition)
        with inside(self._scope):
            role = iam.find_role(account, partition, name)
            if role is None:
                trust = iam.trust({"Service": "eks.amazonaws.com"})
                wanted = CLUSTER_POLICIES if policies is None else policies
                return iam.create_role(account, partition, name, trust, "/", wanted)
            for policy in policies or ():
                iam.backend(account, partition).attach_role_policy(iam.policy_arn(account, partition, policy), name)
            return str(role.arn)

    def cluster(self, name: str, *, region: str | None = None, account: str | None = None) -> EksCluster:
        """A cluster by name. Raises KeyError when there is none."""
        with inside(self._scope):
            return eks.eks_backend(account or self.account, region or self.region).current_states()[name]

    def change_cluster(self, cluster: EksCluster, **attributes: object) -> None:
        """Change what DescribeCluster says.

        Args:
            attributes: By moto's names: ``endpoint``, ``platformVersion``, ``status``, ``version``, ``ca_pem``.
        """
        ca_pem = attributes.pop("ca_pem", None)
        if isinstance(ca_pem, str):
            attributes["certificate_authority"] = {"data": base64.b64encode(ca_pem.encode()).decode()}
        with inside(self._scope):
            moto = eks.eks_backend(cluster.account, cluster.region).clusters[cluster.name]
            unknown = set(attributes) - set(moto.__dict__)
            if unknown:
                raise ValueError(f"a cluster has no {', '.join(sorted(unknown))}")
            moto.__dict__.update(attributes)
            cluster.version = moto.version

    def attached_policies(self, cluster: EksCluster) -> tuple[str, ...]:
        """ARNs of the managed policies of the cluster role, sorted."""
        with inside(self._scope):
            role = iam.find_role(cluster.account, cluster.partition, cluster.role_name)
            return tuple(sorted(role.managed_policies)) if role else ()

    def attach_policy(self, cluster: EksCluster, policy: str) -> None:
        """Attach a managed policy, AWS's by name or any by ARN, to the cluster role."""
        with inside(self._scope):
            arn = iam.policy_arn(cluster.account, cluster.partition, policy)
            iam.backend(cluster.account, cluster.partition).attach_role_policy(arn, cluster.role_name)

    def detach_policy(self, cluster: EksCluster, policy: str) -> None:
        """Detach a managed policy, AWS's by name or any by ARN, from the cluster role."""
        with inside(self._scope):
            arn = iam.policy_arn(cluster.account, cluster.partition, policy)
            iam.backend(cluster.account, cluster.partition).detach_role_policy(arn, cluster.role_name)

    def add_access_entry(
        self,
        cluster: EksCluster,
        principal_arn: str,
        *,
        entry_type: str = "STANDARD",
        groups: Sequence[str] = (),
        username: str = "",
        policies: Sequence[str] = (),
    ) -> AccessEntry:
        """Make an access entry; ``policies`` are ARNs of access policies for the whole cluster."""
        with inside(self._scope):
            principal_id = iam.unique_id(principal_arn)
            entry = access_entries.new_entry(cluster, principal_arn, entry_type, tuple(groups), username, principal_id)
            for policy in policies:
                access_entries.associate(cluster, entry, policy, "cluster", ())
            return entry

    def add_subnet(
        self,
        *,
        region: str | None = None,
        account: str | None = None,
        prefix: int = 24,
        available_addresses: int | None = None,
    ) -> str:
        """Add a subnet of /24 to /28 to the VPC of an account and region that no cluster owns; returns its id.

        Args:
            available_addresses: What DescribeSubnets says is left; by default the whole subnet.
        """
        with inside(self._scope):
            vpc = self._networks.shared_vpc(account or self.account, region or self.region)
            return self._networks.add_subnet(vpc, prefix, available_addresses)

    def set_available_addresses(self, cluster: EksCluster, addresses: int) -> None:
        """Say how many addresses are left in each of the cluster's subnets, as DescribeSubnets tells them."""
        with inside(self._scope):
            config = eks.eks_backend(cluster.account, cluster.region).clusters[cluster.name].resources_vpc_config
            for subnet in config["subnetIds"]:
                self._networks.set_available(subnet, addresses)
