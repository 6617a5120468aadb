# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients asked of the servers, in the order in which it arrived."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

READ_PREFIXES = ("Describe", "List", "Get", "BatchGet", "Search", "Lookup", "Simulate", "Check", "Decode")
# These give out credentials and leave no state behind, though IAM's reference lists some of them as writes.
READ_OPERATIONS = frozenset(
    {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GenerateCredentialReport"}
)


@dataclass(frozen=True)
class AwsRequest:
    """One request.

    Attributes:
        service: Whose port it came to: ``eks``, ``iam``, ``sts``, ``ec2`` or ``ssm``.
        operation: As the service's model names it, ``DescribeCluster``; empty where it could not be told.
        region: Of the signature's scope.
        write: Whether the operation changes something, had it been carried out.
        principal: ARN of the caller; empty where it is unknown.
        status: HTTP status of the answer; 0 while it is not answered yet.
        error: Code of the error answered, empty on success.
        parameters: The operation's parameters as sent.
        token_check: Whether it is signed by its query, as the token that the cluster's authenticator sends to STS.
    """

    service: str
    operation: str
    region: str
    write: bool
    principal: str
    status: int = 0
    error: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    token_check: bool = False


def is_write(operation: str, parameters: Mapping[str, Any] | None = None) -> bool:
    """Whether an operation changes anything; a dry run of EC2 does not."""
    if (parameters or {}).get("DryRun") is True:
        return False
    return operation not in READ_OPERATIONS and not operation.startswith(READ_PREFIXES)


class Recorder:
    """Keeps the requests; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[int, AwsRequest] = {}
        self._next = 0

    def begin(self, request: AwsRequest) -> int:
        """Note a request and return the number to finish it by."""
        with self._lock:
            number = self._next
            self._next += 1
            self._requests[number] = request
            return number

    def finish(self, number: int, status: int, error: str = "") -> None:
        """Note the answer, unless the request was forgotten meanwhile."""
        with self._lock:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], status=status, error=error)

    def requests(self) -> list[AwsRequest]:
        """All requests since the last :meth:`forget`, in order of arrival."""
        with self._lock:
            return [self._requests[number] for number in sorted(self._requests)]

    def forget(self) -> None:
        """Forget every request seen so far."""
        with self._lock:
            self._requests.clear()
