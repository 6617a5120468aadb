# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the testbed's AWS: accounts, roles, clusters and what belongs to them."""

from __future__ import annotations

import base64
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moto.eks.models import Cluster as MotoCluster

from tests.testbed.aws import access_entries, addons, eks, iam, sts
from tests.testbed.aws.cluster_versions import default_cluster_versions
from tests.testbed.aws.eks_state import AccessEntry, AddonHook, AddonIssue, AddonState, EksCluster, EksSettings, Update
from tests.testbed.aws.moto_scope import MOTO_LOCK, MotoScope, inside
from tests.testbed.aws.network import Networks
from tests.testbed.aws.partitions import DEFAULT_REGIONS, partition_of
from tests.testbed.aws.principals import Principal, PrincipalRegistry

DEFAULT_ACCOUNT = "111122223333"
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
OPERATOR = "operator"


@dataclass(frozen=True)
class Credentials:
    """Keys for a client; ``session_token`` is empty for a user's."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)
    arn: str
    account: str
    partition: str


def _credentials(principal: Principal) -> Credentials:
    return Credentials(
        principal.access_key,
        principal.secret_key,
        principal.session_token,
        principal.arn,
        principal.account,
        principal.partition,
    )


class Estate:
    """Accounts, roles and clusters of one server, set up and changed in process: none of it counts as a request."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self.partition = partition_of(region)
        self._scope = MotoScope()
        self._scope.backends.update(eks=eks.TestbedEksBackend, iam=iam.TestbedIamBackend)
        self._registry = PrincipalRegistry()
        self._networks = Networks()
        self._operators: dict[tuple[str, str], Principal] = {}
        self._settings = EksSettings(cluster_versions=default_cluster_versions())
        self._timers: set[threading.Timer] = set()
        self._folder = Path(tempfile.mkdtemp(prefix="eks-windows-aws-"))
        self._write_profiles()

    def _close(self) -> None:
        with MOTO_LOCK:
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        for timer in timers:
            timer.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, lambda: self._run(timer, action))
        timer.daemon = True
        with MOTO_LOCK:
            self._timers.add(timer)
        timer.start()

    def _run(self, timer: threading.Timer, action: Callable[[], None]) -> None:
        try:
            action()
        finally:
            with MOTO_LOCK:
                self._timers.discard(timer)

    # Accounts and identities

    def credentials(self, account: str | None = None, partition: str | None = None) -> Credentials:
        """Keys of the administrator of an account, user ``operator``, by default the server's own account.

        An account exists from the first call on. It also has a role ``operator`` that anybody of the same partition
        may assume, so that one set of keys reaches all accounts of its partition. An account is another one in each
        partition, even under the same number.
        """
        return _credentials(self._operator(account or self.account, partition or self.partition))

    def _operator(self, account: str, partition: str) -> Principal:
        with inside(self._scope):
            principal = self._operators.get((account, partition))
            if principal is None:
                principal = iam.create_user(account, partition, OPERATOR)
                iam.create_role(account, partition, OPERATOR, iam.trust({"AWS": "*"}), "/", ("AdministratorAccess",))
                self._registry.add(principal)
                self._operators[(account, partition)] = principal
                self._write_profiles()
            return principal

    def _write_profiles(self) -> None:
        config, keys = [], []
        for (account, partition), principal in self._operators.items():
            region = self.region if partition == self.partition else DEFAULT_REGIONS[partition]
            config.append(f"[profile {account}-{partition}]\nregion = {region}\n")
            keys.append(
                f"[{account}-{partition}]\naws_access_key_id = {principal.access_key}\n"
                f"aws_secret_access_key = {principal.secret_key}\n"
            )
        (self._folder / "config").write_text("\n".join(config), encoding="utf-8")
        (self._folder / "credentials").write_text("\n".join(keys), encoding="utf-8")
        (self._folder / "credentials").chmod(0o600)

    def add_role(
        self,
        name: str,
        *,
        account: str | None = None,
        partition: str | None = None,
        path: str = "/",
        service: str = "",
        external_id: str = "",
        policies: Iterable[str] = (),
    ) -> str:
        """Make a role and return its ARN.

        Args:
            service: The AWS service that may assume it, ``eks.amazonaws.com``; empty for every AWS principal.
            external_id: What a caller of AssumeRole must give.
            policies: AWS managed policies by name, or any policies by ARN.
        """
        place = (account or self.account, partition or self.partition)
        self._operator(*place)
        trust = iam.trust({"Service": service} if service else {"AWS": "*"}, external_id)
        with inside(self._scope):
            return iam.create_role(*place, name, trust, path, policies)

    def assume(self, role_arn: str, session: str = "test") -> Credentials:
        """Temporary keys of a role, whoever it trusts. Raises ValueError when there is no such role."""
        parts = role_arn.split(":", 5)
        with inside(self._scope):
            principal = sts.new_session(parts[4], parts[1], role_arn.rpartition("/")[2], session)
        self._registry.add(principal)
        return _credentials(principal)

    def expire(self, credentials: Credentials) -> None:
        """From now on these keys are refused with the service's ExpiredToken error."""
        self._registry.expire(credentials.access_key)

    # Clusters

    def add_cluster(
        self,
        name: str,
        *,
        endpoint: str,
        ca_pem: str,
        region: str | None = None,
        account: str | None = None,
        version: str = "1.31",
        platform_version: str = "eks.20",
        status: str = "ACTIVE",
        ip_family: str = "ipv4",
        service_ipv4_cidr: str = "172.20.0.0/16",
        authentication_mode: str = "API_AND_CONFIG_MAP",
        policies: Sequence[str] = CLUSTER_POLICIES,
        role_name: str = "",
        auto_mode: bool = False,
        outpost_arns: Sequence[str] = (),
        subnet_ids: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> EksCluster:
        """Put a cluster into an account and region; the partition is the region's.

        Args:
            endpoint: URL of its API server.
            ca_pem: The certificate authority, PEM text.
            ip_family: ``ipv4`` or ``ipv6``.
            authentication_mode: ``CONFIG_MAP``, ``API_AND_CONFIG_MAP`` or ``API``; empty leaves accessConfig out of
                the answer, as for a cluster that EKS says nothing of.
            policies: What the cluster role has attached, AWS's by name, any by ARN. Added to a role that exists.
            role_name: A role to share; by default ``<name>-cluster``.
            outpost_arns: Makes it a local cluster on an Outpost.
            subnet_ids: From :meth:`add_subnet`; by default two subnets of its own.

        Its creator is the account's operator: with access entries there is one for user and role ``operator``, with
        the cluster administrator's access policy.
        """
        region, account = region or self.region, account or self.account
        partition = partition_of(region)
        role = self._cluster_role(account, partition, role_name or f"{name}-cluster", policies)
        subnets = list(subnet_ids) or [self.add_subnet(region=region, account=account) for _ in range(2)]
        ipv6 = {"serviceIpv6Cidr": "fd30:1c53:5f8a::/108"}
        network = {"ipFamily": ip_family, **(ipv6 if ip_family == "ipv6" else {"serviceIpv4Cidr": service_ipv4_cidr})}
        vpc = {
            "subnetIds": subnets,
            "securityGroupIds": [],
            "clusterSecurityGroupId": "sg-0a1b2c3d4e5f60718",
            "vpcId": self._networks.vpc(account, region),
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

    def _cluster_role(self, account: str, partition: str, name: str, policies: Sequence[str]) -> str:
        self._operator(account, partition)
        with inside(self._scope):
            role = iam.find_role(account, partition, name)
            if role is None:
                trust = iam.trust({"Service": "eks.amazonaws.com"})
                return iam.create_role(account, partition, name, trust, "/", policies)
            for policy in policies:
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

    # What belongs to a cluster

    def add_addon(
        self,
        cluster: EksCluster,
        name: str = "vpc-cni",
        version: str = "v1.19.0-eksbuild.1",
        *,
        configuration_values: str = "",
        service_account_role_arn: str = "",
        status: str = "ACTIVE",
        issues: Sequence[AddonIssue] = (),
    ) -> AddonState:
        """Put a managed add-on into a cluster as if EKS had installed it before; the cluster is not touched.

        ``AddonState.rendered`` is the data that belongs into its ConfigMap.
        """
        with inside(self._scope):
            return addons.new_addon(
                cluster, name, version, configuration_values, service_account_role_arn, status, tuple(issues)
            )

    def set_addon_status(self, cluster: EksCluster, name: str, status: str, issues: Sequence[AddonIssue] = ()) -> None:
        """Say from now on that the add-on is in this status, with these issues."""
        with inside(self._scope):
            cluster.addons[name].status = status
            cluster.addons[name].issues = tuple(issues)

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
        """Add a managed node group and return its role's ARN.

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
            backend.create_nodegroup(
                cluster_name=cluster.name,
                node_role=role_arn,
                nodegroup_name=name,
                subnets=list(backend.clusters[cluster.name].resources_vpc_config["subnetIds"]),
                scaling_config={"minSize": size, "maxSize": size, "desiredSize": size},
                disk_size=50,
                instance_types=list(instance_types),
                ami_type=ami_type,
                version=cluster.version,
            )
        if "API" in cluster.authentication_mode and role_arn not in cluster.access_entries:
            entry_type = "EC2_WINDOWS" if ami_type.startswith("WINDOWS") else "EC2_LINUX"
            self.add_access_entry(cluster, role_arn, entry_type=entry_type)
        return role_arn

    def add_update(self, cluster: EksCluster, update_type: str, status: str = "Successful") -> Update:
        """Note an update of the cluster, as ListUpdates and DescribeUpdate show it."""
        update = Update(update_type, (), status=status)
        with inside(self._scope):
            cluster.updates[update.id] = update
        return update

    def add_subnet(
        self,
        *,
        region: str | None = None,
        account: str | None = None,
        prefix: int = 24,
        available_addresses: int | None = None,
    ) -> str:
        """Add a subnet of /24 to /28 to the account's VPC in a region and return its id.

        Args:
            available_addresses: What DescribeSubnets says is left; by default the whole subnet.
        """
        with inside(self._scope):
            return self._networks.add_subnet(
                account or self.account, region or self.region, prefix, available_addresses
            )

    # Settings

    @property
    def on_addon_applied(self) -> AddonHook | None:
        """Called as ``hook(cluster, applied)`` when EKS writes an add-on into its cluster, outside of any request;
        returns the conflicting fields, none when it was written. See :func:`merge_config_map`."""
        return self._settings.on_addon_applied

    @on_addon_applied.setter
    def on_addon_applied(self, hook: AddonHook | None) -> None:
        self._settings.on_addon_applied = hook

    @property
    def addon_seconds(self) -> float:
        """Seconds that an add-on stays CREATING, UPDATING or DELETING, 0.2 by default."""
        return self._settings.addon_seconds

    @addon_seconds.setter
    def addon_seconds(self, seconds: float) -> None:
        self._settings.addon_seconds = seconds

    @property
    def cluster_versions(self) -> list[dict[str, object]]:
        """Rows of DescribeClusterVersions in the API's own names, oldest first; change them in place or set them."""
        return self._settings.cluster_versions

    @cluster_versions.setter
    def cluster_versions(self, rows: list[dict[str, object]]) -> None:
        self._settings.cluster_versions = rows
