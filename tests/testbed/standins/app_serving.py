# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for EKS's signer of serving certificates, beta.eks.amazonaws.com/app-serving."""

from __future__ import annotations

import base64
from typing import Literal

import urllib3

from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json, path_of
from tests.testbed.kubernetes.app_serving import SIGNER, issue
from tests.testbed.pki import YEAR, Authority
from tests.testbed.standins.informer import Informer, Login, News, Worker
from tests.testbed.standins.objects import timestamp

RESOURCE = "certificatesigningrequests"
RETRY_SECONDS = 0.5
IDLE_SECONDS = 60.0

Mode = Literal["sign", "wait", "deny", "fail"]


class AppServingSigner:
    """Signs approved requests.

    Args:
        login: The cluster, as the signer's user.
        authority: The cluster's.

    Attributes:
        mode: ``sign``; ``wait`` to do nothing; ``deny`` to deny requests, or to let those fail that were approved
            before; ``fail`` to let approved ones fail.
        authority: Signs; another one makes certificates that the cluster's authority does not vouch for.
        lifetime: Of certificates, where the request asks for none; a year at most.
    """

    def __init__(self, login: Login, authority: Authority) -> None:
        self._client = AdminClient(login.url, login.ca_pem, login.token)
        self.mode: Mode = "sign"
        self.authority = authority
        self.lifetime = YEAR
        self._own_authority = authority
        self._news = News()
        self._requests = Informer(
            login,
            path_of(RESOURCE),
            {"fieldSelector": f"spec.signerName={SIGNER}"},
            self._news.wake,
        )
        self._worker = Worker(self._news, self._pass, "app-serving-signer")

    def start(self) -> None:
        """Begin to work."""
        self._requests.start()
        self._worker.start()

    def stop(self) -> None:
        """Cease to work."""
        self._worker.stop()
        self._requests.stop()
        self._client.close()

    def reset(self) -> None:
        """Sign as EKS does again."""
        self.mode, self.authority, self.lifetime = "sign", self._own_authority, YEAR
        self._news.wake()

    def _pass(self) -> float:
        for request in self._requests.objects():
            try:
                self._settle(request)
            except (ApiError, urllib3.exceptions.HTTPError):
                # Somebody else was at the request, or the API server is not there: the watch, or time, will tell.
                return RETRY_SECONDS
        return IDLE_SECONDS

    def _settle(self, request: Json) -> None:
        status = request.get("status") or {}
        conditions = status.get("conditions") or []
        settled = {each["type"] for each in conditions}
        if self.mode == "wait" or status.get("certificate") or settled & {"Failed", "Denied"}:
            return
        if "Approved" not in settled:
            if self.mode == "deny":
                self._condition(request, "approval", "Denied", "this signer denies what it is asked")
            return
        if self.mode in ("deny", "fail"):
            self._condition(request, "status", "Failed", "this signer signs nothing")
            return
        try:
            certificate = issue(self.authority, request["spec"], self.lifetime)
        except ValueError as error:
            self._condition(request, "status", "Failed", str(error))
            return
        encoded = base64.b64encode(certificate).decode()
        self._put(request, "status", {**status, "certificate": encoded})

    def _condition(self, request: Json, subresource: str, kind: str, message: str) -> None:
        status = request.get("status") or {}
        condition = {
            "type": kind,
            "status": "True",
            "reason": "AppServing",
            "message": message,
            "lastUpdateTime": timestamp(),
        }
        self._put(request, subresource, {**status, "conditions": [*(status.get("conditions") or []), condition]})

    def _put(self, request: Json, subresource: str, status: Json) -> None:
        typed = {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest"}
        path = path_of(RESOURCE, request["metadata"]["name"], subresource=subresource)
        self._client.call("PUT", path, {**request, **typed, "status": status})
