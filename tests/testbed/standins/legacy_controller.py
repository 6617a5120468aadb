# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for the legacy controller: as long as a pod of it runs, it does what the control plane's does elsewhere."""

from __future__ import annotations

import re

from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.standins.informer import ClusterCache
from tests.testbed.standins.vpc_resource_controller import VpcResourceController

IMAGE = re.compile(r"(?:^|/)(?:windows-)?vpc-resource-controller:")
NAMESPACE = "kube-system"


def is_controller(pod: Json) -> bool:
    """Whether the pod runs the legacy controller, by its image."""
    return pod["metadata"]["namespace"] == NAMESPACE and any(
        IMAGE.search(container["image"]) for container in pod["spec"]["containers"]
    )


class LegacyController(VpcResourceController):
    """The controller in the pods of Deployment vpc-resource-controller, of any variant. It works with the rights of
    the nodes, so that the cluster role does not matter to it, and knows no prefixes.

    Args:
        client: As the controller's user.
        cache: The cluster.
    """

    def __init__(self, client: AdminClient, cache: ClusterCache) -> None:
        super().__init__(client, cache, lambda: True)

    @property
    def running(self) -> bool:
        """Whether a pod of it runs now; one that is told to end still does."""
        return any(is_controller(pod) and _runs(pod) for pod in self._cache.pods.objects())

    @property
    def windows_ipam(self) -> bool:
        """As :attr:`running`: nothing else turns it on or off."""
        return self.running

    @property
    def windows_prefixes(self) -> bool:
        """Never."""
        return False


def _runs(pod: Json) -> bool:
    statuses = pod.get("status", {}).get("containerStatuses") or []
    return any("running" in (each.get("state") or {}) for each in statuses)
