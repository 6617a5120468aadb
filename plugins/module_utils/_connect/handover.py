# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What kubernetes.core is given, so that it reaches the API server that the modules read, as the same user.

It takes a kubeconfig as an argument, which is printed at ``-vvvv`` and written to a file, and ``K8S_AUTH_*`` variables,
which win over the kubeconfig and are neither. So no secret is in the first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.exec_kubeconfig import (
    exec_user,
    inline_kubeconfig,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.identity import same_server
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import (
    Destination,
    destination,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_settings import (
    as_variables,
    is_explicit,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    credentials_of,
    without_credentials,
)

NO_HOST = "none.invalid"
"""An entry of NO_PROXY that no server has: an empty list would let the environment's own NO_PROXY apply."""

BESIDES = ("api_key", "impersonate_user", "impersonate_groups")
"""Settings that an inline kubeconfig leaves to variables: it would show a token, and clients read no impersonation."""


@dataclass(frozen=True)
class Handover:
    """How kubernetes.core reaches one cluster.

    Attributes:
        kubeconfig: For its option of that name: content without a secret, or the path of the user's own.
        variables: All that its process may see of ``K8S_AUTH_*``, secrets among them.
    """

    kubeconfig: dict[str, Any] | str
    variables: Mapping[str, str] = field(repr=False)


def handover(options: Mapping[str, Any], cluster: Cluster, python: str, environment: Mapping[str, str]) -> Handover:
    """What kubernetes.core is given for the options, so that it goes where :func:`access` goes.

    Args:
        options: Values of :func:`aws_argument_spec` and :func:`kubernetes_argument_spec`, and ``ignore``;
            ``kubeconfig`` is a path.
        cluster: As EKS describes it.
        python: Path of the Python that runs the token helper.
        environment: Where ``K8S_AUTH_*`` are, which complete the options where one of these chooses the cluster.

    Raises:
        EksWindowsError: The options lead to another cluster, or can't be used. Or the cluster has no endpoint yet.
    """
    found = destination(options, cluster, environment)
    _check(found, options, cluster, environment)
    if found.kubeconfig:
        path = os.path.expanduser(str(found.kubeconfig))
        return Handover(path, {**as_variables(found.settings, found.settings), **_proxy_variables(found)})
    name = options.get("context") or cluster.arn or cluster.name
    kubeconfig = inline_kubeconfig(name, found.target, _user(found, options, cluster, python))
    return Handover(kubeconfig, {**as_variables(found.settings, BESIDES), **_proxy_variables(found)})


def _check(found: Destination, options: Mapping[str, Any], cluster: Cluster, environment: Mapping[str, str]) -> None:
    settings, target = found.settings, found.target
    if not target.server or not (cluster.certificate_authority or not target.validate_certs or is_explicit(settings)):
        raise EksWindowsError(
            f"No kubeconfig for cluster {cluster.name}: it has no endpoint yet, its status is "
            f"{cluster.status or 'not told'}",
            remedy="Wait until EKS has made the cluster",
        )
    if found.refused and (is_explicit(settings) or settings["ca_cert"]):
        raise EksWindowsError(
            f"Cluster {cluster.name}: {found.refused}",
            remedy="Give the cluster's own server and authority, or cluster.identity in option ignore",
        )
    if found.kubeconfig and settings["host"]:
        # The Kubernetes package comes back to the kubeconfig's server as soon as it has read a token there.
        other = destination({**options, "host": None}, cluster, environment).target.server
        if not same_server(other, target.server):
            raise EksWindowsError(
                f"Cluster {cluster.name}: option host is {target.server}, but the server of the kubeconfig is {other}",
                remedy="Leave one of them out, or give a credential for the host",
            )
    alone = not (found.kubeconfig or settings["api_key"] or settings["client_cert"])
    if alone and settings["username"] and settings["password"]:
        raise EksWindowsError(
            f"Cluster {cluster.name}: kubernetes.core shows a user name and password to no API server",
            remedy="Give a token in K8S_AUTH_API_KEY, or a client certificate",
        )


def _user(found: Destination, options: Mapping[str, Any], cluster: Cluster, python: str) -> dict[str, Any]:
    """The user of an inline kubeconfig: nobody where a token is among the variables."""
    settings = found.settings
    user = {
        name: os.path.abspath(os.path.expanduser(settings[option]))
        for name, option in (("client-certificate", "client_cert"), ("client-key", "client_key"))
        if settings[option]
    }
    if user or settings["api_key"]:
        return user
    return exec_user(cluster, python, options)


def _proxy_variables(found: Destination) -> dict[str, str]:
    """The proxy: old releases of the Kubernetes package read none in a kubeconfig, new ones HTTPS_PROXY besides."""
    proxy = found.target.proxy
    if not proxy:
        # Nothing may take one from HTTPS_PROXY where an option says that there is none.
        return {"K8S_AUTH_NO_PROXY": urlsplit(found.target.server).hostname or ""}
    given = dict(found.settings["proxy_headers"] or {})
    if credentials_of(proxy):
        given.setdefault("proxy_basic_auth", credentials_of(proxy))
    headers = {f"K8S_AUTH_PROXY_HEADERS_{name.upper()}": str(value) for name, value in given.items() if value}
    return {"K8S_AUTH_PROXY": without_credentials(proxy), "K8S_AUTH_NO_PROXY": NO_HOST, **headers}
