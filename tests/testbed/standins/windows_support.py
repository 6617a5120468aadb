# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All stand-ins of one cluster together."""

from __future__ import annotations

from collections.abc import Callable

from tests.testbed.kubernetes.admin import AdminClient
from tests.testbed.kubernetes.types import TESTBED_USER_PREFIX
from tests.testbed.standins.authenticator import ClusterAuthenticator
from tests.testbed.standins.informer import ClusterCache, Login
from tests.testbed.standins.kubelet import Kubelet
from tests.testbed.standins.pod_webhooks import PodWebhooks
from tests.testbed.standins.vpc_resource_controller import COMPONENT, VpcResourceController


class StandIns:
    """The kubelets of a cluster and, where it has one, its VPC resource controller.

    Args:
        url: The API server.
        ca_pem: The authority of its certificate.
        authenticator: Makes the stand-ins' tokens.
        policy_attached: Whether the cluster role may manage network interfaces, now; None for no controller.
        prefix_delegation: Whether the platform can do Windows prefix delegation.
        resync_seconds: See :class:`VpcResourceController`.
    """

    def __init__(
        self,
        url: str,
        ca_pem: str,
        authenticator: ClusterAuthenticator,
        policy_attached: Callable[[], bool] | None,
        prefix_delegation: bool = True,
        resync_seconds: float = 2.0,
    ) -> None:
        kubelet_token = authenticator.token_for("kubelet")
        controller_token = authenticator.token_for(COMPONENT)
        self._cache = ClusterCache(Login(url, ca_pem, kubelet_token))
        self._kubelet_client = AdminClient(url, ca_pem, kubelet_token)
        self._controller_client = AdminClient(url, ca_pem, controller_token)
        self.kubelet = Kubelet(self._kubelet_client, self._cache)
        self.controller: VpcResourceController | None = None
        self.webhooks: PodWebhooks | None = None
        if policy_attached is not None:
            self.controller = VpcResourceController(
                self._controller_client, self._cache, policy_attached, prefix_delegation, resync_seconds
            )
            controller = self.controller
            self.webhooks = PodWebhooks(lambda: controller.windows_ipam, TESTBED_USER_PREFIX + COMPONENT)

    def start(self) -> None:
        """Start them all."""
        if self.webhooks is not None:
            self.webhooks.start(self._controller_client)
        self._cache.start()
        self.kubelet.start()
        if self.controller is not None:
            self.controller.start()

    @property
    def settled(self) -> bool:
        """Whether webhooks are in effect and the controller has done what it can for the nodes as they are."""
        if self.controller is None or self.webhooks is None:
            return True
        return self.webhooks.in_effect(self._controller_client) and self.controller.settled

    def stop(self) -> None:
        """Stop them all; objects stay as they are."""
        if self.controller is not None:
            self.controller.stop()
        self.kubelet.stop()
        self._cache.stop()
        if self.webhooks is not None:
            self.webhooks.stop()
        self._kubelet_client.close()
        self._controller_client.close()
