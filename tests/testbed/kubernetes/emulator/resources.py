# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds that the emulator serves, and where each is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

StorageKey = tuple[str, str]
"""(API group, resource): the versions of a group share their objects."""


@dataclass(frozen=True)
class Kind:
    """One kind in one version of an API group.

    ``generation`` says that the API server counts changes of the object's intent. ``keeps_status`` says that
    a status given with a create is stored. ``custom`` kinds come from a CustomResourceDefinition.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    subresources: frozenset[str] = frozenset()
    short_names: tuple[str, ...] = ()
    generation: bool = False
    keeps_status: bool = False
    custom: bool = False
    create_only: bool = False

    @property
    def api_version(self) -> str:
        """As manifests write it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """As messages write it: ``configmaps``, ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def key(self) -> StorageKey:
        """Where its objects are stored."""
        return (self.group, self.plural)

    @property
    def has_status(self) -> bool:
        """Whether status is written through its subresource alone."""
        return "status" in self.subresources


_STATUS = frozenset({"status"})
_SCALED = frozenset({"status", "scale"})

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
CERTIFICATES = "certificates.k8s.io"
EXTENSIONS = "apiextensions.k8s.io"
DISCOVERY = "discovery.k8s.io"

NAMESPACE = Kind("", "v1", "Namespace", "namespaces", False, _STATUS, ("ns",))
NODE = Kind("", "v1", "Node", "nodes", False, _STATUS, ("no",), keeps_status=True)
POD = Kind("", "v1", "Pod", "pods", True, _STATUS | {"binding"}, ("po",))
SERVICE = Kind("", "v1", "Service", "services", True, _STATUS, ("svc",))
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configmaps", short_names=("cm",))
SECRET = Kind("", "v1", "Secret", "secrets")
SERVICE_ACCOUNT = Kind("", "v1", "ServiceAccount", "serviceaccounts", short_names=("sa",))
DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments", True, _SCALED, ("deploy",), generation=True)
REPLICA_SET = Kind("apps", "v1", "ReplicaSet", "replicasets", True, _SCALED, ("rs",), generation=True)
DAEMON_SET = Kind("apps", "v1", "DaemonSet", "daemonsets", True, _STATUS, ("ds",), generation=True)
STATEFUL_SET = Kind("apps", "v1", "StatefulSet", "statefulsets", True, _SCALED, ("sts",), generation=True)
CUSTOM_RESOURCE_DEFINITION = Kind(
    EXTENSIONS,
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    False,
    _STATUS,
    ("crd", "crds"),
    generation=True,
)
CLUSTER_ROLE = Kind(RBAC, "v1", "ClusterRole", "clusterroles", False)
CLUSTER_ROLE_BINDING = Kind(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", False)
ROLE = Kind(RBAC, "v1", "Role", "roles")
ROLE_BINDING = Kind(RBAC, "v1", "RoleBinding", "rolebindings")
MUTATING_WEBHOOKS = Kind(
    ADMISSION, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", False, generation=True
)
VALIDATING_WEBHOOKS = Kind(
    ADMISSION, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", False, generation=True
)
CERTIFICATE_REQUEST = Kind(
    CERTIFICATES,
    "v1",
    "CertificateSigningRequest",
    "certificatesigningrequests",
    False,
    _STATUS | {"approval"},
    ("csr",),
)

STABLE: tuple[Kind, ...] = (
    NAMESPACE,
    NODE,
    POD,
    SERVICE,
    Kind("", "v1", "Endpoints", "endpoints", short_names=("ep",)),
    CONFIG_MAP,
    SECRET,
    SERVICE_ACCOUNT,
    Kind("", "v1", "Event", "events", short_names=("ev",)),
    Kind(DISCOVERY, "v1", "EndpointSlice", "endpointslices"),
    DEPLOYMENT,
    REPLICA_SET,
    DAEMON_SET,
    STATEFUL_SET,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    ROLE,
    ROLE_BINDING,
    MUTATING_WEBHOOKS,
    VALIDATING_WEBHOOKS,
    CERTIFICATE_REQUEST,
    Kind("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", False),
    CUSTOM_RESOURCE_DEFINITION,
    Kind(
        "authorization.k8s.io",
        "v1",
        "SelfSubjectAccessReview",
        "selfsubjectaccessreviews",
        False,
        create_only=True,
    ),
)

BETA_GROUPS = (RBAC, ADMISSION, CERTIFICATES, DISCOVERY)
"""Groups whose v1beta1 was served up to Kubernetes 1.21, or 1.24."""


def _beta(kind: Kind) -> Kind:
    return Kind(
        kind.group,
        "v1beta1",
        kind.kind,
        kind.plural,
        kind.namespaced,
        kind.subresources,
        kind.short_names,
        kind.generation,
    )


@dataclass
class Registry:
    """The kinds that are served now."""

    _kinds: dict[tuple[str, str, str], Kind] = field(default_factory=dict)

    @classmethod
    def standard(cls, beta_apis: bool) -> Registry:
        """The built-in kinds, with the beta versions of :data:`BETA_GROUPS` where asked."""
        registry = cls()
        registry.add(STABLE)
        if beta_apis:
            registry.add(_beta(kind) for kind in STABLE if kind.group in BETA_GROUPS)
        return registry

    def add(self, kinds: Iterable[Kind]) -> None:
        """Serve these too."""
        added = {(kind.group, kind.version, kind.plural): kind for kind in kinds}
        self._kinds = {**self._kinds, **added}

    def remove(self, group: str, plural: str) -> None:
        """Serve this resource no more, in no version."""
        self._kinds = {
            place: kind for place, kind in self._kinds.items() if (kind.group, kind.plural) != (group, plural)
        }

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        """The kind at this place."""
        return self._kinds.get((group, version, plural))

    def serves(self, group: str, version: str) -> bool:
        """Whether anything of this version is served."""
        return any(place[:2] == (group, version) for place in self._kinds)

    def all(self) -> tuple[Kind, ...]:
        """Every kind, in the order in which they came."""
        return tuple(self._kinds.values())
