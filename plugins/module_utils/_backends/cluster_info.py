# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of eks_cluster_info: what DescribeCluster tells, in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

# Where it is missing, the backend's requirements say so before it runs.
with suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import aws_failure
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import aws_argument_spec


def backend() -> Backend:
    """The module's interface and its work."""
    return Backend(
        argument_spec={
            "cluster_name": {"type": "str"},
            "request_timeout": {"type": "int", "default": 30},
            **aws_argument_spec(),
        },
        run=gather,
        requirements=("boto3", "botocore"),
    )


def gather(parameters: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Describe the cluster that is named, or each that ListClusters tells of."""
    connection = AwsConnection(parameters)
    name = parameters["cluster_name"]
    names = [name] if name else list_clusters(connection)
    found = [as_facts(describe(connection, each)) for each in names]
    return {"changed": False, "clusters": found, **connection.resource_actions}


def list_clusters(connection: AwsConnection) -> list[str]:
    """Names of the clusters of the account and region."""
    try:
        return connection.pages("eks", "list_clusters", "clusters")
    except (BotoCoreError, ClientError) as error:
        raise aws_failure(f"Could not list clusters in {connection.region}", error, "eks:ListClusters") from error


def describe(connection: AwsConnection, name: str) -> dict[str, Any]:
    """The cluster as EKS tells it."""
    try:
        found = connection.call("eks", "describe_cluster", name=name).get("cluster")
    except (BotoCoreError, ClientError) as error:
        what = f"Could not describe cluster {name} in region {connection.region}"
        raise aws_failure(what, error, "eks:DescribeCluster") from error
    if not isinstance(found, dict):
        raise EksWindowsError(
            f"EKS tells nothing of cluster {name} in region {connection.region}",
            remedy="Check endpoint_url and AWS_ENDPOINT_URL_EKS",
        )
    return found


def as_facts(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """The description in snake_case, dates as ISO 8601 text, tags with their keys as they are."""
    facts: dict[str, Any] = camel_dict_to_snake_dict(_with_texts(cluster), ignore_list=["tags"])
    return facts


def _with_texts(value: Any) -> Any:
    """The value with its dates, at any depth, as text."""
    if isinstance(value, Mapping):
        return {key: _with_texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_texts(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
