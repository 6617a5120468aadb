# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    Ec2InstanceType,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    node,
    node_group,
    observed,
    options,
)

FINDING_KEYS = {
    "id",
    "severity",
    "status",
    "summary",
    "evidence",
    "evidence_total",
    "remedy",
    "reference",
    "blocks",
    "resolved_by",
    "waiver",
}


def result(**changes: Any) -> dict[str, Any]:
    wanted = {name: changes.pop(name) for name in ("planned_instance_types",) if name in changes}
    return as_result(observed(**changes), options(**wanted))


def test_the_contract_in_full() -> None:
    found = result()
    assert list(found) == [
        "ready",
        "blockers",
        "findings",
        "support",
        "support_after",
        "plan",
        "examined",
        "observed_at",
        "cluster",
    ]
    assert all(set(item) == FINDING_KEYS for item in found["findings"])
    assert found["support"] == {
        "mode": "control_plane",
        "windows_ipam": {"live": "true", "effective": True, "owner": "config_map", "addon_value": None},
        "prefix_delegation": False,
        "cluster_role": {"arn": "arn:aws:iam::111122223333:role/production-cluster", "policy_attached": True},
        "legacy": {"variant": None, "components": [], "certificate": None},
        "windows_nodes": 1,
        "linux_nodes": 2,
        "security_groups_for_pods": False,
    }
    assert found["examined"] == {"nodes": 3}
    assert found["observed_at"] == "2026-11-24T10:00:00Z"
    assert found["cluster"]["name"] == "production"
    assert found["cluster"]["account"] == "111122223333"


def test_it_is_plain_data() -> None:
    found = result(nodes=DENIED)
    assert json.loads(json.dumps(found)) == found


def test_max_pods_of_types_seen_and_planned() -> None:
    nodes = (node("linux", instance_type="m5.xlarge"), node("w", "windows", instance_type="m5.large"))
    found = result(nodes=nodes, planned_instance_types=("t2.medium", "c5.metal", "m5.large", "x99.large"))
    assert found["cluster"]["max_pods"] == [
        {"type": "c5.metal", "secondary": 49, "prefix": 784, "source": "table"},
        {"type": "m5.large", "secondary": 9, "prefix": 144, "source": "table"},
        {"type": "t2.medium", "secondary": 5, "prefix": None, "source": "table"},
    ]


def test_max_pods_by_what_ec2_tells() -> None:
    told = (
        Ec2InstanceType("m5.large", 12, "nitro", ("x86_64",)),
        Ec2InstanceType("x99.large", 20, "", ("x86_64",)),
        Ec2InstanceType("t2.medium", 6, "xen", ("x86_64",)),
        Ec2InstanceType("c5.metal", 0, "", ("x86_64",)),
    )
    group = node_group(instance_types=("t2.medium",))
    found = result(instance_types=told, node_groups=(group,), planned_instance_types=("x99.large", "c5.metal"))
    assert found["cluster"]["max_pods"] == [
        {"type": "c5.metal", "secondary": 49, "prefix": 784, "source": "table"},
        {"type": "m5.large", "secondary": 11, "prefix": 176, "source": "ec2"},
        {"type": "t2.medium", "secondary": 5, "prefix": None, "source": "ec2"},
        {"type": "x99.large", "secondary": 19, "prefix": 304, "source": "ec2"},
    ]


def test_a_cluster_that_could_not_be_described() -> None:
    found = result(cluster=DENIED, nodes=DENIED)
    assert found["cluster"] == {
        **dict.fromkeys(
            ("name", "arn", "version", "platform_version", "region", "account", "partition", "status", "endpoint")
        ),
        "aws_node_pod_template": None,
        "max_pods": [],
    }


def test_the_pod_template_of_aws_node() -> None:
    for seen, expected in ((AwsNode({}, pod_template="5b4d"), "5b4d"), (None, None), (DENIED, None)):
        assert result(aws_node=seen)["cluster"]["aws_node_pod_template"] == expected
