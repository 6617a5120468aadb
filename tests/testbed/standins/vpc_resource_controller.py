# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for the VPC resource controller of the EKS control plane, as far as Windows goes.

Facts of aws/amazon-vpc-resource-controller-k8s (pkg/condition, controllers/core, webhooks/core) that it keeps to:
Windows support is on while ConfigMap kube-system/amazon-vpc-cni says so in a way that Go's ParseBool takes for
true, and no Deployment kube-system/vpc-resource-controller exists, not even one with no replicas; what cannot be
read counts as off. Only ``status.capacity`` of nodes is written, and stays when support is turned off. A node
whose initialisation failed waits for the next event of its own or for the resync.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import urllib3

from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.standins.go_values import parse_bool
from tests.testbed.standins.informer import ClusterCache, Worker
from tests.testbed.standins.instance_types import INSTANCE_TYPES
from tests.testbed.standins.objects import (
    ADDRESS,
    COMPUTE_TYPE,
    INSTANCE_TYPE_LABELS,
    annotations_of,
    emit_event,
    is_windows_node,
    labels_of,
    terminating,
    wants_address,
)

COMPONENT = "vpc-resource-controller"
IPAM_KEY = "enable-windows-ipam"
PREFIX_KEY = "enable-windows-prefix-delegation"
RETRY_SECONDS = 0.5


@dataclass
class _Node:
    """What the controller holds of a Windows node. ``told`` says that its event Unsupported was sent, ``finished``
    that it is ready or never will be."""

    ready: bool = False
    finished: bool = False
    limit: int = 0
    told: bool = False
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)


class VpcResourceController:
    """Initialises Windows nodes and gives addresses to their pods.

    Args:
        client: As the controller's user.
        cache: The cluster.
        policy_attached: Whether the cluster role may manage network interfaces, now.
        prefix_delegation: Whether this platform version can do Windows prefix delegation at all.
        resync_seconds: When nodes whose initialisation failed are tried again; 30 minutes at AWS.
    """

    def __init__(
        self,
        client: AdminClient,
        cache: ClusterCache,
        policy_attached: Callable[[], bool],
        prefix_delegation: bool = True,
        resync_seconds: float = 2.0,
    ) -> None:
        self._client = client
        self._cache = cache
        self._policy_attached = policy_attached
        self._prefix_delegation = prefix_delegation
        self._resync_seconds = resync_seconds
        self._nodes: dict[str, _Node] = {}
        self._lock = threading.Lock()
        self._worker = Worker(cache, self._pass, COMPONENT)

    def start(self) -> None:
        """Begin to work."""
        self._worker.start()

    def stop(self) -> None:
        """Cease to work."""
        self._worker.stop()

    def _setting(self, key: str) -> bool:
        config_maps = self._cache.config_map.objects()
        if not self._cache.config_map.readable or not config_maps:
            return False
        return parse_bool((config_maps[0].get("data") or {}).get(key))

    @property
    def windows_ipam(self) -> bool:
        """Whether the controller holds Windows support to be on."""
        legacy = self._cache.legacy_controller
        if not legacy.readable or legacy.objects():
            return False
        return self._setting(IPAM_KEY)

    @property
    def windows_prefixes(self) -> bool:
        """Whether the controller holds Windows prefix delegation to be on."""
        return self._prefix_delegation and self.windows_ipam and self._setting(PREFIX_KEY)

    @property
    def settled(self) -> bool:
        """Whether nothing is left that the controller could do for the nodes as they are."""
        if not self._cache.readable:
            return False
        if not self.windows_ipam or not self._policy_attached():
            return True
        return all(
            (node["metadata"]["name"] in self._nodes and self._nodes[node["metadata"]["name"]].finished)
            for node in self._cache.nodes.objects()
            if self._is_managed(node)
        )

    def _is_managed(self, node: Json) -> bool:
        return is_windows_node(node) and labels_of(node).get(COMPUTE_TYPE) != "auto"

    def _pass(self) -> float:
        if not self.windows_ipam:
            with self._lock:
                self._nodes.clear()
            return self._resync_seconds
        again = self._resync_seconds
        try:
            allowed = self._policy_attached()
            for node in self._cache.nodes.objects():
                if self._is_managed(node):
                    self._initialise(node, allowed)
            self._forget_gone()
            if allowed:
                for pod in self._cache.pods.objects():
                    self._give_address(pod)
        except (ApiError, urllib3.exceptions.HTTPError):
            again = RETRY_SECONDS
        return again

    def _initialise(self, node: Json, allowed: bool) -> None:
        metadata = node["metadata"]
        held = self._nodes.setdefault(str(metadata["name"]), _Node())
        if held.ready:
            return
        instance_type = next((labels_of(node)[key] for key in INSTANCE_TYPE_LABELS if key in labels_of(node)), "")
        known = INSTANCE_TYPES.get(instance_type)
        if known is None:
            self._unsupported(node, held, f"The instance type {instance_type} is not supported yet by the {COMPONENT}")
            held.finished = True
            return
        if not allowed:
            return
        if not known.nitro:
            self._unsupported(
                node, held, f"The instance type {instance_type} is not supported for Windows prefix delegation"
            )
        held.limit = known.pods(self.windows_prefixes)
        capacity = (node.get("status", {}).get("capacity") or {}).get(ADDRESS)
        if capacity != str(held.limit):
            self._client.patch_status("nodes", metadata["name"], {"capacity": {ADDRESS: str(held.limit)}})
        held.ready = held.finished = True

    def _unsupported(self, node: Json, held: _Node, message: str) -> None:
        if not held.told:
            held.told = True
            emit_event(self._client, node, "Node", "Unsupported", message, COMPONENT)

    def _forget_gone(self) -> None:
        names = {node["metadata"]["name"] for node in self._cache.nodes.objects()}
        pods = {(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in self._cache.pods.objects()}
        for name in list(self._nodes):
            if name not in names:
                del self._nodes[name]
                continue
            held = self._nodes[name].addresses
            for key in [key for key in held if key not in pods]:
                del held[key]

    def _give_address(self, pod: Json) -> None:
        node = self._nodes.get(pod["spec"].get("nodeName", ""))
        if node is None or not node.ready or terminating(pod) or not wants_address(pod):
            return
        metadata = pod["metadata"]
        key = (str(metadata["namespace"]), str(metadata["name"]))
        if ADDRESS in annotations_of(pod):
            node.addresses[key] = annotations_of(pod)[ADDRESS]
        if key in node.addresses or len(node.addresses) >= node.limit:
            return
        address = self._free_address(str(pod["spec"]["nodeName"]))
        node.addresses[key] = address
        try:
            self._client.patch(
                "pods", metadata["name"], {"metadata": {"annotations": {ADDRESS: address}}}, metadata["namespace"]
            )
        except ApiError as error:
            del node.addresses[key]
            if error.status != 404:
                raise

    def _free_address(self, node: str) -> str:
        subnet = sorted(self._nodes).index(node)
        taken = set(self._nodes[node].addresses.values())
        for number in range(10, 65000):
            address = f"10.{subnet % 200 + 10}.{number // 250}.{number % 250 + 1}/16"
            if address not in taken:
                return address
        raise RuntimeError(f"no address left on {node}")
