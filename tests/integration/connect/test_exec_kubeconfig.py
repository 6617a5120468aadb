# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubeconfig without a secret reaches the cluster, as whom it was made for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from kubernetes import client, config

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.handover import handover
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster
from tests.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

ROLE = "arn:aws:iam::111122223333:role/operator"
USER = "arn:aws:iam::111122223333:user/operator"
SESSION = "arn:aws:sts::111122223333:assumed-role/operator/cloudops.eks_windows"


@pytest.mark.parametrize(
    ("options", "user"),
    [({}, USER), ({"assume_role_arn": ROLE}, SESSION), ({"kubernetes_role_arn": ROLE}, SESSION)],
)
def test_it_reaches_the_cluster(
    fleet: Testbed, client_environment: Callable[[dict[str, str]], None], options: dict[str, str], user: str
) -> None:
    given = {"region": "us-east-1", **options}
    cluster = existing_cluster(AwsConnection(given), "converged")
    kubeconfig = handover(given, cluster, sys.executable, {}).kubeconfig
    for secret in (fleet.environment["AWS_SECRET_ACCESS_KEY"], fleet.environment["AWS_ACCESS_KEY_ID"], "k8s-aws-v1"):
        assert secret not in json.dumps(kubeconfig)
    fleet.forget_requests()
    with config.new_client_from_config_dict(kubeconfig) as api:
        assert len(client.CoreV1Api(api).list_node().items) == 2
    assert [request.user for request in fleet.clusters["converged"].requests()] == [user]
