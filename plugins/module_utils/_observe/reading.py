# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One observation under way: its threads, its two APIs, and what is made of parts that are there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import KubernetesAccess
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import (
    aws_attempt,
    kubernetes_attempt,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Known, Unknown

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Reading:
    """One observation under way.

    Reads start in the order in which they are asked for, so that one may wait for another that was asked for before.
    """

    pool: ThreadPoolExecutor
    aws: AwsConnection
    options: Mapping[str, Any]
    cluster: Known[Cluster]
    access: KubernetesAccess | Unknown

    @property
    def cluster_name(self) -> str:
        """The name that the cluster was asked for by."""
        return str(self.options["cluster_name"])

    def of_aws(self, source: str, read: Callable[[], T]) -> Future[Known[T]]:
        """``read``, in a thread; ``source`` as :func:`aws_attempt` takes it."""
        return self.pool.submit(aws_attempt, source, read)

    def kubernetes(self, path: str, read: Callable[[KubernetesApi], T], method: str = "GET") -> Future[Known[T]]:
        """``read``, in a thread; an Unknown at once where there is nothing to ask."""
        if isinstance(self.access, Unknown):
            return done(self.access)
        if self.access.api is None:
            return done(
                Unknown(
                    f"{method} {path}",
                    f"not asked: {self.access.connection.refused}",
                    self._remedy(),
                )
            )
        api = self.access.api
        return self.pool.submit(kubernetes_attempt, lambda: read(api))

    def _remedy(self) -> str:
        """What lets the Kubernetes API be asked."""
        if isinstance(self.cluster, Unknown):
            return self.cluster.remedy
        if not self.cluster.endpoint:
            return "Wait until EKS has made the cluster"
        return (
            "Leave kubeconfig, context, host and ca_cert out, or make them those of the cluster; "
            "cluster.identity in ignore admits a proxy"
        )


def concurrently(read: Callable[[T], U], items: Iterable[T], threads: int) -> list[U]:
    """What ``read`` makes of each item, in order, by at most so many threads of their own.

    Raises:
        Exception: The first item's that raised, when all are done.
    """
    todo = list(items)
    if len(todo) < 2:
        return [read(item) for item in todo]
    with ThreadPoolExecutor(min(threads, len(todo)), thread_name_prefix="observe-each") as pool:
        return list(pool.map(read, todo))


def mapped(part: Known[T], convert: Callable[[T], U]) -> Known[U]:
    """What ``convert`` makes of the part, where it is known."""
    return part if isinstance(part, Unknown) else convert(part)


def counts(**parts: Known[Sized] | None) -> dict[str, int]:
    """How many were looked at, of the kinds that were: None is a kind that nothing was asked about."""
    return {kind: len(part) for kind, part in parts.items() if part is not None and not isinstance(part, Unknown)}


def done(value: Any) -> Future[Any]:
    """A read that needs no asking."""
    future: Future[Any] = Future()
    future.set_result(value)
    return future
