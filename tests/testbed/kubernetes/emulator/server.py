# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulated control plane: the Kubernetes API in memory, over real TLS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.kubernetes.emulator.admission import (
    Admission,
    HttpWebhookClient,
    ResolveService,
)
from tests.testbed.kubernetes.emulator.authentication import Authenticator
from tests.testbed.kubernetes.emulator.authority import ClusterAuthority
from tests.testbed.kubernetes.emulator.csr import Signer
from tests.testbed.kubernetes.emulator.custom import CustomKinds
from tests.testbed.kubernetes.emulator.discovery import version_document
from tests.testbed.kubernetes.emulator.dispatch import Dispatcher
from tests.testbed.kubernetes.emulator.faults import Faults
from tests.testbed.kubernetes.emulator.http import HttpsServer
from tests.testbed.kubernetes.emulator.pagination import Pages
from tests.testbed.kubernetes.emulator.rbac import Authorizer
from tests.testbed.kubernetes.emulator.reads import Reader
from tests.testbed.kubernetes.emulator.resources import Registry, StorageKey
from tests.testbed.kubernetes.emulator.seeds import Seeds
from tests.testbed.kubernetes.emulator.services import Services
from tests.testbed.kubernetes.emulator.store import Store
from tests.testbed.kubernetes.emulator.workloads import Workloads
from tests.testbed.kubernetes.emulator.writes import Writer
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.kubernetes.types import Authenticate, KubernetesRequest
from tests.testbed.pki import Authority, KeyPair


class EmulatedKubernetes:
    """A control plane in this process.

    Args:
        version: The Kubernetes release that /version tells, for example ``1.31``.
        beta_apis: Whether v1beta1 of admission webhooks, certificates and RBAC is served, as up to 1.21.
        authenticate: Knows who has a bearer token; the testbed's own administrator is known without it.
        resolve_service: Finds the server behind a service that a webhook names; by default one of
            :attr:`pod_servers`, by the Service's selector.
        run_pods: Whether pods are scheduled and run at once; else they wait for a kubelet of the caller's,
            also when they are deleted.
        port: The port to serve on; 0 is any free one.
        authority: The cluster's certificate authority; a new one where none is given.
        app_serving: Whether requests of EKS's signer of serving certificates are signed at once; else they wait for
            a signer of the caller's.

    Attributes:
        faults: Lets requests from outside fail or wait.
        pod_servers: Who answers at the addresses of pods.
    """

    def __init__(
        self,
        version: str = "1.31",
        beta_apis: bool = False,
        authenticate: Authenticate | None = None,
        resolve_service: ResolveService | None = None,
        run_pods: bool = True,
        port: int = 0,
        authority: ClusterAuthority | None = None,
        app_serving: bool = True,
    ) -> None:
        self.pod_servers = PodServers()
        self.faults = Faults()
        self._authority = authority or ClusterAuthority()
        self._port = port
        self._admin: AdminClient | None = None
        self._store = Store()
        services = Services(self._store, self.pod_servers)
        self._pages = Pages()
        registry = Registry.standard(beta_apis)
        authorizer = Authorizer(self._store)
        self._authenticator = Authenticator(authorizer)
        self._authenticator.by_token = authenticate
        admission = Admission(self._store, HttpWebhookClient(resolve_service or services.resolve))
        writer = Writer(self._store, admission, self._changed, graceful=not run_pods)
        self._workloads = Workloads(self._store, writer, run_pods)
        seeds = Seeds(writer, self._authority.pem)
        self._followers = (
            seeds,
            CustomKinds(self._store, registry, writer),
            Signer(self._authority, writer, app_serving),
            self._workloads,
        )
        self._dispatcher = Dispatcher(
            self._store,
            registry,
            self._authenticator,
            authorizer,
            Reader(self._store, self._pages),
            writer,
            self.faults,
            version_document(version),
        )
        self._server = HttpsServer(self._authority.server_context(), self._dispatcher.handle)
        seeds.plant()

    @property
    def authenticate(self) -> Authenticate | None:
        """Knows who has a bearer token."""
        return self._authenticator.by_token

    @authenticate.setter
    def authenticate(self, value: Authenticate | None) -> None:
        self._authenticator.by_token = value

    @property
    def url(self) -> str:
        """Where it is served while started."""
        return f"https://127.0.0.1:{self._server.port}"

    @property
    def ca_pem(self) -> str:
        """The cluster's authority."""
        return self._authority.pem

    @property
    def authority(self) -> Authority:
        """The authority itself."""
        return self._authority

    @property
    def admin(self) -> AdminClient:
        """A client that may do everything."""
        if self._admin is None:
            self._admin = AdminClient(self.url, self.ca_pem, token=self._authenticator.admin_token)
        return self._admin

    def start(self) -> None:
        """Serve."""
        self._server.start(self._port)
        self._dispatcher.address = self.url.removeprefix("https://")

    def stop(self) -> None:
        """Stop serving, for good."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        self._workloads.stop()
        self._store.close()
        self._server.stop()

    def requests(self) -> list[KubernetesRequest]:
        """Requests from outside the testbed, in order."""
        return list(self._dispatcher.seen)

    def forget_requests(self) -> None:
        """Start counting anew."""
        self._dispatcher.seen.clear()

    def load(self, manifests: Iterable[Json]) -> None:
        """Create objects as the administrator."""
        for manifest in manifests:
            self.admin.create(manifest)

    def client_certificate(self, user: str, groups: Sequence[str] = ()) -> KeyPair:
        """A client certificate that is taken for a user of these groups."""
        return self._authority.client(user, groups)

    def forget_history(self) -> None:
        """Let every continue token and every watch from before now be too old."""
        self._pages.forget()
        self._store.forget_history()

    def _changed(self, key: StorageKey, before: Json | None, after: Json | None) -> None:
        for follower in self._followers:
            follower.changed(key, before, after)
