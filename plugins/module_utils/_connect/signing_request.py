# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""CertificateSigningRequests of one webhook's Secret, by the API version that the cluster serves.

Sources: Kubernetes API reference, certificates.k8s.io v1 and v1beta1; EKS user guide, certificate signing.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import (
    NAMESPACE,
    REQUEST_OF,
    label_value,
)

GROUP = "/apis/certificates.k8s.io"
APP_SERVING = "beta.eks.amazonaws.com/app-serving"
"""Signer of EKS for what serves inside a cluster. The one of v1beta1 without a signer is refused by v1."""

V1, V1BETA1 = "v1", "v1beta1"
LAST_MINOR_OF_V1BETA1 = 21
USAGES = ("digital signature", "key encipherment", "server auth")
GROUPS = ("system:authenticated",)
NAME_PREFIX = "eks-windows-"
LONGEST_NAME = 253
APPROVAL_REASON = "EksWindowsApprove"
APPROVAL_TRIES = 3


@dataclass(frozen=True)
class SigningApi:
    """How the cluster takes requests; ``signer_name`` is empty where the version has none."""

    version: str
    signer_name: str


@dataclass(frozen=True)
class RequestState:
    """What became of a request.

    Attributes:
        certificate: PEM, empty while it is not signed.
        refusal: Why it never will be: its condition Denied or Failed, with reason and message; empty otherwise.
    """

    certificate: str
    refusal: str


def served_versions(api: KubernetesApi) -> tuple[str, ...]:
    """Versions of certificates.k8s.io that the cluster serves, none where it serves none.

    Raises:
        KubernetesError: Refused, or not reached.
    """
    try:
        found = api.get(GROUP)
    except KubernetesError as error:
        if error.status == 404:
            return ()
        raise
    return tuple(str(each.get("version")) for each in found.get("versions") or ())


def choose_api(served: tuple[str, ...], cluster_version: str, signer_name: str) -> SigningApi | None:
    """The version and the signer for a request, None where the cluster serves no version that would do.

    Args:
        served: Versions that the cluster serves.
        cluster_version: As EKS tells it, such as ``1.21``; empty where unknown.
        signer_name: The signer that the user wants, which v1 alone takes; empty for the usual one.
    """
    if signer_name:
        return SigningApi(V1, signer_name) if V1 in served else None
    if V1BETA1 in served and (V1 not in served or _is_old(cluster_version)):
        return SigningApi(V1BETA1, "")
    return SigningApi(V1, APP_SERVING) if V1 in served else None


def _is_old(cluster_version: str) -> bool:
    minor = cluster_version.partition(".")[2]
    return minor.isdigit() and int(minor) <= LAST_MINOR_OF_V1BETA1


class SigningRequests:
    """Requests for the certificate in one Secret. Each method raises KubernetesError."""

    def __init__(self, api: KubernetesApi, signing: SigningApi, namespace: str, secret: str) -> None:
        self._api = api
        self._signing = signing
        self._labels = {REQUEST_OF: label_value(secret), NAMESPACE: namespace}
        self._stem = f"{NAME_PREFIX}{namespace}.{secret}"
        self._collection = f"{GROUP}/{signing.version}/certificatesigningrequests"

    def left(self) -> tuple[str, ...]:
        """Names of requests that earlier runs left."""
        selector = ",".join(f"{key}={value}" for key, value in self._labels.items())
        found = self._api.list(self._collection, label_selector=selector, metadata_only=True)
        return tuple(item["metadata"]["name"] for item in found)

    def new_name(self) -> str:
        """A name that no other request has."""
        suffix = f"-{secrets.token_hex(4)}"
        return self._stem[: LONGEST_NAME - len(suffix)].rstrip("-.") + suffix

    def submit(self, name: str, request: str) -> dict[str, Any]:
        """Create the request and return it as stored."""
        encoded = base64.b64encode(request.encode("ascii")).decode("ascii")
        spec: dict[str, Any] = {"request": encoded, "usages": list(USAGES)}
        if self._signing.signer_name:
            spec["signerName"] = self._signing.signer_name
        else:
            spec["groups"] = list(GROUPS)
        body = {
            "apiVersion": f"certificates.k8s.io/{self._signing.version}",
            "kind": "CertificateSigningRequest",
            "metadata": {"name": name, "labels": self._labels},
            "spec": spec,
        }
        try:
            return self._api.create(self._collection, body)
        except KubernetesError as error:
            if error.status != 409:
                raise
            # The answer to a first try may have been lost: what is there is taken if it is this very request.
            found = self._api.get(self._path(name))
            if (found.get("spec") or {}).get("request") != encoded:
                raise
            return found

    def approve(self, item: Mapping[str, Any], message: str) -> None:
        """Approve a request as :meth:`submit` returned it; one that was denied meanwhile stays as it is."""
        name = item["metadata"]["name"]
        for tries_left in reversed(range(APPROVAL_TRIES)):
            if _condition(item, "Approved") or _condition(item, "Denied"):
                return
            condition = {"type": "Approved", "status": "True", "reason": APPROVAL_REASON, "message": message}
            status = dict(item.get("status") or {})
            approved = {**item, "status": {**status, "conditions": [*(status.get("conditions") or ()), condition]}}
            try:
                self._api.replace(f"{self._path(name)}/approval", approved)
                return
            except KubernetesError as error:
                if error.status != 409 or not tries_left:
                    raise
                item = self._api.get(self._path(name))

    def state(self, name: str) -> RequestState:
        """What became of a request so far."""
        item = self._api.get(self._path(name))
        refused = _condition(item, "Denied") or _condition(item, "Failed")
        refusal = ": ".join(str(refused[key]) for key in ("type", "reason", "message") if refused.get(key))
        return RequestState(_decoded((item.get("status") or {}).get("certificate")), refusal)

    def delete(self, name: str) -> None:
        """Delete a request; one that is gone is fine."""
        try:
            self._api.delete(self._path(name))
        except KubernetesError as error:
            if error.status != 404:
                raise

    def _path(self, name: str) -> str:
        return f"{self._collection}/{name}"


def _condition(item: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The condition of a type that holds, empty where none does; v1beta1 leaves its status out."""
    conditions = (item.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each.get("type") == kind and each.get("status", "True") == "True"), {})


def _decoded(certificate: Any) -> str:
    try:
        return base64.b64decode(str(certificate or ""), validate=True).decode("ascii", "replace")
    except binascii.Error:
        return ""
