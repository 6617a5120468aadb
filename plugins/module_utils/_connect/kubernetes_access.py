# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""From options and DescribeCluster to a client of the Kubernetes API, or to the reason why there is none."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from urllib3.util import make_headers

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import identity, kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster, KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_settings import completed
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import DEFAULT_REQUEST_TIMEOUT
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    credentials_of,
    proxy_for,
    shown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret, scrub


@dataclass(frozen=True)
class KubernetesAccess:
    """The connection as a report shows it, and the client; None where ``connection.refused`` says why."""

    connection: KubernetesConnection
    api: KubernetesApi | None


def access(
    options: Mapping[str, Any],
    cluster: Cluster | None,
    token: Callable[[], Secret],
    environment: Mapping[str, str] | None = None,
) -> KubernetesAccess:
    """The client that the options ask for.

    By default endpoint and authority are those of ``cluster`` and the identity is ``token``'s. With options
    ``kubeconfig``, ``context`` or ``host`` they come from there as kubernetes.core takes them, ``K8S_AUTH_*``
    included, and nothing is sent unless server and authority are the cluster's or ``cluster.identity`` is in
    ``ignore``. ``host`` without a credential goes with ``token`` and the cluster's authority.

    Args:
        options: Values of :func:`kubernetes_argument_spec`, and ``ignore``.
        cluster: None where DescribeCluster could not be read.
        token: Makes the EKS token; called only where it is needed, after the server was found to be right.
        environment: For tests; the process's own by default.

    Raises:
        EksWindowsError: Options that can't be used: no such context, file or certificate.
    """
    settings = completed(options, os.environ if environment is None else environment)
    waived = identity.is_waived(options.get("ignore") or (), datetime.datetime.now(datetime.UTC).date())
    with _place(settings, cluster) as (target, user):
        connection = KubernetesConnection(
            server=target.server,
            certificate_authority=target.certificate_authority,
            validate_certs=target.validate_certs,
            proxy=shown(target.proxy),
        )
        refused = "" if target.server else "the cluster has no endpoint yet"
        if not refused and not waived:
            refused = _refusal(target, cluster)
        if refused:
            return KubernetesAccess(replace(connection, refused=refused), None)
        timeout = options.get("request_timeout") or DEFAULT_REQUEST_TIMEOUT
        return KubernetesAccess(connection, KubernetesApi(user(target, token), timeout))


@dataclass(frozen=True)
class Destination:
    """Where requests go for options: what those need to know who make them with other means.

    Attributes:
        target: Server, trust and proxy, without an identity.
        settings: The options as :func:`completed` completes them.
        refused: Why nothing may be sent there, empty where it is the cluster, or ``cluster.identity`` is waived.
    """

    target: KubernetesTarget
    settings: Mapping[str, Any]
    refused: str

    @property
    def kubeconfig(self) -> str | Mapping[str, Any]:
        """The user's own kubeconfig that is read, empty for none."""
        return _kubeconfig_of(self.settings)


def destination(options: Mapping[str, Any], cluster: Cluster, environment: Mapping[str, str]) -> Destination:
    """Where :func:`access` would send requests. Nothing is sent, and no user of a kubeconfig is run.

    Raises:
        EksWindowsError: Options that can't be used: no such context, file or proxy.
    """
    settings = completed(options, environment)
    waived = identity.is_waived(options.get("ignore") or (), datetime.datetime.now(datetime.UTC).date())
    with _place(settings, cluster) as (target, _user):
        return Destination(target, settings, "" if waived else _refusal(target, cluster))


Identify = Callable[[KubernetesTarget, Callable[[], Secret]], KubernetesTarget]


@contextmanager
def _place(settings: Mapping[str, Any], cluster: Cluster | None) -> Iterator[tuple[KubernetesTarget, Identify]]:
    """Where requests would go, and what adds the identity; files of a kubeconfig end with the block."""
    if not _kubeconfig_of(settings):
        target = _overridden(_described(settings, cluster), settings)

        def own_or_token(place: KubernetesTarget, token: Callable[[], Secret]) -> KubernetesTarget:
            own = _own(place, settings)
            return own or replace(place, authorization=Secret(f"Bearer {token().reveal()}"))

        yield _with_proxy_headers(target, settings), own_or_token
    else:
        with kubeconfig.opened(_kubeconfig_of(settings), settings["context"]) as opened:
            entry = opened.cluster()
            base = KubernetesTarget(
                server=entry.server,
                certificate_authority=entry.certificate_authority,
                validate_certs=entry.validate_certs is not False,
                tls_server_name=entry.tls_server_name,
                proxy=entry.proxy,
            )

            def identified(place: KubernetesTarget, _token: Callable[[], Secret]) -> KubernetesTarget:
                own, user = _own(place, settings) or place, opened.user(settings["api_key"])
                return replace(
                    own,
                    authorization=user.authorization or own.authorization,
                    client_certificate=own.client_certificate or user.client_certificate,
                )

            yield _with_proxy_headers(_overridden(base, settings), settings), identified


def _kubeconfig_of(settings: Mapping[str, Any]) -> str | Mapping[str, Any]:
    # kubernetes.core does not read the kubeconfig at all where host and a whole credential are given.
    if (settings["host"] and _has_own_credentials(settings)) or not (settings["kubeconfig"] or settings["context"]):
        return ""
    found: str | Mapping[str, Any] = settings["kubeconfig"] or kubeconfig.DEFAULT_PATH
    return found


def _described(settings: Mapping[str, Any], cluster: Cluster | None) -> KubernetesTarget:
    """The cluster as EKS describes it, without its authority where a host of another name comes with a credential."""
    if cluster is None:
        return KubernetesTarget(server="")
    complete = settings["host"] and _has_own_credentials(settings)
    foreign = complete and not identity.same_server(_url(settings["host"]), cluster.endpoint)
    return KubernetesTarget(
        server=cluster.endpoint, certificate_authority="" if foreign else cluster.certificate_authority
    )


def _overridden(target: KubernetesTarget, settings: Mapping[str, Any]) -> KubernetesTarget:
    """The target with what options say of server, trust, proxy and impersonation."""
    changes: dict[str, Any] = {}
    if settings["host"]:
        changes["server"] = _checked(_url(settings["host"]))
    if settings["ca_cert"]:
        changes["certificate_authority"] = _text_of(settings["ca_cert"])
    if settings["kubernetes_validate_certs"] is not None:
        changes["validate_certs"] = bool(settings["kubernetes_validate_certs"])
    target = replace(
        target,
        impersonate_user=settings["impersonate_user"] or "",
        impersonate_groups=tuple(settings["impersonate_groups"] or ()),
        **changes,
    )
    if not target.server:
        return target
    return replace(target, proxy=proxy_for(target.server, settings, target.proxy))


def _with_proxy_headers(target: KubernetesTarget, settings: Mapping[str, Any]) -> KubernetesTarget:
    given = {name: value for name, value in (settings["proxy_headers"] or {}).items() if value}
    # urllib3 sends nothing of a proxy's URL by itself.
    if target.proxy and credentials_of(target.proxy):
        given.setdefault("proxy_basic_auth", credentials_of(target.proxy))
    if not given:
        return target
    return replace(target, proxy_headers={name: Secret(value) for name, value in make_headers(**given).items()})


def _has_own_credentials(settings: Mapping[str, Any]) -> bool:
    """Whether settings hold a whole credential, as kubernetes.core counts it."""
    return bool(
        settings["api_key"]
        or (settings["username"] and settings["password"])
        or (settings["client_cert"] and settings["client_key"])
    )


def _own(target: KubernetesTarget, settings: Mapping[str, Any]) -> KubernetesTarget | None:
    """The target with the identity that options give, None where they give none."""
    changes: dict[str, Any] = {}
    if settings["api_key"]:
        changes["authorization"] = Secret(f"Bearer {settings['api_key']}")
    elif settings["username"] and settings["password"]:
        basic = make_headers(basic_auth=f"{settings['username']}:{settings['password']}")
        changes["authorization"] = Secret(basic["authorization"])
    if settings["client_cert"]:
        changes["client_certificate"] = (settings["client_cert"], settings["client_key"] or "")
    return replace(target, **changes) if changes else None


def _refusal(target: KubernetesTarget, cluster: Cluster | None) -> str:
    """Why nothing may be sent to the target, empty where it is the cluster."""
    if cluster is None:
        return "EKS did not describe the cluster, so nothing shows that this is its API server"
    if not cluster.endpoint:
        return "the cluster has no endpoint yet"
    if not identity.same_server(target.server, cluster.endpoint):
        return f"{scrub(target.server)} is not the endpoint of cluster {cluster.name}, {cluster.endpoint}"
    if target.validate_certs and not identity.trusts_no_other(
        target.certificate_authority, cluster.certificate_authority
    ):
        trusted = "another authority" if target.certificate_authority else "the system's authorities"
        return f"{trusted} would be trusted for {cluster.endpoint}, in place of that of cluster {cluster.name}"
    return ""


def _checked(host: str) -> str:
    try:
        parts = urlsplit(host)
        good = bool(parts.hostname and parts.scheme in ("http", "https") and parts.port != 0)
    except ValueError:
        good = False
    if not good:
        raise EksWindowsError(f"Option host is no URL of an API server: {scrub(host)}", remedy="Give https://host:port")
    return host


def _url(host: str) -> str:
    return host.rstrip("/") if "://" in host else f"https://{host.rstrip('/')}"


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise EksWindowsError(f"Certificate authority {path} can't be read: {error.strerror}") from error
