# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What EKS tells of its clusters, in snake_case."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.support.playbook import TaskRun, run_tasks
from tests.testbed.testbed import Testbed

MODULE = "cloudops.eks_windows.eks_cluster_info"


def run(testbed: Testbed, **options: Any) -> TaskRun:
    return run_tasks([{"name": "Describe", MODULE: options}], testbed.environment).of("localhost")[0]


def test_one_cluster(module_fleet: Testbed) -> None:
    cluster = module_fleet.clusters["ready"]
    found = run(module_fleet, cluster_name="ready", region="us-east-1")
    (facts,) = found.result["clusters"]
    assert not found.changed
    assert facts["name"] == "ready"
    assert facts["arn"] == cluster.arn
    assert facts["endpoint"] == cluster.endpoint
    assert base64.b64decode(facts["certificate_authority"]["data"]).decode() == cluster.certificate_authority
    assert facts["version"] == cluster.spec.version
    assert facts["platform_version"] == cluster.spec.platform_version
    assert facts["status"] == "ACTIVE"
    assert facts["role_arn"].endswith(":role/ready-cluster")
    assert facts["kubernetes_network_config"]["ip_family"] == "ipv4"
    assert facts["access_config"]["authentication_mode"] == "API_AND_CONFIG_MAP"
    assert facts["resources_vpc_config"]["subnet_ids"]
    assert "T" in facts["created_at"]
    assert facts["tags"] == {}


def test_every_cluster_of_the_region(module_fleet: Testbed) -> None:
    found = run(module_fleet, region="us-east-1")
    assert sorted(facts["name"] for facts in found.result["clusters"]) == sorted(module_fleet.clusters)


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_region_without_clusters(module_fleet: Testbed) -> None:
    assert run(module_fleet, region="eu-west-1").result["clusters"] == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_cluster_that_is_not_there(module_fleet: Testbed) -> None:
    failed = run(module_fleet, cluster_name="raedy", region="us-east-1")
    assert failed.failed
    assert "Could not describe cluster raedy in region us-east-1" in failed.message
