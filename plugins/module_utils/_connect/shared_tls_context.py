# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A TLS context that connections made at the same time may share."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

HTTP = ["http/1.1"]
"""What urllib3 offers by ALPN, in all its releases that do."""


class SharedTlsContext(ssl.SSLContext):
    """A context whose ALPN protocols are set once.

    urllib3 sets them anew for each connection. That frees what another thread's handshake may be reading (CPython
    issue 141012): its ClientHello is then garbage, which an API server refuses with the alert unexpected_message.
    """

    _offered: list[str] | None = None

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Offer these protocols, unless they are those that are offered already."""
        wanted = [*alpn_protocols]
        if wanted != self._offered:
            super().set_alpn_protocols(wanted)
            self._offered = wanted


def shared_tls_context() -> SharedTlsContext:
    """A client's context that checks chain, dates and host name, and trusts no authority yet."""
    context = SharedTlsContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(HTTP)
    return context
