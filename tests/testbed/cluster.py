# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cluster of a testbed: an API server, what AWS knows of it, its first objects and its stand-ins."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.testbed.aws import AppliedAddon, AwsServer, EksCluster, merge_config_map
from tests.testbed.cluster_objects import SYSTEM, new_cluster_objects
from tests.testbed.kubeconfig import kubeconfig
from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.kubernetes.types import KubernetesRequest, KubernetesServer
from tests.testbed.legacy_objects import legacy_objects
from tests.testbed.specs import ClusterSpec
from tests.testbed.standins.authenticator import ClusterAuthenticator
from tests.testbed.standins.objects import ADDRESS
from tests.testbed.standins.windows_support import StandIns

CONTROLLER_POLICY = "AmazonEKSVPCResourceController"
CONFIG_MAP = "amazon-vpc-cni"
AMI_TYPES = {"linux": "AL2023_x86_64_STANDARD", "windows": "WINDOWS_CORE_2022_x86_64"}
SETTLE_SECONDS = 30.0


class TestbedCluster:
    """A running cluster.

    Attributes:
        spec: What it was made from.
        kubernetes: Its API server.
        stand_ins: What plays AWS's and the nodes' parts, None where the testbed runs without.
        eks: What AWS knows of it.
    """

    __test__ = False

    def __init__(
        self, spec: ClusterSpec, aws: AwsServer, kubernetes: KubernetesServer, folder: Path, stand_ins: bool
    ) -> None:
        self.spec = spec
        self.kubernetes = kubernetes
        self.stand_ins: StandIns | None = None
        self._aws = aws
        self._folder = folder
        self._with_stand_ins = stand_ins
        self._eks: EksCluster | None = None
        self._authenticator = ClusterAuthenticator(aws, self._aws_auth)
        kubernetes.authenticate = self._authenticator

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def eks(self) -> EksCluster:
        """Raises RuntimeError before the start."""
        if self._eks is None:
            raise RuntimeError(f"cluster {self.name} is not started")
        return self._eks

    @property
    def arn(self) -> str:
        return self.eks.arn

    @property
    def endpoint(self) -> str:
        """URL of the API server."""
        return self.kubernetes.url

    @property
    def certificate_authority(self) -> str:
        """PEM."""
        return self.kubernetes.ca_pem

    @property
    def admin(self) -> AdminClient:
        """A client that may do everything and whose requests are not counted."""
        return self.kubernetes.admin

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig for people, with a token that has every right. Its requests are not counted."""
        return self._folder / f"{self.name}.kubeconfig"

    def requests(self) -> list[KubernetesRequest]:
        """Requests of clients outside the testbed, in order."""
        return self.kubernetes.requests()

    def forget_requests(self) -> None:
        """Start counting anew."""
        self.kubernetes.forget_requests()

    def start(self) -> None:
        """Start the API server, tell AWS of it, create what a cluster has and start the stand-ins."""
        self.kubernetes.start()
        self._eks = self._register()
        self._authenticator.cluster = self._eks
        role_arns = self._add_nodegroups()
        self._create(new_cluster_objects(self.spec, self._add_addon(), role_arns))
        if self.spec.legacy_variant:
            self._create(legacy_objects(self.spec.legacy_variant))
        self._write_kubeconfig()
        if self._with_stand_ins:
            self._start_stand_ins()
        self.forget_requests()

    def _register(self) -> EksCluster:
        spec = self.spec
        return self._aws.add_cluster(
            spec.name,
            endpoint=self.endpoint,
            ca_pem=self.certificate_authority,
            region=spec.region,
            account=spec.account or None,
            version=spec.version,
            platform_version=spec.platform_version,
            status=spec.status,
            ip_family=spec.ip_family,
            authentication_mode=spec.authentication_mode,
            policies=spec.policies,
            role_name=spec.role_name,
            auto_mode=spec.auto_mode,
            outpost_arns=spec.outpost_arns,
            tags=spec.tags,
        )

    def _add_nodegroups(self) -> dict[str, str]:
        role_arns: dict[str, str] = {}
        for system in dict.fromkeys(node.os for node in self.spec.nodes):
            nodes = [node for node in self.spec.nodes if node.os == system]
            types = tuple(dict.fromkeys(node.instance_type for node in nodes))
            role_arns[system] = self._aws.add_nodegroup(
                self.eks, system, ami_type=AMI_TYPES[system], instance_types=types, size=len(nodes)
            )
        for profile in self.spec.fargate_profiles:
            self._aws.add_fargate_profile(self.eks, profile.name, profile.selectors)
        return role_arns

    def _add_addon(self) -> dict[str, str] | None:
        addon = self.spec.addon
        if addon is None:
            return None
        state = self._aws.add_addon(
            self.eks,
            addon.name,
            addon.version,
            configuration_values=addon.configuration_values,
            service_account_role_arn=addon.service_account_role_arn,
            status=addon.status,
        )
        return state.rendered or None

    def _create(self, manifests: Sequence[Json]) -> None:
        for manifest in manifests:
            try:
                self._create_one(manifest)
            except ApiError as error:
                name = f"{manifest['kind']} {manifest['metadata']['name']}"
                raise RuntimeError(f"cluster {self.name}: {name}: {error}") from error

    def _create_one(self, manifest: Json) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                self.admin.create(manifest)
                break
            except ApiError as error:
                if error.status == 409 and manifest["kind"] == "ClusterRoleBinding":
                    break
                # A kind that was defined a moment ago is served a moment later.
                if error.status != 404 or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        if manifest["kind"] == "Node":
            self.admin.patch_status("nodes", manifest["metadata"]["name"], manifest["status"])

    def _start_stand_ins(self) -> None:
        self.stand_ins = StandIns(
            self.endpoint,
            self.certificate_authority,
            self._authenticator,
            self.policy_attached if self.spec.controller else None,
            self.spec.prefix_delegation,
            self.spec.resync_seconds,
        )
        self.stand_ins.start()
        stand_ins = self.stand_ins
        self.wait(lambda: stand_ins.settled, "its webhooks are in effect and its Windows nodes have addresses")

    def wait(self, condition: Callable[[], bool], state: str, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until a condition holds.

        Raises:
            TimeoutError: It did not within ``seconds``; names the cluster and ``state``.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"cluster {self.name}: not so after {seconds:.0f} s: {state}")
            time.sleep(0.1)

    def policy_attached(self) -> bool:
        """Whether the cluster role has the policy that the controller needs, by its ARN in the partition."""
        arn = f"arn:{self.eks.partition}:iam::aws:policy/{CONTROLLER_POLICY}"
        return arn in self._aws.attached_policies(self.eks)

    def config_map(self) -> dict[str, str] | None:
        """The live data of kube-system/amazon-vpc-cni, None where there is no such ConfigMap."""
        return self._data_of(CONFIG_MAP)

    def windows_addresses(self) -> dict[str, str]:
        """The address capacity of each node that has one, by its name."""
        found = {}
        for node in self.admin.list("nodes"):
            capacity = node.get("status", {}).get("capacity") or {}
            if ADDRESS in capacity:
                found[node["metadata"]["name"]] = capacity[ADDRESS]
        return found

    def _aws_auth(self) -> Mapping[str, str] | None:
        return self._data_of("aws-auth")

    def _data_of(self, name: str) -> dict[str, str] | None:
        found = self.admin.find("configmaps", name, SYSTEM)
        return None if found is None else dict(found.get("data") or {})

    def addon_applied(self, addon: AppliedAddon) -> Sequence[str]:
        """What EKS does to the ConfigMap when it writes the add-on; returns the conflicts."""
        if addon.name != "vpc-cni":
            return ()
        live = self.config_map()
        result = merge_config_map(live, addon)
        if result.conflicts:
            return result.conflicts
        manager = {"fieldManager": "eks"}
        if result.data is None:
            if live is not None:
                self.admin.delete("configmaps", CONFIG_MAP, SYSTEM)
        elif live is None:
            manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG_MAP, "namespace": SYSTEM}}
            self.admin.create({**manifest, "data": result.data}, query=manager)
        elif result.data != live:
            self.admin.patch("configmaps", CONFIG_MAP, {"data": result.data}, SYSTEM, query=manager)
        return ()

    def _write_kubeconfig(self) -> None:
        token = self._authenticator.token_for("admin")
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(
            json.dumps(kubeconfig(self.endpoint, self.certificate_authority, token), indent=2), encoding="utf-8"
        )

    def stop(self) -> None:
        """Stop the stand-ins and the API server."""
        if self.stand_ins is not None:
            self.stand_ins.stop()
            self.stand_ins = None
        self.kubernetes.stop()
