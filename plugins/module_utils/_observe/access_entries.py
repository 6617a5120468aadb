# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Access entries of the roles that Windows nodes run as. Source: the service model of EKS in botocore 1.43."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import is_not_found
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import AccessEntry
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

THREADS = 4
"""Entries described at a time."""


def access_entries(aws: AwsConnection, cluster_name: str, role_arns: Iterable[str]) -> tuple[AccessEntry, ...]:
    """The entries that the roles have: one call for each role.

    Raises:
        ClientError: AWS refuses one of them.
        BotoCoreError: AWS isn't reached.
    """
    found = concurrently(lambda arn: _entry(aws, cluster_name, arn), role_arns, THREADS)
    return tuple(entry for entry in found if entry is not None)


def _entry(aws: AwsConnection, cluster_name: str, role_arn: str) -> AccessEntry | None:
    """The role's entry, None where it has none."""
    try:
        answer = aws.call("eks", "describe_access_entry", clusterName=cluster_name, principalArn=role_arn)
    except ClientError as error:
        if is_not_found(error):
            return None
        raise
    return AccessEntry(principal_arn=role_arn, type=str((answer.get("accessEntry") or {}).get("type") or ""))
