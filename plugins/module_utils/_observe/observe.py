# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Reads everything that the rules need, once and concurrently."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

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
    node_events,
    service_backends,
    windows_pods,
    workloads,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import (
    aws_attempt,
    aws_unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.controller_role import controller_role
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.goal_reads import goal_reads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_reads import Listed
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    ClusterRole,
    ClusterVersion,
    FargateProfile,
    Known,
    LegacyObjects,
    Node,
    Observation,
    Placement,
    SecurityGroupPolicy,
    Service,
    ServiceAccount,
    Unknown,
    WebhookConfiguration,
    WindowsPod,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import (
    Reading,
    counts,
    done,
    mapped,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_reads import (
    WindowsParts,
    windows_parts,
    with_aws_auth,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_depth import LegacyDepth

T = TypeVar("T")

THREADS = 6
"""Reads at a time: three of AWS beside as many connections to Kubernetes as are worth their handshake."""

THREADS_TO_DISABLE = 8
"""Goal disable asks AWS for two more parts, which take several calls each."""

ENOUGH_LINUX_NODES = 2
"""From this many on nothing is asked about Fargate profiles."""


def observe(aws: AwsConnection, options: Mapping[str, Any]) -> Observation:
    """Everything that the rules need of one cluster.

    What does not depend on the cluster's description is asked for beside it, the rest as soon as it is there. A part
    that can't be read is Unknown and keeps no other from being read.

    Args:
        aws: The connection whose region the cluster is in.
        options: ``cluster_name``, ``goal``, ``planned_instance_types``, ``cluster_policy``, ``ipam_owner``, those of
            :func:`kubernetes_argument_spec`, ``ignore``, ``probe`` and ``probe_namespace``.

    Raises:
        EksWindowsError: No such cluster, AWS can't be reached or doesn't know the caller, or Kubernetes options that
            can't be used.
    """
    name = options["cluster_name"]
    # Making clients shows bad options early; those that a goal needs besides are made when it asks.
    aws.client("eks")
    aws.client("iam")
    threads = THREADS_TO_DISABLE if options.get("goal") == "disable" else THREADS
    with ThreadPoolExecutor(threads, thread_name_prefix="observe") as pool:
        addon, coredns = (
            pool.submit(aws_attempt, "eks:DescribeAddon", partial(aws_reads.managed_addon, aws, name, each))
            for each in ("vpc-cni", "coredns")
        )
        answer = aws_reads.describe_cluster(aws, name)
        cluster = answer if isinstance(answer, Unknown) else aws_reads.cluster_of(answer)
        role, version = _of_cluster(pool, aws, cluster)
        reached = _access(aws, options, answer, cluster)
        with contextlib.ExitStack() as closing:
            if not isinstance(reached, Unknown) and reached.api:
                closing.callback(reached.api.close)
            reading = Reading(pool, aws, options, cluster, reached)
            return _observation(reading, addon.result, coredns.result, role, version)


def _observation(
    reading: Reading,
    addon: Callable[[], Any],
    coredns: Callable[[], Known[Addon | None]],
    role: Callable[[], Known[ClusterRole]],
    version: Callable[[], Known[ClusterVersion | None]],
) -> Observation:
    further = goal_reads(reading, addon, role)
    nodes = reading.kubernetes(kubernetes_reads.NODES, kubernetes_reads.nodes)
    config_map = reading.kubernetes(kubernetes_reads.CNI_CONFIG_MAP, kubernetes_reads.cni_config_map)
    policies = reading.kubernetes(kubernetes_reads.SECURITY_GROUP_POLICIES, kubernetes_reads.security_group_policies)
    configuration_items = reading.kubernetes(
        kubernetes_reads.WEBHOOK_CONFIGURATIONS, kubernetes_reads.webhook_configuration_items
    )
    deployments = reading.kubernetes(workloads.DEPLOYMENTS, workloads.deployments)
    services = reading.kubernetes(service_backends.SERVICES, service_backends.services)
    goal = reading.options.get("goal")
    secrets = reading.kubernetes(legacy_reads.SECRETS, lambda api: legacy_reads.secrets(api, goal))
    bindings = reading.kubernetes(legacy_reads.CLUSTER_ROLE_BINDINGS, legacy_reads.cluster_role_bindings)
    daemon_sets = reading.kubernetes(workloads.DAEMON_SETS, workloads.daemon_sets)
    stateful_sets = reading.kubernetes(workloads.STATEFUL_SETS, workloads.stateful_sets)
    probe = _probe(reading)

    windows = windows_parts(reading, nodes.result(), config_map.result())
    of_controller = controller_role(reading)
    configurations = mapped(configuration_items.result(), kubernetes_reads.webhook_configurations)
    pods = _of_nodes(reading, windows_pods.PODS, nodes.result(), windows_pods.windows_pods)
    slices = _of_windows_nodes(
        reading, service_backends.ENDPOINT_SLICES, nodes.result(), service_backends.endpoint_slices
    )
    events = _of_windows_nodes(
        reading, node_events.EVENTS, nodes.result(), lambda api, _nodes: node_events.node_events(api)
    )
    found_pods = pods.result()
    fargate = _fargate_profiles(reading, nodes.result(), mapped(found_pods, lambda found: found[0]))
    accounts = _service_accounts(reading, policies.result())
    classes = _runtime_classes(
        reading, deployments.result(), mapped(daemon_sets.result(), lambda found: found[0]), stateful_sets.result()
    )
    legacy = LegacyObjects(
        deployments=mapped(
            deployments.result(), lambda found: legacy_reads.legacy_deployments(_listed(found), configurations)
        ),
        services=mapped(services.result(), lambda found: legacy_reads.legacy_services(_listed(found), configurations)),
        secrets=mapped(secrets.result(), lambda found: found.objects),
        cluster_role_bindings=mapped(bindings.result(), legacy_reads.legacy_bindings),
        bound_accounts=mapped(bindings.result(), lambda found: found.accounts),
    )
    depth = _legacy_depth(reading, legacy, configuration_items.result(), configurations)
    search = further.role_search.result()
    of_windows = with_aws_auth(reading, windows.result(), nodes.result()) if windows else WindowsParts()
    groups = of_windows.node_groups if windows else further.node_groups.result()
    return Observation(
        observed_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        connection=KubernetesConnection(server="", certificate_authority="", validate_certs=True)
        if isinstance(reading.access, Unknown)
        else reading.access.connection,
        cluster=reading.cluster,
        cluster_version=version(),
        cluster_role=role(),
        vpc_cni=addon(),
        fargate_profiles=() if fargate is None else fargate.result(),
        nodes=nodes.result(),
        cni_config_map=config_map.result(),
        aws_node=mapped(daemon_sets.result(), lambda found: found[1]),
        webhook_configurations=configurations,
        legacy=depth.objects if depth else legacy,
        legacy_webhooks=depth.webhooks if depth else None,
        webhook_pods=depth.pods if depth else None,
        namespaces=depth.namespaces if depth else None,
        security_group_policies=policies.result(),
        windows_pods=windows_pods.asking_by_template(
            mapped(found_pods, lambda found: found[0]), mapped(daemon_sets.result(), lambda found: found[0])
        ),
        service_accounts=accounts.result(),
        probe=probe.result() if probe else None,
        vpc_cni_schema=further.vpc_cni_schema.result(),
        node_groups=groups,
        coredns=coredns(),
        instances=of_windows.instances,
        access_entries=of_windows.access_entries,
        aws_auth=of_windows.aws_auth,
        subnets=of_windows.subnets,
        instance_types=of_windows.instance_types,
        karpenter_node_classes=further.karpenter_node_classes.result(),
        cni_nodes=further.cni_nodes.result(),
        role_users=None if search is None else mapped(search, lambda found: found.users),
        workloads=workloads.placed(
            Workloads(
                deployments=deployments.result(),
                daemon_sets=mapped(daemon_sets.result(), lambda found: found[0]),
                stateful_sets=stateful_sets.result(),
                runtime_classes={} if classes is None else classes.result(),
            )
        ),
        services=services.result(),
        service_backends=() if slices is None else mapped(slices.result(), lambda found: found[0]),
        node_events=() if events is None else events.result(),
        controller_role=of_controller(),
        examined=counts(
            daemon_sets=mapped(daemon_sets.result(), lambda found: found[0]),
            deployments=deployments.result(),
            endpoint_slices=None if slices is None else mapped(slices.result(), lambda found: range(found[1])),
            events=None if events is None else events.result(),
            fargate_profiles=None if fargate is None else fargate.result(),
            mutating_webhook_configurations=configurations,
            nodes=nodes.result(),
            security_group_policies=policies.result(),
            pods=mapped(found_pods, lambda found: range(found[1])),
            services=services.result(),
            stateful_sets=stateful_sets.result(),
            runtime_classes=None if classes is None else classes.result(),
            windows_pods=mapped(found_pods, lambda found: found[0]),
            node_groups=groups,
            instances=of_windows.instances,
            access_entries=of_windows.access_entries,
            subnets=of_windows.subnets,
            instance_types=of_windows.instance_types,
            karpenter_node_classes=further.karpenter_node_classes.result(),
            cni_nodes=further.cni_nodes.result(),
            regions=None if search is None else mapped(search, lambda found: found.users.searched),
            clusters=None if search is None else mapped(search, lambda found: found.examined),
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


def _probe(reading: Reading) -> Future[Any] | None:
    if not reading.options.get("probe"):
        return None
    namespace = reading.options.get("probe_namespace") or "default"
    # By both labels, where what is proved is a webhook of legacy support, which may know the deprecated one alone.
    beta_label = reading.options.get("goal") == "cert_renew"
    return reading.kubernetes(
        f"/api/v1/namespaces/{namespace}/pods",
        lambda api: kubernetes_reads.probe(api, namespace, beta_label=beta_label),
        "POST",
    )


def _fargate_profiles(
    reading: Reading, nodes: Known[tuple[Node, ...]], pods: Known[tuple[WindowsPod, ...]]
) -> Future[Known[tuple[FargateProfile, ...]]] | None:
    """Fargate profiles, None where none matters: they may carry CoreDNS, and may take Windows pods."""
    if isinstance(nodes, Unknown):
        return done(nodes)
    if _has_enough_linux(nodes) and (isinstance(pods, Unknown) or not pods):
        return None
    return reading.pool.submit(
        aws_attempt,
        "eks:ListFargateProfiles",
        lambda: aws_reads.fargate_profiles(reading.aws, reading.options["cluster_name"]),
    )


def _has_enough_linux(nodes: Known[tuple[Node, ...]]) -> bool:
    """Whether CoreDNS needs no Fargate profile."""
    if isinstance(nodes, Unknown):
        return False
    linux = sum(1 for node in nodes if node.operating_system == "linux" and node.ready and not node.fargate)
    return linux >= ENOUGH_LINUX_NODES


def _of_nodes(
    reading: Reading,
    path: str,
    nodes: Known[tuple[Node, ...]],
    read: Callable[[KubernetesApi, tuple[Node, ...]], T],
) -> Future[Known[T]]:
    """A read that can't be made sense of where nodes are not known."""
    if isinstance(nodes, Unknown):
        return done(nodes)
    known_nodes = nodes
    return reading.kubernetes(path, lambda api: read(api, known_nodes))


def _of_windows_nodes(
    reading: Reading,
    path: str,
    nodes: Known[tuple[Node, ...]],
    read: Callable[[KubernetesApi, tuple[Node, ...]], T],
) -> Future[Known[T]] | None:
    """The same for what matters to Windows nodes alone, None where there is none."""
    if not isinstance(nodes, Unknown) and not any(node.operating_system == "windows" for node in nodes):
        return None
    return _of_nodes(reading, path, nodes, read)


def _listed(found: Iterable[Workload | Service]) -> Listed:
    return Listed(tuple(each.ref for each in found))


def _service_accounts(
    reading: Reading, policies: Known[tuple[SecurityGroupPolicy, ...]]
) -> Future[Known[tuple[ServiceAccount, ...]]]:
    """Service accounts, as far as SecurityGroupPolicies ask for them."""
    if isinstance(policies, Unknown) or not policies:
        return done(policies)
    found = policies
    return reading.kubernetes("/api/v1/serviceaccounts", lambda api: windows_pods.service_accounts(api, found))


def _runtime_classes(
    reading: Reading, *parts: Known[tuple[Workload, ...]]
) -> Future[Known[dict[str, Placement]]] | None:
    """RuntimeClasses, None where no workload names one."""
    if not workloads.name_runtime_class(parts):
        return None
    return reading.kubernetes(workloads.RUNTIME_CLASSES, workloads.runtime_classes)


def _legacy_depth(
    reading: Reading,
    legacy: LegacyObjects,
    items: Known[tuple[Mapping[str, Any], ...]],
    configurations: Known[tuple[WebhookConfiguration, ...]],
) -> LegacyDepth | None:
    """What is asked for where something of legacy support is, None where nothing is."""
    parts = (legacy.deployments, legacy.services, legacy.secrets, legacy.cluster_role_bindings)
    if not legacy_reads.has_traces(parts, configurations):
        return None
    # Imported where it is used: clusters without legacy support, which most are, do not pay for it.
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_depth import legacy_depth

    return legacy_depth(reading, legacy, items, configurations)
