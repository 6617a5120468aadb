# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cluster of a testbed: an API server, what AWS knows of it, its first objects and its stand-ins."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.testbed.addon_objects import CONFIG_MAP, VpcCniWriter
from tests.testbed.aws import AddonIssue, AppliedAddon, AwsServer, EksCluster
from tests.testbed.aws.vpc_cni_chart import render_aws_node
from tests.testbed.cluster_objects import (
    EKS,
    SELF_MANAGED_CNI,
    SYSTEM,
    changes_of_persons,
    further_objects,
    instance_id,
    new_cluster_objects,
    node_name,
)
from tests.testbed.kubeconfig import kubeconfig
from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json, path_of
from tests.testbed.kubernetes.crds import definitions_of
from tests.testbed.kubernetes.types import KubernetesRequest, KubernetesServer
from tests.testbed.legacy_objects import legacy_objects, names_of
from tests.testbed.specs import CHART_DATA, ClusterSpec
from tests.testbed.standins.authenticator import ClusterAuthenticator
from tests.testbed.standins.objects import ADDRESS, wants_address
from tests.testbed.standins.windows_support import StandIns

CONTROLLER_POLICY = "AmazonEKSVPCResourceController"
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
        config_map, aws_node = self._add_addon()
        self._create(new_cluster_objects(self.spec, config_map, aws_node, role_arns), EKS)
        changes = changes_of_persons(self.spec, config_map)
        if changes:
            self.admin.patch("configmaps", CONFIG_MAP, {"data": changes}, SYSTEM)
        self._create(further_objects(self.spec))
        legacy = self._create_legacy()
        self._write_kubeconfig()
        if self._with_stand_ins:
            self._start_stand_ins()
        self._create(legacy)
        if self.stand_ins is not None and legacy:
            self._await_legacy_webhook()
        self.forget_requests()

    def _create_legacy(self) -> Sequence[Json]:
        """Create what is there of legacy support; returns what must come after the stand-ins."""
        if self.spec.legacy_spec is None:
            return ()
        legacy = legacy_objects(self.spec.legacy_spec, self.kubernetes.authority)
        self._create([*definitions_of(legacy.first), *legacy.first])
        for request in legacy.first:
            if request["kind"] == "CertificateSigningRequest":
                self._approve(request["metadata"]["name"])
        return legacy.configurations

    def _approve(self, name: str) -> None:
        request = self.admin.get("certificatesigningrequests", name)
        approved = {"type": "Approved", "status": "True", "reason": "Testbed", "message": "approved by the testbed"}
        path = path_of("certificatesigningrequests", name, subresource="approval")
        self.admin.call("PUT", path, {**request, "status": {"conditions": [approved]}})

    def _await_legacy_webhook(self) -> None:
        """Wait until the API server asks the webhook, as far as that makes a difference."""
        legacy = self.spec.legacy_spec
        assert legacy is not None
        if legacy.side_effects == "Unknown":
            self.wait(lambda: not self.admits_pods(), "its legacy webhook has dry runs refused")
        elif legacy.answers:
            self.wait(self.injects_address, "its legacy webhook is in effect")
        elif legacy.failure_policy == "Fail":
            self.wait(lambda: not self.admits_pods(), "its legacy webhook is in the way")

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
        for group in self.spec.nodegroups:
            self._aws.add_nodegroup(
                self.eks,
                group.name,
                ami_type=group.ami_type,
                instance_types=group.instance_types,
                role_name=group.role_name,
                size=group.size,
            )
        for number, node in enumerate(self.spec.nodes):
            role_name = node.role_name or role_arns[node.os].rpartition("/")[2]
            name = instance_id(node_name(self.spec, node, number))
            self._aws.add_instance(self.eks, name, node.instance_type, role_name)
        for profile in self.spec.fargate_profiles:
            self._aws.add_fargate_profile(self.eks, profile.name, profile.selectors)
        return role_arns

    def _add_addon(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Data of the CNI's ConfigMap and fields of aws-node's container, as the chart renders them."""
        addon, self_managed = self.spec.addon, (CHART_DATA, render_aws_node(SELF_MANAGED_CNI, {}))
        if addon is None:
            return self_managed
        state = self._aws.add_addon(
            self.eks,
            addon.name,
            addon.version,
            configuration_values=addon.configuration_values,
            service_account_role_arn=addon.service_account_role_arn,
            pod_identity_associations=addon.pod_identity_associations,
            status=addon.status,
            issues=[AddonIssue(*issue) for issue in addon.issues],
        )
        return (state.rendered, state.rendered_aws_node) if addon.name == "vpc-cni" else self_managed

    def _create(self, manifests: Sequence[Json], manager: str = "") -> None:
        for manifest in manifests:
            try:
                self._create_one(manifest, {"fieldManager": manager} if manager else {})
            except ApiError as error:
                name = f"{manifest['kind']} {manifest['metadata']['name']}"
                raise RuntimeError(f"cluster {self.name}: {name}: {error}") from error

    def _create_one(self, manifest: Json, query: Mapping[str, str]) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                self.admin.create(manifest, query=query)
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
            self.kubernetes,
            self._authenticator,
            self.policy_attached if self.spec.controller else None,
            self.spec.prefix_delegation,
            self.spec.resync_seconds,
        )
        self.stand_ins.start()
        stand_ins = self.stand_ins
        self.wait(self._legacy_settled, "the pods of legacy support are as they can be")
        self.wait(lambda: stand_ins.settled, "its webhooks are in effect and its Windows nodes have addresses")

    def _legacy_settled(self) -> bool:
        """Whether legacy support has its pods, and those that can are ready."""
        legacy = self.spec.legacy_spec
        if legacy is None or not any(node.os == "linux" for node in self.spec.nodes):
            return True
        names = names_of(legacy)
        if legacy.controller and not self._has_pods(names.controller, SYSTEM, legacy.controller_replicas, ready=True):
            return False
        return not legacy.webhook or self._has_pods(
            names.deployment, names.namespace, legacy.replicas, ready=legacy.serves
        )

    def _has_pods(self, deployment: str, namespace: str, replicas: int, ready: bool) -> bool:
        status = self.admin.get("deployments", deployment, namespace).get("status", {})
        return int(status.get("readyReplicas" if ready else "replicas", 0)) >= replicas

    def injects_address(self) -> bool:
        """Whether a Windows pod that is created now would get the address limit; none is created."""
        answer = self._dry_run("windows")
        return answer is not None and wants_address(answer)

    def admits_pods(self) -> bool:
        """Whether pods can be created now; none is."""
        return self._dry_run("linux") is not None

    def _dry_run(self, system: str) -> Json | None:
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "testbed-dry-run", "namespace": "default"},
            "spec": {
                # By both labels: old legacy webhooks know the deprecated one alone.
                "nodeSelector": {"kubernetes.io/os": system, "beta.kubernetes.io/os": system},
                "containers": [{"name": "dry-run", "image": "dry-run"}],
            },
        }
        answer = self.admin.request("POST", "/api/v1/namespaces/default/pods", pod, {"dryRun": "All"})
        return answer.body if answer.status == 201 else None

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
        """What EKS does to the cluster when it writes the add-on; returns the conflicts."""
        return VpcCniWriter(self.admin).write(addon) if addon.name == "vpc-cni" else ()

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
