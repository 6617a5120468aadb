# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every cluster has from the start, and every namespace."""

from __future__ import annotations

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.authentication import AUTHENTICATED
from tests.testbed.kubernetes.emulator.rbac import MASTERS
from tests.testbed.kubernetes.emulator.resources import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    NAMESPACE,
    RBAC,
    SERVICE,
    SERVICE_ACCOUNT,
    Kind,
    StorageKey,
)
from tests.testbed.kubernetes.emulator.writes import Write, Writer

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_ALL = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
_READ = ["get", "list", "watch"]
_PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
_DISCOVERY = [*_PUBLIC, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]
_UNAUTHENTICATED = "system:unauthenticated"

_ROLES: dict[str, list[Json]] = {
    "cluster-admin": [_ALL, {"nonResourceURLs": ["*"], "verbs": ["*"]}],
    "system:discovery": [{"nonResourceURLs": _DISCOVERY, "verbs": ["get"]}],
    "system:public-info-viewer": [{"nonResourceURLs": _PUBLIC, "verbs": ["get"]}],
    "system:basic-user": [
        {"apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews"], "verbs": ["create"]}
    ],
    "system:node-proxier": [
        {"apiGroups": [""], "resources": ["endpoints", "services"], "verbs": ["list", "watch"]},
        {"apiGroups": [""], "resources": ["nodes"], "verbs": _READ},
    ],
}
_BOUND_TO: dict[str, tuple[str, ...]] = {
    "cluster-admin": (MASTERS,),
    "system:discovery": (AUTHENTICATED,),
    "system:public-info-viewer": (AUTHENTICATED, _UNAUTHENTICATED),
    "system:basic-user": (AUTHENTICATED,),
}


class Seeds:
    """Fills a new cluster."""

    def __init__(self, writer: Writer, ca_pem: str) -> None:
        self._writer = writer
        self._ca_pem = ca_pem

    def plant(self) -> None:
        """Create what the API server and its controllers create at the start."""
        for name in _NAMESPACES:
            self._create(NAMESPACE, name, {})
        for name, rules in _ROLES.items():
            self._create(CLUSTER_ROLE, name, {"rules": rules})
        for name, groups in _BOUND_TO.items():
            subjects = [{"kind": "Group", "name": group, "apiGroup": RBAC} for group in groups]
            reference = {"kind": "ClusterRole", "name": name, "apiGroup": RBAC}
            self._create(CLUSTER_ROLE_BINDING, name, {"roleRef": reference, "subjects": subjects})
        ports = [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 443}]
        self._create(SERVICE, "kubernetes", {"spec": {"clusterIP": "172.20.0.1", "ports": ports}}, "default")

    def changed(self, key: StorageKey, before: Json | None, after: Json | None) -> None:
        """Fill a new namespace."""
        if key == NAMESPACE.key and before is None and after is not None:
            name = str(after["metadata"]["name"])
            self._create(SERVICE_ACCOUNT, "default", {}, name)
            self._create(CONFIG_MAP, "kube-root-ca.crt", {"data": {"ca.crt": self._ca_pem}}, name)

    def _create(self, kind: Kind, name: str, body: Json, namespace: str = "") -> None:
        self._writer.create(Write(kind, namespace, name), {"metadata": {"name": name}, **body})
