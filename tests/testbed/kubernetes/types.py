# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both kinds of control plane offer to the testbed and to tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.testbed.kubernetes.admin import AdminClient
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.pki import Authority, KeyPair

TESTBED_USER_PREFIX = "testbed:"
"""Users of the testbed itself (its admin, its stand-ins) are named so; their requests are not counted."""

ADMIN_USER = TESTBED_USER_PREFIX + "admin"
"""User of :attr:`KubernetesServer.admin`, in group ``system:masters``."""

CONTROL_PLANE_USERS = ("system:apiserver", "system:kube-controller-manager", "system:kube-scheduler")
CONTROL_PLANE_USER_PREFIX = "system:serviceaccount:kube-system:"

WRITE_VERBS = frozenset({"create", "update", "patch", "delete", "deletecollection"})

Authenticate = Callable[[str], "tuple[str, tuple[str, ...]] | None"]
"""Turns a bearer token into (user name, groups), or None where nobody is known by it."""


@dataclass(frozen=True)
class KubernetesRequest:
    """One request as the API server saw it.

    ``verb`` is the API's own: get, list, watch, create, update, patch, delete, deletecollection; a request
    for no resource has its lower-case HTTP method. ``path`` has no query. ``query`` holds the first value of
    each parameter. ``user`` is empty where nobody was authenticated. A dry run is a write that stores
    nothing.
    """

    verb: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    status: int = 0

    @property
    def dry_run(self) -> bool:
        """Whether nothing was to be stored."""
        return "dryRun" in self.query

    @property
    def write(self) -> bool:
        """Whether it asked for a stored change."""
        return self.verb in WRITE_VERBS and not self.dry_run


def from_outside(user: str) -> bool:
    """Whether a request of this user came from outside the testbed and the control plane's own parts."""
    return not (user.startswith((TESTBED_USER_PREFIX, CONTROL_PLANE_USER_PREFIX)) or user in CONTROL_PLANE_USERS)


class KubernetesServer(Protocol):
    """A control plane on loopback. ``authenticate`` may be set at any time before :meth:`start`. Whoever is in
    ``pod_servers`` is called as the pod of that address when a webhook is behind a Service."""

    authenticate: Authenticate | None
    pod_servers: PodServers

    @property
    def url(self) -> str:
        """``https://127.0.0.1:PORT`` while started."""

    @property
    def ca_pem(self) -> str:
        """PEM of the authority that the API server's certificate is checked against."""

    @property
    def admin(self) -> AdminClient:
        """A client that may do everything, as :data:`ADMIN_USER`."""

    @property
    def authority(self) -> Authority:
        """The cluster's authority itself."""

    def client_certificate(self, user: str, groups: tuple[str, ...] = ()) -> KeyPair:
        """A certificate and key that the API server takes for this user and these groups."""

    def start(self) -> None:
        """Serve; returns when requests are answered."""

    def stop(self) -> None:
        """Stop serving and leave nothing behind. Stopping twice is fine."""

    def requests(self) -> list[KubernetesRequest]:
        """Requests from outside the testbed since the start or the last :meth:`forget_requests`, in order."""

    def forget_requests(self) -> None:
        """Start counting anew."""
