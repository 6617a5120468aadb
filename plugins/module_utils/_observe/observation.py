# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What was seen of one cluster, as frozen values.

Every part of an :class:`Observation` is either its value or :class:`Unknown`, which keeps the API's own
reason. Nothing here judges: absent objects are ``None`` or empty, unreadable ones are :class:`Unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster, KubernetesConnection

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

T = TypeVar("T")

Requirement: TypeAlias = tuple[str, str, tuple[str, ...]]
"""An expression of a selector: key, operator, values."""


@dataclass(frozen=True)
class Unknown:
    """A part that could not be read.

    Attributes:
        source: What was asked, for example ``eks:DescribeAddon`` or ``GET /api/v1/nodes``.
        reason: The API's own words, or the network's.
        remedy: What would make it readable: the missing permission, or the address to reach.
    """

    source: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class NotAdmitted(Unknown):
    """A dry run that was refused for where it was tried: the namespace does not exist, or its quota, pod security or a
    policy keeps the pod out. It says nothing of what it was to show, and will not the next time either."""


Known: TypeAlias = T | Unknown

ANY_VARIABLE = "*"
"""Among unresolved variables: any that is not literal."""


@dataclass(frozen=True)
class ClusterVersion:
    """One row of EKS DescribeClusterVersions. ``version_status`` is ``STANDARD_SUPPORT``,
    ``EXTENDED_SUPPORT`` or ``UNSUPPORTED``; dates are ISO 8601 or empty."""

    version: str
    version_status: str
    default_platform_version: str
    end_of_standard_support: str
    end_of_extended_support: str


@dataclass(frozen=True)
class AddonIssue:
    """One entry of an add-on's ``health.issues``."""

    code: str
    message: str
    resource_ids: tuple[str, ...]


@dataclass(frozen=True)
class Addon:
    """A managed add-on as EKS DescribeAddon tells it; ``configuration_values`` is its text as given,
    JSON or YAML, empty where none was given."""

    name: str
    version: str
    status: str
    configuration_values: str
    service_account_role_arn: str
    issues: tuple[AddonIssue, ...]


@dataclass(frozen=True)
class Policy:
    """One policy of a role. ``arn`` is empty for an inline policy. ``document`` is None where it was not
    needed: AWS managed policies are known by their ARN."""

    name: str
    arn: str
    document: Mapping[str, object] | None = None


@dataclass(frozen=True)
class ClusterRole:
    """The IAM role of the cluster and its policies.

    ``inline`` is read, and documents of ``attached`` customer policies too, only where the AWS managed
    policies alone do not already give what Windows support needs; ``complete`` says that they were. ``unread``
    is the first of them that could not be.
    """

    arn: str
    name: str
    attached: tuple[Policy, ...]
    inline: tuple[Policy, ...] = ()
    complete: bool = False
    unread: Unknown | None = None


@dataclass(frozen=True)
class FargateSelector:
    """One selector of a Fargate profile; namespaces, label keys and label values may hold ``*`` and ``?``."""

    namespace: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class FargateProfile:
    """A Fargate profile with its status."""

    name: str
    status: str
    selectors: tuple[FargateSelector, ...]


@dataclass(frozen=True)
class Taint:
    """A taint of a node."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class Node:
    """A node. ``operating_system`` is ``windows``, ``linux`` or empty; ``fargate`` and ``auto_mode`` tell
    by label eks.amazonaws.com/compute-type. ``capacity`` is status.capacity as the API gives it. ``provider_id`` names
    the EC2 instance, ``aws:///eu-central-1a/i-0123456789abcdef0`` for example."""

    name: str
    operating_system: str
    architecture: str
    instance_type: str
    os_image: str
    kernel_version: str
    kubelet_version: str
    ready: bool
    fargate: bool
    auto_mode: bool
    labels: Mapping[str, str]
    capacity: Mapping[str, str]
    taints: tuple[Taint, ...]
    provider_id: str = ""


@dataclass(frozen=True)
class ConfigMap:
    """A ConfigMap; ``data`` is None where the object has no such field. The API server takes no change of the data of
    an ``immutable`` one."""

    namespace: str
    name: str
    data: Mapping[str, str] | None
    immutable: bool = False


@dataclass(frozen=True)
class AwsNode:
    """DaemonSet kube-system/aws-node: the literal environment of its container of that name.

    ``unresolved`` names the variables whose values are elsewhere (``valueFrom``, or references to others), and is or
    holds :data:`ANY_VARIABLE` where the container has ``envFrom``, so that each that is not literal may be set there.
    ``pod_template`` is the SHA-256 of its pod template, in hex: it changes when the DaemonSet's pods are replaced.
    """

    env: Mapping[str, str]
    unresolved: frozenset[str] = frozenset()
    pod_template: str = ""

    def is_resolved(self, variable: str) -> bool:
        """Whether the variable's value, or that it is not set, is known."""
        return variable in self.env or not self.unresolved & {variable, ANY_VARIABLE}


@dataclass(frozen=True)
class ObjectRef:
    """An object of Kubernetes by kind, namespace (empty for cluster-wide ones) and name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class WebhookService:
    """The service that a webhook calls."""

    namespace: str
    name: str
    path: str


@dataclass(frozen=True)
class Webhook:
    """One webhook of a MutatingWebhookConfiguration; ``service`` is None where it has a ``url``."""

    name: str
    service: WebhookService | None
    url: str
    failure_policy: str


@dataclass(frozen=True)
class WebhookConfiguration:
    """A MutatingWebhookConfiguration."""

    name: str
    webhooks: tuple[Webhook, ...]


@dataclass(frozen=True)
class LegacyDeployment:
    """A Deployment of legacy support.

    Attributes:
        ref: It.
        ready: Whether every pod that it wants, at least one, is of its present template and available.
        secret: The Secret that its pods take a certificate from; None where they take none.
        labels: The labels that its pods get.
    """

    ref: ObjectRef
    ready: bool
    secret: ObjectRef | None
    labels: Mapping[str, str]


@dataclass(frozen=True)
class LegacyReferences:
    """What tells whether a Service or Secret that has a name of legacy support belongs to it.

    Attributes:
        deployments: The Deployments of legacy support.
        selectors: By Service, the labels that it selects pods by.
        certificates: By Secret, the certificate under the key of its variant, in PEM; empty where it has none.
        owners: cert-manager's Certificates that write the Secret of the Helm chart, where they were asked for.
        accounts: The service accounts that the Deployments' pods run as.
    """

    deployments: tuple[LegacyDeployment, ...] = ()
    selectors: Mapping[ObjectRef, Mapping[str, str]] = field(default_factory=dict)
    certificates: Mapping[ObjectRef, str] = field(default_factory=dict, repr=False)
    owners: tuple[ObjectRef, ...] = ()
    accounts: tuple[ObjectRef, ...] = ()


@dataclass(frozen=True)
class LegacyObjects:
    """The objects that may belong to legacy Windows support, by metadata alone.

    ``deployments``, ``services``, ``secrets`` and ``cluster_role_bindings`` are always asked for;
    ``details`` (service accounts, cluster roles, certificate signing requests) only where one of the
    former, or a webhook configuration of theirs, is there: alone they do nothing. So are ``references``, None where
    they were not asked for. ``certificates_api`` is the API version that the cluster serves signing requests by.
    ``account_roles`` are the ARNs of the IAM roles of those service accounts that have one. ``bound_accounts`` are the
    service accounts that the ClusterRoleBindings of legacy support are for.
    """

    deployments: Known[tuple[ObjectRef, ...]]
    services: Known[tuple[ObjectRef, ...]]
    secrets: Known[tuple[ObjectRef, ...]]
    cluster_role_bindings: Known[tuple[ObjectRef, ...]]
    details: Known[tuple[ObjectRef, ...]] = ()
    references: Known[LegacyReferences] | None = None
    certificates_api: str = "certificates.k8s.io/v1"
    account_roles: Mapping[ObjectRef, str] = field(default_factory=dict)
    bound_accounts: Known[tuple[ObjectRef, ...]] = ()


@dataclass(frozen=True)
class LabelSelector:
    """A label selector; an expression is (key, operator, values). An empty selector selects everything."""

    match_labels: Mapping[str, str]
    match_expressions: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.match_labels and not self.match_expressions


@dataclass(frozen=True)
class SecurityGroupPolicy:
    """A SecurityGroupPolicy (vpcresources.k8s.aws/v1beta1); a selector is None where it is not given, and
    ``names_groups`` says whether it has the id of any security group."""

    namespace: str
    name: str
    pod_selector: LabelSelector | None
    service_account_selector: LabelSelector | None
    names_groups: bool = True


@dataclass(frozen=True)
class ServiceAccount:
    """A service account, read only where a SecurityGroupPolicy selects by service account."""

    namespace: str
    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class WindowsPod:
    """A pod that asks for Windows, or was given a Windows node without asking.

    Attributes:
        namespace: Its namespace.
        name: Its name.
        labels: Its labels.
        service_account: The service account that it runs as.
        node_name: The node that it was given, empty before.
        phase: Its phase.
        is_starting: Whether it has a node and waits for its sandbox: no container of it got any further, and it is not
            being deleted.
        waits_for_node: Whether it has no node yet, and is not being deleted.
        selects_windows: Whether its nodeSelector names Windows, which is all that the webhooks look at.
        beta_label_alone: Whether it names Windows there by the deprecated label beta.kubernetes.io/os alone.
        asks_for_windows: Whether its nodeSelector, node affinity or ``os``, or the template of the DaemonSet that owns
            it, asks for Windows; one that does not strayed onto a Windows node. True where that template is not known.
        host_network: Whether it uses its node's network, so that it needs no address.
        host_process: Whether it is a HostProcess pod: all its containers run as processes of the node.
        address_limit: The ``vpc.amazonaws.com/PrivateIPv4Address`` limit of its first container that has one; empty
            without.
        address: The annotation of that name, which the controller gives it; empty without.
        owner: The controller that owns it; None where nothing makes it again.
        created_at: RFC 3339 in UTC; empty where not given.
    """

    namespace: str
    name: str
    labels: Mapping[str, str]
    service_account: str
    node_name: str
    phase: str
    is_starting: bool = False
    waits_for_node: bool = False
    selects_windows: bool = False
    host_network: bool = False
    address_limit: str = ""
    address: str = ""
    owner: ObjectRef | None = None
    created_at: str = ""
    beta_label_alone: bool = False
    host_process: bool = False
    asks_for_windows: bool = True

    @property
    def takes_address(self) -> bool:
        """Whether it has an address of its node's, or asks for one, or is of those that a webhook has ask for one."""
        has_limit = self.address_limit not in ("", "0")
        return not self.host_network and (self.selects_windows or has_limit or bool(self.address))


@dataclass(frozen=True)
class NodeTerm:
    """One term of a required node affinity: requirements on labels, and on fields, of which there is
    ``metadata.name`` alone. One without any selects no node."""

    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Toleration:
    """A toleration of taints; an empty ``effect`` is every one, an empty ``key`` with ``Exists`` every taint."""

    key: str
    operator: str
    value: str
    effect: str


@dataclass(frozen=True)
class Placement:
    """What decides on which nodes a pod may be placed. ``terms`` is None where no node affinity is required; one of
    them has to hold."""

    node_selector: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[NodeTerm, ...] | None = None
    tolerations: tuple[Toleration, ...] = ()


@dataclass(frozen=True)
class Workload:
    """A Deployment, DaemonSet or StatefulSet by its pod template. ``address`` is the template's annotation
    ``vpc.amazonaws.com/PrivateIPv4Address``, which only the controller may give; it may be empty, and is None
    without. ``compute_type`` is its annotation ``eks.amazonaws.com/compute-type``, by which EKS keeps CoreDNS on EC2;
    empty without. ``runtime_class`` is the name of the RuntimeClass that its pods take placement from, which
    ``placement`` holds already where it was read; empty without. ``asks_for_windows`` is as a pod of the template
    itself would have it."""

    ref: ObjectRef
    placement: Placement = field(default_factory=Placement)
    address: str | None = None
    compute_type: str = ""
    runtime_class: str = ""
    asks_for_windows: bool = False


@dataclass(frozen=True)
class Workloads:
    """The workloads of all namespaces, by kind. ``runtime_classes`` is what each RuntimeClass adds to the placement of
    pods that name it; empty where no workload names one, as they are not read then."""

    deployments: Known[tuple[Workload, ...]] = ()
    daemon_sets: Known[tuple[Workload, ...]] = ()
    stateful_sets: Known[tuple[Workload, ...]] = ()
    runtime_classes: Known[Mapping[str, Placement]] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """A Service. ``cluster_ip`` is ``None`` in letters where it is headless."""

    ref: ObjectRef
    type: str
    cluster_ip: str


@dataclass(frozen=True)
class ServiceBackends:
    """What stands behind a Service, of what takes traffic.

    Attributes:
        service: The Service.
        backends: Its addresses.
        windows_backends: Those of them on Windows nodes.
        nodes: The names of the nodes that they are on.
    """

    service: ObjectRef
    backends: int
    windows_backends: int
    nodes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NodeEvent:
    """An event of vpc-resource-controller on a node or its CNINode. ``last_seen`` is RFC 3339, empty where not
    given."""

    node: str
    reason: str
    message: str
    last_seen: str = ""


@dataclass(frozen=True)
class WebhookPods:
    """When the pods of a legacy webhook started, and when the pair that they serve with was changed last.

    Times are RFC 3339 in UTC. ``started_at`` is that of the oldest pod, empty where there is none; ``changed_at`` is
    empty where the Secret is not there.
    """

    deployment: ObjectRef
    started_at: str
    changed_at: str


@dataclass(frozen=True)
class Probe:
    """What admission made of a server-side dry run of a Windows pod: the ``vpc.amazonaws.com/PrivateIPv4Address``
    limit of its first container that has one, empty where none was set."""

    namespace: str
    limit: str


@dataclass(frozen=True)
class ControllerRole:
    """Whether the Role by which the controller of the control plane reads kube-system is there, and its binding."""

    role: Known[bool]
    binding: Known[bool]


@dataclass(frozen=True)
class NodeGroup:
    """A managed node group.

    Attributes:
        name: Its name.
        status: Its status.
        ami_type: As EKS spells it, ``WINDOWS_CORE_2022_x86_64`` for example; ``CUSTOM`` or empty where a launch
            template names the AMI.
        desired_size: How many nodes it is to have.
        node_role: ARN of the role that its nodes run as, with the role's path.
        instance_types: Those it names; empty where a launch template does.
        subnet_ids: Where its nodes are.
    """

    name: str
    status: str
    ami_type: str
    desired_size: int
    node_role: str = ""
    instance_types: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetadataOptions:
    """How the metadata service of an instance answers, as EC2 spells it: ``endpoint`` is ``enabled`` or ``disabled``,
    ``tokens`` is ``required`` or ``optional``, and ``hop_limit`` how far a token travels. What EC2 does not tell is
    empty, or 0."""

    endpoint: str = ""
    tokens: str = ""
    hop_limit: int = 0


@dataclass(frozen=True)
class Instance:
    """The EC2 instance of a Windows node.

    Attributes:
        id: Its id.
        subnet_id: Where it is.
        role: ARN of the role of its instance profile, with the role's path; empty where it has none. None where it was
            not asked for: a managed node group made the node, and tells its role.
        metadata: How its metadata service answers.
    """

    id: str
    subnet_id: str
    role: Known[str] | None
    metadata: MetadataOptions = MetadataOptions()


@dataclass(frozen=True)
class AccessEntry:
    """The access entry of a role that Windows nodes run as; ``type`` is as EKS spells it."""

    principal_arn: str
    type: str


@dataclass(frozen=True)
class Subnet:
    """A subnet, and how many IPv4 addresses in it are free. EC2 does not tell whether these are contiguous."""

    id: str
    zone: str
    available_addresses: int


@dataclass(frozen=True)
class Ec2InstanceType:
    """An instance type as EC2 tells it. ``hypervisor`` is ``nitro`` or ``xen``, empty for bare metal."""

    name: str
    ipv4_per_interface: int
    hypervisor: str
    architectures: tuple[str, ...]


@dataclass(frozen=True)
class KarpenterNodeClass:
    """An EC2NodeClass of Karpenter.

    Attributes:
        name: Its name.
        ami_family: Its ``amiFamily``, empty where not given.
        aliases: The aliases of its amiSelectorTerms, ``windows2022@latest`` for example.
        ami_names: The names that terms select an AMI by; they may hold ``*`` and ``?``.
        ssm_parameters: The SSM parameters that terms take an AMI from, by name or ARN.
        nameless_terms: What terms select an AMI by that have none of these: ``id ami-1``, ``tags os=any``.
        selected_amis: The AMIs that Karpenter found last, by name, and by id where they have none.
    """

    name: str
    ami_family: str
    aliases: tuple[str, ...]
    ami_names: tuple[str, ...] = ()
    ssm_parameters: tuple[str, ...] = ()
    nameless_terms: tuple[str, ...] = ()
    selected_amis: tuple[str, ...] = ()


@dataclass(frozen=True)
class CniNode:
    """A CNINode (vpcresources.k8s.aws/v1alpha1): the names of its features."""

    name: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class RoleUser:
    """Another cluster that runs as the cluster's role."""

    region: str
    name: str


@dataclass(frozen=True)
class RoleUsers:
    """Who else uses the cluster's role, in every region that is enabled for the account.

    ``searched`` names the regions that were, to their last cluster. ``unsearched`` tells of each that could not be, or
    of one cluster in it that could not be described; its source names the region, and the cluster where it is one.
    """

    clusters: tuple[RoleUser, ...]
    searched: tuple[str, ...]
    unsearched: tuple[Unknown, ...] = ()


@dataclass(frozen=True)
class Observation:
    """Everything that was seen of one cluster, once.

    ``vpc_cni`` is None where the add-on is not managed by EKS. ``cni_config_map`` and ``aws_node`` are None
    where they do not exist. ``fargate_profiles`` is read only where fewer than two Linux nodes are ready or a Windows
    pod was seen, else empty. ``service_backends`` and ``node_events`` are empty where there is no Windows node.
    ``probe`` is None where it was not asked for. ``examined`` counts what was looked at, by kind in lower-case
    plural, and holds no kind that could not be read. ``observed_at`` is RFC 3339 in UTC.

    ``vpc_cni_schema`` is the JSON schema of the configuration of vpc-cni's installed version; None where it was not
    asked for: it is for goal enable, where EKS manages the add-on and it may be what owns Windows IPAM, and for goal
    disable, where moreover the configuration may have Windows IPAM's key. It is Unknown where ``vpc_cni`` is.
    ``node_groups``, ``karpenter_node_classes``, ``cni_nodes`` and ``role_users`` are None where they were not asked
    for: they are for goal disable. ``role_users`` is asked for only where disabling may detach
    AmazonEKSVPCResourceController, which is attached and managed by the goal, and Unknown where ``cluster_role`` is.
    ``legacy_webhooks`` is None where no webhook configuration of legacy support is there, ``webhook_pods`` also where
    the goal is not cert_renew. ``namespaces`` are the labels of each, by its name, and None where they were not asked
    for: they are for goal cert_renew, where a webhook of legacy support has a namespaceSelector that is not empty.

    ``coredns`` is None where EKS does not manage that add-on. What follows is None with goal disable, and where Windows
    is not in play: the goal does not turn it on, no node runs it, no instance type is planned for it, and Windows IPAM
    is off; else ``node_groups`` is read with every goal. ``instances`` are those of Windows nodes, None where no such
    node names one. ``access_entries`` are those of the roles that Windows nodes run as or will: a role that has none is
    not among them; None where the cluster reads none, or there is no such role. ``aws_auth`` is the data of ConfigMap
    kube-system/aws-auth, empty where it or its data is absent, and None where access entries decide already, or there
    is no such role. ``subnets`` are those of Windows node groups, of instances that none of these made, and of the
    cluster; ``instance_types`` those that are in use or planned for Windows, as far as EC2 has them in the region: both
    None where there is no such type.

    ``controller_role`` is None with other goals than enable, and where the control plane has no Windows support.
    """

    observed_at: str
    connection: KubernetesConnection
    cluster: Known[Cluster]
    cluster_version: Known[ClusterVersion | None]
    cluster_role: Known[ClusterRole]
    vpc_cni: Known[Addon | None]
    fargate_profiles: Known[tuple[FargateProfile, ...]]
    nodes: Known[tuple[Node, ...]]
    cni_config_map: Known[ConfigMap | None]
    aws_node: Known[AwsNode | None]
    webhook_configurations: Known[tuple[WebhookConfiguration, ...]]
    legacy: LegacyObjects
    security_group_policies: Known[tuple[SecurityGroupPolicy, ...]]
    windows_pods: Known[tuple[WindowsPod, ...]]
    service_accounts: Known[tuple[ServiceAccount, ...]]
    probe: Known[Probe] | None = None
    vpc_cni_schema: Known[Mapping[str, object]] | None = None
    node_groups: Known[tuple[NodeGroup, ...]] | None = None
    karpenter_node_classes: Known[tuple[KarpenterNodeClass, ...]] | None = None
    cni_nodes: Known[tuple[CniNode, ...]] | None = None
    role_users: Known[RoleUsers] | None = None
    legacy_webhooks: Known[tuple[WebhookChain, ...]] | None = None
    webhook_pods: Known[tuple[WebhookPods, ...]] | None = None
    namespaces: Known[Mapping[str, Mapping[str, str]]] | None = None
    coredns: Known[Addon | None] = None
    instances: Known[tuple[Instance, ...]] | None = None
    access_entries: Known[tuple[AccessEntry, ...]] | None = None
    aws_auth: Known[Mapping[str, str]] | None = None
    subnets: Known[tuple[Subnet, ...]] | None = None
    instance_types: Known[tuple[Ec2InstanceType, ...]] | None = None
    workloads: Workloads = field(default_factory=Workloads)
    services: Known[tuple[Service, ...]] = ()
    service_backends: Known[tuple[ServiceBackends, ...]] = ()
    node_events: Known[tuple[NodeEvent, ...]] = ()
    controller_role: ControllerRole | None = None
    examined: Mapping[str, int] = field(default_factory=dict)
