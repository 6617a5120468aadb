# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which proxy leads to a server."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.utils import get_environ_proxies

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import MASK

SCHEMES = ("http", "https")


def proxy_for(server: str, options: Mapping[str, Any], of_kubeconfig: str = "") -> str:
    """The proxy for a URL: option ``proxy``, else the kubeconfig's, else the environment's.

    There is none where option ``no_proxy`` names the URL. NO_PROXY of the environment has a say in the environment's
    own alone, as with kubectl.

    Raises:
        EksWindowsError: A proxy that can't be used.
    """
    if options.get("no_proxy") and bypasses(server, options["no_proxy"]):
        return ""
    if options.get("proxy"):
        return usable(options["proxy"], "option proxy or K8S_AUTH_PROXY")
    if of_kubeconfig:
        return usable(of_kubeconfig, "the kubeconfig")
    return proxy_of_environment(server)


def proxy_of_environment(server: str) -> str:
    """The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY choose for a URL, read as botocore reads them for AWS.

    Raises:
        EksWindowsError: A proxy that can't be used.
    """
    try:
        scheme = urlsplit(server).scheme
        proxies = get_environ_proxies(server)
    except ValueError:
        # Whoever connects says what is wrong with the URL.
        return ""
    proxy = str(proxies.get(scheme) or proxies.get("all") or "")
    return usable(proxy, _variable(proxy)) if proxy else ""


def usable(proxy: str, source: str) -> str:
    """The proxy's URL, ``http`` where it names no scheme, as botocore and kubectl take it.

    Args:
        proxy: As it was given.
        source: Where, for the message.

    Raises:
        EksWindowsError: It is no URL of an HTTP proxy. The message names it without its password.
    """
    url = proxy if "://" in proxy else f"http://{proxy.removeprefix('//')}"
    try:
        parts = urlsplit(url)
        good = bool(parts.scheme.lower() in SCHEMES and parts.hostname and parts.port != 0)
        credentials_of(url).encode("latin-1")
    except ValueError:
        good = False
    if not good:
        raise EksWindowsError(
            f"Proxy {shown(url)}, of {source}, can't be used",
            remedy="Give an HTTP proxy as http://host:port, percent-encode what is special in its user and password",
        )
    return url


def credentials_of(proxy: str) -> str:
    """``user:password`` of a proxy's URL, decoded; empty where it has none."""
    user_info, at, _place = urlsplit(proxy).netloc.rpartition("@")
    return unquote(user_info) if at else ""


def secrets_in(proxy: str | None) -> set[str]:
    """User and password of a proxy, as its URL has them and as they are sent; none where it has no password."""
    given = (proxy or "").partition("://")[2] or (proxy or "")
    secret = given.rpartition("@")[0].removeprefix("//")
    return {secret, unquote(secret)} if ":" in secret else set()


def without_credentials(proxy: str) -> str:
    """The proxy's URL without user and password."""
    parts = urlsplit(proxy)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def shown(proxy: str) -> str:
    """The proxy as people may read it, whatever else is wrong with it."""
    scheme, mark, rest = proxy.partition("://")
    secret, at, place = rest.rpartition("@")
    return f"{scheme}{mark}{MASK}@{place}" if at and secret else proxy


def bypasses(server: str, no_proxy: str) -> bool:
    """Whether comma-separated hosts, suffixes, host:port pairs or networks of ``no_proxy`` name the server's host."""
    try:
        parts = urlsplit(server)
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    return any(_matches(host, parts.netloc.lower(), entry.strip().lower()) for entry in no_proxy.split(","))


def _variable(proxy: str) -> str:
    """The environment variable that a proxy comes from."""
    names = (name for name, value in os.environ.items() if value == proxy and name.lower().endswith("_proxy"))
    return next(names, "the environment")


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
