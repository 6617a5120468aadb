# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the conformance cases work with: one control plane of either kind."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar

from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.kubernetes.types import KubernetesServer

Found = TypeVar("Found")

EVENTUALLY_SECONDS = 20.0


def eventually(look: Callable[[], Found | Literal[False] | None], seconds: float = EVENTUALLY_SECONDS) -> Found:
    """What ``look`` returns once that is true; the real control plane works in the background."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"still {found!r} after {seconds:.0f} s")
        time.sleep(0.1)


@contextmanager
def refused(status: int, reason: str = "") -> Iterator[list[ApiError]]:
    """The block must end in this error, which is then the list's only entry."""
    caught: list[ApiError] = []
    try:
        yield caught
    except ApiError as error:
        assert error.status == status, str(error)
        assert not reason or error.reason == reason, str(error)
        caught.append(error)
        return
    raise AssertionError(f"the request was not refused with {status}")


class Bench:
    """One control plane, and who may talk to it.

    Attributes:
        kind: ``emulated`` or ``real``.
        server: The control plane.
        admin: Its administrator.
    """

    def __init__(self, kind: str, server: KubernetesServer, tokens: dict[str, tuple[str, tuple[str, ...]]]) -> None:
        self.kind = kind
        self.server = server
        self.admin = server.admin
        self._tokens = tokens
        version = self.admin.call("GET", "/version")
        self.minor = int("".join(filter(str.isdigit, version["minor"])))

    def unique(self, stem: str = "case") -> str:
        """A name that nothing has yet."""
        return f"{stem}-{secrets.token_hex(4)}"

    def new_user(self, *groups: str) -> str:
        """A user name that has no rights of its own; see :meth:`client`."""
        name = self.unique("user")
        self._tokens[f"token-of-{name}"] = (name, groups)
        return name

    def client(self, user: str) -> AdminClient:
        """A client as a user of :meth:`new_user`."""
        return AdminClient(self.server.url, self.server.ca_pem, f"token-of-{user}")

    def token(self, user: str) -> str:
        """The bearer token of a user of :meth:`new_user`."""
        return f"token-of-{user}"

    def allow(self, user: str, rules: list[Json], namespace: str = "") -> None:
        """Give a user rights, in one namespace or everywhere; returns when they hold."""
        name = self.unique("right")
        role, binding = ("Role", "RoleBinding") if namespace else ("ClusterRole", "ClusterRoleBinding")
        api = "rbac.authorization.k8s.io/v1"
        self.admin.create({"apiVersion": api, "kind": role, "metadata": {"name": name}, "rules": rules}, namespace)
        self.admin.create(
            {
                "apiVersion": api,
                "kind": binding,
                "metadata": {"name": name},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
            },
            namespace,
        )


def config_map(name: str, namespace: str, data: dict[str, str] | None = None, **metadata: object) -> Json:
    """A ConfigMap; ``data`` of None leaves the field out."""
    item: Json = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, **metadata},
    }
    if data is not None:
        item["data"] = data
    return item


def pod(name: str, namespace: str, **spec: object) -> Json:
    """A pod with one container."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "example/app:1"}], **spec},
    }


def deployment(name: str, namespace: str, replicas: int = 2, **spec: object) -> Json:
    """A Deployment with one container."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": "example/app:1", "env": [{"name": "A", "value": "1"}]}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec},
    }
