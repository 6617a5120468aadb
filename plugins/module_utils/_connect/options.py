# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The options that reach AWS and Kubernetes, for the argument specs of modules."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec as amazon_aws_argument_spec

DEFAULT_SESSION_NAME = "cloudops.eks_windows"
"""Name of assumed roles' sessions."""

DEFAULT_REQUEST_TIMEOUT = 30
"""Seconds that one request may take."""


def aws_argument_spec() -> dict[str, dict[str, Any]]:
    """Options of amazon.aws as the installed version has them, and those that assume a role.

    Names, aliases and environment variables are amazon.aws's own, so that both collections always agree.
    """
    spec: dict[str, dict[str, Any]] = amazon_aws_argument_spec()
    spec.update(
        assume_role_arn={"type": "str", "aliases": ["iam_role_arn"]},
        assume_role_external_id={"type": "str"},
        assume_role_session_name={"type": "str", "default": DEFAULT_SESSION_NAME},
    )
    return spec


def kubernetes_argument_spec() -> dict[str, dict[str, Any]]:
    """Options that reach the Kubernetes API, named as in kubernetes.core except for the certificate check.

    They have no environment variables here: what ``K8S_AUTH_*`` may add is decided where the connection is made.
    """
    return {
        "kubernetes_role_arn": {"type": "str"},
        # A kubeconfig may hold a token, so it is not logged; see harmless_in for what of it may be shown.
        "kubeconfig": {"type": "raw", "no_log": True},
        "context": {"type": "str"},
        "host": {"type": "str"},
        "api_key": {"type": "str", "no_log": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "client_cert": {"type": "path", "aliases": ["cert_file"]},
        "client_key": {"type": "path", "aliases": ["key_file"], "no_log": False},
        "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
        "kubernetes_validate_certs": {"type": "bool"},
        "proxy": {"type": "str"},
        "no_proxy": {"type": "str"},
        "proxy_headers": {
            "type": "dict",
            "options": {
                "proxy_basic_auth": {"type": "str", "no_log": True},
                "basic_auth": {"type": "str", "no_log": True},
                "user_agent": {"type": "str"},
            },
        },
        "impersonate_user": {"type": "str"},
        "impersonate_groups": {"type": "list", "elements": "str"},
        "request_timeout": {"type": "int", "default": DEFAULT_REQUEST_TIMEOUT},
    }
