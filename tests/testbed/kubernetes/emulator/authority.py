# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authority of an emulated cluster: what every testbed authority does, and signed requests."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from tests.testbed.pki import Authority


class ClusterAuthority(Authority):
    """Signs the API server's certificate, clients' certificates and approved requests."""

    def __init__(self) -> None:
        super().__init__("kubernetes")

    def server_context(self) -> ssl.SSLContext:
        """A TLS context for 127.0.0.1 that reads client certificates of this authority where there are any."""
        pair = self.server("kube-apiserver")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_verify_locations(cadata=self.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "server.pem")
            path.touch(mode=0o600)
            path.write_text(pair.certificate + pair.key, encoding="ascii")
            context.load_cert_chain(path)
        return context
