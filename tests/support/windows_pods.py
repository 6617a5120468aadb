# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A client that creates Windows pods all the time, and counts what became of them."""

from __future__ import annotations

import secrets
import threading
from types import TracebackType
from typing import Self

from tests.support.clusters import ADDRESS
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import ApiError, Json

PAUSE_SECONDS = 0.05


class WindowsPods:
    """Creates a bare Windows pod every few hundredths of a second, while it is entered, and deletes it at once.

    Attributes:
        created: Pods that got their address limit.
        refused: Messages of those that the API server refused.
        without_limit: Names of those that it admitted without the limit. They stay.
    """

    def __init__(self, cluster: TestbedCluster, namespace: str = "default") -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="windows-pods", daemon=True)
        self.created = 0
        self.refused: list[str] = []
        self.without_limit: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        start = secrets.token_hex(3)
        number = 0
        while not self._ended.is_set():
            number += 1
            self._create(f"steady-{start}-{number}")
            self._ended.wait(PAUSE_SECONDS)

    def _create(self, name: str) -> None:
        try:
            pod = self._cluster.admin.create(windows_pod(name, self._namespace))
        except ApiError as error:
            self.refused.append(str(error))
            return
        if has_limit(pod):
            self.created += 1
            self._cluster.admin.delete("pods", name, self._namespace, options={"gracePeriodSeconds": 0})
        else:
            self.without_limit.append(name)


def windows_pod(name: str, namespace: str = "default") -> Json:
    """A pod that asks for Windows."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"nodeSelector": {"kubernetes.io/os": "windows"}, "containers": [{"name": "app", "image": "app"}]},
    }


def has_limit(pod: Json) -> bool:
    """Whether admission gave the pod's first container its address limit."""
    return ADDRESS in (pod["spec"]["containers"][0].get("resources") or {}).get("limits", {})
