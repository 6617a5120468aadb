# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Where the Kubernetes API is, whom it trusts and who asks."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    # Public under another name only from 2.0 on; botocore still takes 1.26.
    from urllib3._collections import HTTPHeaderDict

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.shared_tls_context import shared_tls_context

USER_AGENT = "cloudops.eks_windows"


@dataclass(frozen=True)
class KubernetesTarget:
    """One API server and one identity.

    Attributes:
        server: URL, with the scheme.
        certificate_authority: PEM text, empty where the system's authorities are used.
        validate_certs: Whether the server's certificate is checked.
        tls_server_name: The name that the certificate is checked for, empty for the server's own.
        authorization: Value of the Authorization header, empty for none.
        client_certificate: Paths of the certificate and of its key; the key's may be empty where it is in the first.
        proxy: URL of a proxy, empty for none.
        proxy_headers: Headers for the proxy.
        impersonate_user: Empty for none.
        impersonate_groups: Groups that come with it.
    """

    server: str
    certificate_authority: str = ""
    validate_certs: bool = True
    tls_server_name: str = ""
    authorization: Secret = field(default_factory=lambda: Secret(""))
    client_certificate: tuple[str, str] | None = None
    proxy: str = field(default="", repr=False)
    proxy_headers: Mapping[str, Secret] = field(default_factory=dict)
    impersonate_user: str = ""
    impersonate_groups: tuple[str, ...] = ()

    def headers(self) -> Any:
        """Headers of each request.

        Raises:
            EksWindowsError: A credential that can't be in a header. Its value is not told.
        """
        headers = HTTPHeaderDict({"User-Agent": USER_AGENT})
        if self.authorization:
            value = self.authorization.reveal()
            if not value.isprintable() or not value.isascii():
                raise EksWindowsError(
                    "The Kubernetes credential holds characters that no HTTP header can carry",
                    remedy="Check it for line breaks",
                )
            headers["Authorization"] = value
        if self.impersonate_user:
            headers["Impersonate-User"] = self.impersonate_user
        for group in self.impersonate_groups:
            headers.add("Impersonate-Group", group)
        return headers

    def revealed_proxy_headers(self) -> dict[str, str]:
        """The proxy's headers as they are sent."""
        return {name: value.reveal() for name, value in self.proxy_headers.items()}

    def ssl_context(self) -> ssl.SSLContext:
        """What TLS checks and shows. The system's authorities are read only where none is given.

        Raises:
            EksWindowsError: An authority or a client certificate that can't be read.
        """
        # Not ssl.create_default_context: from Python 3.13 on it is strict, and refuses authorities of EKS that have no
        # key identifiers (kubernetes-client/python issue 2394). Chain, dates and host name are checked here too.
        context = shared_tls_context()
        if not self.validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.certificate_authority:
            try:
                context.load_verify_locations(cadata=self.certificate_authority)
            except (ssl.SSLError, ValueError) as error:
                raise EksWindowsError(
                    f"The certificate authority for {self.server} is not a PEM certificate: {error}"
                ) from error
        else:
            context.load_default_certs()
        if self.client_certificate:
            certificate, key = self.client_certificate
            try:
                context.load_cert_chain(certificate, key or None)
            except (OSError, ValueError) as error:
                raise EksWindowsError(
                    f"Client certificate {certificate} and key {key or certificate} can't be used: {error}"
                ) from error
        return context
