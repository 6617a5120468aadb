# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate signing requests: signed with the cluster's authority once they are approved."""

from __future__ import annotations

import base64

from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.app_serving import SIGNER, issue
from tests.testbed.kubernetes.emulator.authority import ClusterAuthority
from tests.testbed.kubernetes.emulator.defaults import LEGACY_SIGNER
from tests.testbed.kubernetes.emulator.resources import CERTIFICATE_REQUEST, StorageKey
from tests.testbed.kubernetes.emulator.writes import Write, Writer, now

API_CLIENT = "kubernetes.io/kube-apiserver-client"

_USAGE = {
    LEGACY_SIGNER: ExtendedKeyUsageOID.SERVER_AUTH,
    API_CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH,
}


class Signer:
    """Signs approved requests of the signers that a cluster on EKS has, of EKS's own where ``app_serving``."""

    def __init__(self, authority: ClusterAuthority, writer: Writer, app_serving: bool) -> None:
        self._signers = {*_USAGE, *([SIGNER] if app_serving else [])}
        self._authority = authority
        self._writer = writer

    def changed(self, key: StorageKey, _before: Json | None, after: Json | None) -> None:
        """Sign a request that has just been approved."""
        if key != CERTIFICATE_REQUEST.key or after is None:
            return
        status = after.get("status", {})
        conditions = status.get("conditions") or []
        settled = {each.get("type") for each in conditions}
        signer = after["spec"].get("signerName")
        if "Approved" not in settled or "Failed" in settled or status.get("certificate"):
            return
        if signer not in self._signers:
            return
        result: Json
        try:
            if signer == SIGNER:
                pem = issue(self._authority, after["spec"])
            else:
                pem = self._authority.sign(base64.b64decode(after["spec"]["request"]), _USAGE[signer])
            result = {**status, "certificate": base64.b64encode(pem).decode()}
        except ValueError as error:
            failed = {"type": "Failed", "status": "True", "reason": "SigningFailed", "message": str(error)}
            result = {**status, "conditions": [*conditions, {**failed, "lastUpdateTime": now()}]}
        write = Write(CERTIFICATE_REQUEST, "", after["metadata"]["name"], "status")
        self._writer.update(write, lambda present: {**present, "status": result})
