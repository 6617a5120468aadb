# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's managed policies are named by the cluster's own partition."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from tests.live.cluster import LiveCluster
from tests.live.probe import Outcome, Probe, disproved, proved


def run(cluster: LiveCluster) -> Outcome:
    """Ask IAM for the policy by the ARN that the collection makes."""
    arn = managed_policy_arn(cluster.described.partition, VPC_RESOURCE_CONTROLLER)
    try:
        found = cluster.call("iam", "get_policy", PolicyArn=arn)["Policy"]["Arn"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return disproved(f"IAM knows no policy {arn}")
    return proved(f"IAM knows {found}; this says nothing of partitions other than {cluster.described.partition}")


PROBE = Probe("policy-arn-partition", "AmazonEKSVPCResourceController is named by the cluster's partition", run)
