# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The kubeconfig of a cluster that holds no secret: each client runs the token helper for itself."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import DEFAULT_REQUEST_TIMEOUT
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    proxy_for,
    without_credentials,
)

HELPER = Path(__file__).with_name("eks_token_helper.py")

KEY_VARIABLES = {
    "access_key": ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
    "secret_key": ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
    "session_token": ("AWS_SESSION_TOKEN",),
}
"""Options that hold keys, with the variables that amazon.aws fills them from."""

ARGUMENTS = {
    "profile": "--profile",
    "assume_role_arn": "--assume-role-arn",
    "assume_role_external_id": "--assume-role-external-id",
    "assume_role_session_name": "--assume-role-session-name",
    "kubernetes_role_arn": "--kubernetes-role-arn",
    "aws_ca_bundle": "--aws-ca-bundle",
    "request_timeout": "--request-timeout",
}
"""Options to the helper's arguments. None of them is a secret: an external id is no credential."""


def exec_kubeconfig(cluster: Cluster, python: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A kubeconfig with endpoint and authority of DescribeCluster, and an ``exec`` user.

    Args:
        cluster: As EKS describes it.
        python: Path of the Python that runs the helper; it needs botocore.
        options: Values of :func:`aws_argument_spec`, ``kubernetes_role_arn``, ``kubernetes_validate_certs``,
            ``proxy``, ``no_proxy`` and ``request_timeout``. Without ``proxy`` the environment's applies, as it does
            for what is read; its user and password are left out.

    Raises:
        EksWindowsError: The cluster has no endpoint yet. Or the proxy can't be used. Or keys were given as options: the
            helper gets its credentials from the environment, a profile, the instance or an assumed role, since
            arguments are seen by everybody on the machine.
    """
    _refuse_keys(cluster, options)
    if not cluster.endpoint or not (cluster.certificate_authority or options.get("kubernetes_validate_certs") is False):
        raise EksWindowsError(
            f"No kubeconfig for cluster {cluster.name}: it has no endpoint yet, its status is "
            f"{cluster.status or 'not told'}",
            remedy="Wait until EKS has made the cluster",
        )
    server: dict[str, Any] = {"server": cluster.endpoint}
    if options.get("kubernetes_validate_certs") is False:
        server["insecure-skip-tls-verify"] = True
    else:
        server["certificate-authority-data"] = base64.b64encode(cluster.certificate_authority.encode()).decode()
    proxy = proxy_for(cluster.endpoint, options)
    if proxy:
        server["proxy-url"] = without_credentials(proxy)
    name = cluster.arn or cluster.name
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "current-context": name,
        "clusters": [{"name": name, "cluster": server}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"exec": _exec_user(cluster, python, options)}}],
    }


def _exec_user(cluster: Cluster, python: str, options: Mapping[str, Any]) -> dict[str, Any]:
    arguments = [str(HELPER), "--cluster-name", cluster.token_id or cluster.name, "--region", cluster.region]
    for option, argument in ARGUMENTS.items():
        value = options.get(option)
        if value and not (option == "request_timeout" and value == DEFAULT_REQUEST_TIMEOUT):
            # One word, so that a value that begins with a dash is not taken for an argument.
            arguments.append(f"{argument}={value}")
    if options.get("validate_certs") is False:
        arguments.append("--no-validate-certs")
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": python,
        "args": arguments,
        "interactiveMode": "Never",
    }


def _refuse_keys(cluster: Cluster, options: Mapping[str, Any]) -> None:
    given = [
        option
        for option, variables in KEY_VARIABLES.items()
        if options.get(option) and options[option] not in [os.environ.get(variable) for variable in variables]
    ]
    if given:
        raise EksWindowsError(
            f"No kubeconfig for cluster {cluster.name}: {', '.join(given)} can't be handed to its token helper",
            remedy="Let credentials come from the environment, a profile, the instance or an assumed role",
        )
