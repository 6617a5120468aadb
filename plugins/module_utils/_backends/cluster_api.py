# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The Kubernetes API of the one cluster that a module works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

# Where it is missing, the backend's requirements say so before it runs.
with suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import aws_failure
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import access
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret


@contextmanager
def cluster_api(aws: AwsConnection, cluster: Cluster, parameters: Mapping[str, Any]) -> Iterator[KubernetesApi]:
    """The API that the options lead to, closed when the block ends.

    Args:
        aws: Who makes the token, where the options have no credential.
        cluster: The cluster, as EKS describes it.
        parameters: Values of :func:`kubernetes_argument_spec`, and ``ignore``.

    Raises:
        EksWindowsError: The options lead elsewhere, can't be used, or the role can't be assumed.
    """

    def token() -> Secret:
        return aws.eks_token(cluster.token_id or cluster.name, parameters["kubernetes_role_arn"])

    try:
        reached = access(parameters, cluster, token)
    except (BotoCoreError, ClientError) as error:
        what = f"Cluster {cluster.name}: could not become {parameters['kubernetes_role_arn']}"
        raise aws_failure(what, error, "sts:AssumeRole") from error
    if reached.api is None:
        raise EksWindowsError(
            f"Cluster {cluster.name}: nothing was asked of Kubernetes: {reached.connection.refused}",
            "Wait until EKS has made the cluster"
            if not cluster.endpoint
            else "Leave kubeconfig, context, host and ca_cert out, or make them those of the cluster; cluster.identity "
            "in ignore admits a proxy",
        )
    try:
        yield reached.api
    finally:
        reached.api.close()
