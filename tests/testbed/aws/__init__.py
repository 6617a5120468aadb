# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS for tests: moto served over HTTP, a port for each service, with what moto lacks of EKS and STS."""

from __future__ import annotations

from tests.testbed.aws.accounts import Credentials
from tests.testbed.aws.addon_apply import AwsNodeResult, ConfigMapResult, merge_aws_node, merge_config_map
from tests.testbed.aws.authenticator import AuthenticationError, Identity, authenticate
from tests.testbed.aws.eks_state import AccessEntry, AddonIssue, AddonState, AppliedAddon, EksCluster
from tests.testbed.aws.errors import TestbedModelError
from tests.testbed.aws.identity_mapping import KubernetesUser, kubernetes_user
from tests.testbed.aws.recorder import AwsRequest
from tests.testbed.aws.server import AwsServer

__all__ = (
    "AccessEntry",
    "AddonIssue",
    "AddonState",
    "AppliedAddon",
    "AuthenticationError",
    "AwsNodeResult",
    "AwsRequest",
    "AwsServer",
    "ConfigMapResult",
    "Credentials",
    "EksCluster",
    "Identity",
    "KubernetesUser",
    "TestbedModelError",
    "authenticate",
    "kubernetes_user",
    "merge_aws_node",
    "merge_config_map",
)
