# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Reads everything that the rules need, once and concurrently."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster, KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import (
    KubernetesAccess,
    access,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_settings import is_explicit
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import (
    aws_reads,
    kubernetes_reads,
    legacy_reads,
    windows_pods,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import (
    aws_attempt,
    aws_unknown,
    kubernetes_attempt,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ClusterRole,
    ClusterVersion,
    FargateProfile,
    Known,
    LegacyObjects,
    Node,
    Observation,
    SecurityGroupPolicy,
    Unknown,
)

T = TypeVar("T")
U = TypeVar("U")

THREADS = 6
"""Reads at a time: three of AWS beside as many connections to Kubernetes as are worth their handshake."""

ENOUGH_LINUX_NODES = 2
"""From this many on nothing is asked about Fargate profiles."""


def observe(aws: AwsConnection, options: Mapping[str, Any]) -> Observation:
    """Everything that the rules need of one cluster.

    What does not depend on the cluster's description is asked for beside it, the rest as soon as it is there. A part
    that can't be read is Unknown and keeps no other from being read.

    Args:
        aws: The connection whose region the cluster is in.
        options: ``cluster_name``, those of :func:`kubernetes_argument_spec`, ``ignore``, ``probe`` and
            ``probe_namespace``.

    Raises:
        EksWindowsError: No such cluster, AWS can't be reached or doesn't know the caller, or Kubernetes options that
            can't be used.
    """
    name = options["cluster_name"]
    # Clients can't be made by several threads at once, and making them shows bad options early.
    aws.client("eks")
    aws.client("iam")
    with ThreadPoolExecutor(THREADS, thread_name_prefix="observe") as pool:
        addon = pool.submit(aws_attempt, "eks:DescribeAddon", lambda: aws_reads.managed_addon(aws, name, "vpc-cni"))
        answer = aws_reads.describe_cluster(aws, name)
        cluster = answer if isinstance(answer, Unknown) else aws_reads.cluster_of(answer)
        role, version = _of_cluster(pool, aws, cluster)
        reached = _access(aws, options, answer, cluster)
        with contextlib.ExitStack() as closing:
            if not isinstance(reached, Unknown) and reached.api:
                closing.callback(reached.api.close)
            return _observation(_Reading(pool, aws, options, cluster, reached), addon.result, role, version)


@dataclass(frozen=True)
class _Reading:
    """One observation under way."""

    pool: ThreadPoolExecutor
    aws: AwsConnection
    options: Mapping[str, Any]
    cluster: Known[Cluster]
    access: KubernetesAccess | Unknown

    def kubernetes(self, path: str, read: Callable[[KubernetesApi], T], method: str = "GET") -> Future[Known[T]]:
        """``read``, in a thread; an Unknown at once where there is nothing to ask."""
        if isinstance(self.access, Unknown):
            return _done(self.access)
        if self.access.api is None:
            return _done(
                Unknown(
                    f"{method} {path}",
                    f"not asked: {self.access.connection.refused}",
                    self._remedy(),
                )
            )
        api = self.access.api
        return self.pool.submit(kubernetes_attempt, lambda: read(api))

    def _remedy(self) -> str:
        """What lets the Kubernetes API be asked."""
        if isinstance(self.cluster, Unknown):
            return self.cluster.remedy
        if not self.cluster.endpoint:
            return "Wait until EKS has made the cluster"
        return (
            "Leave kubeconfig, context, host and ca_cert out, or make them those of the cluster; "
            "cluster.identity in ignore admits a proxy"
        )


def _observation(
    reading: _Reading,
    addon: Callable[[], Any],
    role: Callable[[], Known[ClusterRole]],
    version: Callable[[], Known[ClusterVersion | None]],
) -> Observation:
    nodes = reading.kubernetes(kubernetes_reads.NODES, kubernetes_reads.nodes)
    config_map = reading.kubernetes(kubernetes_reads.CNI_CONFIG_MAP, kubernetes_reads.cni_config_map)
    policies = reading.kubernetes(kubernetes_reads.SECURITY_GROUP_POLICIES, kubernetes_reads.security_group_policies)
    configurations = reading.kubernetes(
        kubernetes_reads.WEBHOOK_CONFIGURATIONS, kubernetes_reads.webhook_configurations
    )
    deployments = reading.kubernetes(legacy_reads.DEPLOYMENTS, legacy_reads.deployments)
    services = reading.kubernetes(legacy_reads.SERVICES, legacy_reads.services)
    secrets = reading.kubernetes(legacy_reads.SECRETS, legacy_reads.secrets)
    bindings = reading.kubernetes(legacy_reads.CLUSTER_ROLE_BINDINGS, legacy_reads.cluster_role_bindings)
    aws_node = reading.kubernetes(kubernetes_reads.AWS_NODE, kubernetes_reads.aws_node)
    probe = _probe(reading)

    fargate = _fargate_profiles(reading, nodes.result())
    pods, accounts = _windows_pods(reading, policies.result(), nodes.result())
    legacy = LegacyObjects(
        deployments=_mapped(
            deployments.result(), lambda found: legacy_reads.legacy_deployments(found, configurations.result())
        ),
        services=_mapped(services.result(), lambda found: legacy_reads.legacy_services(found, configurations.result())),
        secrets=_mapped(secrets.result(), lambda found: found.objects),
        cluster_role_bindings=_mapped(bindings.result(), legacy_reads.legacy_bindings),
    )
    return Observation(
        observed_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        connection=KubernetesConnection(server="", certificate_authority="", validate_certs=True)
        if isinstance(reading.access, Unknown)
        else reading.access.connection,
        cluster=reading.cluster,
        cluster_version=version(),
        cluster_role=role(),
        vpc_cni=addon(),
        fargate_profiles=fargate.result(),
        nodes=nodes.result(),
        cni_config_map=config_map.result(),
        aws_node=aws_node.result(),
        webhook_configurations=configurations.result(),
        legacy=_with_details(reading, legacy, configurations.result()),
        security_group_policies=policies.result(),
        windows_pods=pods.result(),
        service_accounts=accounts.result(),
        probe=probe.result() if probe else None,
        examined=_counts(
            deployments=_mapped(deployments.result(), lambda found: found.objects),
            fargate_profiles=None if _has_enough_linux(nodes.result()) else fargate.result(),
            mutating_webhook_configurations=configurations.result(),
            nodes=nodes.result(),
            security_group_policies=policies.result(),
            services=_mapped(services.result(), lambda found: found.objects),
            windows_pods=pods.result() if policies.result() else None,
        ),
    )


def _of_cluster(
    pool: ThreadPoolExecutor, aws: AwsConnection, cluster: Known[Cluster]
) -> tuple[Callable[[], Known[ClusterRole]], Callable[[], Known[ClusterVersion | None]]]:
    """The reads that need the cluster's description."""
    if isinstance(cluster, Unknown):
        unknown = cluster
        return lambda: unknown, lambda: unknown
    described = cluster
    role = pool.submit(
        aws_attempt,
        "iam:ListAttachedRolePolicies",
        lambda: aws_reads.cluster_role(aws, described.role_arn, described.partition),
    )
    version = pool.submit(
        aws_attempt, "eks:DescribeClusterVersions", lambda: aws_reads.cluster_version(aws, described.version)
    )
    return role.result, version.result


def _access(
    aws: AwsConnection, options: Mapping[str, Any], answer: Known[dict[str, Any]], cluster: Known[Cluster]
) -> KubernetesAccess | Unknown:
    """The way to the Kubernetes API, or why there is none."""
    if isinstance(answer, Unknown) and not is_explicit(options):
        return answer
    role_arn = options.get("kubernetes_role_arn")

    def token() -> Secret:
        identifier = "" if isinstance(cluster, Unknown) else cluster.token_id
        return aws.eks_token(identifier or options["cluster_name"], role_arn)

    try:
        return access(options, None if isinstance(cluster, Unknown) else cluster, token)
    except (BotoCoreError, ClientError) as error:
        return aws_unknown("sts:AssumeRole", error)


def _probe(reading: _Reading) -> Future[Any] | None:
    if not reading.options.get("probe"):
        return None
    namespace = reading.options.get("probe_namespace") or "default"
    return reading.kubernetes(
        f"/api/v1/namespaces/{namespace}/pods", lambda api: kubernetes_reads.probe(api, namespace), "POST"
    )


def _fargate_profiles(reading: _Reading, nodes: Known[tuple[Node, ...]]) -> Future[Known[tuple[FargateProfile, ...]]]:
    if isinstance(nodes, Unknown):
        return _done(nodes)
    if _has_enough_linux(nodes):
        return _done(())
    return reading.pool.submit(
        aws_attempt,
        "eks:ListFargateProfiles",
        lambda: aws_reads.fargate_profiles(reading.aws, reading.options["cluster_name"]),
    )


def _has_enough_linux(nodes: Known[tuple[Node, ...]]) -> bool:
    """Whether Fargate profiles don't matter."""
    if isinstance(nodes, Unknown):
        return False
    linux = sum(1 for node in nodes if node.operating_system == "linux" and node.ready and not node.fargate)
    return linux >= ENOUGH_LINUX_NODES


def _windows_pods(
    reading: _Reading, policies: Known[tuple[SecurityGroupPolicy, ...]], nodes: Known[tuple[Node, ...]]
) -> tuple[Future[Any], Future[Any]]:
    """Windows pods and service accounts, as far as SecurityGroupPolicies ask for them."""
    if isinstance(policies, Unknown):
        return _done(policies), _done(policies)
    if not policies:
        return _done(()), _done(())
    found = policies
    if isinstance(nodes, Unknown):
        # Pods that run on Windows without asking for it could not be told from others.
        pods: Future[Any] = _done(nodes)
    else:
        known_nodes = nodes
        pods = reading.kubernetes("/api/v1/pods", lambda api: windows_pods.windows_pods(api, found, known_nodes))
    accounts = reading.kubernetes("/api/v1/serviceaccounts", lambda api: windows_pods.service_accounts(api, found))
    return pods, accounts


def _with_details(reading: _Reading, legacy: LegacyObjects, configurations: Known[tuple[Any, ...]]) -> LegacyObjects:
    parts = (legacy.deployments, legacy.services, legacy.secrets, legacy.cluster_role_bindings)
    if not legacy_reads.has_traces(parts, configurations):
        return legacy
    details = reading.kubernetes(legacy_reads.CLUSTER_ROLES, legacy_reads.details).result()
    return LegacyObjects(*parts, details=details)


def _counts(**parts: Known[tuple[Any, ...]] | None) -> dict[str, int]:
    """How many were looked at, of the kinds that were: None is a kind that nothing was asked about."""
    return {kind: len(part) for kind, part in parts.items() if part is not None and not isinstance(part, Unknown)}


def _mapped(part: Known[T], convert: Callable[[T], U]) -> Known[U]:
    return part if isinstance(part, Unknown) else convert(part)


def _done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future
