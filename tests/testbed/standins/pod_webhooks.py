# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admission webhooks of the VPC resource controller stand-in.

The API server calls them by an address on loopback, as EKS has them on its own. Both configurations have
failurePolicy Ignore and sideEffects None, so they run for server-side dry runs as well.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

from tests.testbed.json_server import Json, JsonServer
from tests.testbed.kubernetes.admin import AdminClient, ApiError
from tests.testbed.pki import Authority
from tests.testbed.standins.objects import ADDRESS, FARGATE_PROFILE, annotations_of, labels_of, selects_windows

MUTATING = "vpc-resource-mutating-webhook"
VALIDATING = "vpc-resource-validating-webhook"
MUTATE_PATH = "/mutate-v1-pod"
VALIDATE_PATH = "/validate-v1-pod"

PROBE: Json = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "vpc-resource-webhook-probe", "namespace": "default"},
    "spec": {"containers": [{"name": "probe", "image": "probe"}]},
}

ANNOTATORS = frozenset(
    {
        "system:serviceaccount:kube-system:vpc-resource-controller",
        "system:serviceaccount:kube-system:eks-vpc-resource-controller",
        "eks:vpc-resource-controller",
    }
)


class PodWebhooks:
    """Serves both webhooks and keeps their configurations in the cluster.

    Args:
        windows_ipam: Whether the controller holds Windows support to be on, now.
        annotator: The further user who may write the annotation: the controller stand-in's own.

    Attributes:
        delay_seconds: How long each answer is kept back.
    """

    def __init__(self, windows_ipam: Callable[[], bool], annotator: str) -> None:
        self._windows_ipam = windows_ipam
        self._annotators = ANNOTATORS | {annotator}
        self._authority = Authority("vpc-resource-webhook")
        self._server: JsonServer | None = None
        self._asked = False
        self.delay_seconds = 0.0

    def start(self, client: AdminClient) -> None:
        """Serve, and tell the cluster where."""
        self._server = JsonServer(self._answer, self._authority.server("vpc-resource-webhook"))
        for manifest in self._configurations(self._server.url):
            try:
                client.create(manifest)
            except ApiError as error:
                if error.status != 409:
                    raise

    def in_effect(self, client: AdminClient) -> bool:
        """Whether the API server, which learns of webhooks by a watch of its own, asks these by now."""
        if not self._asked:
            with contextlib.suppress(ApiError):
                client.create(PROBE, query={"dryRun": "All"})
        return self._asked

    def stop(self) -> None:
        """Cease to serve; the configurations stay."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _configurations(self, url: str) -> list[Json]:
        bundle = base64.b64encode(self._authority.pem.encode()).decode()

        def configuration(kind: str, name: str, webhook: str, path: str, operations: list[str]) -> Json:
            entry: dict[str, Any] = {
                "name": webhook,
                "clientConfig": {"url": url + path, "caBundle": bundle},
                "rules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": operations,
                        "resources": ["pods"],
                        "scope": "*",
                    }
                ],
                "failurePolicy": "Ignore",
                "matchPolicy": "Equivalent",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1", "v1beta1"],
                "timeoutSeconds": 10,
            }
            metadata = {"name": name, "labels": {"app.kubernetes.io/name": "vpc-resource-webhook"}}
            return {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": kind,
                "metadata": metadata,
                "webhooks": [entry],
            }

        return [
            configuration("MutatingWebhookConfiguration", MUTATING, "mpod.vpc.k8s.aws", MUTATE_PATH, ["CREATE"]),
            configuration(
                "ValidatingWebhookConfiguration", VALIDATING, "vpod.vpc.k8s.aws", VALIDATE_PATH, ["CREATE", "UPDATE"]
            ),
        ]

    def _answer(self, path: str, review: Json) -> Json:
        self._asked = True
        time.sleep(self.delay_seconds)
        request = review["request"]
        response: Json = {"uid": request["uid"], "allowed": True}
        if path == MUTATE_PATH:
            patch = self.patch_of(request["object"])
            if patch:
                response["patchType"] = "JSONPatch"
                response["patch"] = base64.b64encode(json.dumps(patch).encode()).decode()
        elif path == VALIDATE_PATH:
            refusal = self.refusal_of(request)
            if refusal:
                response["allowed"] = False
                response["status"] = {"code": 403, "message": refusal, "reason": "Forbidden"}
        return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}

    def patch_of(self, pod: Json) -> list[Json]:
        """The JSON patch that gives a Windows pod's first container the address as limit and request."""
        if pod["spec"].get("hostNetwork") or FARGATE_PROFILE in labels_of(pod):
            return []
        if not selects_windows(pod) or not self._windows_ipam():
            return []
        resources: dict[str, Any] = dict(pod["spec"]["containers"][0].get("resources") or {})
        for kind in ("limits", "requests"):
            resources[kind] = {ADDRESS: "1", **(resources.get(kind) or {})}
        return [{"op": "add", "path": "/spec/containers/0/resources", "value": resources}]

    def refusal_of(self, request: Json) -> str:
        """Why a request may not set the pod's address annotation, empty where it may."""
        if not self._windows_ipam():
            return ""
        after = annotations_of(request["object"]).get(ADDRESS)
        if request["operation"] == "CREATE":
            return "" if after is None else f"annotation {ADDRESS} is not allowed to be set when creating a pod"
        before = annotations_of(request["oldObject"]).get(ADDRESS)
        if before == after or request["userInfo"].get("username") in self._annotators:
            return ""
        return f"validation failed: only the vpc-resource-controller may change annotation {ADDRESS}"
