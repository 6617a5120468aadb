# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Kubeconfigs that hold no secret: each client runs the token helper for itself, or has its credential elsewhere."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import DEFAULT_REQUEST_TIMEOUT
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import without_credentials
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.sessions import KEY_VARIABLES

HELPER = Path(__file__).with_name("eks_token_helper.py")

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


def inline_kubeconfig(name: str, target: KubernetesTarget, user: Mapping[str, Any]) -> dict[str, Any]:
    """A kubeconfig of one server, one user and one context, all of this name.

    Args:
        target: Of it server, trust and proxy are told, the proxy's user and password left out.
        user: As a kubeconfig has it.
    """
    server: dict[str, Any] = {"server": target.server}
    if not target.validate_certs:
        server["insecure-skip-tls-verify"] = True
    elif target.certificate_authority:
        server["certificate-authority-data"] = base64.b64encode(target.certificate_authority.encode()).decode()
    if target.proxy:
        server["proxy-url"] = without_credentials(target.proxy)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "current-context": name,
        "clusters": [{"name": name, "cluster": server}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": dict(user)}],
    }


def exec_user(cluster: Cluster, python: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The user of a kubeconfig for whom each client runs the token helper.

    Args:
        cluster: That the tokens are for.
        python: Path of the Python that runs the helper; it needs botocore.
        options: Values of :func:`aws_argument_spec`, ``kubernetes_role_arn`` and ``request_timeout``.

    Raises:
        EksWindowsError: Keys were given as options. The helper gets its credentials from the environment, a profile,
            the instance or an assumed role, since arguments are seen by everybody on the machine.
    """
    _refuse_keys(cluster, options)
    arguments = [str(HELPER), "--cluster-name", cluster.token_id or cluster.name, "--region", cluster.region]
    for option, argument in ARGUMENTS.items():
        value = options.get(option)
        if value and not (option == "request_timeout" and value == DEFAULT_REQUEST_TIMEOUT):
            # One word, so that a value that begins with a dash is not taken for an argument.
            arguments.append(f"{argument}={value}")
    if options.get("validate_certs") is False:
        arguments.append("--no-validate-certs")
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": python,
            "args": arguments,
            "interactiveMode": "Never",
        }
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
