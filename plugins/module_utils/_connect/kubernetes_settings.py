# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The Kubernetes options, completed by ``K8S_AUTH_*`` as kubernetes.core does, but for the choice of the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CHOICES = ("kubeconfig", "context", "host")
"""Options that choose the cluster. No environment variable does."""

VARIABLES = {
    "api_key": ("API_KEY",),
    "username": ("USERNAME",),
    "password": ("PASSWORD",),
    "client_cert": ("CLIENT_CERT", "CERT_FILE"),
    "client_key": ("CLIENT_KEY", "KEY_FILE"),
    "ca_cert": ("CA_CERT", "SSL_CA_CERT"),
    "kubernetes_validate_certs": ("VALIDATE_CERTS", "VERIFY_SSL"),
    "proxy": ("PROXY",),
    "no_proxy": ("NO_PROXY",),
    "impersonate_user": ("IMPERSONATE_USER",),
    "impersonate_groups": ("IMPERSONATE_GROUPS",),
}
"""Options to the ends of their ``K8S_AUTH_*`` variables, in the order in which kubernetes.core looks."""

PROXY_HEADERS = ("proxy_basic_auth", "basic_auth", "user_agent")


def is_explicit(options: Mapping[str, Any]) -> bool:
    """Whether an option chooses the cluster, so that it isn't the one of DescribeCluster by construction."""
    return any(options.get(name) for name in CHOICES)


def completed(options: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The options, with what ``environment`` adds where an option chooses the cluster."""
    settings = {name: options.get(name) for name in (*CHOICES, *VARIABLES, "proxy_headers")}
    if not is_explicit(options):
        return settings
    for name, variables in VARIABLES.items():
        if settings[name] is None:
            settings[name] = _from_environment(name, variables, environment)
    if settings["proxy_headers"] is None:
        settings["proxy_headers"] = {
            header: environment[f"K8S_AUTH_PROXY_HEADERS_{header.upper()}"]
            for header in PROXY_HEADERS
            if f"K8S_AUTH_PROXY_HEADERS_{header.upper()}" in environment
        }
    return settings


def as_variables(settings: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Those of the settings that have a value, as the variables that kubernetes.core reads first; no proxy's."""
    return {
        f"K8S_AUTH_{VARIABLES[name][0]}": _as_text(settings[name])
        for name in names
        if name in VARIABLES and not name.endswith("proxy") and settings[name] not in (None, "")
    }


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, (list, tuple)) else str(value)


def _from_environment(name: str, variables: tuple[str, ...], environment: Mapping[str, str]) -> Any:
    values = [environment[f"K8S_AUTH_{variable}"] for variable in variables if environment.get(f"K8S_AUTH_{variable}")]
    if not values:
        return None
    if name == "kubernetes_validate_certs":
        return values[0].lower() not in ("0", "false", "no")
    if name == "impersonate_groups":
        return [group for group in values[0].split(",") if group]
    return values[0]
