# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Reads that fail alone: what went wrong becomes an Unknown in place of the value."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import remedy_for, words_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    NotAdmitted,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.permissions import (
    needed_resource,
    needed_verb,
    parsed,
)

T = TypeVar("T")

PROBE_NAMESPACE = "probe_namespace (role variable eks_windows_probe_namespace)"

REFUSALS = frozenset({400, 403, 406, 409, 422})
"""Statuses that admission answers with: webhooks choose theirs."""


def aws_attempt(source: str, read: Callable[[], T]) -> Known[T]:
    """What ``read`` answers; ``source`` is the call by its IAM action, such as ``eks:DescribeAddon``."""
    try:
        return read()
    except (BotoCoreError, ClientError) as error:
        return aws_unknown(source, error)
    except EksWindowsError as error:
        return Unknown(source, error.message, error.remedy)


def aws_unknown(source: str, error: Exception) -> Unknown:
    """Why AWS did not answer; where it refused one of several calls, the source is that one."""
    if isinstance(error, ClientError):
        source = f"{source.partition(':')[0]}:{error.operation_name}"
    return Unknown(source, words_of(error), remedy_for(error, source))


def kubernetes_attempt(read: Callable[[], T]) -> Known[T]:
    """What ``read`` answers."""
    try:
        return read()
    except KubernetesError as error:
        return kubernetes_unknown(error)


def kubernetes_unknown(error: KubernetesError) -> Unknown:
    """Why the Kubernetes API did not answer."""
    source, other_namespace = f"{error.method} {error.path}", _other_namespace(error)
    if other_namespace:
        return NotAdmitted(source, error.message, other_namespace)
    return Unknown(source, error.message, _kubernetes_remedy(error))


def _other_namespace(error: KubernetesError) -> str:
    """The remedy where the namespace of the probe's pod keeps it out; empty where that is not why."""
    if error.method == "POST" and error.status == 404:
        return f"Name a namespace that exists by {PROBE_NAMESPACE}: {parsed(error.path).namespace} does not"
    if error.method == "POST" and error.status in REFUSALS and "cannot create resource" not in error.message:
        return (
            f"Name by {PROBE_NAMESPACE} a namespace whose quota, pod security and admission webhooks admit the pod of "
            f"the probe: {parsed(error.path).namespace} refuses it"
        )
    return ""


def _kubernetes_remedy(error: KubernetesError) -> str:
    if error.status == 401:
        return (
            "Give the identity an access entry or an aws-auth mapping, or reach Kubernetes as one that has it by "
            "kubernetes_role_arn; a token given by option or K8S_AUTH_API_KEY may have expired or be another cluster's"
        )
    if error.status == 403:
        return f"Allow the identity to {needed_verb(error.method, error.path)} {needed_resource(error.path)}"
    if error.status == 0 and "CERTIFICATE_VERIFY_FAILED" in error.message:
        return "Check that nothing between here and the cluster intercepts TLS, and ca_cert where it is given"
    if error.status == 0:
        return f"Make {error.server} reachable from here: its endpoint access, network and proxy, or request_timeout"
    return "Try again, and look at the control plane's health"
