# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All stand-ins of one cluster together."""

from __future__ import annotations

from collections.abc import Callable

from tests.testbed.kubernetes.admin import AdminClient
from tests.testbed.kubernetes.types import TESTBED_USER_PREFIX, KubernetesServer
from tests.testbed.standins.app_serving import AppServingSigner
from tests.testbed.standins.authenticator import ClusterAuthenticator
from tests.testbed.standins.charge import ChargeLog, Controller
from tests.testbed.standins.informer import ClusterCache, Login, Worker
from tests.testbed.standins.kubelet import Kubelet
from tests.testbed.standins.legacy_controller import LegacyController
from tests.testbed.standins.pod_webhooks import PodWebhooks
from tests.testbed.standins.vpc_resource_controller import COMPONENT, VpcResourceController
from tests.testbed.standins.webhook_pods import WebhookPods

CHARGE_SECONDS = 5.0


class StandIns:
    """The kubelets of a cluster, EKS's signer, what its pods of legacy support do and, where it has one, its VPC
    resource controller.

    Args:
        kubernetes: Its control plane, which is started.
        authenticator: Makes the stand-ins' tokens.
        policy_attached: Whether the cluster role may manage network interfaces, now; None for no controller.
        prefix_delegation: Whether the platform can do Windows prefix delegation.
        resync_seconds: See :class:`VpcResourceController`.

    Attributes:
        kubelet: Runs its pods.
        controller: The control plane's controller.
        webhooks: The control plane's webhooks.
        legacy_controller: Works while a pod of it runs.
        signer: Of serving certificates.
        charge: Which controllers were in charge, and when.
    """

    def __init__(
        self,
        kubernetes: KubernetesServer,
        authenticator: ClusterAuthenticator,
        policy_attached: Callable[[], bool] | None,
        prefix_delegation: bool = True,
        resync_seconds: float = 2.0,
    ) -> None:

        def login(standin: str) -> Login:
            return Login(kubernetes.url, kubernetes.ca_pem, authenticator.token_for(standin))

        def client(standin: str) -> AdminClient:
            opened = AdminClient(kubernetes.url, kubernetes.ca_pem, authenticator.token_for(standin))
            self._clients.append(opened)
            return opened

        self._clients: list[AdminClient] = []
        self._cache = ClusterCache(login("kubelet"))
        self._controller_client = client(COMPONENT)
        self.kubelet = Kubelet(client("kubelet"), self._cache, kubernetes.pod_servers)
        self.legacy_controller = LegacyController(client("legacy-controller"), self._cache)
        self.signer = AppServingSigner(login("app-serving-signer"), kubernetes.authority)
        self.charge = ChargeLog()
        self._charge_worker = Worker(self._cache, self._note_charge, "charge")
        self.controller: VpcResourceController | None = None
        self.webhooks: PodWebhooks | None = None
        if policy_attached is not None:
            self.controller = VpcResourceController(
                self._controller_client, self._cache, policy_attached, prefix_delegation, resync_seconds
            )
            controller = self.controller
            self.webhooks = PodWebhooks(lambda: controller.windows_ipam, TESTBED_USER_PREFIX + COMPONENT)

    @property
    def legacy_webhook(self) -> WebhookPods:
        """The pods of the legacy admission webhook."""
        return self.kubelet.webhooks

    def _note_charge(self) -> float:
        if self._cache.readable:
            found: set[Controller] = set()
            if self.controller is not None and self.controller.windows_ipam:
                found.add("control-plane")
            if self.legacy_controller.running:
                found.add("legacy")
            self.charge.record(frozenset(found))
        return CHARGE_SECONDS

    def start(self) -> None:
        """Start them all."""
        if self.webhooks is not None:
            self.webhooks.start(self._controller_client)
        self._cache.start()
        self.kubelet.start()
        self.signer.start()
        self.legacy_controller.start()
        self._charge_worker.start()
        if self.controller is not None:
            self.controller.start()

    @property
    def settled(self) -> bool:
        """Whether webhooks are in effect and the controller has done what it can for the nodes as they are."""
        if not self.legacy_controller.settled:
            return False
        if self.controller is None or self.webhooks is None:
            return True
        return self.webhooks.in_effect(self._controller_client) and self.controller.settled

    def stop(self) -> None:
        """Stop them all; objects stay as they are."""
        self._charge_worker.stop()
        if self.controller is not None:
            self.controller.stop()
        self.legacy_controller.stop()
        self.signer.stop()
        self.kubelet.stop()
        self._cache.stop()
        if self.webhooks is not None:
            self.webhooks.stop()
        for client in self._clients:
            client.close()
