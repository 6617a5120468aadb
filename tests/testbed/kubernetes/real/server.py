# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real control plane: etcd, kube-apiserver and kube-controller-manager."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import urllib3

from tests.testbed.folders import temporary_folder
from tests.testbed.json_server import JsonServer
from tests.testbed.kubeconfig import kubeconfig
from tests.testbed.kubernetes.admin import AdminClient, ApiError
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.kubernetes.real.audit import POLICY, AuditLog
from tests.testbed.kubernetes.real.binaries import Binaries, find_binaries
from tests.testbed.kubernetes.real.commands import (
    Ports,
    apiserver_command,
    controller_manager_command,
    etcd_command,
)
from tests.testbed.kubernetes.real.egress import EgressProxy, egress_configuration
from tests.testbed.kubernetes.real.processes import Program
from tests.testbed.kubernetes.real.token_webhook import token_server
from tests.testbed.kubernetes.types import ADMIN_USER, Authenticate, KubernetesRequest
from tests.testbed.pki import Authority, KeyPair, signing_key

START_SECONDS = 90.0
ATTEMPTS = 3
SERVER_NAMES = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "172.20.0.1")
MANAGER_USER = "system:kube-controller-manager"
FIRST_NAMESPACES = ("default", "kube-system")


class StartError(Exception):
    """The control plane did not come up; the message has the last lines of the program's log."""


class RealKubernetes:
    """One control plane on free ports of 127.0.0.1, with its files in a temporary folder.

    Tokens of clients are asked of ``authenticate``. The API server keeps a positive answer for up to ten
    seconds, which no flag turns off.

    Args:
        authenticate: Turns a bearer token into (user name, groups) or None; may be set until the start.
        binaries: The programs; by default those that :func:`find_binaries` finds, or builds.
        beta_apis: Whether beta APIs are served. Without them 1.20 lacks what later releases lack, which is
            not the same as being a later release.
    """

    def __init__(
        self,
        authenticate: Authenticate | None = None,
        binaries: Binaries | None = None,
        beta_apis: bool = True,
    ) -> None:
        self.authenticate = authenticate
        self.pod_servers = PodServers()
        self._egress: EgressProxy | None = None
        self._binaries = binaries
        self._beta_apis = beta_apis
        self._authority = Authority("kubernetes")
        self._admin_token = secrets.token_urlsafe(24)
        self._manager_token = secrets.token_urlsafe(24)
        self._folder: Path | None = None
        self._port = 0
        self._programs: list[Program] = []
        self._token_server: JsonServer | None = None
        self._admin: AdminClient | None = None
        self._audit: AuditLog | None = None

    @property
    def url(self) -> str:
        """https://127.0.0.1:PORT while started."""
        if not self._port:
            raise RuntimeError("the control plane is not started")
        return f"https://127.0.0.1:{self._port}"

    @property
    def ca_pem(self) -> str:
        """PEM of the authority that signs everything in this cluster."""
        return self._authority.pem

    @property
    def authority(self) -> Authority:
        """The authority itself."""
        return self._authority

    @property
    def admin(self) -> AdminClient:
        """A client in group system:masters."""
        if self._admin is None:
            raise RuntimeError("the control plane is not started")
        return self._admin

    @property
    def version(self) -> str:
        """The version of the API server, 1.20.2 or alike; known before the start, as far as it needs no build."""
        if self._binaries is None:
            self._binaries = find_binaries()
        return self._binaries.version

    def client_certificate(self, user: str, groups: tuple[str, ...] = ()) -> KeyPair:
        """A client certificate that the API server takes for ``user``."""
        return self._authority.client(user, groups)

    def start(self) -> None:
        """Start everything; returns when requests are answered and Pods can be created.

        Raises:
            StartError: A program ended or did not answer in time.
            ControlPlaneMissingError: There are no programs.
        """
        if self._programs:
            raise RuntimeError("the control plane is started already")
        if self._binaries is None:
            self._binaries = find_binaries()
        for attempt in range(1, ATTEMPTS + 1):
            with ExitStack() as undo:
                undo.callback(self.stop)
                try:
                    self._start(self._binaries)
                except StartError as error:
                    # Between finding a free port and using it another program may have taken it.
                    if "address already in use" not in str(error) or attempt == ATTEMPTS:
                        raise
                else:
                    undo.pop_all()
                    return

    def _start(self, binaries: Binaries) -> None:
        deadline = time.monotonic() + START_SECONDS
        folder = temporary_folder()
        self._folder = folder
        ports = Ports(*free_ports(3))
        self._port = ports.apiserver
        self._token_server = token_server(lambda: self.authenticate, self._authority.server("token-webhook"))
        self._egress = EgressProxy(folder, self.pod_servers)
        self._write_files(folder)
        self._run(etcd_command(binaries, folder, ports), folder / "etcd.log")
        self._run(apiserver_command(binaries, folder, ports, self._beta_apis), folder / "apiserver.log")
        self._admin = AdminClient(self.url, self.ca_pem, self._admin_token)
        self._audit = AuditLog(folder / "audit.log")
        self._await(self._ready, "ready", deadline)
        if binaries.controller_manager is not None:
            self._run(controller_manager_command(binaries, folder), folder / "controller-manager.log")
            self._await(lambda: self._pods_possible(binaries), "able to create Pods", deadline)
        self.forget_requests()

    def _run(self, arguments: list[str], log: Path) -> None:
        self._programs.append(Program(arguments, log))

    def _await(self, condition: Callable[[], bool], state: str, deadline: float) -> None:
        while True:
            for program in self._programs:
                if not program.running:
                    raise StartError(f"{program.name} ended while the cluster started:\n{program.last_words()}")
            if condition():
                return
            if time.monotonic() > deadline:
                words = "\n".join(f"{program.name}:\n{program.last_words()}" for program in self._programs)
                raise StartError(f"the cluster was not {state} after {START_SECONDS:.0f} s\n{words}")
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            return self.admin.request("GET", "/readyz").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _pods_possible(self, binaries: Binaries) -> bool:
        """Whether default service accounts are there, with their tokens where the version makes such."""
        try:
            accounts = [self.admin.find("serviceaccounts", "default", namespace) for namespace in FIRST_NAMESPACES]
        except (ApiError, urllib3.exceptions.HTTPError):
            return False
        return all(account and (binaries.minor >= 24 or account.get("secrets")) for account in accounts)

    def _write_files(self, folder: Path) -> None:
        assert self._token_server is not None
        authority, server = self._authority.pair, self._authority.server("kube-apiserver", SERVER_NAMES)
        private, public = signing_key()
        tokens = [
            f'{self._admin_token},{ADMIN_USER},{ADMIN_USER},"system:masters"',
            # All rights in one, instead of a service account for each controller, which would have to come first.
            f'{self._manager_token},{MANAGER_USER},{MANAGER_USER},"system:masters"',
        ]
        files = {
            "ca.crt": authority.certificate,
            "ca.key": authority.key,
            "apiserver.crt": server.certificate,
            "apiserver.key": server.key,
            "service-accounts.key": private,
            "service-accounts.pub": public,
            "tokens.csv": "\n".join(tokens) + "\n",
            "egress.json": json.dumps(egress_configuration()),
            "audit-policy.json": json.dumps(POLICY),
            "token-webhook.json": json.dumps(kubeconfig(self._token_server.url + "/token", self.ca_pem, "")),
            "controller-manager.json": json.dumps(kubeconfig(self.url, self.ca_pem, self._manager_token)),
        }
        for name, text in files.items():
            file = folder / name
            file.touch(mode=0o600)
            file.write_text(text, encoding="utf-8")

    def stop(self) -> None:
        """Stop the programs and remove their files."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        while self._programs:
            self._programs.pop().stop()
        if self._token_server is not None:
            self._token_server.stop()
            self._token_server = None
        if self._egress is not None:
            self._egress.stop()
            self._egress = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._audit = None
        self._port = 0

    def requests(self) -> list[KubernetesRequest]:
        """Requests from outside the testbed since the start or the last :meth:`forget_requests`, in order."""
        return self._audit.requests() if self._audit else []

    def forget_requests(self) -> None:
        """Start counting anew."""
        if self._audit:
            self._audit.forget()


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listened on a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
