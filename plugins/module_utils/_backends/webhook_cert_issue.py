# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A new certificate from the cluster: key made, request submitted, approved, awaited, checked and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.patience import Clock, Patience
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_failures import doing
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_pair import Pair, faults
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.serving_key import new_key
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.signing_request import (
    APP_SERVING,
    SigningApi,
    SigningRequests,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService

POLL_SECONDS = 1.0
LONGEST_WAIT = 600
"""Seconds. A token of the cluster ends after 14 minutes, and what is done besides needs the rest."""
UNTOUCHED = "The certificate in use was not touched"


class Issuer:
    """Issues certificates for one webhook.

    Args:
        requests: The requests for the webhook's Secret.
        signing: The API and the signer that they go to.
        service: The service that the webhook calls.
        clock: The time, for waiting.
        at: The time as a date, aware.
    """

    def __init__(
        self,
        requests: SigningRequests,
        signing: SigningApi,
        service: WebhookService,
        clock: Clock,
        at: Callable[[], datetime],
    ) -> None:
        self._requests = requests
        self._signing = signing
        self._service = service
        self._clock = clock
        self._at = at
        self.name = ""
        self.warnings: list[str] = []

    @property
    def asks_cluster(self) -> bool:
        """Whether the cluster's own authority will sign: that of another signer is known by its certificates alone."""
        return self._signing.signer_name in ("", APP_SERVING)

    def issue(self, key_size: int, anchors: Sequence[str], wait_timeout: float) -> Pair:
        """A new pair that the webhook can serve with.

        Requests that earlier runs left are deleted: their keys are gone with those runs.

        Args:
            key_size: Bits of the RSA key.
            anchors: Authorities that may sign it, PEM texts.
            wait_timeout: Seconds to wait for the signer, :data:`LONGEST_WAIT` at most.

        Raises:
            EksWindowsError: Refused, denied, not signed in time, or signed as it can't be used. Nothing but requests
                was written by then, and this one is deleted.
        """
        with doing("delete the CertificateSigningRequests that earlier runs left"):
            for left in self._requests.left():
                self._requests.delete(left)
        key = new_key(self._service.namespace, self._service.name, key_size)
        self.name = self._requests.new_name()
        try:
            pair = Pair(self._signed(key.request, wait_timeout), key.private_key)
        finally:
            self._clean_up()
        wrong = faults(pair, self._service, anchors, self._at())
        if wrong:
            raise EksWindowsError(
                f"{self} was signed, but {'; '.join(wrong)}. {UNTOUCHED}",
                "Look at which signer signs for this cluster, and name the right one by signer_name",
            )
        return pair

    def __str__(self) -> str:
        return f"CertificateSigningRequest {self.name}"

    def _signed(self, request: str, wait_timeout: float) -> str:
        """The certificate that the signer made of the request, PEM."""
        with doing(f"create {self}"):
            item = self._requests.submit(self.name, request)
        with doing(f"approve {self}"):
            service = f"{self._service.namespace}/{self._service.name}"
            self._requests.approve(item, f"Certificate of the admission webhook behind Service {service}")
        seconds = min(wait_timeout, LONGEST_WAIT)
        patience = Patience(self._clock, seconds, POLL_SECONDS)
        while True:
            with doing(f"read {self}, which somebody may have deleted"):
                state = self._requests.state(self.name)
            if state.refusal:
                raise EksWindowsError(
                    f"{self} was not signed: {state.refusal}. {UNTOUCHED}",
                    "Look at who denies or refuses requests of this signer, and run this again",
                )
            if state.certificate:
                return state.certificate
            if not patience.wait():
                longer = ", or wait longer by wait_timeout" if seconds < LONGEST_WAIT else ""
                raise EksWindowsError(
                    f"{self} was approved, but not signed within {seconds:g} seconds by "
                    f"{self._signing.signer_name or 'the cluster'}. {UNTOUCHED}",
                    f"Look at whether the cluster has that signer, or name another one by signer_name{longer}",
                )

    def _clean_up(self) -> None:
        """Delete the request. That it stays is no reason to fail: the control plane deletes it after about an hour."""
        try:
            self._requests.delete(self.name)
        except KubernetesError as error:
            self.warnings.append(f"{self} could not be deleted: {error.message}")
