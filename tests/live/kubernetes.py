# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Kubernetes API of the cluster, at the endpoint and with the authority that EKS describes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

Json = dict[str, Any]

SYSTEM = "kube-system"
MANAGER = "eks-windows-live"
TOKEN_SECONDS = 600.0
"""A token is taken for 15 minutes, and probes may watch longer than that."""


class LiveKubernetes:
    """The objects of Windows support; ``None`` is an object that is not there.

    Args:
        endpoint: URL of the API server.
        certificate_authority: PEM.
        token: Makes a bearer token.
        timeout: Seconds that one request may take.

    Methods raise ApiException where the API server refuses, and urllib3's errors where it isn't reached.
    """

    def __init__(self, endpoint: str, certificate_authority: str, token: Callable[[], str], timeout: float) -> None:
        configuration = client.Configuration(host=endpoint, ca_cert_data=certificate_authority)
        made = 0.0

        def renew(configuration: Any) -> None:
            nonlocal made
            if time.monotonic() - made > TOKEN_SECONDS or not made:
                configuration.api_key["authorization"] = f"Bearer {token()}"
                made = time.monotonic()

        configuration.refresh_api_key_hook = renew
        renew(configuration)
        self._api = client.ApiClient(configuration)
        self._core = client.CoreV1Api(self._api)
        self._apps = client.AppsV1Api(self._api)
        self._admission = client.AdmissionregistrationV1Api(self._api)
        self._timeout = {"_request_timeout": timeout}

    def _plain(self, found: Any) -> Json:
        plain: Json = self._api.sanitize_for_serialization(found)
        return plain

    def _found(self, read: Any, *arguments: Any) -> Json | None:
        try:
            return self._plain(read(*arguments, **self._timeout))
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    def config_map(self) -> dict[str, str] | None:
        """Data of kube-system/amazon-vpc-cni."""
        found = self._found(self._core.read_namespaced_config_map, "amazon-vpc-cni", SYSTEM)
        return None if found is None else dict(found.get("data") or {})

    def set_config_map(self, data: Mapping[str, str | None]) -> None:
        """Change single keys of kube-system/amazon-vpc-cni as a field manager of its own; None removes a key."""
        self._core.patch_namespaced_config_map(
            "amazon-vpc-cni", SYSTEM, {"data": dict(data)}, field_manager=MANAGER, **self._timeout
        )

    def aws_node_template(self) -> Json | None:
        """The pod template of DaemonSet kube-system/aws-node."""
        found = self._found(self._apps.read_namespaced_daemon_set, "aws-node", SYSTEM)
        return None if found is None else dict(found["spec"]["template"])

    def nodes(self) -> list[Json]:
        """All nodes."""
        nodes: list[Json] = self._plain(self._core.list_node(**self._timeout))["items"]
        return nodes

    def has_pod_webhook(self) -> bool:
        """Whether the control plane's controller has its webhook configuration."""
        read = self._admission.read_mutating_webhook_configuration
        return self._found(read, "vpc-resource-mutating-webhook") is not None

    def dry_run_pod(self, pod: Mapping[str, Any]) -> Json:
        """The pod as admission would store it in namespace default; nothing is stored."""
        return self._plain(self._core.create_namespaced_pod("default", dict(pod), dry_run="All", **self._timeout))

    def deployment(self, name: str) -> Json | None:
        """A Deployment of kube-system."""
        return self._found(self._apps.read_namespaced_deployment, name, SYSTEM)

    def create_deployment(self, manifest: Mapping[str, Any]) -> None:
        """Create a Deployment in kube-system."""
        self._apps.create_namespaced_deployment(SYSTEM, dict(manifest), **self._timeout)

    def delete_deployment(self, name: str) -> None:
        """Delete a Deployment of kube-system, with its pods; one that is gone is no error."""
        self._found(self._apps.delete_namespaced_deployment, name, SYSTEM)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
