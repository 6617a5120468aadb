# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which proxy leads to a server."""

from __future__ import annotations

import contextlib
import ipaddress
from urllib.parse import urlsplit

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.utils import get_environ_proxies


def proxy_of_environment(server: str) -> str:
    """The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY choose for a URL, read as botocore reads them for AWS."""
    proxies = get_environ_proxies(server)
    return str(proxies.get(urlsplit(server).scheme) or proxies.get("all") or "")


def bypasses(server: str, no_proxy: str) -> bool:
    """Whether comma-separated hosts, suffixes, host:port pairs or networks of ``no_proxy`` name the server's host."""
    parts = urlsplit(server)
    host = (parts.hostname or "").lower()
    return any(_matches(host, parts.netloc.lower(), entry.strip().lower()) for entry in no_proxy.split(","))


def _matches(host: str, host_and_port: str, entry: str) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False):
            return True
    name = entry.lstrip(".")
    return any(place == name or place.endswith(f".{name}") for place in (host, host_and_port))
