# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster that the user named: AWS and Kubernetes as the collection itself reaches them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import DEFAULT_REQUEST_TIMEOUT
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster
from tests.live.kubernetes import LiveKubernetes

Json = dict[str, Any]

POLL_SECONDS = 5.0
WATCH_SECONDS = 1200.0


class LiveCluster:
    """One cluster, with the credentials of the environment.

    Args:
        name: Its name.
        region: Its region, empty for that of the environment or the profile.
        kubernetes_role_arn: A role to assume for the Kubernetes API, empty for none.
        poll_seconds: Between two looks at what is being waited for.
        watch_seconds: How long a setting is watched that nobody is expected to change.

    Raises:
        EksWindowsError: No such cluster, no region or no credentials.
    """

    def __init__(
        self,
        name: str,
        region: str = "",
        kubernetes_role_arn: str = "",
        poll_seconds: float = POLL_SECONDS,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        self.name = name
        self.poll_seconds = poll_seconds
        self.watch_seconds = watch_seconds
        self.aws = AwsConnection({"region": region})
        self.described = existing_cluster(self.aws, name)
        self.kubernetes = LiveKubernetes(
            self.described.endpoint,
            self.described.certificate_authority,
            lambda: self.aws.eks_token(self.described.token_id, kubernetes_role_arn).reveal(),
            DEFAULT_REQUEST_TIMEOUT,
        )

    def call(self, service: str, operation: str, **parameters: Any) -> Json:
        """One call to AWS, as :meth:`AwsConnection.call` makes it."""
        return self.aws.call(service, operation, **parameters)

    def within(self, seconds: float, condition: Callable[[], bool]) -> bool:
        """Whether the condition came true within the time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(self.poll_seconds)
        return True
