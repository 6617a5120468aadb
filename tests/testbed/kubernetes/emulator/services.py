# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which server is behind a Service, found as the API server finds it: by the Service's selector and its ready pods."""

from __future__ import annotations

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.admission import CallFailedError
from tests.testbed.kubernetes.emulator.resources import POD, SERVICE
from tests.testbed.kubernetes.emulator.store import Store
from tests.testbed.kubernetes.emulator.workloads import is_ready
from tests.testbed.kubernetes.pod_servers import PodServers


class Services:
    """Resolves Services of a store to servers of pods."""

    def __init__(self, store: Store, servers: PodServers) -> None:
        self._store = store
        self._servers = servers

    def resolve(self, namespace: str, name: str, port: int) -> tuple[str, int]:
        """Host and port on loopback.

        Raises:
            CallFailedError: There is no such Service, it has no such port or no ready pods, or nobody listens there.
        """
        service = self._store.get(SERVICE.key, namespace, name)
        if service is None:
            raise CallFailedError(f'service "{name}" not found')
        named = next((each for each in service["spec"].get("ports") or [] if each["port"] == port), None)
        if named is None:
            raise CallFailedError(f'no service port {port} found for service "{name}"')
        pods = self._pods(namespace, service["spec"].get("selector") or {})
        if not pods:
            raise CallFailedError(f'no endpoints available for service "{name}"')
        address = str(pods[0]["status"]["podIP"])
        target = _port_of(pods[0], named.get("targetPort", port))
        server = self._servers.find(address, target)
        if server is None:
            raise CallFailedError(f"dial tcp {address}:{target}: connect: connection refused")
        return "127.0.0.1", server.port

    def _pods(self, namespace: str, selector: dict[str, str]) -> list[Json]:
        _, found = self._store.snapshot(POD.key, namespace)
        return [
            pod
            for pod in found
            if selector
            and selector.items() <= (pod["metadata"].get("labels") or {}).items()
            and is_ready(pod)
            and pod["status"].get("podIP")
            and "deletionTimestamp" not in pod["metadata"]
        ]


def _port_of(pod: Json, target: int | str) -> int:
    """The number behind a targetPort, which may be the name of a container's port."""
    named = {
        each.get("name"): int(each["containerPort"])
        for container in pod["spec"]["containers"]
        for each in container.get("ports") or []
    }
    return named.get(str(target), 0) if isinstance(target, str) else int(target)
